use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{EventKind, NewEvent};
use crate::domain::{
    Channel, ConversationState, Language, Outcome, Priority, ReplyChoice, Summary, Ticket,
    TicketEvent, Turn,
};

/// One customer message with all that follows from it, kept in one transaction or not at all.
#[derive(Clone, Debug)]
pub struct TurnRecord {
    /// The conversation as it stands afterwards.
    pub conversation: ConversationUpdate,
    /// The client's own id of the message, if it gave one.
    pub request: Option<Request>,
    /// The customer's message.
    pub message: Turn,
    /// What the bot says, if anything.
    pub reply: Option<Turn>,
    /// Choices that the reply offers.
    pub choices: Vec<ReplyChoice>,
    /// What becomes of a ticket, if anything.
    pub ticket: Option<TicketPart>,
    /// The unresolved tickets that the customer is known to have in other conversations, latest
    /// first.
    pub other_tickets: Vec<String>,
    /// The answer to the client, given again when the message comes again.
    pub outcome: Outcome,
}

/// The columns of a conversation that a message may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationUpdate {
    /// Identifier.
    pub id: String,
    /// Under which identifier the message came: its own, or one that joined it.
    pub thread: String,
    /// A conversation of its own until now, at this version, that joins with this message.
    pub joins: Option<(String, i64)>,
    /// The version that the decision was made on; none for a conversation that must not exist yet.
    pub seen_version: Option<i64>,
    /// The state before, for the event that tells of a change.
    pub seen_state: Option<ConversationState>,
    /// Channel of the message.
    pub channel: Channel,
    /// Language of the message.
    pub language: Language,
    /// The company's identifier of the customer, if the message gave one.
    pub customer_id: Option<String>,
    /// The customer's number in this store, if known by whatever name.
    pub customer: Option<i64>,
    /// The state after the message.
    pub state: ConversationState,
    /// Latest intent.
    pub topic: Option<String>,
    /// Whether an acknowledgement was given in this waiting period.
    pub acknowledged: bool,
    /// Time of the message.
    pub at: Timestamp,
}

/// What a message does to a ticket.
#[derive(Clone, Debug)]
pub enum TicketPart {
    /// A new ticket is opened.
    Open(Box<Ticket>),
    /// The waiting ticket is brought up to date.
    Refresh {
        /// The ticket.
        id: String,
        /// Its summary with the new message.
        summary: Box<Summary>,
        /// Its priority, raised or as before.
        priority: Priority,
        /// Its due time, earlier or as before.
        due_at: Timestamp,
        /// Why its priority was raised.
        event: Option<TicketEvent>,
    },
}

/// What makes two deliveries of a message the same message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The client's id of the message.
    pub message_id: String,
    /// The conversation that the client named, if it did.
    pub conversation_id: Option<String>,
    /// Where it came in.
    pub channel: Channel,
    /// The customer by the surest name that the client gave.
    pub customer_id: Option<String>,
    /// The words as they came.
    pub text: String,
}

impl Request {
    /// Where the id counts when the client named no conversation: with its channel and customer.
    pub fn scope(&self) -> Option<String> {
        if self.conversation_id.is_some() {
            return None;
        }
        let customer = self.customer_id.as_deref().unwrap_or_default();
        Some(format!("{} {customer}", self.channel.name()))
    }

    /// SHA-256 of the words: the same id with other words is a mistake of the client.
    pub fn text_hash(&self) -> Vec<u8> {
        Sha256::digest(self.text.as_bytes()).to_vec()
    }
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// It was kept; the latest outbox number is given, for those who listen.
    New {
        /// Number of the last event that it wrote.
        seq: i64,
    },
    /// The message had been recorded before, with this outcome. Nothing was changed.
    Duplicate(Box<Outcome>),
}

impl TurnRecord {
    /// What others must learn of; `unresolved` is the ticket that the conversation has afterwards.
    pub(super) fn events(&self, unresolved: Option<&TicketName>) -> Vec<NewEvent> {
        let conversation_id = &self.conversation.thread;
        let channel = self.conversation.channel;
        let mut events =
            vec![NewEvent::turn(conversation_id, &self.message, &[], channel, unresolved)];
        if let Some(reply) = &self.reply {
            let choices = &self.choices;
            events.push(NewEvent::turn(conversation_id, reply, choices, channel, unresolved));
        }
        // A conversation begins with the bot.
        let seen = self.conversation.seen_state.unwrap_or(ConversationState::Bot);
        if self.conversation.state != seen {
            let (state, at) = (self.conversation.state, self.conversation.at);
            events.push(NewEvent::state(conversation_id, state, None, unresolved, at));
        }
        match &self.ticket {
            Some(TicketPart::Open(ticket)) => {
                events.push(NewEvent::ticket(ticket, "opened", "lotse"));
            }
            Some(TicketPart::Refresh { priority, due_at, summary, .. }) => {
                events.extend(unresolved.map(|name| NewEvent {
                    kind: EventKind::Ticket,
                    conversation_id: conversation_id.clone(),
                    ticket: Some(name.clone()),
                    payload: serde_json::json!({
                        "change": "refreshed", "actor": "lotse", "state": "open",
                        "priority": priority, "due_at": due_at, "headline": summary.headline,
                    }),
                    channel: None,
                    at: self.conversation.at,
                }));
            }
            None => {}
        }
        events
    }
}

/// A ticket and its queue, as far as events name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TicketName {
    pub(super) id: String,
    pub(super) queue: String,
}
