use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Channel, Classification, Decision, Language, Priority, Reason, Summary};

/// Longest message that is taken, in Unicode scalar values. A longer one is refused with
/// `text_too_long`; the encoder itself reads the first 512 tokens of what cleaning leaves.
pub const MAX_TEXT_CHARS: usize = 20_000;

/// Who holds a conversation. Changed by compare-and-set only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConversationState {
    /// The bot answers.
    Bot,
    /// A ticket waits in a queue.
    Waiting,
    /// An agent holds it; the bot is silent.
    Human,
    /// Ended; a further message opens it again for the bot.
    Closed,
}

impl ConversationState {
    /// The name used in JSON and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Waiting => "waiting",
            Self::Human => "human",
            Self::Closed => "closed",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Bot, Self::Waiting, Self::Human, Self::Closed]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// A message as a channel hands it to the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Where it came in.
    pub channel: Channel,
    /// The words.
    pub text: String,
    /// The conversation it continues, if the channel knows.
    pub conversation_id: Option<String>,
    /// The customer, if the channel knows.
    pub customer_id: Option<String>,
    /// The channel's own id of the message: the same id is recorded once.
    pub message_id: Option<String>,
    /// Language, if the channel knows better than the text.
    pub language: Option<Language>,
    /// How else the customer is known.
    pub contact: Contact,
    /// What the company knows of the customer, for routing rules to ask for: `vip` = `true`. Kept
    /// for the customer's later messages.
    pub attributes: BTreeMap<String, String>,
    /// Whether the bot may answer it.
    pub handling: Handling,
}

/// Who looks after a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Handling {
    /// The bot decides.
    #[default]
    Usual,
    /// People do, for this reason; the bot says nothing, since a machine may have written it.
    People(Reason),
    /// No customer's message at all, but a note for people on the conversation, for this reason: a
    /// ticket stands by it afterwards. The bot says nothing.
    Note(Reason),
}

impl Handling {
    /// Why people look after it; none where the bot decides.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Usual => None,
            Self::People(reason) | Self::Note(reason) => Some(reason),
        }
    }
}

impl Incoming {
    /// A message of which nothing but the words is known.
    pub fn new(channel: Channel, text: impl Into<String>) -> Self {
        Self {
            channel,
            text: text.into(),
            conversation_id: None,
            customer_id: None,
            message_id: None,
            language: None,
            contact: Contact::default(),
            attributes: BTreeMap::new(),
            handling: Handling::Usual,
        }
    }
}

/// Where a customer can be reached: an e-mail or a call tells no customer number, but from whom it
/// comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number, with the country's code or in the national form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Name, as the customer gives it. It identifies nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Who wrote a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// The customer.
    Customer,
    /// Lotse, in approved words.
    Bot,
    /// A human agent.
    Agent,
    /// An internal note between agents; never shown to the customer.
    Note,
}

impl Author {
    /// The name used in JSON and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Bot => "bot",
            Self::Agent => "agent",
            Self::Note => "note",
        }
    }

    /// The author with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Customer, Self::Bot, Self::Agent, Self::Note]
            .into_iter()
            .find(|author| author.name() == name)
    }
}

/// One utterance of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    /// Identifier, in the order of time.
    pub id: String,
    /// Who wrote it.
    pub from: Author,
    /// The words.
    pub text: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Agent's name, for turns of agents and notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What the turn says; customer turns only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<Classification>,
    /// What was decided; customer turns only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The reply's article, for turns of the bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_id: Option<String>,
    /// Where it was said, in a conversation that goes by several identifiers: a mail, and the call
    /// that joined it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
}

/// The part of a conversation that goes by one identifier, over one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Thread {
    /// Identifier, the channel's or ours.
    pub id: String,
    /// Channel of its latest message.
    pub channel: Channel,
}

/// What the bot says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reply {
    /// Approved words, in Markdown for written channels and speakable on the phone.
    pub text: String,
    /// The article they come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<ReplyArticle>,
    /// Choices of a question back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ReplyChoice>,
}

/// Source of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplyArticle {
    /// Article identifier.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// A choice of a clarifying question; sending `value` as the next message settles it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplyChoice {
    /// Words on the button.
    pub label: String,
    /// Text to send when it is chosen.
    pub value: String,
}

/// What became of a message: the answer of `POST /v1/messages`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Outcome {
    /// Conversation of the message.
    pub conversation_id: String,
    /// The client's message id, or ours.
    pub message_id: String,
    /// Who holds the conversation now.
    pub state: ConversationState,
    /// What the message says.
    pub classification: Classification,
    /// What was decided and why.
    pub decision: Decision,
    /// What the bot says, if anything.
    pub reply: Option<Reply>,
    /// The ticket, if there is one.
    pub ticket: Option<OutcomeTicket>,
}

/// The ticket of an outcome, without what only agents see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeTicket {
    /// Identifier.
    pub id: String,
    /// Human queue.
    pub queue: String,
    /// Rank within the queue.
    pub priority: Priority,
    /// First response is due at this time.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// What the agent reads first. Left out for widget callers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

/// What a caller of the HTTP interface may do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A visitor's widget: its own conversations only.
    Widget,
    /// A channel adapter or batch client: messages and classification.
    Channel,
    /// A human agent: queues and tickets as well.
    Agent,
    /// Leads a team: reports, and the tickets of others as well.
    Lead,
    /// Everything.
    Admin,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] = [Self::Widget, Self::Channel, Self::Agent, Self::Lead, Self::Admin];

    /// The name used in JSON, on the command line and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Widget => "widget",
            Self::Channel => "channel",
            Self::Agent => "agent",
            Self::Lead => "lead",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Who calls the HTTP interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Name of the user or of the key, or `demo` where there are neither.
    pub name: String,
    /// What it may do.
    pub role: Role,
}
