//! First-response targets: by channel, network and priority, in which hours the clock runs.

use std::collections::BTreeMap;

use lotse::domain::{Channel, Sentiment};
use lotse::triage::RouteRequest;

use crate::support::{MONDAY, SATURDAY, SMALL, at, demo, load, mistakes, reading, request};

/// When a first answer is due by the demo's rules. Complaints are of high priority.
fn due(channel: Channel, network: &str, time: &str, is_complaint: bool) -> String {
    let (intent, tier) = if is_complaint { ("complaint", 3) } else { ("track_order", 2) };
    let classification = reading(Some(intent), tier, Sentiment::Neutral);
    let attributes = BTreeMap::from([("network".to_owned(), network.to_owned())]);
    let request = RouteRequest {
        channel,
        attributes: &attributes,
        at: at(time),
        ..request(&classification, "…")
    };
    demo().route(&request).due_at.to_string()
}

#[test]
fn every_channel_has_its_targets() {
    let due_now = |channel, network, is_complaint| due(channel, network, MONDAY, is_complaint);
    // Phone 90 seconds, chat and messenger 60 seconds.
    assert_eq!(due_now(Channel::Phone, "", false), "2026-11-23T10:01:30Z");
    assert_eq!(due_now(Channel::Chat, "", false), "2026-11-23T10:01:00Z");
    assert_eq!(due_now(Channel::Messenger, "", false), "2026-11-23T10:01:00Z");
    // X: 15 minutes for what presses, an hour for the rest; Facebook 15 minutes for all.
    assert_eq!(due_now(Channel::Social, "x", true), "2026-11-23T10:15:00Z");
    assert_eq!(due_now(Channel::Social, "x", false), "2026-11-23T11:00:00Z");
    assert_eq!(due_now(Channel::Social, "facebook", true), "2026-11-23T10:15:00Z");
    assert_eq!(due_now(Channel::Social, " Facebook", false), "2026-11-23T10:15:00Z");
    // E-mail: 4 hours and 24 hours.
    assert_eq!(due_now(Channel::Email, "", true), "2026-11-23T14:00:00Z");
    assert_eq!(due_now(Channel::Email, "", false), "2026-11-24T10:00:00Z");
    assert_eq!(due_now(Channel::Form, "", false), "2026-11-24T10:00:00Z");
}

#[test]
fn the_clock_runs_in_the_hours_that_the_target_names() {
    // Friday 14:00: a pressing mail is due the same day, another on Monday at the same time.
    assert_eq!(due(Channel::Email, "", "2026-11-27T13:00:00Z", true), "2026-11-27T17:00:00Z");
    assert_eq!(due(Channel::Email, "", "2026-11-27T13:00:00Z", false), "2026-11-30T13:00:00Z");
    // On Saturday the clock of mails stands, that of social networks runs.
    assert_eq!(due(Channel::Email, "", SATURDAY, true), "2026-11-30T11:00:00Z");
    assert_eq!(due(Channel::Email, "", SATURDAY, false), "2026-11-30T23:00:00Z");
    assert_eq!(due(Channel::Social, "x", SATURDAY, false), "2026-11-28T12:00:00Z");
    // 3 October 2028 is a Tuesday and free, 31 October in Kiel as well.
    assert_eq!(due(Channel::Chat, "", "2028-10-03T10:00:00Z", false), "2028-10-04T06:01:00Z");
    assert_eq!(due(Channel::Chat, "", "2028-10-31T10:00:00Z", false), "2028-11-01T07:01:00Z");
}

#[test]
fn a_network_inherits_the_clock_and_nothing_else() {
    let text = SMALL.replace(
        "social = { first_response = \"1h\" }",
        "social = { first_response = \"1h\", clock = \"opening\", normal = { first_response = \
         \"2h\" }, network.X = { first_response = \"10 min\" } }",
    );
    let routing = load(&text).expect("valid");
    let classification = reading(None, 2, Sentiment::Neutral);
    let due = |network: &str, time| {
        let attributes = BTreeMap::from([("network".to_owned(), network.to_owned())]);
        let request = RouteRequest {
            channel: Channel::Social,
            attributes: &attributes,
            at: at(time),
            ..request(&classification, "…")
        };
        routing.route(&request).due_at.to_string()
    };
    assert_eq!(due("x", SATURDAY), "2026-11-30T07:10:00Z");
    assert_eq!(due("elsewhere", SATURDAY), "2026-11-30T09:00:00Z");
}

#[test]
fn mistakes_in_targets_are_told() {
    let social = "social = { first_response = \"1h\" }";
    let with = |more: &str| {
        mistakes(social, &format!("social = {{ first_response = \"1h\", {more} }}")).join("\n")
    };
    insta::assert_snapshot!(
        [
            with("normal = { first_response = \"15 min\" }"),
            with("clock = \"oppening\""),
            with("normal = { first_response = \"later\" }"),
            with("network = { x = { first_response = \"-1h\" } }"),
            with("network = { x = { first_response = \"1h\", net = 1 } }"),
            with("clock = \"office\", normal = {}"),
        ]
        .join("\n")
    );
}
