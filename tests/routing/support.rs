//! What the tests share: the demo's rules, a small file of rules, readings and requests.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use lotse::domain::{
    Channel, Classification, IntentScore, Language, Sentiment, SentimentScore, TierScore,
};
use lotse::triage::{Route, RouteRequest, Routing, RoutingError};

/// A Monday, eleven o'clock in Berlin.
pub(crate) const MONDAY: &str = "2026-11-23T10:00:00Z";
/// A Saturday, noon in Berlin: the hotline is there, the offices are closed.
pub(crate) const SATURDAY: &str = "2026-11-28T11:00:00Z";

static NO_ATTRIBUTES: BTreeMap<String, String> = BTreeMap::new();

pub(crate) fn demo() -> Routing {
    Routing::load(Path::new("demo/routing.toml")).expect("the demo's routing is valid")
}

pub(crate) fn at(time: &str) -> Timestamp {
    time.parse().expect("valid time")
}

pub(crate) fn reading(intent: Option<&str>, tier: u8, sentiment: Sentiment) -> Classification {
    let mut probabilities = [0.0; 3];
    probabilities[usize::from(tier) - 1] = 1.0;
    Classification {
        language: Language::De,
        intent: intent.map(|name| score(name, 0.9)),
        in_scope: Some(0.9),
        alternatives: Vec::new(),
        sentiment: Some(SentimentScore { name: sentiment, confidence: 0.9 }),
        tier: Some(TierScore { level: tier, confidence: 1.0, probabilities }),
        answerable: None,
        articles: Vec::new(),
        entities: Vec::new(),
    }
}

pub(crate) fn score(name: &str, confidence: f32) -> IntentScore {
    IntentScore { name: name.to_owned(), confidence }
}

pub(crate) fn request<'a>(
    classification: &'a Classification,
    message: &'a str,
) -> RouteRequest<'a> {
    RouteRequest {
        classification,
        message,
        earlier: &[],
        channel: Channel::Chat,
        attributes: &NO_ATTRIBUTES,
        danger: false,
        person_wanted: false,
        waits: &[],
        at: at(MONDAY),
    }
}

pub(crate) fn route(intent: Option<&str>, tier: u8, sentiment: Sentiment, message: &str) -> Route {
    let classification = reading(intent, tier, sentiment);
    demo().route(&request(&classification, message))
}

/// A small valid file; tests change parts of it.
pub(crate) const SMALL: &str = r#"timezone = "Europe/Berlin"

[hours.office]
monday-friday = "08:00-20:00"

[targets]
chat = { first_response = "60s", clock = "opening" }
phone = { first_response = "90s", clock = "opening" }
email = { first_response = "4h", clock = "opening" }
form = { first_response = "4h", clock = "opening" }
social = { first_response = "1h" }
messenger = { first_response = "60s" }

[[queue]]
name = "team"
hours = "office"

[[queue]]
name = "english"
languages = ["en"]
hours = "office"

[[topic]]
name = "legal"
words = ["anwalt*"]

[[rule]]
name = "legal"
when = { topics = ["legal"] }
queue = "english"
only_while_open = true

[[rule]]
name = "rest"
queue = "team"
"#;

pub(crate) fn load(text: &str) -> Result<Routing, RoutingError> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("routing.toml");
    std::fs::write(&path, text).expect("writes");
    Routing::load(&path)
}

/// Loads SMALL with `from` replaced by `to`; the error's lines without the path.
#[track_caller]
pub(crate) fn mistakes(from: &str, to: &str) -> Vec<String> {
    assert!(SMALL.contains(from), "{from} is not in the file");
    match load(&SMALL.replacen(from, to, 1)) {
        Err(RoutingError::Invalid { problems, .. }) => {
            problems.iter().map(|problem| format!("{}: {}", problem.line, problem.text)).collect()
        }
        other => panic!("expected mistakes, got {other:?}"),
    }
}
