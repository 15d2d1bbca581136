//! What a routing file may say: mistakes with their lines, doubtful places, and what rules do.

use std::path::Path;

use lotse::domain::{Classification, Language, Sentiment};
use lotse::triage::{PhoneTarget, RouteRequest, Routing};

use crate::support::{MONDAY, SATURDAY, SMALL, at, load, mistakes, reading, request};

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
        mistakes("hours = \"office\"", "phone = \"+49302312501\""),
        mistakes("hours = \"office\"", "phone = [\n\"queue:team\",\n\"tel:030\"\n]"),
        mistakes("hours = \"office\"", "phone = 49302312501"),
        mistakes("hours = \"office\"", "email = \"team\""),
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
fn a_route_can_be_explained() {
    let routing = load(SMALL).expect("valid");
    let classification = reading(Some("track_order"), 3, Sentiment::Negative);
    let request = request(&classification, "Jetzt reicht's: Anwalt!");
    let expected = "Monday 2026-11-23 11:00 in Europe/Berlin\n\
        words of topic legal\n\
        rule “legal” (line 28): no, queue english does not speak de\n\
        rule “rest” (line 34): queue team\n\
        queue team is open\n\
        first answer within 1m while the queue is open";
    assert_eq!(routing.explain(&request).join("\n"), expected);
    let reason = routing.route(&request).reasons().remove(0);
    let expected = "rule “rest”: queue team, priority normal, due 2026-11-23T10:01:00Z";
    assert_eq!((reason.code.as_str(), reason.text.as_str()), ("route", expected));
}

#[test]
fn a_queue_says_where_it_is_reached() {
    let one = SMALL.replacen("hours = \"office\"", "hours = \"office\"\nphone = \"queue:team\"", 1);
    let routing = load(&one).expect("valid");
    let queue = |name| routing.queue(name).expect("is there");
    assert_eq!(queue("team").phone_targets(), [PhoneTarget::Queue("team".to_owned())]);
    assert_eq!(queue("english").phone_targets(), []);
    assert_eq!((queue("team").email(), queue("english").email()), (None, None));

    let several = "hours = \"office\"\nphone = [\n  \"tel:+49 30 23125 012\",\n  \"sip:team@pbx.example\",\n]\n\
                   email = \"Team@shop.example\"";
    let routing = load(&SMALL.replacen("hours = \"office\"", several, 1)).expect("valid");
    let team = routing.queue("team").expect("is there");
    let written: Vec<String> = team.phone_targets().iter().map(PhoneTarget::to_string).collect();
    assert_eq!(written, ["tel:+493023125012", "sip:team@pbx.example"]);
    assert_eq!(team.email(), Some("Team@shop.example"));
    assert!(routing.queue("nobody").is_none());
}
