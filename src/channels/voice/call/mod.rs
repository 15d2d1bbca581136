//! What is said and done next on a call? Pure: from what the caller did (`hear`), and from what the
//! desk made of it (`after`). Every telephone system speaks through this.

mod after;
mod hear;

pub(crate) use after::{after, in_trouble};
pub(crate) use hear::{hear, keyed, refuses_call_back, taken_in};

use super::state::CallState;
use super::texts::Words;
use crate::domain::{Language, OutcomeTicket};
use crate::triage::PhoneTarget;

/// What the caller did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    /// Nothing: silence, or the call has just begun.
    Nothing,
    /// Pressed a key.
    Key(char),
    /// Keyed in a number, as asked.
    Number(String),
    /// Said something.
    Speech {
        /// The transcript.
        text: String,
        /// How sure speech recognition is, 0 to 1, if it says so.
        confidence: Option<f32>,
    },
    /// Came back from being put through.
    Returned {
        /// Whether somebody took the call.
        reached: bool,
    },
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Move {
    /// Say something; there is nothing to take in.
    Say(Next),
    /// The answer helped: keep that, and say something.
    Helped(Next),
    /// Take a message in, then say what [`after`] makes of it.
    Receive {
        /// The words, the caller's or those of a [`CallerSign`].
        text: String,
        /// Language, where the words do not tell it.
        language: Option<Language>,
        /// The answer before did not help.
        not_helped: bool,
    },
}

/// What comes next on the call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Next {
    /// What is said, in this order.
    pub(crate) say: Vec<Said>,
    /// What is done then.
    pub(crate) then: Then,
    /// What must be known when the next event comes.
    pub(crate) state: CallState,
}

/// Words in their language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) language: Language,
    pub(crate) text: String,
}

/// What is done when all has been said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Then {
    /// Wait for the caller.
    Listen,
    /// Put the caller through.
    Transfer(Box<Transfer>),
    /// End the call.
    HangUp,
}

/// Where a caller is put through to, and what people there should know.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transfer {
    /// The queue's name in `routing.toml`.
    pub(crate) queue: String,
    /// Where the telephone system finds the queue; none where it knows queues by name.
    pub(crate) target: Option<PhoneTarget>,
    /// The ticket, none if it could not be kept.
    pub(crate) ticket: Option<OutcomeTicket>,
}

/// How a queue can be reached now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Whether people are there.
    pub(crate) open: bool,
    /// Where the telephone system finds it.
    pub(crate) target: Option<PhoneTarget>,
    /// Whether the telephone system finds a queue by its name alone.
    pub(crate) by_name: bool,
    /// Whether the caller's number is known.
    pub(crate) number_known: bool,
}

/// What the operator sets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner<'a> {
    /// The operator's greeting in a language, if there is one.
    pub(crate) greeting: Option<&'a str>,
    /// Speech recognition less sure than this is asked to repeat.
    pub(crate) low_confidence: f32,
}

pub(crate) fn ended(state: &CallState, words: &[&Words]) -> Next {
    let say = words.iter().map(|words| said(words, state.language)).collect();
    Next { say, then: Then::HangUp, state: again(state) }
}

pub(crate) fn said(words: &Words, language: Language) -> Said {
    Said { language, text: words.get(language).to_owned() }
}

/// What was asked still stands.
fn again(state: &CallState) -> CallState {
    CallState { turn: state.turn.saturating_add(1), ..state.clone() }
}
