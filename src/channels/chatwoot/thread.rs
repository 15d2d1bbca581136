use std::fmt;

use serde::{Deserialize, Serialize};

/// A conversation of Chatwoot. As a text it is the identifier of the conversation here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Thread {
    pub(super) account: u64,
    /// The number that people see; unique within the account.
    pub(super) conversation: u64,
}

impl Thread {
    /// The conversation with this identifier, if it is one of Chatwoot.
    pub(super) fn parse(id: &str) -> Option<Self> {
        let (account, conversation) = id.strip_prefix("chatwoot-")?.split_once('-')?;
        let thread =
            Self { account: account.parse().ok()?, conversation: conversation.parse().ok()? };
        // Only what is written as we write it.
        (thread.to_string() == id).then_some(thread)
    }
}

impl fmt::Display for Thread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "chatwoot-{}-{}", self.account, self.conversation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_identifiers_are_read() {
        let thread = Thread { account: 1, conversation: 42 };
        assert_eq!(thread.to_string(), "chatwoot-1-42");
        assert_eq!(Thread::parse("chatwoot-1-42"), Some(thread));
        for other in
            ["", "chatwoot-1", "chatwoot-1-", "chatwoot-01-42", "c-1-42", "chatwoot-1-42-3"]
        {
            assert_eq!(Thread::parse(other), None, "{other}");
        }
    }
}
