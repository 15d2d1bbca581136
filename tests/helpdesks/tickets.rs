//! Zendesk and Zammad: one ticket for each of ours, whatever fails, with its later words.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lotse::channels::outgoing::Destination;
use lotse::channels::tickets::{Zammad, Zendesk};
use lotse::config::{ZammadConfig, ZendeskConfig};
use serde_json::{Value, json};

use super::service::Service;
use super::stand_in::{Call, Reply, StandIn};
use super::work::{TestClock, Work, all_done, outside, service, until, waiting};

/// What was made, by number, and each answer by its key of idempotency.
#[derive(Default)]
struct Tickets {
    made: Vec<Value>,
    notes: Vec<Value>,
    by_key: BTreeMap<String, u64>,
    lookups: usize,
    updates: Vec<Value>,
}

type Shared = Arc<Mutex<Tickets>>;

fn lock(tickets: &Shared) -> std::sync::MutexGuard<'_, Tickets> {
    tickets.lock().expect("no stand-in panicked")
}

/// Says whether a call that makes something fails: by how many came before.
type Faults = fn(usize) -> Option<(bool, Reply)>;

/// A Zendesk: `remembers` whether it knows a key of idempotency again.
async fn zendesk(remembers: bool, faults: Faults) -> (StandIn, Shared) {
    let tickets: Shared = Arc::default();
    let kept = Arc::clone(&tickets);
    let stand_in = StandIn::start(move |call, _| {
        let expected = format!("Basic {}", STANDARD.encode("bot@example.org/token:geheim"));
        if call.header("authorization") != expected {
            return Reply::Answer(401, json!({ "error": "Couldn't authenticate you" }));
        }
        let mut tickets = lock(&kept);
        let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
        match (call.method.as_str(), path) {
            ("POST", "/api/v2/tickets.json") => zendesk_make(call, &mut tickets, remembers, faults),
            ("GET", "/api/v2/tickets.json") => {
                tickets.lookups += 1;
                let wanted = query.strip_prefix("external_id=").expect("by our identifier");
                let found: Vec<Value> = tickets
                    .made
                    .iter()
                    .enumerate()
                    .filter(|(_, ticket)| ticket["external_id"] == wanted)
                    .map(|(number, _)| json!({ "id": number + 1000 }))
                    .collect();
                Reply::Answer(200, json!({ "tickets": found }))
            }
            ("PUT", "/api/v2/tickets/1000.json") => {
                let ticket = call.json()["ticket"].clone();
                assert_eq!(ticket["comment"]["public"], false);
                let fault = faults(tickets.made.len() + tickets.notes.len());
                tickets.notes.push(ticket);
                fault.map_or(Reply::Answer(200, json!({})), |(_, reply)| reply)
            }
            ("GET", "/api/v2/tickets/1000/audits.json") => {
                let audits: Vec<Value> = tickets
                    .notes
                    .iter()
                    .map(|note| json!({ "metadata": { "custom": note["metadata"] } }))
                    .collect();
                Reply::Answer(200, json!({ "audits": audits, "meta": { "has_more": false } }))
            }
            _ => Reply::Answer(404, json!({ "error": "RecordNotFound" })),
        }
    })
    .await;
    (stand_in, tickets)
}

fn zendesk_make(call: &Call, tickets: &mut Tickets, remembers: bool, faults: Faults) -> Reply {
    let key = call.header("idempotency-key").to_owned();
    assert!((1..=255).contains(&key.len()));
    let fault = faults(tickets.made.len() + tickets.notes.len());
    if let Some((false, reply)) = fault {
        // So that the next attempt is another one.
        tickets.notes.push(json!({ "metadata": {} }));
        return reply;
    }
    let known = tickets.by_key.get(&key).copied().filter(|_| remembers);
    let id = known.unwrap_or_else(|| {
        tickets.made.push(call.json()["ticket"].clone());
        tickets.made.len() as u64 + 999
    });
    tickets.by_key.insert(key, id);
    match fault {
        Some((_, reply)) => reply,
        None => Reply::Answer(201, json!({ "ticket": { "id": id } })),
    }
}

fn to_zendesk(service: &Service, url: &str, token: &str) -> Arc<dyn Destination> {
    let settings: ZendeskConfig = serde_json::from_value(json!({
        "base_url": url, "email": "bot@example.org", "token": token, "groups": { "billing": 36 }
    }))
    .expect("settings");
    Arc::new(Zendesk::new(settings, outside(), Arc::clone(&service.app.store)))
}

async fn say(service: &Service, text: &str) -> Value {
    let message = json!({
        "channel": "chat", "text": text, "conversation_id": "c-1",
        "contact": { "email": "Erika@Example.org", "name": "Erika Muster" }
    });
    service.say(message).await
}

/// Puts the clock forward until nothing waits.
async fn finish(service: &Service, clock: &TestClock, destination: &str) {
    let left = async || {
        clock.forward(5);
        let store = &*service.app.store;
        let read = store.cursor(destination).await.expect("a store").unwrap_or(-1);
        let unread = store.last_event().await.expect("a store") - read;
        (waiting(store, destination).await.len(), unread)
    };
    until("the end of the work", left, |left| *left == (0, 0)).await;
}

#[tokio::test]
async fn a_ticket_in_zendesk_with_all_that_people_need() {
    let (stand_in, tickets) = zendesk(true, |_| None).await;
    let (service, clock) = (service().await, TestClock::new());
    let zendesk = to_zendesk(&service, &stand_in.url(""), "geheim");
    let work = Work::start(&service, &clock, vec![zendesk]).await;
    let outcome = say(&service, "Die Rechnung RE-2024-10233 ist falsch!").await;
    say(&service, "Und die Rechnung davor auch.").await;
    all_done(&*service.app.store, "zendesk").await;
    work.end().await;
    let tickets = lock(&tickets);
    assert_eq!((tickets.made.len(), tickets.notes.len()), (1, 1));
    let ticket = &tickets.made[0];
    assert_eq!(ticket["external_id"], outcome["ticket"]["id"]);
    assert_eq!(ticket["subject"], outcome["ticket"]["summary"]["headline"]);
    assert_eq!(ticket["comment"]["public"], false);
    let note = ticket["comment"]["body"].as_str().expect("words");
    assert!(note.contains("Kunde: Die Rechnung RE-2024-10233 ist falsch!"), "{note}");
    let summary = outcome["ticket"]["summary"]["text"].as_str().expect("a summary");
    assert!(note.contains(summary), "{note}");
    assert_eq!(
        ticket["requester"],
        json!({ "name": "Erika Muster", "email": "erika@example.org" })
    );
    assert_eq!(ticket["group_id"], 36);
    assert_eq!(ticket["priority"], outcome["ticket"]["priority"]);
    assert_eq!(ticket["tags"], json!(["lotse", "payment-issue", "tier-3", "negative", "de"]));
    assert_eq!(tickets.notes[0]["comment"]["body"], "Kunde: Und die Rechnung davor auch.");
}

#[tokio::test]
async fn one_ticket_and_one_note_whatever_fails_at_zendesk() {
    // With the key of idempotency, and where Zendesk has forgotten it by then.
    for remembers in [true, false] {
        let (stand_in, tickets) = zendesk(remembers, |done| match done {
            0 => Some((true, Reply::Cut)),
            1 => Some((true, Reply::Silence)),
            _ => None,
        })
        .await;
        let (service, clock) = (service().await, TestClock::new());
        let zendesk = to_zendesk(&service, &stand_in.url(""), "geheim");
        let work = Work::start(&service, &clock, vec![zendesk]).await;
        say(&service, "Die Rechnung ist falsch!").await;
        finish(&service, &clock, "zendesk").await;
        say(&service, "Und die davor auch.").await;
        finish(&service, &clock, "zendesk").await;
        work.end().await;
        assert!(service.app.store.abandoned_deliveries(9).await.expect("a store").is_empty());
        let tickets = lock(&tickets);
        assert_eq!((tickets.made.len(), tickets.notes.len()), (1, 1), "remembers: {remembers}");
        assert_eq!(tickets.lookups, 1);
    }
}

#[tokio::test]
async fn refusals_of_zendesk_are_for_people_to_read() {
    let (stand_in, _) = zendesk(true, |_| {
        let error = json!({ "error": "RecordInvalid", "description": "Group is deleted" });
        Some((false, Reply::Answer(422, error)))
    })
    .await;
    for (token, words) in [("falsch", "Couldn't authenticate you"), ("geheim", "Group is deleted")]
    {
        let (service, clock) = (service().await, TestClock::new());
        let zendesk = to_zendesk(&service, &stand_in.url(""), token);
        let work = Work::start(&service, &clock, vec![zendesk]).await;
        say(&service, "Die Rechnung ist falsch!").await;
        say(&service, "Und die davor auch.").await;
        all_done(&*service.app.store, "zendesk").await;
        work.end().await;
        let given_up = service.app.store.abandoned_deliveries(9).await.expect("a store");
        assert_eq!(given_up.len(), 2);
        let errors: Vec<String> =
            given_up.into_iter().filter_map(|delivery| delivery.last_error).collect();
        assert!(errors.iter().any(|error| error.contains(words)), "{errors:?}");
        assert!(errors.iter().any(|error| error.contains("was never made")), "{errors:?}");
        assert!(!errors.iter().any(|error| error.contains(token)), "{errors:?}");
    }
}

#[tokio::test]
async fn zendesk_is_given_the_time_it_asks_for() {
    let (stand_in, tickets) = zendesk(true, |done| {
        (done == 0).then(|| (false, Reply::With(429, "retry-after", "90".to_owned())))
    })
    .await;
    let (service, clock) = (service().await, TestClock::new());
    let zendesk = to_zendesk(&service, &stand_in.url(""), "geheim");
    let work = Work::start(&service, &clock, vec![zendesk]).await;
    say(&service, "Die Rechnung ist falsch!").await;
    let store = &*service.app.store;
    let failed = until(
        "the refusal",
        async || waiting(store, "zendesk").await,
        |waiting| waiting.len() == 1 && waiting[0].attempts == 1,
    )
    .await;
    assert!(failed[0].due_at.duration_since(clock.now()).as_secs() >= 89);
    finish(&service, &clock, "zendesk").await;
    work.end().await;
    assert_eq!(lock(&tickets).made.len(), 1);
}

/// A Zammad, whose calls fail by their number.
async fn zammad(faults: Faults) -> (StandIn, Shared) {
    let tickets: Shared = Arc::default();
    let kept = Arc::clone(&tickets);
    let stand_in = StandIn::start(move |call, _| {
        if call.header("authorization") != "Token token=geheim" {
            return Reply::Answer(401, json!({ "error": "Invalid token!" }));
        }
        let mut tickets = lock(&kept);
        let path = call.path.split('?').next().unwrap_or_default();
        match (call.method.as_str(), path) {
            ("POST", "/api/v1/tickets") => {
                let fault = faults(tickets.made.len() + tickets.notes.len());
                tickets.made.push(call.json());
                let id = tickets.made.len() + 499;
                fault.map_or(Reply::Answer(201, json!({ "id": id })), |(_, reply)| reply)
            }
            ("POST", "/api/v1/tickets/search") => {
                tickets.lookups += 1;
                let condition = &call.json()["condition"]["ticket.tags"];
                assert_eq!(condition["operator"], "contains all");
                let wanted = condition["value"].as_str().expect("a tag").to_owned();
                let has_it = |ticket: &Value| {
                    ticket["tags"].as_str().expect("tags").split(',').any(|tag| tag == wanted)
                };
                let found: Vec<usize> = tickets
                    .made
                    .iter()
                    .position(has_it)
                    .map(|number| number + 500)
                    .into_iter()
                    .collect();
                Reply::Answer(200, json!({ "tickets": found, "tickets_count": found.len() }))
            }
            ("POST", "/api/v1/ticket_articles") => {
                let fault = faults(tickets.made.len() + tickets.notes.len());
                tickets.notes.push(call.json());
                fault.map_or(Reply::Answer(201, json!({ "id": 1 })), |(_, reply)| reply)
            }
            ("GET", "/api/v1/ticket_articles/by_ticket/500") => {
                Reply::Answer(200, tickets.notes.clone().into())
            }
            ("PUT", "/api/v1/tickets/500") => {
                tickets.updates.push(call.json());
                Reply::Answer(200, json!({ "id": 500 }))
            }
            _ => Reply::Answer(404, json!({ "error": "No route matches" })),
        }
    })
    .await;
    (stand_in, tickets)
}

fn to_zammad(service: &Service, url: &str) -> Arc<dyn Destination> {
    let settings: ZammadConfig = serde_json::from_value(json!({
        "base_url": url, "token": "geheim", "group": "Users", "groups": { "billing": "Buchhaltung" },
        "unknown_customer": "unknown@example.org"
    }))
    .expect("settings");
    Arc::new(Zammad::new(settings, outside(), Arc::clone(&service.app.store)))
}

#[tokio::test]
async fn a_ticket_in_zammad_with_all_that_people_need() {
    let (stand_in, tickets) = zammad(|_| None).await;
    let (service, clock) = (service().await, TestClock::new());
    let zammad = to_zammad(&service, &stand_in.url(""));
    let work = Work::start(&service, &clock, vec![zammad]).await;
    let outcome = say(&service, "Die Rechnung ist falsch!").await;
    let nobody = json!({ "channel": "chat", "text": "Die Rechnung fehlt." });
    service.say(nobody).await;
    all_done(&*service.app.store, "zammad").await;
    work.end().await;
    let tickets = lock(&tickets);
    let mine = outcome["ticket"]["id"].as_str().expect("a ticket");
    let is_mine = |ticket: &&Value| ticket["tags"].as_str().expect("tags").contains(mine);
    let ticket = tickets.made.iter().find(is_mine).expect("the ticket");
    assert_eq!(ticket["title"], outcome["ticket"]["summary"]["headline"]);
    assert_eq!(ticket["group"], "Buchhaltung");
    assert_eq!(ticket["customer_id"], "guess:erika@example.org");
    let priority = ticket["priority"].as_str().expect("a priority");
    assert!(["1 low", "2 normal", "3 high"].contains(&priority));
    let article = &ticket["article"];
    assert_eq!((&article["type"], &article["internal"]), (&json!("note"), &json!(true)));
    assert!(article["body"].as_str().expect("words").contains("Kunde: Die Rechnung ist falsch!"));
    let other = tickets.made.iter().find(|ticket| !is_mine(ticket)).expect("the other ticket");
    assert_eq!(other["customer_id"], "guess:unknown@example.org");
}

#[tokio::test]
async fn one_ticket_and_one_note_whatever_fails_at_zammad() {
    let (stand_in, tickets) = zammad(|done| match done {
        0 => Some((true, Reply::Cut)),
        1 => Some((true, Reply::Answer(500, json!({})))),
        _ => None,
    })
    .await;
    let (service, clock) = (service().await, TestClock::new());
    let zammad = to_zammad(&service, &stand_in.url(""));
    let work = Work::start(&service, &clock, vec![zammad]).await;
    say(&service, "Die Rechnung ist falsch!").await;
    finish(&service, &clock, "zammad").await;
    say(&service, "Und die davor auch.").await;
    finish(&service, &clock, "zammad").await;
    work.end().await;
    let tickets = lock(&tickets);
    assert_eq!((tickets.made.len(), tickets.notes.len(), tickets.lookups), (1, 1, 1));
    assert_eq!(tickets.notes[0]["ticket_id"], 500);
    assert_eq!(tickets.notes[0]["internal"], true);
    assert_eq!(tickets.notes[0]["body"], "Kunde: Und die davor auch.");
}
