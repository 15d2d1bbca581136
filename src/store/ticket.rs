use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::NewEvent;
use super::record::TicketName;
use crate::domain::{
    Channel, ConversationState, Language, Priority, Sentiment, Thread, Ticket, TicketEvent,
    TicketState, Turn,
};

/// A change of a ticket, its conversation and its history: one transaction.
#[derive(Clone, Debug)]
pub struct TicketChange {
    /// The ticket as it is to be; `version` names the one that was seen.
    pub ticket: Ticket,
    /// Who holds the conversation afterwards; none to leave it as it is.
    pub conversation_state: Option<ConversationState>,
    /// The agent's reply or note.
    pub turn: Option<Turn>,
    /// Under which identifier the turn was said already, by another system: nobody sends it again.
    pub said_in: Option<String>,
    /// Names the turn: a second one of this name is refused with [`super::Conflict::MessageId`].
    pub key: Option<String>,
    /// What the ticket's history says of it.
    pub event: TicketEvent,
    /// What an agent says the message should have been read as.
    pub correction: Option<Correction>,
}

impl TicketChange {
    /// What others must learn of; `ticket` is the ticket as it was kept, `moved` who holds the
    /// conversation now if that has changed, `thread` where the customer last wrote, of `all` the identifiers.
    pub(super) fn events(
        &self,
        ticket: &Ticket,
        moved: Option<ConversationState>,
        thread: &Thread,
        all: &[String],
    ) -> Vec<NewEvent> {
        let name = TicketName { id: ticket.id.clone(), queue: ticket.queue.clone() };
        let conversation_id = &thread.id;
        let mut events = Vec::new();
        if let Some(turn) = &self.turn {
            let mut event = NewEvent::turn(conversation_id, turn, &[], thread.channel, Some(&name));
            if self.said_in.is_some() {
                event.channel = None;
            }
            events.push(event);
        }
        // From one agent to another the state stays; the customer learns the name all the same.
        let to_colleague = (self.event.kind == "transferred" && ticket.agent.is_some())
            .then_some(ConversationState::Human);
        if let Some(state) = moved.or(to_colleague) {
            let agent = ticket.agent.as_deref().filter(|_| state == ConversationState::Human);
            events.extend(
                all.iter().map(|id| NewEvent::state(id, state, agent, Some(&name), self.event.at)),
            );
        }
        events.push(NewEvent::ticket(ticket, &self.event.kind, &self.event.actor));
        events
    }
}

/// A changed ticket and the number of the last event that the change wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The ticket as it stands.
    pub ticket: Ticket,
    /// All identifiers of the conversation: who listens to one of them learns of it.
    pub threads: Vec<String>,
    /// Number of the last event.
    pub seq: i64,
}

/// Which tickets to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Only this queue.
    pub queue: Option<String>,
    /// Only in one of these states; in any state if empty.
    pub states: Vec<TicketState>,
    /// Only those that this agent holds or resolved.
    pub agent: Option<String>,
    /// Only those of this conversation.
    pub conversation_id: Option<String>,
    /// Only those of this customer.
    pub customer_id: Option<String>,
    /// Only those in whose conversation all these words were said, or that have this identifier.
    /// The last word may be the beginning of one.
    pub words: Option<String>,
}

/// What waits in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueCount {
    /// The queue.
    pub queue: String,
    /// Tickets that nobody holds.
    pub open: u32,
    /// Tickets that an agent holds.
    pub claimed: u32,
    /// Highest priority among the open ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_priority: Option<Priority>,
    /// Earliest due time among the open ones that nobody has answered yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_due_at: Option<Timestamp>,
}

/// What an agent says a message should have been read as: a labelled example for training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Correction {
    /// Identifier.
    pub id: String,
    /// The ticket at which it was noticed.
    pub ticket_id: String,
    /// Its conversation.
    pub conversation_id: String,
    /// The words of the customer's message.
    pub text: String,
    /// Their language.
    #[serde(rename = "lang")]
    pub language: Language,
    /// Where they came in.
    pub channel: Channel,
    /// The right intent; `out_of_scope` for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// The right tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<u8>,
    /// The right sentiment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
    /// Who said so.
    pub agent: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}
