//! What rules may ask for besides the reading: attributes, time of day, weekdays, skills.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lotse::domain::{Channel, Language, Priority, Sentiment};
use lotse::triage::{Route, RouteRequest, Routing};
use proptest::prelude::*;

use crate::support::{MONDAY, SATURDAY, SMALL, at, demo, load, mistakes, reading, request};

/// The small file with other conditions of its first rule, and whatever comes before all queues.
fn with_rule(when: &str) -> Routing {
    let text = SMALL
        .replace("when = { topics = [\"legal\"] }", &format!("when = {{ {when} }}"))
        .replace("languages = [\"en\"]\n", "")
        .replace("only_while_open = true\n", "");
    load(&text).expect("valid")
}

fn queue(routing: &Routing, attributes: &[(&str, &str)], time: Timestamp) -> String {
    let classification = reading(None, 2, Sentiment::Neutral);
    let attributes: BTreeMap<String, String> =
        attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let request =
        RouteRequest { attributes: &attributes, at: time, ..request(&classification, "…") };
    routing.route(&request).queue
}

#[test]
fn rules_ask_for_what_is_known_of_the_customer() {
    let routing = with_rule(r#"attributes = { vip = "true", plan = ["gold", "silver"] }"#);
    let queue = |attributes: &[(&str, &str)]| queue(&routing, attributes, at(MONDAY));
    assert_eq!(queue(&[("vip", "true"), ("plan", "gold")]), "english");
    assert_eq!(queue(&[("vip", " True"), ("plan", "SILVER"), ("age", "9")]), "english");
    assert_eq!(queue(&[("vip", "true"), ("plan", "bronze")]), "team");
    assert_eq!(queue(&[("vip", "true")]), "team");
    assert_eq!(queue(&[("VIP", "true"), ("plan", "gold")]), "team");
    assert_eq!(queue(&[]), "team");
}

#[test]
fn rules_ask_for_the_time() {
    let night = with_rule(r#"between = "18:00-08:00", weekdays = "monday-friday""#);
    for (time, expected) in [
        ("2026-11-23T16:59:59Z", "team"),
        ("2026-11-23T17:00:00Z", "english"),
        ("2026-11-24T06:59:59Z", "english"),
        ("2026-11-24T07:00:00Z", "team"),
        // In the night to Saturday it is Saturday by the clock.
        ("2026-11-27T22:59:59Z", "english"),
        ("2026-11-27T23:00:00Z", "team"),
        // In summer the same clock is another hour.
        ("2026-07-01T15:59:59Z", "team"),
        ("2026-07-01T16:00:00Z", "english"),
    ] {
        assert_eq!(queue(&night, &[], at(time)), expected, "{time}");
    }
    let weekend = with_rule(r#"weekdays = ["saturday", "sunday"]"#);
    assert_eq!(queue(&weekend, &[], at(SATURDAY)), "english");
    assert_eq!(queue(&weekend, &[], at(MONDAY)), "team");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever the time, changes of the clock included, a rule between two times and one between
    /// the same times the other way round never both apply, and one of them does.
    #[test]
    fn a_time_lies_on_one_side(
        from in 0_u16..1440,
        length in 1_u16..1440,
        seconds in prop_oneof![
            // Around the changes of 2026: 29 March and 25 October, one o'clock UTC.
            1_774_746_000_i64 - 9_000..1_774_746_000 + 9_000,
            1_792_890_000_i64 - 9_000..1_792_890_000 + 9_000,
            1_767_225_600_i64..1_798_761_600,
        ],
    ) {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let (first, second) = (clock(from), clock((from + length) % 1440));
        let now = Timestamp::from_second(seconds).expect("a time");
        let is_inside = |from: &str, until: &str| {
            let routing = with_rule(&format!("between = \"{from}-{until}\""));
            queue(&routing, &[], now) == "english"
        };
        prop_assert_ne!(is_inside(&first, &second), is_inside(&second, &first));
        // And it is the clock on the wall that counts.
        let zone = TimeZone::get("Europe/Berlin").expect("time-zone data is installed");
        let wall = now.to_zoned(zone).strftime("%H:%M").to_string();
        let expected = if first < second {
            first <= wall && wall < second
        } else {
            wall >= first || wall < second
        };
        prop_assert_eq!(is_inside(&first, &second), expected);
    }

    /// Holidays, closing times and changes of the clock never leave a ticket without a queue or due
    /// before it came, and what is open is due within its target.
    #[test]
    fn the_demo_finds_a_way_at_any_time(seconds in 1_767_225_600_i64..1_861_920_000, vip: bool) {
        let now = Timestamp::from_second(seconds).expect("a time");
        let routing = demo();
        let classification = reading(Some("get_invoice"), 2, Sentiment::Neutral);
        let attributes = BTreeMap::from([("vip".to_owned(), vip.to_string())]);
        for channel in Channel::ALL {
            let request = RouteRequest {
                channel,
                attributes: &attributes,
                at: now,
                ..request(&classification, "…")
            };
            let route = routing.route(&request);
            prop_assert_eq!(&route.queue, "billing");
            prop_assert_eq!(route.priority, if vip { Priority::High } else { Priority::Normal });
            prop_assert!(route.due_at > now);
            let week = SignedDuration::from_hours(7 * 24 + 1);
            prop_assert!(route.due_at - week < now, "{} {}", now, route.due_at);
        }
    }
}

/// Queues with skills; the rules ask for them.
fn skilled(rule: &str) -> String {
    let queues = "[[queue]]\nname = \"fibre\"\nhours = \"office\"\nskills = [\"Fibre\"]\n\n\
                  [[queue]]\nname = \"experts\"\nskills = [\"fibre\", \"business\"]\n\n[[topic]]";
    SMALL.replacen("[[topic]]", queues, 1).replace(
        "[[rule]]\nname = \"legal\"\nwhen = { topics = [\"legal\"] }\nqueue = \
         \"english\"\nonly_while_open = true",
        &format!("[[rule]]\nname = \"skilled\"\nwhen = {{ topics = [\"legal\"] }}\n{rule}"),
    )
}

#[test]
fn a_rule_finds_a_queue_by_its_skills() {
    let route = |rule: &str, time: &str, language| -> Route {
        let routing = load(&skilled(rule)).expect("valid");
        let mut classification = reading(None, 2, Sentiment::Neutral);
        classification.language = language;
        let request = RouteRequest { at: at(time), ..request(&classification, "Anwalt") };
        routing.route(&request)
    };
    let fibre = route("skills = [\"fibre\"]", MONDAY, Language::De);
    assert_eq!((fibre.queue.as_str(), fibre.skills), ("fibre", vec!["fibre".to_owned()]));
    // An open queue comes before a closed one.
    assert_eq!(route("skills = [\"fibre\"]", SATURDAY, Language::De).queue, "experts");
    let both = route("skills = [\"business\", \"fibre\"]", MONDAY, Language::De);
    assert_eq!(both.queue, "experts");
    assert!(both.reasons()[0].text.contains("queue experts (skills: business, fibre), priority"));
    let named = route("queue = \"fibre\"\nskills = [\"fibre\"]", SATURDAY, Language::De);
    assert_eq!(named.queue, "fibre");
    let text = skilled("skills = [\"business\"]")
        .replace("name = \"experts\"", "name = \"experts\"\nlanguages = [\"en\"]");
    let routing = load(&text).expect("valid");
    let classification = reading(None, 2, Sentiment::Neutral);
    let request = request(&classification, "Anwalt");
    assert_eq!(routing.route(&request).queue, "team");
    let explained = routing.explain(&request).join("\n");
    assert!(explained.contains("no, no queue with the skills business speaks de"), "{explained}");
}

#[test]
fn mistakes_in_conditions_and_skills_are_told() {
    let when = |condition: &str| {
        mistakes("when = { topics = [\"legal\"] }", &format!("when = {{ {condition} }}"))
    };
    let all = [
        when("between = \"18-8\""),
        when("between = \"08:00-08:00\""),
        when("weekdays = \"montag\""),
        when("weekdays = []"),
        when("attributes = { vip = true }"),
        when("attributes = { vip = [] }"),
        mistakes("queue = \"english\"", "skills = [\"french\"]"),
        mistakes("queue = \"english\"", "queue = \"english\"\nskills = [\"french\"]"),
        mistakes("queue = \"english\"\n", ""),
        mistakes("name = \"rest\"\nqueue = \"team\"", "name = \"rest\"\nskills = [\"x\"]"),
    ];
    insta::assert_snapshot!(all.concat().join("\n"));
}

#[test]
fn the_demo_knows_its_customers() {
    let routing = demo();
    let ask = |intent, attributes: &[(&str, &str)], time: &str| {
        let classification = reading(Some(intent), 2, Sentiment::Neutral);
        let attributes: BTreeMap<String, String> = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let request =
            RouteRequest {
                attributes: &attributes, at: at(time), ..request(&classification, "…")
            };
        routing.route(&request)
    };
    let vip = ask("track_order", &[("vip", "true")], MONDAY);
    assert_eq!((vip.queue.as_str(), vip.priority), ("first_line", Priority::High));
    assert_eq!(vip.priority_rule.as_deref(), Some("important customer"));
    let business = ask("change_contract", &[("account", "business")], MONDAY);
    assert_eq!(
        (business.queue.as_str(), business.skills),
        ("contracts", vec!["business".to_owned()])
    );
    assert_eq!(ask("change_contract", &[], MONDAY).skills, Vec::<String>::new());
    let evening = ask("service_outage", &[], "2026-11-23T19:30:00Z");
    assert_eq!(evening.priority_rule.as_deref(), Some("outage overnight"));
    assert_eq!(ask("service_outage", &[], MONDAY).priority, Priority::Normal);
}
