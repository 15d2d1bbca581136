//! What happened, as far as reports count it: one short row for each conversation, message, ticket,
//! step and rating. Words are left out; [`super::Store::said`] gives those of single messages.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Action, Channel, Language, Sentiment, TicketState};

/// Which facts to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsFilter {
    /// Beginning; this moment belongs to it.
    pub from: Timestamp,
    /// End; this moment does not belong to it.
    pub to: Timestamp,
    /// Only conversations on this channel.
    pub channel: Option<Channel>,
    /// Only conversations in this language.
    pub language: Option<Language>,
    /// Only conversations with a ticket in this queue, and their tickets there.
    pub queue: Option<String>,
    /// More messages than these are not loaded: the period is then too long for one report.
    pub most: usize,
}

/// The facts of a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Conversations that any of the others name, by their position here.
    pub conversations: Vec<ConversationFact>,
    /// Customers' messages of the period, in the order of time.
    pub messages: Vec<MessageFact>,
    /// Tickets opened before the end that were unresolved or changed at any time since the
    /// beginning, in the order in which they were opened.
    pub tickets: Vec<TicketFact>,
    /// All that ever happened to those tickets, in the order of time.
    pub steps: Vec<StepFact>,
    /// Ratings given in the period.
    pub ratings: Vec<RatingFact>,
    /// When the store's very first message came, whatever the filter says.
    pub first_message_at: Option<Timestamp>,
    /// There were more messages than the filter allows; what is here is not the whole.
    pub truncated: bool,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationFact {
    /// Channel of the customer's latest message.
    pub channel: Channel,
    /// Language of the customer's latest message.
    pub language: Language,
    /// The customer, if known.
    pub customer: Option<Arc<str>>,
    /// When its first message came.
    pub began_at: Timestamp,
}

/// A customer's message and what was decided on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFact {
    /// The store's own number of it, for [`super::Store::said`].
    pub number: i64,
    /// Position of its conversation.
    pub conversation: u32,
    /// When it came.
    pub at: Timestamp,
    /// What was done about it, if that is known.
    pub action: Option<Action>,
    /// Its intent, none where it is out of scope.
    pub intent: Option<Arc<str>>,
    /// Its mood.
    pub sentiment: Option<Sentiment>,
    /// Codes of the decision's reasons with blanks between them, where it was handed over or asked
    /// back; empty otherwise.
    pub reasons: Option<Arc<str>>,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketFact {
    /// Position of its conversation.
    pub conversation: u32,
    /// The queue that it is in now, or was in at last.
    pub queue: Arc<str>,
    /// Where it stands now.
    pub state: TicketState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// First response is due at this time.
    pub due_at: Timestamp,
}

/// One entry of a ticket's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFact {
    /// Position of its ticket.
    pub ticket: u32,
    /// What was done.
    pub kind: StepKind,
    /// Agent or `lotse`.
    pub actor: Arc<str>,
    /// When it was done.
    pub at: Timestamp,
}

/// What was done with a ticket, as far as reports tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// An agent took it.
    Claimed,
    /// An agent answered the customer.
    Replied,
    /// It went to other hands: transferred, released, or returned because its agent was away.
    HandedOn,
    /// It was done.
    Resolved,
    /// It came back after it was done.
    Reopened,
    /// Anything else: opened, noted, corrected, raised.
    Other,
}

impl StepKind {
    /// The kind of a step with this name in the history.
    pub fn from_name(name: &str) -> Self {
        match name {
            "claimed" => Self::Claimed,
            "replied" => Self::Replied,
            "transferred" | "released" | "returned" => Self::HandedOn,
            "resolved" => Self::Resolved,
            "reopened" => Self::Reopened,
            _ => Self::Other,
        }
    }
}

/// A customer's rating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatingFact {
    /// Position of its conversation.
    pub conversation: u32,
    /// 1 very dissatisfied to 5 very satisfied.
    pub score: u8,
    /// When it was given.
    pub at: Timestamp,
}

/// The words of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// As in [`MessageFact::number`].
    pub number: i64,
    /// Identifier of the turn.
    pub turn_id: String,
    /// The words.
    pub text: String,
}
