//! A service with the channel mail on, and what is asked of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::server::Server;
use crate::smtp::MailServer;

/// A service that sends to a mail server of the test's.
pub(crate) struct Office {
    pub(crate) server: Server,
    pub(crate) mails: MailServer,
    settings: Vec<(&'static str, String)>,
    home: TempDir,
}

impl Office {
    pub(crate) fn open() -> Self {
        Self::with(&[])
    }

    /// With further settings of `[channels.mail]`, in capitals.
    pub(crate) fn with(settings: &[(&'static str, String)]) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let mails = MailServer::start();
        let mut all = vec![
            ("ADDRESS", "service@nordlicht.example".to_owned()),
            ("NAME", "Nordlicht Kundenservice".to_owned()),
            ("SMTP_URL", mails.url()),
            ("SMTP_TIMEOUT", "2s".to_owned()),
            ("FOOTER__DE", "Nordlicht GmbH, Kiel".to_owned()),
        ];
        all.extend_from_slice(settings);
        let server = start(&home.path().join("lotse.sqlite"), &all);
        Self { server, mails, settings: all, home }
    }

    /// Ends the service as `kill -9` does, and starts it again on the same store.
    pub(crate) fn kill_and_start(&mut self) {
        self.server.kill();
        self.start_again();
    }

    /// Starts a service that has ended again.
    pub(crate) fn start_again(&mut self) {
        self.server = start(&self.home.path().join("lotse.sqlite"), &self.settings);
    }

    /// Posts a mail as it came.
    pub(crate) fn post(&self, raw: &[u8]) -> (u16, Value) {
        let request = Client::new().post(self.server.url("/channels/mail"));
        answer(request.header("content-type", "message/rfc822").body(raw.to_vec()))
    }

    /// Posts a mail that is expected to be taken.
    pub(crate) fn receive(&self, raw: &[u8]) -> Value {
        let (status, receipt) = self.post(raw);
        assert_eq!(status, 200, "{receipt}");
        assert_eq!(receipt["taken"], true, "{receipt}");
        receipt
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = answer(Client::new().get(self.server.url(path)));
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub(crate) fn act(&self, path: &str, body: &Value) -> Value {
        let (status, body) = answer(Client::new().post(self.server.url(path)).json(body));
        assert!((200..300).contains(&status), "{path}: {body}");
        body
    }

    /// The turns of a conversation by one author.
    pub(crate) fn turns(&self, conversation: &Value, author: &str) -> Vec<String> {
        let id = conversation.as_str().expect("a conversation");
        let conversation = self.get(&format!("/v1/conversations/{id}"));
        let turns = conversation["turns"].as_array().expect("turns").clone();
        turns
            .iter()
            .filter(|turn| turn["from"] == author)
            .map(|turn| turn["text"].as_str().expect("a text").to_owned())
            .collect()
    }

    /// Notes on a ticket, once there are some.
    pub(crate) fn notes(&self, ticket: &str) -> Vec<String> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_mins(2) {
            let seen = self.get(&format!("/v1/tickets/{ticket}"));
            let notes = self.turns(&seen["conversation_id"], "note");
            if !notes.is_empty() {
                return notes;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("no note came on {ticket}");
    }

    /// An agent claims the ticket and replies.
    pub(crate) fn reply(&self, ticket: &str, text: &str) {
        self.act(&format!("/v1/tickets/{ticket}/claim"), &json!({}));
        self.act(&format!("/v1/tickets/{ticket}/reply"), &json!({ "text": text }));
    }
}

fn start(store: &Path, settings: &[(&'static str, String)]) -> Server {
    Server::start_with(store, |command| {
        for (name, value) in settings {
            command.env(format!("LOTSE_CHANNELS__MAIL__{name}"), value);
        }
    })
}

/// Status and JSON body.
pub(crate) fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.timeout(Duration::from_mins(2)).send().expect("an answer");
    let status = response.status().as_u16();
    let body = response.bytes().expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// A mail by Jana Petersen.
pub(crate) fn mail(id: &str, subject: &str, text: &str) -> Vec<u8> {
    mail_with(id, subject, "", text)
}

/// With further lines of the head.
pub(crate) fn mail_with(id: &str, subject: &str, head: &str, text: &str) -> Vec<u8> {
    let raw = format!(
        "From: Jana Petersen <jana@petersen.example>\nTo: service@nordlicht.example\n\
         Subject: {subject}\nDate: Mon, 23 Nov 2026 10:00:00 +0100\nMessage-ID: <{id}>\n{head}\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    );
    raw.replace('\n', "\r\n").into_bytes()
}

/// The heads of an answer to a mail.
pub(crate) fn answers(id: &str) -> String {
    format!("In-Reply-To: <{id}>\nReferences: <{id}>\n")
}

/// A maildir in a folder.
pub(crate) fn maildir(home: &Path) -> PathBuf {
    let path = home.join("Maildir");
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(path.join(part)).expect("a folder");
    }
    path
}
