//! Writes the markup that Twilio, Telnyx and `SignalWire` carry out. All that is said or named is
//! escaped.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use url::form_urlencoded;

use super::call::{Next, Said, Then, Transfer};
use super::state::{Asked, CallState};
use crate::domain::{Language, Outcome, Priority};
use crate::triage::PhoneTarget;

/// Seconds that a caller has to begin to speak or press a key.
const LISTEN_SECONDS: u32 = 5;

/// Seconds that a telephone rings before the caller is told that nobody is free.
const RING_SECONDS: u32 = 30;

/// Twilio takes fewer than 1,024 characters of headers in a SIP address.
const SIP_HEADER_CHARS: usize = 1000;

/// Twilio takes 4,096 bytes of a task's attributes.
const TASK_BYTES: usize = 4000;

/// How the markup of a telephone system differs, and where it calls back.
pub(super) struct Dialect<'a> {
    /// Whether it calls the action of a `Gather` without input, and ends speech by itself. Where it
    /// does not, a redirect behind the `Gather` does the same.
    pub(super) full_gather: bool,
    /// Names of voices, by language.
    pub(super) voices: &'a BTreeMap<Language, String>,
    /// Codes such as `de-DE`, by language.
    pub(super) locales: &'a BTreeMap<Language, String>,
    /// Address of the voice webhook, without a query.
    pub(super) voice: String,
    /// Address that says to an agent what the call is about, without a query.
    pub(super) whisper: String,
}

/// An answer that does nothing: the call is over, or goes on as it is.
pub(super) fn nothing() -> String {
    document("")
}

/// An answer that only says something.
pub(super) fn only(said: &Said, dialect: &Dialect<'_>) -> String {
    let mut inner = String::new();
    dialect.say(&mut inner, said);
    document(&inner)
}

/// What comes next on a call. `outcome` is that of the message that was taken in, if one was.
pub(super) fn next(next: &Next, outcome: Option<&Outcome>, dialect: &Dialect<'_>) -> String {
    let mut inner = String::new();
    match &next.then {
        Then::Listen => dialect.gather(&mut inner, next),
        Then::Transfer(transfer) => {
            next.say.iter().for_each(|said| dialect.say(&mut inner, said));
            dialect.put_through(&mut inner, transfer, outcome, &next.state);
        }
        Then::HangUp => {
            next.say.iter().for_each(|said| dialect.say(&mut inner, said));
            inner.push_str("<Hangup/>");
        }
    }
    document(&inner)
}

fn document(inner: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{inner}</Response>")
}

impl Dialect<'_> {
    fn locale(&self, language: Language) -> &str {
        self.locales.get(&language).map_or(language.code(), String::as_str)
    }

    fn say(&self, into: &mut String, said: &Said) {
        let language = ("language", self.locale(said.language));
        let voice = self.voices.get(&said.language).map(|voice| ("voice", voice.as_str()));
        let attributes: Vec<_> = std::iter::once(language).chain(voice).collect();
        element(into, "Say", &attributes, &escaped(&said.text));
    }

    fn action(&self, state: &CallState) -> String {
        format!("{}?{}", self.voice, state.to_query())
    }

    fn gather(&self, into: &mut String, next: &Next) {
        let action = self.action(&next.state);
        let seconds = LISTEN_SECONDS.to_string();
        let mut attributes = vec![
            ("input", "speech dtmf"),
            ("language", self.locale(next.state.language)),
            ("action", action.as_str()),
            ("method", "POST"),
            ("timeout", seconds.as_str()),
            // A number has as many digits as it has; everything else is one key.
            match next.state.asked {
                Asked::Number => ("finishOnKey", "#"),
                _ => ("numDigits", "1"),
            },
        ];
        if self.full_gather {
            attributes.extend([("actionOnEmptyResult", "true"), ("speechTimeout", "auto")]);
        }
        let mut inner = String::new();
        next.say.iter().for_each(|said| self.say(&mut inner, said));
        element(into, "Gather", &attributes, &inner);
        if !self.full_gather {
            element(into, "Redirect", &[("method", "POST")], &escaped(&action));
        }
    }

    fn put_through(
        &self,
        into: &mut String,
        transfer: &Transfer,
        outcome: Option<&Outcome>,
        state: &CallState,
    ) {
        let action = self.action(state);
        let back = [("action", action.as_str()), ("method", "POST")];
        let ring = RING_SECONDS.to_string();
        let dial = [back[0], back[1], ("timeout", ring.as_str())];
        match &transfer.target {
            Some(PhoneTarget::Number(number)) => {
                let whisper = transfer.ticket.as_ref().map(|ticket| {
                    let mut query = form_urlencoded::Serializer::new(String::new());
                    query.append_pair("ticket", &ticket.id);
                    format!("{}?{}", self.whisper, query.finish())
                });
                let attributes: Vec<_> = match &whisper {
                    Some(whisper) => vec![("url", whisper.as_str()), ("method", "POST")],
                    None => Vec::new(),
                };
                let mut inner = String::new();
                element(&mut inner, "Number", &attributes, &escaped(number));
                element(into, "Dial", &dial, &inner);
            }
            Some(PhoneTarget::Sip(address)) => {
                let address = match outcome.and_then(sip_headers) {
                    Some(headers) => format!("{address}?{headers}"),
                    None => address.clone(),
                };
                let mut inner = String::new();
                element(&mut inner, "Sip", &[], &escaped(&address));
                element(into, "Dial", &dial, &inner);
            }
            Some(PhoneTarget::Workflow(workflow)) => {
                let (task, priority) = match outcome.and_then(task) {
                    Some((task, priority)) => (task, rank(priority).to_string()),
                    None => (json!({}), rank(Priority::Normal).to_string()),
                };
                let mut inner = String::new();
                let attributes = [("priority", priority.as_str())];
                element(&mut inner, "Task", &attributes, &escaped(&task.to_string()));
                let attributes = [("workflowSid", workflow.as_str()), back[0], back[1]];
                element(into, "Enqueue", &attributes, &inner);
            }
            // Nothing can go along with a call that waits in a queue: what `<Queue url>` fetches is
            // played to the caller. The agent's side learns the call's id, which names the
            // conversation.
            Some(PhoneTarget::Queue(name)) => element(into, "Enqueue", &back, &escaped(name)),
            // Not among the targets that these systems take.
            Some(PhoneTarget::Arn(_)) | None => into.push_str("<Hangup/>"),
        }
    }
}

/// Urgent tasks first: the number that `TaskRouter` sorts by.
fn rank(priority: Priority) -> usize {
    Priority::ALL.iter().position(|known| *known == priority).unwrap_or_default()
}

/// What a SIP telephone system learns of the call, as headers in the address. The headline is
/// shortened until all fits.
fn sip_headers(outcome: &Outcome) -> Option<String> {
    let ticket = outcome.ticket.as_ref()?;
    let headline = ticket.summary.as_ref().map_or("", |summary| summary.headline.as_str());
    let intent = outcome.classification.intent.as_ref().map_or("", |intent| intent.name.as_str());
    let with = |headline: &str| {
        let pairs = [
            ("X-Lotse-Ticket", ticket.id.as_str()),
            ("X-Lotse-Conversation", outcome.conversation_id.as_str()),
            ("X-Lotse-Queue", ticket.queue.as_str()),
            ("X-Lotse-Priority", ticket.priority.name()),
            ("X-Lotse-Language", outcome.classification.language.code()),
            ("X-Lotse-Intent", intent),
            ("X-Lotse-Headline", headline),
        ];
        let filled = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let headers: Vec<String> =
            filled.map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        headers.join("&")
    };
    let mut kept: Vec<char> = headline.chars().collect();
    loop {
        let headers = with(&kept.iter().collect::<String>());
        if headers.len() <= SIP_HEADER_CHARS {
            return Some(headers);
        }
        if kept.is_empty() {
            return None;
        }
        kept.truncate(kept.len() * 3 / 4);
    }
}

/// Blanks as `%20`: SIP knows no plus for them.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// What `TaskRouter` and the agent's desktop learn of the call. Facts are left out, and the summary
/// is shortened, where they do not fit.
fn task(outcome: &Outcome) -> Option<(Value, Priority)> {
    let ticket = outcome.ticket.as_ref()?;
    let (summary, classification) = (ticket.summary.as_ref(), &outcome.classification);
    let with = |text: &str, facts: &Value| {
        json!({
            "ticket": ticket.id,
            "conversation": outcome.conversation_id,
            "queue": ticket.queue,
            "priority": ticket.priority,
            "due_at": ticket.due_at,
            "language": classification.language,
            "intent": classification.intent.as_ref().map(|intent| &intent.name),
            "tier": classification.tier.as_ref().map(|tier| tier.level),
            "sentiment": classification.sentiment.as_ref().map(|mood| mood.name),
            "headline": summary.map(|summary| shortened(&summary.headline, 300)),
            "summary": text,
            "facts": facts,
        })
    };
    let text = summary.map_or("", |summary| summary.text.as_str());
    let facts = summary.map_or_else(
        || json!([]),
        |summary| {
            let fact = |fact: &crate::domain::Fact| json!({"kind": fact.kind, "text": fact.text});
            summary.facts.iter().map(fact).collect()
        },
    );
    let fits = |task: &Value| task.to_string().len() <= TASK_BYTES;
    let whole = with(text, &facts);
    if fits(&whole) {
        return Some((whole, ticket.priority));
    }
    let lengths = [2000, 1000, 500, 0];
    let shorter = lengths.into_iter().map(|most| with(shortened(text, most), &json!([])));
    let task = shorter.into_iter().find(fits)?;
    Some((task, ticket.priority))
}

/// At most so many bytes of a text, cut between characters.
fn shortened(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// Writes an element whose contents are markup already.
fn element(into: &mut String, name: &str, attributes: &[(&str, &str)], inner: &str) {
    into.push('<');
    into.push_str(name);
    for (name, value) in attributes {
        // Writing into a string cannot fail.
        let _ = write!(into, " {name}=\"{}\"", escaped(value));
    }
    if inner.is_empty() {
        into.push_str("/>");
    } else {
        let _ = write!(into, ">{inner}</{name}>");
    }
}

/// The text as XML may hold it: what has a meaning there is escaped, what is not allowed is a
/// blank.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A message that went to people, with a summary of this length.
    fn handed_over(letters: usize) -> Outcome {
        let text = "ä".repeat(letters);
        let fact = json!({ "kind": "order_number", "text": text, "turn": 0 });
        let outcome = json!({
            "conversation_id": "twilio-CA1", "message_id": "twilio-CA1-1", "state": "waiting",
            "classification": {
                "language": "de", "intent": { "name": "payment_issue", "confidence": 0.9 },
                "in_scope": 0.99, "alternatives": [], "entities": [],
                "sentiment": { "name": "negative", "confidence": 0.9 },
                "tier": { "level": 3, "confidence": 0.9, "probabilities": [0.0, 0.1, 0.9] }
            },
            "decision": { "action": "escalate", "reasons": [] },
            "reply": null,
            "ticket": {
                "id": "t1", "queue": "billing", "priority": "urgent",
                "due_at": "2026-11-23T20:00:00Z",
                "summary": {
                    "headline": text, "text": text, "wish": text, "facts": [fact], "tried": [],
                    "mood": { "now": "negative", "trend": "worse" }, "next_step": "",
                    "articles": []
                }
            }
        });
        serde_json::from_value(outcome).expect("an outcome")
    }

    #[test]
    fn what_goes_along_fits_however_long_the_story_is() {
        for letters in [0, 10, 200, 1000, 5000, 100_000] {
            let outcome = handed_over(letters);
            let (task, priority) = task(&outcome).expect("a task");
            assert!(task.to_string().len() <= TASK_BYTES, "{letters}");
            assert_eq!((&task["queue"], &task["tier"]), (&"billing".into(), &3.into()));
            assert_eq!((priority, rank(priority)), (Priority::Urgent, 3));
            let headers = sip_headers(&outcome).expect("headers");
            assert!(headers.len() <= SIP_HEADER_CHARS, "{letters}");
            assert!(headers.starts_with("X-Lotse-Ticket=t1&X-Lotse-Conversation=twilio-CA1&"));
            let escapes: Vec<&str> = headers.split('%').skip(1).collect();
            assert!(escapes.iter().all(|escape| escape.len() >= 2), "{headers}");
        }
        assert!(task(&handed_over(10)).expect("a task").0["facts"][0]["text"].is_string());
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_element(text in "\\PC{0,60}|[<>&\"'\\x00-\\x1f]{0,60}") {
            let mut written = String::new();
            element(&mut written, "Say", &[("voice", &text)], &escaped(&text));
            // An element without contents closes itself.
            let marks = if text.is_empty() { 1 } else { 2 };
            prop_assert_eq!(written.matches('<').count(), marks);
            prop_assert_eq!(written.matches('>').count(), marks);
            prop_assert_eq!(written.matches('"').count(), 2);
            prop_assert!(!written.chars().any(char::is_control));
        }

        #[test]
        fn sip_values_are_plain(text in ".{0,60}") {
            let encoded = percent_encoded(&text);
            let plain = encoded
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte));
            prop_assert!(plain);
        }

        #[test]
        fn shortened_texts_are_beginnings(text in ".{0,60}", most in 0_usize..80) {
            let short = shortened(&text, most);
            prop_assert!(text.starts_with(short) && short.len() <= most);
        }
    }
}
