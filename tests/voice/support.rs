//! A running service with every telephone system on, and stand-ins for those systems.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::Value;
use sha1::Sha1;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;
use url::form_urlencoded;

use crate::common::server::{Server, free_port};

/// How the telephone systems reach the service, whatever its real address.
pub(crate) const PUBLIC_URL: &str = "https://lotse.example/phone";
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Queues that are always open, each with a telephone for every system.
const ROUTING: &str = r#"
timezone = "Europe/Berlin"
[hours.never]
sunday = "03:00-03:01"
[targets]
phone = { first_response = "90s" }
chat = { first_response = "60s" }
messenger = { first_response = "60s" }
social = { first_response = "15 min" }
email = { first_response = "4h" }
form = { first_response = "4h" }
[[queue]]
name = "first_line"
phone = ["tel:+494315550100", "arn:aws:connect:eu-central-1:123456789012:instance/i-1/queue/first"]
[[queue]]
name = "billing"
title = { de = "Rechnungen", en = "Billing" }
phone = ["tel:+494315550101", "arn:aws:connect:eu-central-1:123456789012:instance/i-1/queue/billing"]
[[queue]]
name = "technical"
phone = ["workflow:WW0123456789abcdef0123456789abcdef", "queue:technical"]
[[queue]]
name = "contracts"
phone = "sip:contracts@pbx.example"
[[queue]]
name = "privacy"
[[queue]]
name = "closed"
hours = "never"
call_back = true
phone = "tel:+494315550109"
[[rule]]
name = "danger"
queue = "first_line"
when = { danger = true }
[[rule]]
name = "privacy"
queue = "privacy"
when = { intents = ["privacy_request", "delete_account"] }
[[rule]]
name = "money"
queue = "billing"
when = { intents = ["payment_issue", "get_invoice", "check_invoice", "get_refund", "track_refund"] }
[[rule]]
name = "faults"
queue = "technical"
when = { intents = ["technical_problem", "service_outage", "device_setup"] }
[[rule]]
name = "contracts"
queue = "contracts"
when = { intents = ["cancel_contract", "change_contract"] }
[[rule]]
name = "damaged"
queue = "closed"
when = { intents = ["damaged_or_wrong_item"] }
[[rule]]
name = "everything else"
queue = "first_line"
"#;

/// The service, and the directory of its store.
pub(crate) struct Lotse {
    pub(crate) server: Server,
    pub(crate) agi: String,
    client: Client,
    _dir: TempDir,
}

impl Lotse {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub(crate) fn start_with(settings: impl FnOnce(&mut Command)) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let routing = dir.path().join("routing.toml");
        std::fs::write(&routing, ROUTING).expect("routing.toml");
        let agi = format!("127.0.0.1:{}", free_port());
        let server = Server::start_with(&dir.path().join("store.sqlite"), |command| {
            command
                .env("LOTSE_ROUTING__FILE", &routing)
                .env("LOTSE_CHANNELS__PUBLIC_URL", PUBLIC_URL)
                .env("LOTSE_CHANNELS__TWILIO__AUTH_TOKEN", TOKEN)
                .env("LOTSE_CHANNELS__TELNYX__PUBLIC_KEY", telnyx_public_key())
                .env("LOTSE_CHANNELS__VOICE__NUMBERS", "{\"+442079460000\"=\"en\"}")
                .env("LOTSE_CHANNELS__AGI__LISTEN", &agi);
            settings(command);
        });
        let client = Client::new();
        Self { server, agi, client, _dir: dir }
    }

    /// Posts JSON and expects this status.
    pub(crate) fn post(&self, path: &str, body: &Value, status: u16) -> Value {
        let request = self.client.post(self.server.url(path));
        let response = request.json(body).send().expect("an answer");
        let found = response.status();
        let text = response.text().expect("a body");
        assert_eq!(found.as_u16(), status, "{path} {body}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let response = self.client.get(self.server.url(path)).send().expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().expect("JSON")
    }

    /// Posts a body as it is.
    pub(crate) fn post_raw(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::blocking::Body>,
    ) -> Response {
        let mut request = self.client.post(self.server.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body).send().expect("an answer")
    }

    /// The turns of a conversation: who, and what.
    pub(crate) fn turns(&self, conversation: &str) -> Vec<(String, String)> {
        let conversation = self.get(&format!("/v1/conversations/{conversation}"));
        let turns = conversation["turns"].as_array().expect("turns").iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        turns.map(|turn| (text(&turn["from"]), text(&turn["text"]))).collect()
    }

    /// How many answers are kept as having helped, and how many as not.
    pub(crate) fn helpful(&self) -> (i64, i64) {
        let options = SqliteConnectOptions::new().filename(&self.server.store).read_only(true);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mut store = options.connect().await.expect("the store");
            let counts =
                "SELECT coalesce(sum(helpful), 0), coalesce(sum(1 - helpful), 0) FROM helpful";
            sqlx::query_as(counts).fetch_one(&mut store).await.expect("counts")
        })
    }

    /// Does something while another program holds the store, so that nothing can be written.
    pub(crate) fn while_busy<T>(&self, work: impl FnOnce() -> T) -> T {
        let options = SqliteConnectOptions::new().filename(&self.server.store);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let mut other = runtime.block_on(options.connect()).expect("the store");
        let held = sqlx::query("BEGIN IMMEDIATE").execute(&mut other);
        runtime.block_on(held).expect("the store is held");
        let done = work();
        let left = sqlx::query("ROLLBACK").execute(&mut other);
        runtime.block_on(left).expect("the store is free again");
        done
    }

    /// The open tickets of a queue.
    pub(crate) fn tickets(&self, queue: &str) -> Vec<Value> {
        let tickets = self.get(&format!("/v1/queues/{queue}/tickets"));
        tickets["tickets"].as_array().expect("tickets").clone()
    }
}

/// Customers who have called.
static CUSTOMERS: AtomicU32 = AtomicU32::new(12_345_678);

/// Which system a call is of.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum System {
    Twilio,
    Telnyx,
}

/// A caller on a line of Twilio or Telnyx: follows the addresses that come back, as they do.
pub(crate) struct Caller<'a> {
    lotse: &'a Lotse,
    system: System,
    call: BTreeMap<String, String>,
    /// Where the next event goes.
    pub(crate) action: String,
}

impl<'a> Caller<'a> {
    pub(crate) fn new(lotse: &'a Lotse, system: System, from: &str, to: &str) -> Self {
        let (sid, path) = match system {
            System::Twilio => {
                (format!("CA{}", uuid::Uuid::new_v4().simple()), "/channels/twilio/voice")
            }
            System::Telnyx => {
                let id = format!("v3:{}_{}", uuid::Uuid::new_v4(), uuid::Uuid::new_v4().simple());
                (id, "/channels/texml/voice")
            }
        };
        // Each call is another customer's, or they would be one story.
        let from = match from.strip_suffix('…') {
            Some(prefix) => format!("{prefix}{:08}", CUSTOMERS.fetch_add(1, Ordering::Relaxed)),
            None => from.to_owned(),
        };
        let call = [
            ("CallSid", sid.as_str()),
            ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
            ("From", from.as_str()),
            ("To", to),
            ("CallStatus", "in-progress"),
            ("Direction", "inbound"),
            ("ApiVersion", "2010-04-01"),
        ];
        let call = call.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let action = format!("{PUBLIC_URL}{path}");
        Self { lotse, system, call: BTreeMap::from(call), action }
    }

    /// Something happens on the call; gives the markup and follows it.
    pub(crate) fn event(&mut self, more: &[(&str, &str)]) -> String {
        let action = self.action.clone();
        let markup = self.event_at(&action, more);
        if let Some(action) = attribute(&markup, "action") {
            self.action = action;
        }
        markup
    }

    pub(crate) fn says(&mut self, words: &str) -> String {
        self.event(&[("SpeechResult", words), ("Confidence", "0.91")])
    }

    /// The same at a certain address.
    pub(crate) fn event_at(&self, address: &str, more: &[(&str, &str)]) -> String {
        let response = self.send(address, more);
        let (status, kind) = (response.status(), response.headers()["content-type"].clone());
        let markup = response.text().expect("markup");
        assert_eq!(status, StatusCode::OK, "{markup}");
        assert_eq!(kind, "text/xml; charset=utf-8");
        assert!(markup.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>"));
        markup
    }

    fn send(&self, address: &str, more: &[(&str, &str)]) -> Response {
        let mut parameters = self.call.clone();
        parameters
            .extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let body =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        let path = address.strip_prefix(PUBLIC_URL).expect("the public address");
        let form = ("content-type", "application/x-www-form-urlencoded");
        match self.system {
            System::Twilio => {
                let signature = twilio_signature(address, &parameters);
                self.lotse.post_raw(path, &[form, ("x-twilio-signature", &signature)], body)
            }
            System::Telnyx => {
                let now = jiff::Timestamp::now().as_second().to_string();
                let signature = telnyx_signature(&now, &body);
                let headers = [
                    form,
                    ("telnyx-signature-ed25519", signature.as_str()),
                    ("telnyx-timestamp", now.as_str()),
                ];
                self.lotse.post_raw(path, &headers, body)
            }
        }
    }
}

/// As Twilio documents it.
pub(crate) fn twilio_signature(address: &str, parameters: &BTreeMap<String, String>) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).expect("a key");
    mac.update(address.as_bytes());
    for (name, value) in parameters {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

fn telnyx_key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[42; 32]).expect("a key pair")
}

fn telnyx_public_key() -> String {
    STANDARD.encode(telnyx_key().public_key().as_ref())
}

pub(crate) fn telnyx_signature(timestamp: &str, body: &str) -> String {
    STANDARD.encode(telnyx_key().sign(format!("{timestamp}|{body}").as_bytes()).as_ref())
}

/// The first attribute of this name, unescaped.
pub(crate) fn attribute(markup: &str, name: &str) -> Option<String> {
    let (_, rest) = markup.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

/// The contents of the first element of this name.
pub(crate) fn contents(markup: &str, element: &str) -> Option<String> {
    let (_, rest) = markup.split_once(&format!("<{element}"))?;
    let (_, rest) = rest.split_once('>')?;
    Some(unescaped(rest.split_once(&format!("</{element}>"))?.0))
}

pub(crate) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
