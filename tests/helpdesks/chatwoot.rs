//! Chatwoot: the bot acts on what concerns it alone, in the right order, and nothing twice.

use std::sync::Arc;

use jiff::Timestamp;
use lotse::channels::chatwoot::Chatwoot;
use lotse::desk::{AfterResolve, Words};
use lotse::domain::{Caller, Channel, Role};
use lotse::store::{Audience, Event, EventFilter};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::fake_chatwoot::{
    BOT_TOKEN, FakeChatwoot, Fault, SECRET, USER_TOKEN, headers, message_created,
};
use super::service::{Service, Settings, answer};
use super::stand_in::Reply;
use super::work::{TestClock, Work, all_done, outside, until, waiting};

const QUESTION: &str = "Wie kann ich etwas zurückgeben?";
const COMPLAINT: &str = "Die Rechnung ist falsch!";
const NAME: &str = "chatwoot";

/// A service that is the bot of this Chatwoot.
async fn service(chatwoot: &FakeChatwoot, user_token: bool) -> Service {
    let user_token =
        if user_token { format!("user_token = '{USER_TOKEN}'") } else { String::new() };
    let toml = format!(
        "[channels]\nallow_private = ['127.0.0.0/8']\n[channels.chatwoot]\nbase_url = '{}'\n\
         token = '{BOT_TOKEN}'\nwebhook_secret = '{SECRET}'\naccounts = [1]\ninboxes = [3]\n\
         teams = {{ billing = 7 }}\n{user_token}\n",
        chatwoot.base_url()
    );
    Service::start_with(Settings { toml, ..Settings::default() }).await
}

fn destination(service: &Service) -> Arc<Chatwoot> {
    let settings = service.app.config.channels.chatwoot.clone().expect("settings");
    Arc::new(Chatwoot::new(settings, outside(), Arc::clone(&service.app.store)))
}

async fn work(service: &Service, clock: &TestClock) -> Work {
    Work::start(service, clock, vec![destination(service)]).await
}

async fn send_at(service: &Service, event: &Value, at: i64) -> (StatusCode, Value) {
    let body = event.to_string();
    let mut request = service.request(Method::POST, "/channels/chatwoot").body(body.clone());
    for (name, value) in headers(&body, at) {
        request = request.header(name, value);
    }
    answer(request).await
}

async fn send(service: &Service, event: &Value) -> (StatusCode, Value) {
    send_at(service, event, Timestamp::now().as_second()).await
}

async fn take(service: &Service, event: &Value) {
    let (status, taken) = send(service, event).await;
    assert_eq!((status, &taken["taken"]), (StatusCode::OK, &json!(true)), "{taken}");
}

#[tokio::test]
async fn a_question_is_answered_and_stays_the_bots() {
    let chatwoot = FakeChatwoot::start().await;
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    take(&service, &message_created(42, 1, QUESTION)).await;
    all_done(&*service.app.store, NAME).await;
    let thread = chatwoot.thread(42);
    assert_eq!(thread.done, ["message"]);
    let (_, conversation) = service.get("/v1/conversations/chatwoot-1-42").await;
    assert_eq!(thread.messages[0]["content"], conversation["turns"][1]["text"]);
    assert_eq!(conversation["channel"], "chat");
    assert_eq!((chatwoot.count("status"), chatwoot.refused()), (0, vec![]));
    work.end().await;
}

#[tokio::test]
async fn a_complaint_is_handed_over_in_its_order_whatever_fails() {
    let chatwoot = FakeChatwoot::start_with(true, |name, count| match (name, count) {
        ("note" | "priority", 0) => Some(Fault::Before(Reply::Answer(500, json!({})))),
        ("team", 0) => Some(Fault::Before(Reply::With(429, "retry-after", "3".to_owned()))),
        ("team", 1) => Some(Fault::After(Reply::Cut)),
        ("status", 0) => Some(Fault::Before(Reply::Cut)),
        _ => None,
    })
    .await;
    chatwoot.label(42, "vip");
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    take(&service, &message_created(42, 1, COMPLAINT)).await;
    // Time passes until all is done.
    let store = &service.app.store;
    until(
        "the hand-over",
        async || {
            clock.forward(1);
            chatwoot.thread(42).status
        },
        |status| status.as_deref() == Some("open"),
    )
    .await;
    all_done(&**store, NAME).await;
    work.end().await;
    let thread = chatwoot.thread(42);
    let mut order = thread.done.clone();
    order.dedup();
    assert_eq!(order, ["message", "note", "labels", "team", "priority", "status"]);
    assert_eq!((thread.said(false).len(), thread.said(true).len()), (1, 1));
    let ticket =
        &store.unresolved_ticket("chatwoot-1-42").await.expect("a store").expect("a ticket");
    let note = thread.said(true)[0]["content"].as_str().expect("words").to_owned();
    assert!(
        note.contains(&ticket.summary.headline) && note.contains(&ticket.summary.text),
        "{note}"
    );
    assert_eq!(ticket.queue, "billing");
    assert_eq!(thread.team, Some(7));
    assert!(thread.priority.is_some());
    for label in ["vip", "payment-issue", "tier-3", "negative", "de"] {
        assert!(thread.labels.iter().any(|set| set == label), "{label}: {:?}", thread.labels);
    }
    assert_eq!(chatwoot.refused(), Vec::<String>::new());
    assert!(store.abandoned_deliveries(10).await.expect("a store").is_empty());
}

#[tokio::test]
async fn only_what_concerns_the_bot_is_taken() {
    let chatwoot = FakeChatwoot::start().await;
    let service = service(&chatwoot, true).await;
    let with = |path: &str, value: Value| {
        let mut event = message_created(42, 1, QUESTION);
        *event.pointer_mut(path).expect("a field") = value;
        event
    };
    let cases = [
        ("private", with("/private", json!(true))),
        ("not_from_customer", with("/message_type", json!("template"))),
        ("not_from_customer", with("/message_type", json!("outgoing"))),
        ("not_pending", with("/conversation/status", json!("open"))),
        ("not_pending", with("/conversation/status", json!("resolved"))),
        ("other_inbox", with("/inbox/id", json!(4))),
        ("other_account", with("/account/id", json!(2))),
        ("other_event", with("/event", json!("webwidget_triggered"))),
        ("no_choice", {
            let mut event = with("/event", json!("message_updated"));
            event["message_type"] = json!("outgoing");
            event
        }),
        ("no_conversation", json!({ "event": "message_created", "id": 1 })),
        ("other_inbox", json!({ "event": "conversation_resolved", "id": 1 })),
        ("no_ticket", json!({ "event": "conversation_resolved", "id": 1, "inbox_id": 3 })),
        ("other_event", json!({})),
    ];
    for (reason, event) in cases {
        let (status, taken) = send(&service, &event).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(taken, json!({ "taken": false, "reason": reason }), "{event}");
    }
    let (status, _) = service.get("/v1/conversations/chatwoot-1-42").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    // A picture without words is a message nevertheless.
    let mut picture = with("/content", json!(null));
    picture["attachments"] = json!([{ "id": 1, "file_type": "image" }]);
    take(&service, &picture).await;
    let (_, conversation) = service.get("/v1/conversations/chatwoot-1-42").await;
    assert_eq!(conversation["turns"][0]["text"], "[image]");
}

#[tokio::test]
async fn what_is_not_signed_now_by_chatwoot_is_refused() {
    let chatwoot = FakeChatwoot::start().await;
    let service = service(&chatwoot, true).await;
    let event = message_created(42, 1, QUESTION);
    let now = Timestamp::now().as_second();
    for at in [now - 301, now + 310] {
        let (status, error) = send_at(&service, &event, at).await;
        assert_eq!(
            (status, &error["error"]["code"]),
            (StatusCode::FORBIDDEN, &json!("wrong_signature"))
        );
    }
    let body = event.to_string();
    for left_out in ["x-chatwoot-timestamp", "x-chatwoot-signature"] {
        let mut request = service.request(Method::POST, "/channels/chatwoot").body(body.clone());
        for (name, value) in headers(&body, now).into_iter().filter(|(name, _)| *name != left_out) {
            request = request.header(name, value);
        }
        assert_eq!(answer(request).await.0, StatusCode::FORBIDDEN, "without {left_out}");
    }
    // Signed, but another body than was signed.
    let mut request =
        service.request(Method::POST, "/channels/chatwoot").body(body.replace("42", "43"));
    for (name, value) in headers(&body, now) {
        request = request.header(name, value);
    }
    assert_eq!(answer(request).await.0, StatusCode::FORBIDDEN);
    let (status, error) = send(&service, &json!([1])).await;
    assert_eq!(
        (status, &error["error"]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("wrong_type"))
    );
    let off = super::work::service().await;
    let (status, error) = send(&off, &event).await;
    assert_eq!((status, &error["error"]["code"]), (StatusCode::NOT_FOUND, &json!("channel_off")));
}

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let chatwoot = FakeChatwoot::start().await;
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    let event = message_created(42, 1, QUESTION);
    for _ in 0..3 {
        take(&service, &event).await;
    }
    all_done(&*service.app.store, NAME).await;
    work.end().await;
    assert_eq!(chatwoot.thread(42).messages.len(), 1);
    let (_, conversation) = service.get("/v1/conversations/chatwoot-1-42").await;
    assert_eq!(conversation["turns"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_message_that_may_have_arrived_is_looked_for() {
    for keeps_marks in [true, false] {
        let chatwoot = FakeChatwoot::start_with(keeps_marks, |name, count| match (name, count) {
            // Done, and no word of it; not done at all; done, and an error of the proxy.
            ("message", 0) => Some(Fault::After(Reply::Cut)),
            ("message", 1) => Some(Fault::Before(Reply::Silence)),
            ("note", 0) => Some(Fault::After(Reply::Answer(504, json!({})))),
            ("list", 0) => Some(Fault::Before(Reply::Answer(502, json!({})))),
            _ => None,
        })
        .await;
        let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
        let work = work(&service, &clock).await;
        for (conversation, text) in [(42, QUESTION), (43, COMPLAINT)] {
            take(&service, &message_created(conversation, conversation, text)).await;
            until(
                "all that is said",
                async || {
                    clock.forward(1);
                    waiting(&*service.app.store, NAME).await.len()
                        + usize::from(chatwoot.thread(conversation).messages.is_empty())
                },
                |left| *left == 0,
            )
            .await;
        }
        work.end().await;
        let (asked, complained) = (chatwoot.thread(42), chatwoot.thread(43));
        assert_eq!(asked.messages.len(), 1, "marks: {keeps_marks}");
        assert_eq!((complained.said(false).len(), complained.said(true).len()), (1, 1));
        assert!(chatwoot.count("list") >= 3);
    }
}

#[tokio::test]
async fn a_bot_that_may_not_look_says_it_rather_twice() {
    let chatwoot = FakeChatwoot::start_with(true, |name, count| {
        (name == "message" && count == 0).then_some(Fault::After(Reply::Cut))
    })
    .await;
    let (service, clock) = (service(&chatwoot, false).await, TestClock::new());
    let work = work(&service, &clock).await;
    take(&service, &message_created(42, 1, COMPLAINT)).await;
    until(
        "the hand-over",
        async || {
            clock.forward(1);
            chatwoot.thread(42).status
        },
        Option::is_some,
    )
    .await;
    work.end().await;
    assert_eq!(chatwoot.thread(42).said(false).len(), 2);
    assert_eq!(
        chatwoot.refused(),
        ["GET messages"],
        "and labels, which bots may not set, are left"
    );
}

#[tokio::test]
async fn what_chatwoot_refuses_is_kept_for_people_and_the_rest_goes_on() {
    let chatwoot = FakeChatwoot::start_with(true, |name, _| {
        let error = json!({ "error": "Team not found" });
        (name == "team").then_some(Fault::Before(Reply::Answer(404, error)))
    })
    .await;
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    take(&service, &message_created(42, 1, COMPLAINT)).await;
    all_done(&*service.app.store, NAME).await;
    work.end().await;
    let given_up = service.app.store.abandoned_deliveries(10).await.expect("a store");
    assert_eq!(given_up.len(), 1);
    let error = given_up[0].last_error.clone().expect("why");
    assert!(
        error.contains("404") && error.contains("Team not found") && error.contains("teams in")
    );
    assert_eq!(chatwoot.thread(42).status.as_deref(), Some("open"));
}

#[tokio::test]
async fn people_of_chatwoot_answer_and_resolve() {
    let chatwoot = FakeChatwoot::start().await;
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    take(&service, &message_created(42, 1, COMPLAINT)).await;
    all_done(&*service.app.store, NAME).await;
    let mut words = message_created(42, 2, "Ich schaue mir das an.");
    words["message_type"] = json!("outgoing");
    words["sender"] =
        json!({ "id": 2, "name": "Anna", "email": "anna@example.org", "type": "user" });
    words["conversation"]["status"] = json!("open");
    take(&service, &words).await;
    take(&service, &words).await;
    let resolved = json!({
        "event": "conversation_resolved", "id": 42, "inbox_id": 3, "status": "resolved",
        "channel": "Channel::WebWidget", "can_reply": true, "labels": [], "meta": {},
        "messages": [{ "id": 2, "account_id": 1, "content": "Ich schaue mir das an." }]
    });
    take(&service, &resolved).await;
    let (status, again) = send(&service, &resolved).await;
    assert_eq!((status, again), (StatusCode::OK, json!({ "taken": false, "reason": "no_ticket" })));
    all_done(&*service.app.store, NAME).await;
    work.end().await;
    let (_, conversation) = service.get("/v1/conversations/chatwoot-1-42").await;
    assert_eq!(conversation["state"], "closed");
    let turns = conversation["turns"].as_array().expect("turns");
    assert_eq!(turns.len(), 3, "{turns:?}");
    assert_eq!(turns[2]["text"], "Ich schaue mir das an.");
    assert_eq!(turns[2]["agent"], "chatwoot");
    // Nothing of it goes back to where it came from.
    assert_eq!((chatwoot.thread(42).said(false).len(), chatwoot.count("status")), (1, 1));
}

/// A customer whose complaint waits asks again in another conversation of Chatwoot: people get that one
/// as well, and what they say in either is recorded at the one ticket.
#[tokio::test]
async fn two_conversations_of_one_customer_are_one_story() {
    let chatwoot = FakeChatwoot::start().await;
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    take(&service, &message_created(42, 1, COMPLAINT)).await;
    all_done(&*service.app.store, NAME).await;
    let mut again = message_created(43, 2, "Was ist mit meiner Rechnung?");
    again["sender"]["email"] = json!("kunde42@example.org");
    take(&service, &again).await;
    all_done(&*service.app.store, NAME).await;
    let store = &service.app.store;
    let ticket =
        store.unresolved_ticket("chatwoot-1-43").await.expect("a store").expect("a ticket");
    assert_eq!(ticket.conversation_id, "chatwoot-1-42");
    let second = chatwoot.thread(43);
    assert_eq!(second.done, ["message", "note", "labels", "team", "priority", "status"]);
    assert_eq!(chatwoot.thread(42).said(false).len(), 1, "nothing more is said in the first");
    take(&service, &answered(42, 3, "Wir prüfen das.")).await;
    take(&service, &answered(43, 4, "Erledigt.")).await;
    all_done(&**store, NAME).await;
    work.end().await;
    let (_, conversation) = service.get("/v1/conversations/chatwoot-1-42").await;
    let turns = conversation["turns"].as_array().expect("turns");
    let from = |text: &str| {
        let turn = turns.iter().find(|turn| turn["text"] == text);
        turn.map(|turn| turn["from"].clone()).unwrap_or_default()
    };
    assert_eq!((from("Wir prüfen das."), from("Erledigt.")), (json!("agent"), json!("agent")));
    assert_eq!(chatwoot.thread(42).said(false).len() + chatwoot.thread(43).said(false).len(), 2);
    assert_eq!(chatwoot.count("note"), 2, "each is handed over once");
}

/// Whoever works on the ticket here hears the customer, although people speak in Chatwoot.
#[tokio::test]
async fn what_is_said_while_people_speak_is_recorded_and_answered_by_nobody_else() {
    let chatwoot = FakeChatwoot::start().await;
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    let store = &service.app.store;
    take(&service, &message_created(42, 1, COMPLAINT)).await;
    all_done(&**store, NAME).await;
    let said = |id: u64, text: &str, status: &str| {
        let mut words = message_created(42, id, text);
        words["conversation"]["status"] = json!(status);
        words
    };
    for _ in 0..2 {
        take(&service, &said(2, "Und die Rechnung davor auch.", "open")).await;
    }
    all_done(&**store, NAME).await;
    let ticket = store.unresolved_ticket("chatwoot-1-42").await.expect("a store");
    let ticket = ticket.expect("a ticket").id;
    let anna = Caller { name: "anna".to_owned(), role: Role::Agent };
    let desk = &service.app.desk;
    desk.claim(&ticket, &anna).await.expect("nobody else has it");
    let words = Words { text: "Ich sehe nach.".to_owned(), ..Words::default() };
    desk.reply(&ticket, &anna, &words).await.expect("it is hers");
    take(&service, &said(3, "Danke!", "open")).await;
    all_done(&**store, NAME).await;
    let thread = chatwoot.thread(42);
    assert_eq!((thread.said(false).len(), thread.said(true).len()), (2, 1), "{thread:?}");
    assert_eq!(thread.said(false)[1]["content"], "Ich sehe nach.");
    assert_eq!(chatwoot.count("status"), 1);
    let (_, conversation) = service.get("/v1/conversations/chatwoot-1-42").await;
    let turns = conversation["turns"].as_array().expect("turns");
    let heard: Vec<&Value> =
        turns.iter().filter(|turn| turn["from"] == "customer").map(|turn| &turn["text"]).collect();
    assert_eq!(heard, [COMPLAINT, "Und die Rechnung davor auch.", "Danke!"]);
    // Chatwoot gives it to the bot again, by whatever way: people get it back.
    for _ in 0..2 {
        take(&service, &said(4, "Noch etwas.", "pending")).await;
        all_done(&**store, NAME).await;
    }
    let thread = chatwoot.thread(42);
    assert_eq!((thread.said(false).len(), thread.said(true).len()), (2, 2), "{thread:?}");
    assert_eq!(thread.done.last().map(String::as_str), Some("status"));
    // Resolved here, and opened again: it is handed over again.
    desk.resolve(&ticket, &anna, "done", AfterResolve::Bot).await.expect("it is hers");
    all_done(&**store, NAME).await;
    assert_eq!(chatwoot.thread(42).status.as_deref(), Some("resolved"));
    desk.reopen(&ticket, &anna).await.expect("it is resolved");
    all_done(&**store, NAME).await;
    work.end().await;
    let thread = chatwoot.thread(42);
    assert_eq!((thread.said(true).len(), thread.status.as_deref()), (3, Some("open")));
}

#[tokio::test]
async fn a_conversation_that_joins_a_ticket_in_work_is_handed_over() {
    let chatwoot = FakeChatwoot::start().await;
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    let store = &service.app.store;
    take(&service, &message_created(42, 1, COMPLAINT)).await;
    let ticket = store.unresolved_ticket("chatwoot-1-42").await.expect("a store");
    let ticket = ticket.expect("a ticket").id;
    let anna = Caller { name: "anna".to_owned(), role: Role::Agent };
    service.app.desk.claim(&ticket, &anna).await.expect("nobody else has it");
    let mut again = message_created(43, 2, "Was ist mit meiner Rechnung?");
    again["sender"]["email"] = json!("kunde42@example.org");
    take(&service, &again).await;
    all_done(&**store, NAME).await;
    work.end().await;
    for conversation in [42, 43] {
        let thread = chatwoot.thread(conversation);
        let order = ["message", "note", "labels", "team", "priority", "status"];
        assert_eq!(
            (thread.done.as_slice(), thread.status.as_deref()),
            (&order.map(str::to_owned)[..], Some("open"))
        );
    }
}

/// The customer wrote a mail last: what people in Chatwoot said has reached them there.
#[tokio::test]
async fn words_of_chatwoot_are_not_sent_by_mail_as_well() {
    let chatwoot = FakeChatwoot::start().await;
    let (service, clock) = (service(&chatwoot, true).await, TestClock::new());
    let work = work(&service, &clock).await;
    let store = &service.app.store;
    take(&service, &message_created(42, 1, COMPLAINT)).await;
    let mail = json!({
        "channel": "email", "text": "Was ist mit meiner Rechnung?", "conversation_id": "mail-1",
        "contact": { "email": "kunde42@example.org" }
    });
    service.say(mail).await;
    let ticket = store.unresolved_ticket("mail-1").await.expect("a store").expect("a ticket");
    assert_eq!(ticket.conversation_id, "chatwoot-1-42");
    take(&service, &answered(42, 3, "Erledigt.")).await;
    all_done(&**store, NAME).await;
    work.end().await;
    let filter = EventFilter { audience: Audience::Everyone, ..EventFilter::default() };
    let events = store.events_after(0, &filter, 100).await.expect("events");
    let words: Vec<&Event> =
        events.iter().filter(|event| event.payload["turn"]["text"] == "Erledigt.").collect();
    assert_eq!(words.len(), 1);
    assert_eq!(words[0].conversation_id, "chatwoot-1-42");
    assert_ne!(words[0].channel, Some(Channel::Email));
    assert_eq!(words[0].payload["turn"]["from"], "agent");
    assert_eq!(chatwoot.thread(42).said(false).len(), 1);
}

/// What somebody of the company's says in Chatwoot.
fn answered(conversation: u64, id: u64, text: &str) -> Value {
    let mut words = message_created(conversation, id, text);
    words["message_type"] = json!("outgoing");
    words["sender"] = json!({ "id": 2, "name": "Anna", "type": "user" });
    words
}

#[tokio::test]
async fn a_choice_under_a_question_is_a_message() {
    let chatwoot = FakeChatwoot::start().await;
    let service = service(&chatwoot, true).await;
    let mut chosen = message_created(42, 7, "Was meinen Sie?");
    chosen["event"] = json!("message_updated");
    chosen["message_type"] = json!("outgoing");
    chosen["content_type"] = json!("input_select");
    chosen["content_attributes"] = json!({
        "items": [{ "title": "Rückgabe", "value": QUESTION }],
        "submitted_values": [{ "title": "Rückgabe", "value": QUESTION }]
    });
    take(&service, &chosen).await;
    take(&service, &chosen).await;
    let (_, conversation) = service.get("/v1/conversations/chatwoot-1-42").await;
    let turns = conversation["turns"].as_array().expect("turns");
    assert_eq!((turns.len(), &turns[0]["text"]), (2, &json!(QUESTION)));
}

#[tokio::test]
async fn what_takes_too_long_is_not_acknowledged_and_comes_again() {
    let chatwoot = FakeChatwoot::start().await;
    let service = service(&chatwoot, true).await;
    let event = message_created(42, 1, "slow: wann habt ihr offen?");
    let (status, error) = send(&service, &event).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{error}");
    service.gate.add_permits(10);
    take(&service, &event).await;
    let (_, conversation) = service.get("/v1/conversations/chatwoot-1-42").await;
    let turns = conversation["turns"].as_array().expect("turns");
    let asked = turns.iter().filter(|turn| turn["from"] == "customer").count();
    assert_eq!(asked, 1, "{turns:?}");
}
