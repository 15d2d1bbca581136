//! Routing through the public surface: the demo's rules, mistakes with their lines, due times.

use std::path::Path;

use jiff::Timestamp;
use lotse::domain::{
    Author, Channel, Classification, IntentScore, Language, Priority, Sentiment, SentimentScore,
    TierScore, Turn,
};
use lotse::triage::{Availability, Route, RouteRequest, Routing, RoutingError};

/// A Monday, eleven o'clock in Berlin.
const MONDAY: &str = "2026-11-23T10:00:00Z";
/// A Saturday, noon in Berlin: the hotline is there, the offices are closed.
const SATURDAY: &str = "2026-11-28T11:00:00Z";

fn demo() -> Routing {
    Routing::load(Path::new("demo/routing.toml")).expect("the demo's routing is valid")
}

fn at(time: &str) -> Timestamp {
    time.parse().expect("valid time")
}

fn reading(intent: Option<&str>, tier: u8, sentiment: Sentiment) -> Classification {
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

fn score(name: &str, confidence: f32) -> IntentScore {
    IntentScore { name: name.to_owned(), confidence }
}

fn request<'a>(classification: &'a Classification, message: &'a str) -> RouteRequest<'a> {
    RouteRequest {
        classification,
        message,
        earlier: &[],
        channel: Channel::Chat,
        danger: false,
        person_wanted: false,
        at: at(MONDAY),
    }
}

fn route(intent: Option<&str>, tier: u8, sentiment: Sentiment, message: &str) -> Route {
    let classification = reading(intent, tier, sentiment);
    demo().route(&request(&classification, message))
}

#[test]
fn the_demo_sends_each_kind_of_message_to_its_queue() {
    use Priority::{High, Low, Normal};
    use Sentiment::{Negative, Neutral, Positive};
    let cases = [
        (Some("track_order"), 2, Neutral, "Wo ist mein Paket NL-20481?", "first_line", Normal),
        (Some("track_order"), 3, Negative, "Vier Wochen! Unfassbar.", "complaints", High),
        (Some("get_invoice"), 2, Neutral, "Bitte die Rechnung schicken", "billing", Normal),
        (Some("payment_issue"), 3, Neutral, "doppelt abgebucht", "billing", High),
        (Some("technical_problem"), 3, Neutral, "Die Box blinkt orange", "technical", Normal),
        (Some("technical_problem"), 3, Neutral, "Die Box blinkt SCHON WIEDER", "technical", High),
        (Some("technical_problem"), 3, Negative, "Saftladen, nichts geht", "technical", High),
        (Some("cancel_contract"), 3, Neutral, "Ich kündige", "contracts", High),
        (Some("cancel_contract"), 3, Neutral, "Kündigung, sonst Anwalt!", "complaints", High),
        (Some("damaged_or_wrong_item"), 3, Neutral, "Display zersplittert", "complaints", High),
        (Some("privacy_request"), 3, Neutral, "Auskunft nach DSGVO, sonst Anwalt", "privacy", High),
        (Some("appointment"), 2, Neutral, "Techniker verschieben", "technical", Normal),
        (Some("appointment"), 2, Neutral, "Beratung im Shop Wien?", "first_line", Normal),
        (Some("check_cancellation_fee"), 1, Neutral, "Kosten vorzeitig?", "contracts", Normal),
        (Some("check_cancellation_fee"), 1, Neutral, "Bestellung stornieren", "first_line", Normal),
        (Some("review"), 1, Positive, "Wo kann ich bewerten?", "first_line", Low),
        (Some("return_item"), 2, Negative, "My name is Sue, I want a label", "first_line", Normal),
        (Some("return_item"), 2, Negative, "I will sue you", "complaints", High),
        (
            Some("change_order"),
            2,
            Neutral,
            "sonst geh ich zur Bundesnetzagentur",
            "complaints",
            High,
        ),
        (None, 2, Neutral, "Hallo Welt", "first_line", Normal),
        (None, 3, Negative, "…", "complaints", High),
    ];
    for (intent, tier, sentiment, message, queue, priority) in cases {
        let route = route(intent, tier, sentiment, message);
        assert_eq!((route.queue.as_str(), route.priority), (queue, priority), "{message}");
    }
}

#[test]
fn danger_is_urgent_and_due_within_minutes_at_any_hour() {
    let classification = reading(Some("technical_problem"), 3, Sentiment::Negative);
    let sunday = at("2026-11-29T02:00:00Z");
    let request =
        RouteRequest { danger: true, at: sunday, ..request(&classification, "Stromschlag") };
    let route = demo().route(&request);
    assert_eq!((route.queue.as_str(), route.priority), ("first_line", Priority::Urgent));
    assert_eq!(route.due_at, at("2026-11-29T02:05:00Z"));
}

#[test]
fn a_wish_for_a_person_follows_the_topic() {
    let routing = demo();
    let wish = reading(Some("contact_human_agent"), 2, Sentiment::Neutral);
    let queue = |request: &RouteRequest| routing.route(request).queue;
    let words = [
        ("Mitarbeiter, es geht um meine Rechnung", "billing"),
        ("put me through to billing please", "billing"),
        ("Rückruf wegen Internetvertrag", "contracts"),
        ("kannst du mich zur Technik durchstellen", "technical"),
        ("jemand vom Datenschutz bitte", "privacy"),
        ("Mensch bitte", "first_line"),
    ];
    for (message, expected) in words {
        assert_eq!(queue(&request(&wish, message)), expected, "{message}");
    }

    let mut likely = wish.clone();
    likely.alternatives = vec![score("greeting", 0.2), score("track_refund", 0.15)];
    assert_eq!(queue(&request(&likely, "Mensch bitte")), "first_line", "greeting is in a rule");
    likely.alternatives = vec![score("unruled", 0.2), score("track_refund", 0.15)];
    assert_eq!(queue(&request(&likely, "Mensch bitte")), "billing");
    likely.alternatives = vec![score("track_refund", 0.05)];
    assert_eq!(queue(&request(&likely, "Mensch bitte")), "first_line");
}

#[test]
fn a_wish_for_a_person_looks_back_in_the_conversation() {
    let turn = |text: &str, classification| Turn {
        id: String::new(),
        from: Author::Customer,
        text: text.to_owned(),
        at: at(MONDAY),
        agent: None,
        classification,
        decision: None,
        article_id: None,
        thread: None,
    };
    let technical = reading(Some("device_setup"), 2, Sentiment::Neutral);
    let read = [turn("Wie richte ich das ein?", Some(technical)), turn("hm", None)];
    let unread = [turn("Frage zu meiner Rechnung", None)];
    let wish = reading(Some("contact_human_agent"), 2, Sentiment::Neutral);
    let misread = reading(Some("complaint"), 3, Sentiment::Neutral);
    let routing = demo();
    for (earlier, queue) in [(&read[..], "technical"), (&unread[..], "billing")] {
        let seen = RouteRequest { earlier, ..request(&wish, "Mensch bitte") };
        assert_eq!(routing.route(&seen).queue, queue);
        let bare = RouteRequest { person_wanted: true, earlier, ..request(&misread, "agent") };
        assert_eq!(routing.route(&bare).queue, queue);
    }
}

#[test]
fn due_times_follow_channel_and_opening_hours() {
    let routing = demo();
    let calm = reading(Some("track_order"), 2, Sentiment::Neutral);
    let due = |channel, time| {
        routing.route(&RouteRequest { channel, at: at(time), ..request(&calm, "Paket?") }).due_at
    };
    assert_eq!(due(Channel::Chat, MONDAY), at("2026-11-23T10:01:00Z"));
    assert_eq!(due(Channel::Phone, SATURDAY), at("2026-11-28T11:01:30Z"));
    assert_eq!(due(Channel::Chat, SATURDAY), at("2026-11-30T07:01:00Z"));
    assert_eq!(due(Channel::Email, "2026-11-23T17:00:00Z"), at("2026-11-24T09:00:00Z"));
    assert_eq!(due(Channel::Social, SATURDAY), at("2026-11-28T11:15:00Z"));
    assert_eq!(
        routing.availability("first_line", Channel::Chat, at(SATURDAY)),
        Availability::ClosedUntil(at("2026-11-30T07:00:00Z"))
    );
    assert_eq!(
        routing.availability("first_line", Channel::Phone, at(SATURDAY)),
        Availability::Open
    );
}

/// A small valid file; tests change parts of it.
const SMALL: &str = r#"timezone = "Europe/Berlin"

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

fn load(text: &str) -> Result<Routing, RoutingError> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("routing.toml");
    std::fs::write(&path, text).expect("writes");
    Routing::load(&path)
}

/// Loads SMALL with `from` replaced by `to`; the error's lines without the path.
#[track_caller]
fn mistakes(from: &str, to: &str) -> Vec<String> {
    assert!(SMALL.contains(from), "{from} is not in the file");
    match load(&SMALL.replacen(from, to, 1)) {
        Err(RoutingError::Invalid { problems, .. }) => {
            problems.iter().map(|problem| format!("{}: {}", problem.line, problem.text)).collect()
        }
        other => panic!("expected mistakes, got {other:?}"),
    }
}

#[test]
fn mistakes_are_told_with_their_lines() {
    let all = [
        mistakes("Europe/Berlin", "Europe/Bärlin"),
        mistakes("monday-friday", "montag-freitag"),
        mistakes("08:00-20:00", "20:00-08:00"),
        mistakes("60s", "soon"),
        mistakes("social = { first_response = \"1h\" }\n", ""),
        mistakes("hours = \"office\"", "hours = \"ofice\""),
        mistakes("name = \"english\"", "name = \"team\""),
        mistakes("topics = [\"legal\"]", "topics = [\"leagl\"]"),
        mistakes("topics = [\"legal\"]", "tiers = [4]"),
        mistakes("topics = [\"legal\"]", "topic = [\"legal\"]"),
        mistakes("queue = \"english\"", "queue = \"french\""),
        mistakes("\"anwalt*\"", "\"*\""),
        mistakes("\"anwalt*\"", ""),
        mistakes("name = \"rest\"\n", "name = \"rest\"\nwhen = { danger = false }\n"),
        mistakes("timezone = \"Europe/Berlin\"", "timezone = "),
        mistakes("queue = \"team\"", "queue = \"team\"\npriorty = \"high\""),
    ];
    insta::assert_snapshot!(all.concat().join("\n"));
    let missing = Routing::load(Path::new("nowhere/routing.toml")).expect_err("no such file");
    assert!(missing.to_string().starts_with("cannot read nowhere/routing.toml"), "{missing}");
}

#[test]
fn rules_are_passed_over_for_language_and_closing_time() {
    let routing = load(SMALL).expect("valid");
    let german = reading(None, 2, Sentiment::Neutral);
    let english = Classification { language: Language::En, ..german.clone() };
    let queue = |classification, time| {
        let request = RouteRequest { at: at(time), ..request(classification, "Anwalt") };
        routing.route(&request).queue
    };
    assert_eq!(queue(&english, MONDAY), "english");
    assert_eq!(queue(&german, MONDAY), "team");
    assert_eq!(queue(&english, SATURDAY), "team");
}

#[test]
fn doubtful_places_are_reported() {
    let now = at(MONDAY);
    let lint = |text: &str, intents: &[&str]| -> Vec<String> {
        let intents: Vec<String> = intents.iter().map(|name| (*name).to_owned()).collect();
        let problems = load(text).expect("valid").lint(&intents, now);
        problems.iter().map(|problem| format!("{}: {}", problem.line, problem.text)).collect()
    };
    assert_eq!(lint(SMALL, &[]), Vec::<String>::new());
    let doubtful = SMALL
        .replace("hours = \"office\"\n\n[[topic]]", "\n[[topic]]")
        .replace("timezone", "holidays = [2026-12-01]\ntimezone")
        .replace(
            "[[rule]]\nname = \"legal\"\nwhen = { topics = [\"legal\"] }\nqueue = \"english\"",
            "[[queue]]\nname = \"idle\"\nhours = \"office\"\n\n[[rule]]\nname = \"bills\"\nwhen = { \
             intents = [\"bil\"] }\nqueue = \"team\"\n\n[[rule]]\nname = \"hot bills\"\nwhen = { \
             intents = [\"bil\"], tiers = [3] }\nqueue = \"english\"",
        );
    insta::assert_snapshot!(lint(&doubtful, &["bill", "greeting"]).join("\n"));
}

#[test]
fn the_demo_has_no_doubtful_places() {
    let problems = demo().lint(&[], at(MONDAY));
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn a_route_can_be_explained() {
    let routing = load(SMALL).expect("valid");
    let classification = reading(Some("track_order"), 3, Sentiment::Negative);
    let request = request(&classification, "Jetzt reicht's: Anwalt!");
    let expected = "words of topic legal\n\
        rule “legal” (line 28): no, queue english does not speak de\n\
        rule “rest” (line 34): queue team";
    assert_eq!(routing.explain(&request).join("\n"), expected);
    let reason = routing.route(&request).reason();
    let expected = "rule “rest”: queue team, priority normal, due 2026-11-23T10:01:00Z";
    assert_eq!((reason.code.as_str(), reason.text.as_str()), ("route", expected));
}

/// Runs `lotse routing check` with these arguments at a fixed time.
fn check(arguments: &[&str]) -> Result<String, String> {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        check: lotse::cli::routing::CheckArguments,
    }
    let arguments = std::iter::once("check").chain(arguments.iter().copied());
    let line = <Line as clap::Parser>::try_parse_from(arguments).map_err(|e| e.to_string())?;
    let mut output = Vec::new();
    lotse::cli::routing::check(&line.check, at(MONDAY), &mut output).map_err(|e| e.to_string())?;
    String::from_utf8(output).map_err(|e| e.to_string())
}

#[test]
fn the_command_explains_a_message() {
    let words = ["Ich", "rede", "mit", "meinem", "Anwalt"];
    let options = ["--model", "nowhere", "--intent", "get_invoice", "--channel", "email"];
    let output = check(&[&options[..], &words[..]].concat()).expect("succeeds");
    assert!(output.starts_with("note: no model pack at nowhere"), "{output}");
    let expected = "rule “legal threat”: queue complaints, priority high (“legal threat”), \
                    due 2026-11-23T14:00:00Z\n";
    assert!(output.ends_with(expected), "{output}");
    let danger = check(&["hier", "brennt", "es:", "es brennt"]).expect("succeeds");
    assert!(danger.contains("danger to life: “es brennt”"), "{danger}");
    assert!(danger.contains("priority urgent"), "{danger}");
}

#[test]
fn the_command_refuses_what_it_does_not_know() {
    assert!(check(&["--channel", "fax"]).expect_err("no fax").contains("write chat, email"));
    assert!(check(&["--tier", "4"]).is_err());
    assert!(check(&["--dir", "nowhere"]).expect_err("no directory").contains("cannot read"));
}
