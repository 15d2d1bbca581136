//! How does the telephone speak?
//!
//! [`call`] knows what is said and done next, whatever the telephone system; [`twilio`] speaks
//! Twilio's markup (`TwiML`), Telnyx's (`TeXML`) and `SignalWire`'s, which are one but for their
//! signatures. Amazon Connect and Lex ([`super::amazon`]) and Asterisk ([`super::agi`]) lead the
//! same conversation in their own formats. Nothing of a call is kept in memory: what the next event
//! needs travels with the call ([`state::CallState`]), and what was said is in the store.

pub(crate) mod call;
mod chat;
pub(crate) mod flat;
mod signature;
pub(crate) mod state;
mod texts;
pub(crate) mod twilio;
mod twiml;

use std::fmt::Write;
use std::time::Duration;

use tracing::Instrument;

use self::call::{Heard, Line, Manner, Move, Next, Then, Transfer};
use self::state::{Asked, CallState};
use crate::domain::{Author, Channel, Contact, Incoming, Language, Outcome};
use crate::http::App;
use crate::http::error::{ApiError, Code};
use crate::triage::{Availability, PhoneTarget, Queue};

/// Turns of a conversation among which the answer that helped is looked for.
const RECENT_TURNS: usize = 10;

/// A caller hears something after so long at the latest; telephone systems give up soon after.
const DEADLINE: Duration = Duration::from_secs(5);

/// A call, or a conversation that a telephone system leads.
#[derive(Clone)]
pub(crate) struct Call {
    /// Identifier of its conversation; the caller's utterances are numbered within it.
    pub(crate) conversation_id: String,
    /// Speech, or the chat of a contact centre.
    pub(crate) channel: Channel,
    /// The caller's number, unless it is withheld.
    pub(crate) number: Option<String>,
    /// How the telephone system reaches queues.
    pub(crate) lines: Lines,
    /// Whether the conversation may begin more than once.
    pub(crate) begins: Begins,
}

/// How often a conversation begins: where the state is lost on the way, turns are counted from 1
/// again, and the new ones must not be taken for the old.
#[derive(Clone)]
pub(crate) enum Begins {
    /// Once: the system's name of a call never comes back, and the state travels in addresses.
    Once,
    /// Perhaps again, with the system's name of this event if it has one.
    Perhaps(Option<String>),
}

/// How a telephone system reaches queues.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    /// Which targets of `routing.toml` it can put a caller through to.
    pub(crate) takes: fn(&PhoneTarget) -> bool,
    /// Whether it also finds a queue by its name alone, as dialplans and contact flows do.
    pub(crate) by_name: bool,
}

/// What comes next, and what became of the message if one was taken in.
pub(crate) struct Answered {
    pub(crate) next: Next,
    pub(crate) outcome: Option<Outcome>,
}

/// Does what the caller's event asks for, and says what comes next. A failure behind is said to the
/// caller, who is put through if that is possible.
pub(crate) async fn answer(app: &App, call: &Call, state: &CallState, heard: Heard) -> Answered {
    let state = begun(call, state, &heard);
    let work = {
        let (app, call, state) = (app.clone(), call.clone(), state.clone());
        async move { try_answer(&app, &call, &state, heard).await }
    };
    // In a task of its own: whether or not the caller is kept waiting, the words are kept.
    let task = tokio::spawn(work.in_current_span());
    let code = match tokio::time::timeout(DEADLINE, task).await {
        Ok(Ok(Ok(answered))) => return answered,
        Ok(Ok(Err(error))) => error.code(),
        Ok(Err(_)) => Code::Internal,
        Err(_) => Code::DeadlineExceeded,
    };
    let (code, conversation) = (code.name(), &call.conversation_id);
    tracing::error!(code, conversation, "a caller's words could not be taken in");
    let next = call::in_trouble(&state, call.channel, somewhere(app, call));
    Answered { next, outcome: None }
}

/// The state with a name for this beginning, where the conversation may begin again.
fn begun(call: &Call, state: &CallState, heard: &Heard) -> CallState {
    if state.asked != Asked::Nothing || state.beginning.is_some() {
        return state.clone();
    }
    let beginning = match (&call.begins, heard) {
        (Begins::Perhaps(Some(event)), _) => Some(short_hash(event)),
        // Nothing is kept of a greeting: it need not be the same if it is asked for twice.
        (Begins::Perhaps(None), Heard::Nothing) => {
            Some(short_hash(&uuid::Uuid::new_v4().to_string()))
        }
        (Begins::Perhaps(None) | Begins::Once, _) => None,
    };
    CallState { beginning, ..state.clone() }
}

async fn try_answer(
    app: &App,
    call: &Call,
    state: &CallState,
    heard: Heard,
) -> Result<Answered, ApiError> {
    let voice = &app.config.channels.voice;
    let greeting = voice.greeting.get(&state.language).map(String::as_str);
    let manner = Manner { greeting, low_confidence: voice.low_confidence };
    let todo = if call.channel == Channel::Phone {
        call::hear(state, heard, &manner)
    } else {
        chat::hear(state, heard)
    };
    let (text, language, not_helped) = match todo {
        Move::Say(next) => return Ok(Answered { next, outcome: None }),
        Move::Helped(next) => {
            keep_helpful(app, call, true).await;
            return Ok(Answered { next, outcome: None });
        }
        Move::Receive { text, language, not_helped } => (text, language, not_helped),
    };
    if not_helped {
        keep_helpful(app, call, false).await;
    }
    let incoming = Incoming {
        conversation_id: Some(call.conversation_id.clone()),
        message_id: None,
        language,
        contact: Contact { phone: call.number.clone(), ..Contact::default() },
        ..Incoming::new(call.channel, text)
    };
    let outcome = take_in(app, state, incoming).await?;
    let line = outcome.ticket.as_ref().map(|ticket| line(app, call, &ticket.queue));
    let next = call::after(state, &outcome, call.channel, line.as_ref());
    if let (Then::HangUp, Some(ticket), Some(line)) = (&next.then, &outcome.ticket, &line)
        && line.open
    {
        let queue = &ticket.queue;
        tracing::warn!(queue, "a caller could not be put through: the queue has no phone target");
    }
    Ok(Answered { next, outcome: Some(outcome) })
}

/// Takes a message in under a name that is the same if the same event is sent twice: it is one
/// message, and gets the same answer. Other words under the same name come from a system that
/// forgot the state; they get a name of their own.
async fn take_in(app: &App, state: &CallState, incoming: Incoming) -> Result<Outcome, ApiError> {
    let beginning = state.beginning.as_ref().map(|name| format!("-{name}")).unwrap_or_default();
    let conversation = incoming.conversation_id.as_deref().unwrap_or_default();
    let name = format!("{conversation}{beginning}-{}", state.turn);
    let named = |name: String| Incoming { message_id: Some(name), ..incoming.clone() };
    match super::receive(app, named(name.clone())).await {
        Err(error) if error.code() == Code::Conflict => {
            super::receive(app, named(format!("{name}-{}", short_hash(&incoming.text)))).await
        }
        taken => taken,
    }
}

/// How a queue can be reached now.
fn line(app: &App, call: &Call, queue: &str) -> Line {
    let routing = (app.routing)();
    let availability = routing.availability(queue, call.channel, jiff::Timestamp::now());
    let targets = routing.queue(queue).map_or(&[][..], Queue::phone_targets);
    Line {
        open: availability == Availability::Open,
        target: targets.iter().find(|target| (call.lines.takes)(target)).cloned(),
        by_name: call.lines.by_name,
        number_known: call.number.is_some(),
    }
}

/// Where a caller is put through to who has no ticket: the queue of everything else, or another,
/// where people are there and can be reached.
fn somewhere(app: &App, call: &Call) -> Option<Transfer> {
    let routing = (app.routing)();
    routing.default_queue().into_iter().chain(routing.queues()).find_map(|queue| {
        let Line { open, target, by_name, .. } = line(app, call, &queue.name);
        let queue = queue.name.clone();
        (open && (target.is_some() || by_name)).then_some(Transfer { queue, target, ticket: None })
    })
}

/// Keeps whether the last answer helped. The call goes on even if that fails.
async fn keep_helpful(app: &App, call: &Call, helpful: bool) {
    let kept = async {
        let conversation = app.desk.conversation(&call.conversation_id, RECENT_TURNS).await?;
        let answers = conversation.turns.iter().rev();
        let answer =
            answers.filter(|turn| turn.from == Author::Bot).find(|turn| turn.article_id.is_some());
        match answer {
            Some(turn) => app.desk.rate_answer(&conversation.head.id, &turn.id, helpful).await,
            None => Ok(()),
        }
    };
    if let Err(error) = kept.await {
        let conversation = &call.conversation_id;
        tracing::warn!(%error, conversation, "whether an answer helped was not kept");
    }
}

/// The conversation of a call: the telephone system's own id of it where it may stand in one.
pub(crate) fn conversation_id(system: &str, call_id: &str) -> String {
    use sha2::{Digest, Sha256};
    let id = format!("{system}-{call_id}");
    let fits = id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte));
    if fits {
        return id;
    }
    let hash = hexadecimal(&Sha256::digest(call_id.as_bytes()));
    format!("{system}-{}", &hash[..32])
}

/// Eight digits that stand for a text.
fn short_hash(text: &str) -> String {
    use sha2::{Digest, Sha256};
    hexadecimal(&Sha256::digest(text.as_bytes())[..4])
}

/// Bytes as hexadecimal digits in small letters.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing into a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// What telephone systems give in the place of a number that is withheld.
const WITHHELD: [&str; 6] =
    ["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "+8566696687"];

/// The caller's number, unless it is withheld: `+49…`, or that of a SIP address.
pub(crate) fn number(from: &str) -> Option<String> {
    let from = from.trim();
    let user = from.strip_prefix("sip:").or_else(|| from.strip_prefix("sips:"));
    let number = user.map_or(from, |user| user.split(['@', ';']).next().unwrap_or_default());
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_number =
        (6..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !WITHHELD.contains(&number)).then(|| number.to_owned())
}

/// The language of a code such as `de-DE`, `de_AT` or `en`.
pub(crate) fn language_of(code: &str) -> Option<Language> {
    Language::from_code(code.split(['-', '_']).next()?.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_name_their_conversations() {
        let sid = "CA1234567890ABCDEF1234567890ABCDEF";
        assert_eq!(conversation_id("twilio", sid), format!("twilio-{sid}"));
        for strange in ["", "a b", "ä", &"x".repeat(200), "../x"] {
            let id = conversation_id("agi", strange);
            let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            assert!(plain && id.len() <= 64, "{id}");
        }
        assert_ne!(conversation_id("agi", "a b"), conversation_id("agi", "b a"));
    }

    #[test]
    fn withheld_numbers_are_none() {
        for (from, expected) in [
            ("+494315550199", Some("+494315550199")),
            ("sip:+4915112345@pbx.example:5060", Some("+4915112345")),
            ("sip:alice@pbx.example", None),
            ("08005550199", Some("08005550199")),
            ("anonymous", None),
            ("Restricted", None),
            ("+266696687", None),
            ("unknown", None),
            ("", None),
            ("+", None),
        ] {
            assert_eq!(number(from).as_deref(), expected, "{from}");
        }
    }

    #[test]
    fn codes_of_languages() {
        for (code, expected) in [
            ("de-DE", Some(Language::De)),
            ("en_GB", Some(Language::En)),
            ("EN", Some(Language::En)),
            ("fr-FR", None),
            ("", None),
        ] {
            assert_eq!(language_of(code), expected, "{code}");
        }
    }
}
