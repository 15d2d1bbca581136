//! The demo's rules send each message where Nordlicht's people expect it.

use lotse::domain::{Author, Channel, Priority, Sentiment, Turn};
use lotse::triage::{Availability, RouteRequest};

use crate::support::{MONDAY, SATURDAY, at, demo, reading, request, route, score};

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
    assert_eq!(
        routing.availability("first_line", Channel::Chat, at(SATURDAY)),
        Availability::ClosedUntil(at("2026-11-30T07:00:00Z"))
    );
    assert_eq!(
        routing.availability("first_line", Channel::Phone, at(SATURDAY)),
        Availability::Open
    );
}

#[test]
fn the_demo_has_no_doubtful_places() {
    let problems = demo().lint(&[], at(MONDAY));
    assert!(problems.is_empty(), "{problems:#?}");
}
