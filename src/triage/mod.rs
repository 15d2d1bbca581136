//! What do we do with this message?
//!
//! [`decide`] is a pure function of the classification, the knowledge hits, the [`History`] and the
//! [`Policy`]; [`answer_confidence`] is the learned part of it, and [`danger`] the words that come
//! before everything. A message that goes to people gets its queue, priority and due time from
//! [`Routing`], the operator's rules, and its [`summarize`]d conversation. [`Texts`] are the bot's
//! own words, and [`draft`] is what an agent could answer. Nothing here touches the store or the network.

pub mod call_back;
mod caller;
mod confidence;
pub mod danger;
mod decide;
mod draft;
mod first;
mod history;
mod hours;
mod opening;
mod policy;
mod routing;
mod summary;
mod taken_up;
mod texts;
mod words;

pub use caller::CallerSign;
pub use confidence::{FEATURES, answer_confidence, features};
pub use decide::{Verdict, decide};
pub use draft::draft;
pub use first::{Decider, FirstDecision, HITS};
pub use history::{AskedBack, GivenAnswer, History};
pub use policy::{Policy, PolicyError};
pub use routing::{
    Availability, NETWORK, PhoneTarget, Queue, Route, RouteRequest, Routing, RoutingError,
    RoutingProblem,
};
pub use summary::{
    Earlier, MOST_HEADLINE_WORDS, MOST_WORDS, conversation_language, earlier_contacts, intent_name,
    summarize,
};
pub use taken_up::is_taken_up;
pub use texts::{Texts, TextsError};
