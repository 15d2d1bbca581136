//! A Chatwoot with one account: it checks tokens as the real one does, keeps conversations, signs its
//! events, and fails when told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

use super::stand_in::{Call, Reply, StandIn};

pub(crate) const SECRET: &str = "secret of the agent bot";
pub(crate) const BOT_TOKEN: &str = "token-of-the-bot";
pub(crate) const USER_TOKEN: &str = "token-of-an-agent";

/// What goes wrong with a call.
pub(crate) enum Fault {
    /// Nothing is done.
    Before(Reply),
    /// It is done, and the answer is another one.
    After(Reply),
}

/// Says what goes wrong with a call: its name (`message`, `note`, `labels`, `team`, `priority`,
/// `status`, `list`) and how many of this name came before.
type Faults = Box<dyn Fn(&str, usize) -> Option<Fault> + Send + Sync>;

/// One conversation as Chatwoot has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thread {
    pub(crate) messages: Vec<Value>,
    pub(crate) labels: Vec<String>,
    pub(crate) team: Option<u64>,
    pub(crate) priority: Option<String>,
    pub(crate) status: Option<String>,
    /// What was done, in its order.
    pub(crate) done: Vec<String>,
}

impl Thread {
    pub(crate) fn said(&self, private: bool) -> Vec<&Value> {
        self.messages.iter().filter(|message| message["private"] == private).collect()
    }
}

#[derive(Default)]
struct State {
    threads: BTreeMap<u64, Thread>,
    /// How often each call came.
    counts: BTreeMap<String, usize>,
    refused: Vec<String>,
}

pub(crate) struct FakeChatwoot {
    stand_in: StandIn,
    state: Arc<Mutex<State>>,
}

impl FakeChatwoot {
    pub(crate) async fn start() -> Self {
        Self::start_with(true, |_, _| None).await
    }

    /// One that takes this long to answer what it has done at once.
    pub(crate) async fn start_slow(delay: Duration) -> Self {
        Self::start_as(delay, true, |_, _| None).await
    }

    /// `keeps_marks`: whether it is a version that keeps attributes of messages it does not know.
    pub(crate) async fn start_with(
        keeps_marks: bool,
        faults: impl Fn(&str, usize) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        Self::start_as(Duration::ZERO, keeps_marks, faults).await
    }

    async fn start_as(
        delay: Duration,
        keeps_marks: bool,
        faults: impl Fn(&str, usize) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let (kept, faults): (_, Faults) = (Arc::clone(&state), Box::new(faults));
        let stand_in = StandIn::start_slow(delay, move |call, _| {
            let mut state = kept.lock().expect("no stand-in panicked");
            handle(call, &mut state, keeps_marks, &faults)
        })
        .await;
        Self { stand_in, state }
    }

    pub(crate) fn base_url(&self) -> String {
        self.stand_in.url("")
    }

    pub(crate) fn thread(&self, conversation: u64) -> Thread {
        let state = self.state.lock().expect("no stand-in panicked");
        state.threads.get(&conversation).cloned().unwrap_or_default()
    }

    /// Sets the labels of a conversation, as people do.
    pub(crate) fn label(&self, conversation: u64, label: &str) {
        let mut state = self.state.lock().expect("no stand-in panicked");
        state.threads.entry(conversation).or_default().labels.push(label.to_owned());
    }

    /// How often this call came.
    pub(crate) fn count(&self, name: &str) -> usize {
        let state = self.state.lock().expect("no stand-in panicked");
        state.counts.get(name).copied().unwrap_or(0)
    }

    /// Calls that were not as Chatwoot wants them.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.state.lock().expect("no stand-in panicked").refused.clone()
    }
}

fn handle(call: &Call, state: &mut State, keeps_marks: bool, faults: &Faults) -> Reply {
    let path = call.path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let ["api", "v1", "accounts", "1", "conversations", conversation, what] = parts.as_slice()
    else {
        state.refused.push(format!("{} {}", call.method, call.path));
        return Reply::Answer(404, json!({ "error": "Resource could not be found" }));
    };
    let conversation: u64 = conversation.parse().expect("a conversation's number");
    let token = call.header("api_access_token").to_owned();
    let posting = call.method == "POST";
    let for_bots = posting && *what != "labels";
    if token != USER_TOKEN && !(token == BOT_TOKEN && for_bots) {
        state.refused.push(format!("{} {what}", call.method));
        let error = "Access to this endpoint is not authorized for bots";
        return Reply::Answer(401, json!({ "error": error }));
    }
    let body = if posting { call.json() } else { Value::Null };
    let name = match (posting, *what) {
        (false, "messages") => "list",
        (true, "messages") if body["private"] == true => "note",
        (true, "messages") => "message",
        (false, "labels") => "labels_read",
        (true, "labels") => "labels",
        (true, "assignments") => "team",
        (true, "toggle_priority") => "priority",
        (true, "toggle_status") => "status",
        _ => return Reply::Answer(404, json!({ "error": "Resource could not be found" })),
    };
    let count = state.counts.entry(name.to_owned()).or_default();
    *count += 1;
    let fault = faults(name, *count - 1);
    if let Some(Fault::Before(reply)) = fault {
        return reply;
    }
    let number = state.threads.values().map(|thread| thread.messages.len() as u64).sum::<u64>();
    let thread = state.threads.entry(conversation).or_default();
    let answer = done(name, &body, thread, number + 100, keeps_marks);
    match fault {
        Some(Fault::After(reply)) => reply,
        _ => Reply::Answer(200, answer),
    }
}

fn done(name: &str, body: &Value, thread: &mut Thread, id: u64, keeps_marks: bool) -> Value {
    let text = |field: &str| body[field].as_str().expect(field).to_owned();
    match name {
        "list" => return json!({ "meta": {}, "payload": thread.messages }),
        "labels_read" => return json!({ "payload": thread.labels }),
        "message" | "note" => {
            assert_eq!(body["message_type"], "outgoing");
            assert!(body.get("source_id").is_none(), "Chatwoot would not send it on");
            let attributes =
                if keeps_marks { body["content_attributes"].clone() } else { json!({}) };
            thread.messages.push(json!({
                "id": id, "content": text("content"), "message_type": 1,
                "content_type": body["content_type"].as_str().unwrap_or("text"),
                "private": body["private"], "created_at": Timestamp::now().as_second(),
                "content_attributes": attributes, "sender": { "id": 5, "type": "agent_bot" },
            }));
        }
        "labels" => {
            let labels = body["labels"].as_array().expect("labels");
            thread.labels =
                labels.iter().map(|label| label.as_str().expect("a label").to_owned()).collect();
        }
        "team" => thread.team = Some(body["team_id"].as_u64().expect("a team")),
        "priority" => {
            let priority = text("priority");
            assert!(["low", "medium", "high", "urgent"].contains(&priority.as_str()));
            thread.priority = Some(priority);
        }
        _ => {
            let status = text("status");
            assert!(["open", "resolved"].contains(&status.as_str()));
            thread.status = Some(status);
        }
    }
    thread.done.push(name.to_owned());
    json!({ "id": id })
}

/// `message_created`, in the shape in which Chatwoot posts it.
pub(crate) fn message_created(conversation: u64, id: u64, text: &str) -> Value {
    json!({
        "event": "message_created",
        "account": { "id": 1, "name": "Nordlicht" },
        "additional_attributes": {},
        "content_attributes": {},
        "content_type": "text",
        "content": text,
        "created_at": "2026-11-23T19:00:00.000Z",
        "id": id,
        "inbox": { "id": 3, "name": "Website" },
        "message_type": "incoming",
        "private": false,
        "source_id": null,
        "sender": {
            "account": { "id": 1, "name": "Nordlicht" }, "additional_attributes": {}, "avatar": "",
            "custom_attributes": {}, "email": format!("kunde{conversation}@example.org"), "id": 9,
            "identifier": null, "name": "Erika Muster", "phone_number": null, "thumbnail": ""
        },
        "conversation": {
            "additional_attributes": {}, "can_reply": true, "channel": "Channel::WebWidget",
            "contact_inbox": { "id": 11, "contact_id": 9, "inbox_id": 3, "source_id": "a2c4" },
            "id": conversation, "inbox_id": 3, "messages": [], "labels": [],
            "meta": { "sender": { "id": 9, "name": "Erika Muster" }, "assignee": null },
            "status": "pending", "custom_attributes": {}, "unread_count": 1,
            "agent_last_seen_at": 0, "contact_last_seen_at": 0, "timestamp": 1_795_460_400
        }
    })
}

/// The headers with which Chatwoot sends this body at this time.
pub(crate) fn headers(body: &str, at: i64) -> [(&'static str, String); 4] {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(format!("{at}.{body}").as_bytes());
    let signature = format!("{:x}", mac.finalize().into_bytes());
    [
        ("content-type", "application/json".to_owned()),
        ("x-chatwoot-timestamp", at.to_string()),
        ("x-chatwoot-signature", format!("sha256={signature}")),
        ("x-chatwoot-delivery", "7c1f4f0e-5f0c-4b54-9d2a-3d6d5f0b7a11".to_owned()),
    ]
}
