//! The nouns of the service. No I/O, no policy: every other folder speaks in these types.

mod article;
mod channel;
mod classification;
mod conversation;
mod decision;
mod entity;
mod language;
mod summary;
mod ticket;

pub use article::{Article, ArticleChannels, ArticleStatus, ValidFor};
pub use channel::Channel;
pub use classification::{
    ArticleScore, Classification, IntentScore, Sentiment, SentimentScore, TierScore,
};
pub use conversation::{
    Author, Caller, Contact, ConversationState, Handling, Incoming, MAX_TEXT_CHARS, Outcome,
    OutcomeTicket, Reply, ReplyArticle, ReplyChoice, Role, Thread, Turn,
};
pub use decision::{Action, Decision, Reason};
pub use entity::{Entity, EntityKind};
pub use language::Language;
pub use summary::{Fact, Mood, SuggestedArticle, Summary};
pub use ticket::{Priority, QueueWait, Ticket, TicketEvent, TicketState};
