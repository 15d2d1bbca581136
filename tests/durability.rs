//! What was acknowledged survives `kill -9`: a server is killed again and again in the middle of a
//! stream of messages, and in the end everything acknowledged is there, once.

mod common;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::server::Server;
use rand::Rng;
use serde_json::{Value, json};

const KILLS: usize = 20;
const CLIENTS: usize = 4;

/// What a client was told about one message.
struct Acknowledged {
    conversation: String,
    text: String,
    outcome: Value,
}

const TEXTS: [&str; 6] = [
    "Wo bleibt meine Bestellung NL-20481? Ich warte seit zwei Wochen.",
    "Wie lange kann ich etwas zurückschicken?",
    "My router keeps dropping the connection, this is the third time I contact you!",
    "Was kostet der Versand?",
    "Bitte stornieren Sie die Rechnung RE-2024-10233, ich habe das nie bestellt.",
    "Hallo!",
];

#[test]
fn acknowledged_messages_survive_twenty_kills() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = directory.path().join("lotse.sqlite");
    let acknowledged: Arc<Mutex<BTreeMap<String, Acknowledged>>> = Arc::default();
    let next = Arc::new(AtomicUsize::new(0));
    let mut random = rand::rng();
    for _ in 0..KILLS {
        let mut server = Server::start(&store);
        let stop = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let url = server.url("/v1/messages");
                let (acknowledged, next, stop) =
                    (Arc::clone(&acknowledged), Arc::clone(&next), Arc::clone(&stop));
                std::thread::spawn(move || send_until(&url, &acknowledged, &next, &stop))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(random.random_range(30..500)));
        server.kill();
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().expect("a client ends in order");
        }
    }
    let server = Server::start(&store);
    let acknowledged = acknowledged.lock().expect("no client panicked");
    assert!(acknowledged.len() > KILLS, "only {} messages were acknowledged", acknowledged.len());
    for (id, message) in acknowledged.iter() {
        check(&server, id, message);
    }
}

fn send_until(
    url: &str,
    acknowledged: &Mutex<BTreeMap<String, Acknowledged>>,
    next: &AtomicUsize,
    stop: &AtomicBool,
) {
    let client = reqwest::blocking::Client::new();
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let (id, conversation) = (format!("m-{number}"), format!("c-{number}"));
        let text = TEXTS[number % TEXTS.len()].to_owned();
        let body = json!({
            "channel": "chat", "text": text, "message_id": id, "conversation_id": conversation
        });
        // Without an answer nothing was promised: the server was killed under this request.
        let Ok(answer) = client.post(url).json(&body).send() else { continue };
        let status = answer.status();
        let Ok(outcome) = answer.json::<Value>() else { continue };
        assert!(status.is_success(), "{status}: {outcome}");
        let message = Acknowledged { conversation, text, outcome };
        acknowledged.lock().expect("no client panicked").insert(id, message);
    }
}

/// The message is in its conversation once, with the decision, reply and ticket that were told, and
/// sending it again gives the same answer and changes nothing.
fn check(server: &Server, id: &str, message: &Acknowledged) {
    let get = |path: String| -> Value {
        let answer = reqwest::blocking::get(server.url(&path)).expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().expect("JSON")
    };
    let again: Value = reqwest::blocking::Client::new()
        .post(server.url("/v1/messages"))
        .json(&json!({
            "channel": "chat", "text": message.text, "message_id": id,
            "conversation_id": message.conversation
        }))
        .send()
        .expect("an answer")
        .json()
        .expect("JSON");
    assert_eq!(again, message.outcome, "{id} is answered otherwise the second time");
    let conversation = get(format!("/v1/conversations/{}", message.conversation));
    let turns = conversation["turns"].as_array().expect("turns");
    let from = |author: &str| turns.iter().filter(|turn| turn["from"] == author).count();
    assert_eq!(from("customer"), 1, "{id}: {conversation}");
    let customer = turns.iter().find(|turn| turn["from"] == "customer").expect("the message");
    assert_eq!(customer["text"], message.text);
    assert_eq!(customer["decision"]["action"], message.outcome["decision"]["action"]);
    if message.outcome["reply"].is_object() {
        assert_eq!(from("bot"), 1, "{id}: {conversation}");
    }
    if let Some(ticket) = message.outcome["ticket"]["id"].as_str() {
        let stored = get(format!("/v1/tickets/{ticket}"));
        let stored = stored.get("ticket").unwrap_or(&stored);
        assert_eq!(stored["queue"], message.outcome["ticket"]["queue"]);
        assert_eq!(stored["conversation_id"], message.conversation.as_str());
    }
}
