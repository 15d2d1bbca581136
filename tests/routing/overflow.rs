//! When too much waits in a queue, new tickets go to another.

use jiff::{SignedDuration, Timestamp};
use lotse::domain::{Channel, Classification, Language, QueueWait, Sentiment};
use lotse::triage::{Route, RouteRequest, Routing};
use proptest::prelude::*;

use crate::support::{MONDAY, SATURDAY, SMALL, at, demo, load, mistakes, reading, request};

fn wait(queue: &str, channel: Channel, open: u32, oldest: &str) -> QueueWait {
    QueueWait { queue: queue.to_owned(), channel, open, oldest: at(oldest) }
}

/// The way of a message to the queue `team`.
fn route(routing: &Routing, waits: &[QueueWait], channel: Channel, time: &str) -> Route {
    let classification = reading(None, 2, Sentiment::Neutral);
    let request =
        RouteRequest { waits, channel, at: at(time), ..request(&classification, "Hallo") };
    routing.route(&request)
}

/// The small file with an overflow of `team`, and a queue `help` beside it.
fn with_overflow(overflow: &str, help: &str) -> String {
    SMALL
        .replacen("hours = \"office\"", &format!("hours = \"office\"\noverflow = {overflow}"), 1)
        .replacen("[[topic]]", &format!("[[queue]]\nname = \"help\"\n{help}\n\n[[topic]]"), 1)
}

#[test]
fn new_tickets_go_elsewhere_while_too_many_wait() {
    let routing = load(&with_overflow("{ to = \"help\", waiting = 20 }", "")).expect("valid");
    assert!(routing.has_overflow() && !load(SMALL).expect("valid").has_overflow());
    let chats = wait("team", Channel::Chat, 12, MONDAY);
    let mails = wait("team", Channel::Email, 7, MONDAY);
    let others = wait("english", Channel::Chat, 90, MONDAY);
    let below = route(&routing, &[chats.clone(), mails, others], Channel::Chat, MONDAY);
    assert_eq!((below.queue.as_str(), below.overflow), ("team", None));
    let mails = wait("team", Channel::Email, 8, MONDAY);
    let above = route(&routing, &[chats, mails], Channel::Phone, MONDAY);
    assert_eq!(above.queue, "help");
    let reasons = above.reasons();
    assert_eq!(reasons[1].code, "overflow");
    assert_eq!(reasons[1].text, "20 tickets wait in team, at most 20 may: to help");
    assert!(reasons[0].text.starts_with("rule “rest”: queue help, priority normal"));
}

#[test]
fn a_long_wait_counts_in_opening_time() {
    let routing = load(&with_overflow("{ to = \"help\", after = \"10 min\" }", "")).expect("valid");
    let queue = |oldest: &str, time: &str| {
        route(&routing, &[wait("team", Channel::Chat, 1, oldest)], Channel::Chat, time).queue
    };
    assert_eq!(queue("2026-11-23T09:50:00Z", MONDAY), "team");
    assert_eq!(queue("2026-11-23T09:49:59Z", MONDAY), "help");
    // Friday 19:55 to Monday 8:05: ten minutes in which people were there.
    assert_eq!(queue("2026-11-27T18:55:00Z", "2026-11-30T07:05:00Z"), "team");
    assert_eq!(queue("2026-11-27T18:54:00Z", "2026-11-30T07:05:00Z"), "help");
    let waits = [wait("team", Channel::Chat, 3, "2026-11-23T08:48:30Z")];
    let why = route(&routing, &waits, Channel::Chat, MONDAY).overflow.expect("too long");
    assert_eq!(
        why,
        "the oldest ticket has waited for 1h 11m in team, at most 10m is right: to help"
    );
}

#[test]
fn an_overflow_may_be_for_some_channels_alone() {
    let overflow = "{ to = \"help\", after = \"10 min\", channels = [\"phone\", \"chat\"] }";
    let routing = load(&with_overflow(overflow, "")).expect("valid");
    let queue = |waits: &[QueueWait], channel| route(&routing, waits, channel, MONDAY).queue;
    let old = "2026-11-23T08:00:00Z";
    // A mail that waits is no reason to send callers away.
    assert_eq!(queue(&[wait("team", Channel::Email, 1, old)], Channel::Phone), "team");
    let chats = [wait("team", Channel::Chat, 1, old)];
    assert_eq!(queue(&chats, Channel::Phone), "help");
    assert_eq!(queue(&chats, Channel::Email), "team");
}

#[test]
fn a_ticket_stays_where_nobody_else_can_take_it() {
    let full = [wait("team", Channel::Chat, 99, MONDAY), wait("help", Channel::Chat, 99, MONDAY)];
    let to_help = "{ to = \"help\", waiting = 5 }";
    let explain = |help: &str, time: &str, danger: bool| {
        let text = with_overflow(to_help, help)
            + "\n[[priority]]\nname = \"danger\"\nwhen = { danger = true }\npriority = \"urgent\"\n";
        let routing = load(&text).expect("valid");
        let classification = reading(None, 2, Sentiment::Neutral);
        let waits = &full;
        let request =
            RouteRequest { waits, danger, at: at(time), ..request(&classification, "Hallo") };
        let route = routing.route(&request);
        assert_eq!((route.queue.as_str(), route.overflow), ("team", None), "{help}");
        let lines = routing.explain(&request);
        lines.into_iter().find(|line| line.starts_with("no overflow")).expect("is explained")
    };
    assert!(explain("languages = [\"en\"]", MONDAY, false).ends_with("help does not speak de"));
    assert!(explain("hours = \"office\"", SATURDAY, false).ends_with("queue help is closed"));
    assert!(explain("", MONDAY, true).ends_with("urgent tickets are taken first anyway"));
    let back = "overflow = { to = \"team\", waiting = 5 }";
    assert!(explain(back, MONDAY, false).ends_with("queue team is over its limit as well"));
}

#[test]
fn an_overflow_goes_on_to_a_queue_below_its_limit() {
    let help = "overflow = { to = \"english\", waiting = 5 }";
    let text =
        with_overflow("{ to = \"help\", waiting = 5 }", help).replace("languages = [\"en\"]\n", "");
    let routing = load(&text).expect("valid");
    let waits = [wait("team", Channel::Chat, 9, MONDAY), wait("help", Channel::Chat, 9, MONDAY)];
    let route = route(&routing, &waits, Channel::Chat, MONDAY);
    assert_eq!(route.queue, "english");
    let why = route.overflow.expect("both are full");
    assert!(
        why.ends_with("at most 5 may: to help; 9 tickets wait in help, at most 5 may: to english")
    );
}

#[test]
fn skills_go_with_the_overflow() {
    let text = with_overflow("{ to = \"help\", waiting = 5 }\nskills = [\"fibre\"]", "").replace(
        "when = { topics = [\"legal\"] }\nqueue = \"english\"\nonly_while_open = true",
        "when = { topics = [\"legal\"] }\nqueue = \"team\"\nskills = [\"fibre\"]",
    );
    let waits = [wait("team", Channel::Chat, 9, MONDAY)];
    let classification: Classification = reading(None, 2, Sentiment::Neutral);
    let queue = |text: &str| {
        let routing = load(text).expect("valid");
        routing.route(&RouteRequest { waits: &waits, ..request(&classification, "Anwalt") }).queue
    };
    assert_eq!(queue(&text), "team");
    let able = text.replace("name = \"help\"", "name = \"help\"\nskills = [\"fibre\"]");
    assert_eq!(queue(&able), "help");
}

#[test]
fn mistakes_and_doubts_of_overflows_are_told() {
    let with = |overflow: &str| {
        mistakes("hours = \"office\"", &format!("hours = \"office\"\noverflow = {overflow}"))
    };
    let all = [
        with("{ to = \"nowhere\", waiting = 5 }"),
        with("{ to = \"team\", waiting = 5 }"),
        with("{ to = \"english\" }"),
        with("{ to = \"english\", waiting = 0 }"),
        with("{ to = \"english\", waiting = -1 }"),
        with("{ to = \"english\", after = \"soon\" }"),
        with("{ to = \"english\", after = \"5 min\", channels = [] }"),
    ];
    insta::assert_snapshot!("overflow_mistakes", all.concat().join("\n"));
    let circle = with_overflow(
        "{ to = \"help\", waiting = 5 }",
        "languages = [\"de\"]\nhours = \"office\"\noverflow = { to = \"team\", waiting = 5 }",
    );
    let doubts = load(&circle).expect("valid").lint(&[], at(MONDAY));
    let doubts: Vec<String> =
        doubts.iter().map(|doubt| format!("{}: {}", doubt.line, doubt.text)).collect();
    insta::assert_snapshot!("overflow_doubts", doubts.join("\n"));
}

#[test]
fn the_demo_helps_out_between_its_queues() {
    let routing = demo();
    let classification = reading(Some("get_invoice"), 2, Sentiment::Neutral);
    let waits = [wait("billing", Channel::Phone, 25, MONDAY)];
    let queue = |channel| {
        let request = RouteRequest { waits: &waits, channel, ..request(&classification, "…") };
        routing.route(&request).queue
    };
    assert_eq!(queue(Channel::Phone), "first_line");
    assert_eq!(queue(Channel::Email), "billing");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Queues that overflow into each other in any way: every ticket finds one, it is the one of
    /// the rule or one below its limit that speaks the language, and more time in the wait never
    /// brings a ticket back.
    #[test]
    fn any_net_of_overflows_ends(
        ways in prop::collection::vec((0_usize..5, 1_u32..4, any::<bool>()), 5),
        counts in prop::collection::vec(0_u32..5, 5),
        seconds in 1_774_746_000_i64 - 200_000..1_774_746_000 + 200_000,
    ) {
        let mut text = SMALL.split("[[queue]]").next().expect("the head").to_owned();
        for (index, (to, limit, speaks)) in ways.iter().enumerate() {
            let to = if *to == index { (to + 1) % 5 } else { *to };
            let languages = if *speaks || index == 0 { "\"de\", \"en\"" } else { "\"en\"" };
            let queue = [
                "[[queue]]".to_owned(),
                format!("name = \"q{index}\""),
                format!("languages = [{languages}]"),
                format!("overflow = {{ to = \"q{to}\", waiting = {limit} }}\n\n"),
            ];
            text.push_str(&queue.join("\n"));
        }
        text += "[[rule]]\nname = \"all\"\nqueue = \"q0\"\n";
        let routing = load(&text).expect("valid");
        let waits: Vec<QueueWait> = counts
            .iter()
            .enumerate()
            .map(|(index, open)| wait(&format!("q{index}"), Channel::Chat, *open, MONDAY))
            .collect();
        let classification = reading(None, 2, Sentiment::Neutral);
        let now = Timestamp::from_second(seconds).expect("a time");
        let request = RouteRequest { waits: &waits, at: now, ..request(&classification, "Hallo") };
        let route = routing.route(&request);
        let index: usize = route.queue[1..].parse().expect("a queue of ours");
        if route.overflow.is_some() {
            prop_assert!(index != 0 && counts[index] < ways[index].1 && counts[0] >= ways[0].1);
            prop_assert!(routing.queues()[index].languages.contains(&Language::De));
        } else {
            prop_assert_eq!(index, 0);
        }
    }

    /// The longer the oldest ticket waits, the more an overflow applies, across changes of the
    /// clock as well.
    #[test]
    fn a_longer_wait_never_ends_an_overflow(
        now in prop_oneof![
            1_774_746_000_i64 - 200_000..1_774_746_000 + 200_000,
            1_792_890_000_i64 - 200_000..1_792_890_000 + 200_000,
        ],
        waited in 0_i64..300_000,
        longer in 0_i64..300_000,
    ) {
        let text = with_overflow("{ to = \"help\", after = \"1h\" }", "");
        let routing = load(&text).expect("valid");
        let now = Timestamp::from_second(now).expect("a time");
        let overflows = |seconds| {
            let oldest = now - SignedDuration::from_secs(seconds);
            let waits =
                [QueueWait { queue: "team".to_owned(), channel: Channel::Chat, open: 1, oldest }];
            let classification = reading(None, 2, Sentiment::Neutral);
            let request =
                RouteRequest { waits: &waits, at: now, ..request(&classification, "Hallo") };
            routing.route(&request).overflow.is_some()
        };
        prop_assert!(!overflows(waited) || overflows(waited + longer));
        prop_assert!(!overflows(waited) || waited > 3_600);
    }
}
