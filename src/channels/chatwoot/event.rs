use serde::Deserialize;
use serde_json::Value;

use super::thread::Thread;
use crate::config::ChatwootConfig;
use crate::domain::{Channel, Contact, Incoming};

/// An event of Chatwoot, as far as it matters here. All fields may be missing: events of other kinds
/// have other ones.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChatwootEvent {
    event: String,
    /// Of a message its number; of a conversation the one that people see.
    id: Value,
    content: Option<String>,
    content_type: Option<String>,
    content_attributes: Option<Attributes>,
    message_type: Value,
    private: Option<bool>,
    sender: Option<Person>,
    attachments: Vec<Attachment>,
    inbox: Option<Numbered>,
    inbox_id: Option<u64>,
    account: Option<Numbered>,
    conversation: Option<ChatwootConversation>,
    /// Of an event that is about a conversation: its latest messages.
    messages: Vec<MessageHead>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChatwootConversation {
    id: Option<u64>,
    inbox_id: Option<u64>,
    status: Option<String>,
    channel: Option<String>,
    meta: Option<Meta>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    sender: Option<Person>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Person {
    name: Option<String>,
    email: Option<String>,
    phone_number: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attributes {
    /// What the customer chose under a question.
    submitted_values: Vec<Choice>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attachment {
    file_type: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Numbered {
    id: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MessageHead {
    account_id: Option<u64>,
}

/// What an event means here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A customer's message.
    Said {
        /// The conversation.
        thread: Thread,
        /// The message.
        incoming: Box<Incoming>,
        /// Whether the conversation is the bot's.
        pending: bool,
    },
    /// Somebody of the company's wrote to the customer, in Chatwoot.
    Answered {
        /// The conversation.
        thread: Thread,
        /// The words.
        text: String,
        /// Names the message.
        message_id: String,
    },
    /// People of the company's ended the conversation.
    Resolved(Thread),
    /// Nothing, and why.
    Nothing(&'static str),
}

impl ChatwootEvent {
    /// What it means here.
    pub(super) fn meaning(&self, settings: &ChatwootConfig) -> Meaning {
        match self.event.as_str() {
            "message_created" | "message_updated" => self.message(settings),
            "conversation_resolved" => match self.thread_of_conversation(settings) {
                Ok(thread) => Meaning::Resolved(thread),
                Err(why) => Meaning::Nothing(why),
            },
            _ => Meaning::Nothing("other_event"),
        }
    }

    fn message(&self, settings: &ChatwootConfig) -> Meaning {
        let Some(conversation) = &self.conversation else {
            return Meaning::Nothing("no_conversation");
        };
        let account = self.account.as_ref().map(|account| account.id);
        let inbox = self.inbox.as_ref().map(|inbox| inbox.id).or(conversation.inbox_id);
        let thread = match thread(account, conversation.id, inbox, settings) {
            Ok(thread) => thread,
            Err(why) => return Meaning::Nothing(why),
        };
        let Some(id) = number(&self.id) else { return Meaning::Nothing("no_message_id") };
        if self.private == Some(true) {
            return Meaning::Nothing("private");
        }
        let pending = conversation.status.as_deref() == Some("pending");
        let (text, message_id) = match (self.event.as_str(), self.author()) {
            ("message_created", Some(Side::Customer)) => (self.words(), id),
            // A choice changes the question under which it stands.
            ("message_updated", Some(Side::Company)) => match self.choice() {
                Some(choice) => (choice, format!("{id}-choice")),
                None => return Meaning::Nothing("no_choice"),
            },
            ("message_created", Some(Side::Company)) => return self.answered(thread, &id),
            _ => return Meaning::Nothing("not_from_customer"),
        };
        let channel = channel(conversation.channel.as_deref().unwrap_or_default());
        let incoming = Incoming {
            conversation_id: Some(thread.to_string()),
            message_id: Some(message_id),
            contact: self.contact(conversation),
            ..Incoming::new(channel, text)
        };
        Meaning::Said { thread, incoming: Box::new(incoming), pending }
    }

    /// Words of a person; those of bots are ours, or none of ours.
    fn answered(&self, thread: Thread, id: &str) -> Meaning {
        let is_person =
            self.sender.as_ref().is_some_and(|sender| sender.kind.as_deref() == Some("user"));
        let text = self.content.as_deref().map(str::trim).unwrap_or_default();
        if !is_person || text.is_empty() {
            return Meaning::Nothing("not_from_customer");
        }
        Meaning::Answered { thread, text: text.to_owned(), message_id: format!("chatwoot-{id}") }
    }

    fn thread_of_conversation(&self, settings: &ChatwootConfig) -> Result<Thread, &'static str> {
        let of_message = self.messages.iter().find_map(|message| message.account_id);
        let only = match settings.accounts.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let account = self.account.as_ref().map(|account| account.id).or(of_message).or(only);
        let inbox = self.inbox.as_ref().map(|inbox| inbox.id).or(self.inbox_id);
        thread(account, self.id.as_u64(), inbox, settings)
    }

    /// Who wrote the message. Chatwoot writes the side as a word or as a number.
    fn author(&self) -> Option<Side> {
        match (self.message_type.as_str(), self.message_type.as_u64()) {
            (Some("incoming"), _) | (_, Some(0)) => Some(Side::Customer),
            (Some("outgoing"), _) | (_, Some(1)) => Some(Side::Company),
            _ => None,
        }
    }

    /// The words, or what was sent in their place: a message is never passed over in silence.
    fn words(&self) -> String {
        let words = self.content.as_deref().unwrap_or_default();
        if !words.trim().is_empty() {
            return words.to_owned();
        }
        let kinds: Vec<&str> =
            self.attachments.iter().map(|one| one.file_type.as_deref().unwrap_or("file")).collect();
        if kinds.is_empty() { "[…]".to_owned() } else { format!("[{}]", kinds.join(", ")) }
    }

    fn choice(&self) -> Option<String> {
        if self.content_type.as_deref() != Some("input_select") {
            return None;
        }
        let chosen = self.content_attributes.as_ref()?.submitted_values.first()?;
        chosen.value.clone().filter(|value| !value.trim().is_empty())
    }

    /// The customer as Chatwoot knows them.
    fn contact(&self, conversation: &ChatwootConversation) -> Contact {
        let of_conversation = conversation.meta.as_ref().and_then(|meta| meta.sender.clone());
        let of_message =
            self.sender.clone().filter(|_| matches!(self.author(), Some(Side::Customer)));
        let person = of_message.or(of_conversation).unwrap_or_default();
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Contact {
            email: given(person.email),
            phone: given(person.phone_number),
            name: given(person.name),
        }
    }
}

enum Side {
    Customer,
    Company,
}

fn thread(
    account: Option<u64>,
    conversation: Option<u64>,
    inbox: Option<u64>,
    settings: &ChatwootConfig,
) -> Result<Thread, &'static str> {
    let account = account.ok_or("no_account")?;
    let conversation = conversation.ok_or("no_conversation")?;
    let serves = |list: &[u64], one: Option<u64>| {
        list.is_empty() || one.is_some_and(|one| list.contains(&one))
    };
    if !serves(&settings.accounts, Some(account)) {
        return Err("other_account");
    }
    if !serves(&settings.inboxes, inbox) {
        return Err("other_inbox");
    }
    Ok(Thread { account, conversation })
}

fn number(value: &Value) -> Option<String> {
    value.as_u64().map(|number| number.to_string())
}

/// The kind of channel by the name of Chatwoot's class for it.
fn channel(class: &str) -> Channel {
    match class {
        "Channel::Email" => Channel::Email,
        "Channel::Whatsapp" | "Channel::Sms" | "Channel::TwilioSms" | "Channel::Telegram"
        | "Channel::Line" => Channel::Messenger,
        "Channel::FacebookPage"
        | "Channel::TwitterProfile"
        | "Channel::Instagram"
        | "Channel::Tiktok" => Channel::Social,
        _ => Channel::Chat,
    }
}
