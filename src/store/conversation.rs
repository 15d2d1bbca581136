use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Channel, ConversationState, Language, ReplyChoice, Turn};

/// A conversation without its turns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationHead {
    /// Identifier, the channel's or ours.
    pub id: String,
    /// Channel of the customer's latest message.
    pub channel: Channel,
    /// Language of the customer's latest message.
    pub language: Language,
    /// The customer, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The customer's number in this store, if known by whatever name.
    #[serde(skip)]
    pub customer: Option<i64>,
    /// Who holds it.
    pub state: ConversationState,
    /// Intent of the latest message that had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// When the first message came.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the latest turn or change of state came.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Counts the changes that a decision depends on; an update names the version that it saw.
    #[serde(skip)]
    pub version: i64,
    /// Whether the customer was told, in this waiting period, that a message was added.
    #[serde(skip)]
    pub acknowledged: bool,
}

/// A conversation with its latest turns, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Conversation {
    /// All but the turns.
    #[serde(flatten)]
    pub head: ConversationHead,
    /// Turns that came before `turns` and were not loaded.
    #[serde(default)]
    pub earlier_turns: usize,
    /// The latest turns, internal notes among them.
    pub turns: Vec<Turn>,
    /// Choices that the bot's latest question offers, while it is unanswered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ReplyChoice>,
}
