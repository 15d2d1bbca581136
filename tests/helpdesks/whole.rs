//! The whole service with the shipped model, killed again and again in the middle of its work: what
//! Chatwoot was told is taken is answered or handed over, and said once.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::Rng;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::common::server::Server;
use super::fake_chatwoot::{
    BOT_TOKEN, FakeChatwoot, Fault, SECRET, USER_TOKEN, headers, message_created,
};
use super::stand_in::{Reply, StandIn};

const KILLS: usize = 4;

/// Conversations begun before each kill.
const EACH: u64 = 6;

const QUESTION: &str = "Wie lange kann ich etwas zurückschicken?";
const COMPLAINT: &str =
    "Bitte stornieren Sie die Rechnung RE-2024-10233, ich habe das nie bestellt. Unverschämt!";

fn settings<'a>(chatwoot: &'a FakeChatwoot, crm: &'a StandIn) -> impl Fn(&mut Command) + use<'a> {
    move |command| {
        let webhooks = format!(
            "[{{name=\"crm\",url=\"{}\",events=[\"ticket.opened\"],\
             secret=\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}}]",
            crm.url("/hook")
        );
        command
            .env("LOTSE_CHANNELS__ALLOW_PRIVATE", "[\"127.0.0.0/8\"]")
            .env("LOTSE_CHANNELS__CHATWOOT__BASE_URL", chatwoot.base_url())
            .env("LOTSE_CHANNELS__CHATWOOT__TOKEN", BOT_TOKEN)
            .env("LOTSE_CHANNELS__CHATWOOT__USER_TOKEN", USER_TOKEN)
            .env("LOTSE_CHANNELS__CHATWOOT__WEBHOOK_SECRET", SECRET)
            .env("LOTSE_CHANNELS__WEBHOOKS", webhooks);
    }
}

/// Posts a customer's message as Chatwoot does; whether it was acknowledged.
fn post(url: &str, conversation: u64) -> bool {
    let text = if conversation.is_multiple_of(2) { QUESTION } else { COMPLAINT };
    let body = message_created(conversation, conversation + 1000, text).to_string();
    let client = reqwest::blocking::Client::new();
    let mut request = client.post(url).body(body.clone());
    for (name, value) in headers(&body, Timestamp::now().as_second()) {
        request = request.header(name, value);
    }
    // Without an answer nothing was promised: the service was killed under this request.
    let Ok(answer) = request.send() else { return false };
    assert!(answer.status().is_success(), "{}: {:?}", answer.status(), answer.text());
    true
}

fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_mins(2), "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_chatwoot_was_told_survives_kills_and_is_said_once() {
    let runtime = Runtime::new().expect("a runtime");
    // Slow answers: a kill often comes after the work was done and before its word.
    let chatwoot = runtime.block_on(FakeChatwoot::start_slow(Duration::from_millis(60)));
    let crm = runtime.block_on(StandIn::start(|_, _| Reply::Answer(204, Value::Null)));
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = directory.path().join("lotse.sqlite");
    let (mut next, mut unanswered) = (0, Vec::<u64>::new());
    let mut random = rand::rng();
    for _ in 0..KILLS {
        let mut server = Server::start_with(&store, settings(&chatwoot, &crm));
        let pause = Duration::from_millis(random.random_range(100..1200));
        let mut sent: Vec<u64> = std::mem::take(&mut unanswered);
        sent.extend((0..EACH).map(|number| next + number));
        next += EACH;
        let url = server.url("/channels/chatwoot");
        let posting = std::thread::spawn(move || {
            sent.into_iter().filter(|conversation| !post(&url, *conversation)).collect()
        });
        std::thread::sleep(pause);
        server.kill();
        unanswered = posting.join().expect("what is acknowledged is so in order");
    }
    let server = Server::start_with(&store, settings(&chatwoot, &crm));
    for conversation in unanswered {
        assert!(post(&server.url("/channels/chatwoot"), conversation));
    }
    for conversation in 0..next {
        let is_handed_over = conversation % 2 == 1;
        wait_for("the end of a conversation", || {
            let thread = chatwoot.thread(conversation);
            let said = !thread.said(false).is_empty();
            said && (!is_handed_over || thread.status.as_deref() == Some("open"))
        });
        let thread = chatwoot.thread(conversation);
        assert_eq!(thread.said(false).len(), 1, "{conversation}: {:?}", thread.messages);
        if is_handed_over {
            assert_eq!(thread.said(true).len(), 1, "{conversation}: {:?}", thread.messages);
            // What may be repeated without harm may have been.
            let mut order = thread.done.clone();
            order.dedup();
            assert_eq!(order, ["message", "note", "labels", "priority", "status"]);
        } else {
            let words = thread.messages[0]["content"].as_str().expect("words");
            assert!(words.contains("30 Tage"), "{words}");
            assert_eq!(thread.done, ["message"]);
        }
    }
    let hand_overs = usize::try_from(next / 2).expect("few");
    let told = || {
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for call in crm.calls() {
            let conversation = call.json()["data"]["conversation_id"].to_string();
            ids.entry(conversation).or_default().insert(call.header("webhook-id").to_owned());
        }
        ids
    };
    wait_for("the events", || told().len() == hand_overs);
    assert!(told().values().all(|ids| ids.len() == 1), "{:?}", told());
    assert_eq!(chatwoot.refused(), Vec::<String>::new());
}

/// What was given up is seen and sent again by the operator, while the service runs.
#[test]
fn operators_see_what_was_given_up_and_send_it_again() {
    let runtime = Runtime::new().expect("a runtime");
    let open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&open);
    let chatwoot = runtime.block_on(FakeChatwoot::start_with(true, move |name, _| {
        let refuses = name == "message" && !gate.load(Ordering::SeqCst);
        let reply = Reply::Answer(401, json!({ "error": "Invalid Access Token" }));
        refuses.then_some(Fault::Before(reply))
    }));
    let crm = runtime.block_on(StandIn::start(|_, _| Reply::Answer(204, Value::Null)));
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = directory.path().join("lotse.sqlite");
    let server = Server::start_with(&store, settings(&chatwoot, &crm));
    let lotse = |arguments: &[&str]| {
        let mut command = super::common::lotse();
        command.arg("deliveries").args(arguments).env("LOTSE_STORE__PATH", &store);
        command.output().expect("the binary runs")
    };
    assert!(post(&server.url("/channels/chatwoot"), 2));
    let listed = || super::common::stdout(&lotse(&["list", "--destination", "chatwoot"]));
    wait_for("the refusal", || listed().contains("1 given up"));
    let list = listed();
    assert!(list.contains("Invalid Access Token") && list.contains("Check token"), "{list}");
    assert!(!list.contains(BOT_TOKEN), "{list}");
    let figures = || {
        let page = reqwest::blocking::get(server.url("/metrics")).expect("figures");
        page.text().expect("text")
    };
    wait_for("the figures", || {
        let figures = figures();
        let attempts =
            "lotse_delivery_attempts_total{destination=\"chatwoot\",outcome=\"never\"} 1";
        let given_up = "lotse_deliveries_abandoned{destination=\"chatwoot\"} 1";
        figures.contains(attempts) && figures.contains(given_up)
    });
    let unknown = lotse(&["retry", "no-such-delivery"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(super::common::stderr(&unknown).contains("lotse deliveries list"));
    assert_eq!(lotse(&["retry"]).status.code(), Some(2), "it must be said which");
    open.store(true, Ordering::SeqCst);
    let again = lotse(&["retry", "--destination", "chatwoot"]);
    assert!(super::common::stdout(&again).contains("is sent again"), "{again:?}");
    wait_for("the message", || chatwoot.thread(2).said(false).len() == 1);
    wait_for("the end", || !listed().contains("1 given up"));
}
