//! Standard Webhooks: signed, retried by the table, never doubled for who looks at the id.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use lotse::channels::outgoing::{Networks, Outside};
use lotse::channels::webhooks::Webhook;
use lotse::config::WebhookConfig;
use serde_json::{Value, json};
use sha2::Sha256;

use super::service::Service;
use super::stand_in::{Call, Reply, StandIn};
use super::work::{TestClock, Work, all_done, outside, service, until, waiting};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NAME: &str = "webhook:crm";

fn settings(url: &str, events: &[&str]) -> WebhookConfig {
    serde_json::from_value(json!({ "name": "crm", "url": url, "secret": SECRET, "events": events }))
        .expect("settings")
}

fn webhook(url: &str, events: &[&str], clock: &TestClock) -> Arc<Webhook> {
    Webhook::new(settings(url, events), outside(), clock.clock())
}

/// Checks the signature as the standard says, and gives type and data.
fn verified(call: &Call) -> (String, Value) {
    let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).expect("a key");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    let (id, timestamp) = (call.header("webhook-id"), call.header("webhook-timestamp"));
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(&call.body);
    let signature = call.header("webhook-signature").strip_prefix("v1,").expect("version 1");
    mac.verify_slice(&STANDARD.decode(signature).expect("base64")).expect("the right signature");
    assert_eq!((call.method.as_str(), call.header("content-type")), ("POST", "application/json"));
    assert!(call.header("user-agent").starts_with("Lotse/"));
    let body = call.json();
    let _: jiff::Timestamp = body["timestamp"].as_str().expect("a time").parse().expect("a time");
    (body["type"].as_str().expect("a type").to_owned(), body["data"].clone())
}

async fn complain(service: &Service, conversation: &str) -> Value {
    service
        .say(json!({
            "channel": "chat", "text": "Die Rechnung ist falsch!", "conversation_id": conversation
        }))
        .await
}

#[tokio::test]
async fn events_are_told_signed_and_in_shape() {
    let (service, clock) = (service().await, TestClock::new());
    let crm = StandIn::start(|_, _| Reply::Answer(200, json!({}))).await;
    let hook = webhook(&crm.url("/hook?from=lotse"), &["message", "ticket.opened"], &clock);
    let work = Work::start(&service, &clock, vec![hook]).await;
    let outcome = complain(&service, "c-1").await;
    let ticket = outcome["ticket"]["id"].as_str().expect("a ticket");
    all_done(&*service.app.store, NAME).await;
    // A note is for nobody outside, and neither is a change of the ticket that was not asked for.
    let (status, _) = service
        .post(&format!("/v1/tickets/{ticket}/note"), json!({ "text": "Kunde war schon da" }))
        .await;
    assert!(status.is_success());
    all_done(&*service.app.store, NAME).await;
    work.end().await;

    let calls = crm.calls();
    assert!(calls.iter().all(|call| call.path == "/hook?from=lotse"));
    let told: BTreeMap<String, Vec<Value>> =
        calls.iter().map(verified).fold(BTreeMap::new(), |mut told, (kind, data)| {
            told.entry(kind).or_insert_with(Vec::new).push(data);
            told
        });
    assert_eq!(told.keys().collect::<Vec<_>>(), ["message.created", "ticket.opened"]);
    let mut from: Vec<&str> = told["message.created"]
        .iter()
        .map(|data| data["turn"]["from"].as_str().expect("an author"))
        .collect();
    from.sort_unstable();
    assert_eq!(from, ["bot", "customer"]);
    let opened = &told["ticket.opened"][0];
    assert_eq!(opened["conversation_id"], "c-1");
    assert_eq!(opened["ticket_id"], ticket);
    assert_eq!(opened["queue"], outcome["ticket"]["queue"]);
    assert_eq!(opened["state"], "open");
    assert!(opened["headline"].is_string() && opened.get("summary").is_none());
    let ids: BTreeSet<&str> = calls.iter().map(|call| call.header("webhook-id")).collect();
    assert_eq!(ids.len(), calls.len());
}

#[tokio::test]
async fn failures_are_tried_again_by_the_table_and_then_given_up() {
    let (service, clock) = (service().await, TestClock::new());
    let crm = StandIn::start(|_, _| Reply::Answer(500, json!({ "error": "no disk" }))).await;
    let hook = webhook(&crm.url("/"), &["ticket.opened"], &clock);
    let work = Work::start(&service, &clock, vec![hook]).await;
    complain(&service, "c-1").await;
    let store = &service.app.store;
    for (attempt, pause) in
        [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].into_iter().enumerate()
    {
        let failed = until(
            "the attempt",
            async || waiting(&**store, NAME).await,
            |waiting| waiting.len() == 1 && waiting[0].attempts as usize == attempt + 1,
        )
        .await;
        let delivery = &failed[0];
        let wait = delivery.due_at.duration_since(clock.now()).as_secs_f64();
        let pause = f64::from(pause);
        assert!((pause - 0.01..=pause * 1.1).contains(&wait), "attempt {attempt}: {wait} s");
        assert!(delivery.last_error.as_deref().is_some_and(|error| error.contains("no disk")));
        clock.set(delivery.due_at);
    }
    until(
        "giving up",
        async || store.abandoned_deliveries(10).await.expect("a list"),
        |list| list.len() == 1,
    )
    .await;
    work.end().await;
    let calls = crm.calls();
    assert_eq!(calls.len(), 10);
    let ids: BTreeSet<&str> = calls.iter().map(|call| call.header("webhook-id")).collect();
    let times: BTreeSet<&str> = calls.iter().map(|call| call.header("webhook-timestamp")).collect();
    assert_eq!((ids.len(), times.len()), (1, 10), "the id stays, the time is the attempt's");
    for call in &calls {
        verified(call);
    }
    let counts = store.delivery_counts().await.expect("counts");
    assert_eq!((counts[0].waiting, counts[0].abandoned), (0, 1));
}

#[tokio::test]
async fn who_asks_for_time_gets_it() {
    let (service, clock) = (service().await, TestClock::new());
    let crm = StandIn::start(|_, number| match number {
        0 => Reply::With(429, "retry-after", "120".to_owned()),
        _ => Reply::Answer(204, Value::Null),
    })
    .await;
    let hook = webhook(&crm.url("/"), &["ticket.opened"], &clock);
    let work = Work::start(&service, &clock, vec![hook]).await;
    let store = &service.app.store;
    complain(&service, "c-1").await;
    until(
        "the refusal",
        async || waiting(&**store, NAME).await,
        |waiting| waiting.len() == 1 && waiting[0].attempts == 1,
    )
    .await;
    // Another event has nothing to do with the first, and waits as well.
    complain(&service, "c-2").await;
    until("the second event", async || waiting(&**store, NAME).await, |waiting| waiting.len() == 2)
        .await;
    clock.forward(119);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(crm.calls().len(), 1);
    clock.forward(2);
    all_done(&**store, NAME).await;
    assert_eq!(crm.calls().len(), 3);
    work.end().await;
}

#[tokio::test]
async fn gone_is_gone_until_the_settings_change() {
    let (service, clock) = (service().await, TestClock::new());
    let store = &service.app.store;
    let crm = StandIn::start(|call, _| match call.path.as_str() {
        "/old" => Reply::Answer(410, Value::Null),
        _ => Reply::Answer(200, Value::Null),
    })
    .await;
    let (old, new) = (crm.url("/old"), crm.url("/new"));
    let work = Work::start(&service, &clock, vec![webhook(&old, &["ticket.opened"], &clock)]).await;
    complain(&service, "c-1").await;
    until(
        "the end",
        async || store.disabled_destination(NAME).await.expect("a store"),
        Option::is_some,
    )
    .await;
    complain(&service, "c-2").await;
    work.end().await;
    let work = Work::start(&service, &clock, vec![webhook(&old, &["ticket.opened"], &clock)]).await;
    complain(&service, "c-3").await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    work.end().await;
    assert_eq!(crm.calls().len(), 1, "a restart alone changes nothing");
    let work = Work::start(&service, &clock, vec![webhook(&new, &["ticket.opened"], &clock)]).await;
    all_done(&**store, NAME).await;
    work.end().await;
    let told: Vec<Value> =
        crm.calls()[1..].iter().map(|call| verified(call).1["conversation_id"].clone()).collect();
    assert_eq!(told.len(), 3, "nothing is lost: {told:?}");
    assert!(store.disabled_destination(NAME).await.expect("a store").is_none());
}

#[tokio::test]
async fn a_broken_connection_brings_the_same_id_again() {
    let (service, clock) = (service().await, TestClock::new());
    let crm = StandIn::start(|_, number| match number {
        0 => Reply::Cut,
        1 => Reply::Silence,
        _ => Reply::Answer(200, Value::Null),
    })
    .await;
    let hook = webhook(&crm.url("/"), &["ticket.opened"], &clock);
    let work = Work::start(&service, &clock, vec![hook]).await;
    let store = &service.app.store;
    complain(&service, "c-1").await;
    for attempts in 1..=2 {
        let failed = until(
            "the failure",
            async || waiting(&**store, NAME).await,
            |waiting| waiting.len() == 1 && waiting[0].attempts == attempts,
        )
        .await;
        clock.set(failed[0].due_at);
    }
    all_done(&**store, NAME).await;
    work.end().await;
    let calls = crm.calls();
    let ids: BTreeSet<&str> = calls.iter().map(|call| call.header("webhook-id")).collect();
    assert_eq!((calls.len(), ids.len()), (3, 1));
}

#[tokio::test]
async fn nothing_leads_inside() {
    let (service, clock) = (service().await, TestClock::new());
    let store = &service.app.store;
    let secret_place = StandIn::start(|_, _| Reply::Answer(200, json!({}))).await;
    let inside = secret_place.url("/latest/meta-data");
    let crm = StandIn::start(move |_, _| Reply::With(302, "location", inside.clone())).await;
    let redirecting = webhook(&crm.url("/"), &["ticket.opened"], &clock);
    // A name is looked up when the connection is made: here it leads to this machine.
    let port = secret_place.address.rsplit(':').next().expect("a port").to_owned();
    let mut by_name = settings(&format!("http://localhost:{port}/"), &["ticket.opened"]);
    by_name.name = "name".to_owned();
    let public = Outside::new(Networks::default()).expect("a client");
    let by_name = Webhook::new(by_name, public, clock.clock());
    let work = Work::start(&service, &clock, vec![redirecting, by_name]).await;
    complain(&service, "c-1").await;
    for (name, words) in
        [(NAME, "redirects are not followed"), ("webhook:name", "channels.allow_private")]
    {
        let failed = until(
            "the refusal",
            async || waiting(&**store, name).await,
            |waiting| waiting.len() == 1 && waiting[0].attempts == 1,
        )
        .await;
        let error = failed[0].last_error.clone().expect("an error");
        assert!(error.contains(words), "{error}");
    }
    work.end().await;
    assert_eq!(secret_place.calls().len(), 0);
    assert_eq!(crm.calls().len(), 1);
}

#[tokio::test]
async fn what_happened_while_no_worker_ran_is_told_later() {
    let (service, clock) = (service().await, TestClock::new());
    let store = &service.app.store;
    complain(&service, "before").await;
    let crm = StandIn::start(|_, _| Reply::Answer(200, Value::Null)).await;
    let hook = || webhook(&crm.url("/"), &["ticket.opened"], &clock);
    // Dropped in the middle of its work, again and again.
    for number in 0..10 {
        let work = Work::start(&service, &clock, vec![hook()]).await;
        complain(&service, &format!("c-{number}")).await;
        drop(work);
        complain(&service, &format!("d-{number}")).await;
    }
    let work = Work::start(&service, &clock, vec![hook()]).await;
    all_done(&**store, NAME).await;
    work.end().await;
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in crm.calls() {
        let conversation = verified(&call).1["conversation_id"].as_str().expect("one").to_owned();
        told.entry(conversation).or_default().insert(call.header("webhook-id").to_owned());
    }
    assert_eq!(told.len(), 20, "{:?}", told.keys());
    assert!(told.values().all(|ids| ids.len() == 1), "one id an event, however often it came");
    assert!(!told.contains_key("before"), "a new destination begins with what happens now");
}
