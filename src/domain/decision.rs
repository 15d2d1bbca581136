use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the service does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The bot sends an approved article.
    Answer,
    /// The bot asks back, with choices.
    Clarify,
    /// The bot returns a fixed courteous phrase.
    Smalltalk,
    /// A human queue gets a ticket.
    Escalate,
    /// Nothing is said: a person holds the conversation, or it already waits for one.
    None,
}

impl Action {
    /// The name used in JSON, figures and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Clarify => "clarify",
            Self::Smalltalk => "smalltalk",
            Self::Escalate => "escalate",
            Self::None => "none",
        }
    }

    /// The action with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Answer, Self::Clarify, Self::Smalltalk, Self::Escalate, Self::None]
            .into_iter()
            .find(|action| action.name() == name)
    }
}

/// A decision with everything that led to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// What is done.
    pub action: Action,
    /// Why: the scores, the thresholds, the rule, in the order in which they were looked at.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// Whether a reason with this code led to it.
    pub fn has_reason(&self, code: &str) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }
}

/// One reason of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// Stable code, for example `answer_confidence_reached`.
    pub code: String,
    /// The same for a person, with the figures.
    pub text: String,
}

impl Reason {
    /// A reason from its code and text.
    pub fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: text.into() }
    }
}
