use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Channel, Classification, Decision, Language, Summary};

/// How soon a ticket must be looked at, compared with others of its queue.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As a rule.
    Normal,
    /// Before the others.
    High,
    /// At once.
    Urgent,
}

impl Priority {
    /// All priorities, lowest first: the position is the rank in the store.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The name used in JSON and in `routing.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TicketState {
    /// In its queue, held by nobody.
    Open,
    /// Held by an agent.
    Claimed,
    /// Done.
    Resolved,
}

impl TicketState {
    /// The name used in JSON and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Resolved => "resolved",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Claimed, Self::Resolved].into_iter().find(|state| state.name() == name)
    }
}

/// A conversation handed to a human queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ticket {
    /// Identifier.
    pub id: String,
    /// The conversation that was handed over.
    pub conversation_id: String,
    /// The customer, if known.
    pub customer_id: Option<String>,
    /// What the customer is called: the name as given, or else the company's identifier, an e-mail
    /// address or a telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Where the message came in.
    pub channel: Channel,
    /// Language to answer in.
    pub language: Language,
    /// Human queue.
    pub queue: String,
    /// Rank within the queue.
    pub priority: Priority,
    /// Where it stands.
    pub state: TicketState,
    /// Agent who holds it.
    pub agent: Option<String>,
    /// First response is due at this time.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// When an agent first spoke to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_response_at: Option<Timestamp>,
    /// When the ticket was opened.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// What the agent reads first.
    pub summary: Summary,
    /// Classification of the message that opened the ticket.
    pub classification: Classification,
    /// Decision that opened the ticket.
    pub decision: Decision,
    /// Reason given when it was resolved.
    pub resolution: Option<String>,
    /// What whoever takes it on must be able to do, as the routing rule says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// Counts changes; an update names the version that it saw.
    pub version: i64,
}

/// What waits in a queue on one channel: tickets that nobody holds and nobody has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueWait {
    /// The queue.
    pub queue: String,
    /// The channel.
    pub channel: Channel,
    /// Number of tickets.
    pub open: u32,
    /// When the oldest of them was opened.
    pub oldest: Timestamp,
}

/// One entry of a ticket's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketEvent {
    /// `opened claimed replied noted transferred released resolved reopened corrected`.
    pub kind: String,
    /// Agent or `lotse`.
    pub actor: String,
    /// Particulars, for example the queues of a transfer.
    pub detail: serde_json::Value,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}
