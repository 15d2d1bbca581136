use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::record::TicketName;
use crate::domain::{Author, Channel, ConversationState, ReplyChoice, Ticket, Turn};

/// What an event tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// Customer, bot or agent said something: `{"turn": {…}, "choices": […]}`.
    Message,
    /// An agent left an internal note: `{"turn": {…}}`. Never for customers.
    Note,
    /// Somebody else holds the conversation now: `{"state": "…", "agent"?: "…"}`.
    State,
    /// A ticket changed: `{"change", "actor", "state", "agent", "priority", "due_at",
    /// "headline"}`. Never for customers.
    Ticket,
}

impl EventKind {
    /// The name used in JSON and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Note => "note",
            Self::State => "state",
            Self::Ticket => "ticket",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Message, Self::Note, Self::State, Self::Ticket]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A recorded event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Rises with every event; a listener asks for what came after the last one that it saw.
    pub seq: i64,
    /// What it tells of.
    pub kind: EventKind,
    /// The conversation.
    pub conversation_id: String,
    /// The unresolved ticket of the conversation at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<String>,
    /// Its queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Particulars, by kind.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// Over which a message of bot or agents goes to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Which events a listener may and wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only those of this conversation.
    pub conversation_id: Option<String>,
    /// Only those of tickets in this queue.
    pub queue: Option<String>,
    /// For whom.
    pub audience: Audience,
}

/// For whom events are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// A customer: what was said and who holds the conversation; no notes, no tickets.
    #[default]
    Customer,
    /// Agents: all that concerns conversations with a ticket.
    Agents,
    /// Everything.
    Everyone,
}

/// An event about to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NewEvent {
    pub(super) kind: EventKind,
    pub(super) conversation_id: String,
    pub(super) ticket: Option<TicketName>,
    pub(super) payload: Value,
    /// Over which a message to the customer has to be sent.
    pub(super) channel: Option<Channel>,
    pub(super) at: Timestamp,
}

impl NewEvent {
    /// Somebody said something. Classification and decision stay inside: customers read these.
    pub(super) fn turn(
        conversation_id: &str,
        turn: &Turn,
        choices: &[ReplyChoice],
        channel: Channel,
        ticket: Option<&TicketName>,
    ) -> Self {
        let to_customer = matches!(turn.from, Author::Bot | Author::Agent);
        let kind = if turn.from == Author::Note { EventKind::Note } else { EventKind::Message };
        let shown = Turn { classification: None, decision: None, ..turn.clone() };
        Self {
            kind,
            conversation_id: conversation_id.to_owned(),
            ticket: ticket.cloned(),
            payload: json!({ "turn": shown, "choices": choices }),
            channel: to_customer.then_some(channel),
            at: turn.at,
        }
    }

    /// Somebody else holds the conversation.
    pub(super) fn state(
        conversation_id: &str,
        state: ConversationState,
        agent: Option<&str>,
        ticket: Option<&TicketName>,
        at: Timestamp,
    ) -> Self {
        let mut payload = json!({ "state": state });
        if let Some(agent) = agent {
            payload["agent"] = agent.into();
        }
        Self {
            kind: EventKind::State,
            conversation_id: conversation_id.to_owned(),
            ticket: ticket.cloned(),
            payload,
            channel: None,
            at,
        }
    }

    /// A ticket changed.
    pub(super) fn ticket(ticket: &Ticket, change: &str, actor: &str) -> Self {
        Self {
            kind: EventKind::Ticket,
            conversation_id: ticket.conversation_id.clone(),
            ticket: Some(TicketName { id: ticket.id.clone(), queue: ticket.queue.clone() }),
            payload: json!({
                "change": change, "actor": actor, "state": ticket.state, "agent": ticket.agent,
                "priority": ticket.priority, "due_at": ticket.due_at,
                "headline": ticket.summary.headline,
            }),
            channel: None,
            at: ticket.updated_at,
        }
    }
}
