//! A service on a free port, with its own directory, and a client for it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lotse::classifier::{Answering, Ranking, Reading, RiskPoint, ServiceError};
use lotse::config::{Config, Flags};
use lotse::desk::{Desk, DeskParts, Reads, system_clock};
use lotse::domain::{Classification, IntentScore, Role, Sentiment, SentimentScore, TierScore};
use lotse::http::{self, Access, App, AppParts, KnownLabels};
use lotse::knowledge::{Embed, KnowledgeBase};
use lotse::store::{Key, SqliteSettings, SqliteStore, Store, hash_key};
use lotse::text::PreparedText;
use lotse::triage::{Policy, Routing, Texts};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Semaphore;

/// Settings of a test's service.
#[derive(Default)]
pub(crate) struct Settings {
    /// More of `lotse.toml`.
    pub(crate) toml: String,
    /// How the store's file is used.
    pub(crate) store: SqliteSettings,
    /// Keys in the store: name (also the key itself) and role.
    pub(crate) keys: &'static [(&'static str, Role)],
    /// Files of the operator's site: name and contents.
    pub(crate) site: &'static [(&'static str, &'static str)],
}

/// A running service.
pub(crate) struct Service {
    pub(crate) app: App,
    pub(crate) address: String,
    /// Readings of messages with the word "slow" wait for a permit of this gate.
    pub(crate) gate: Arc<Semaphore>,
    client: reqwest::Client,
    _dir: TempDir,
}

impl Service {
    /// An open demo.
    pub(crate) async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    pub(crate) async fn start_with(settings: Settings) -> Self {
        lotse::channels::outgoing::choose_tls();
        let dir = tempfile::tempdir().expect("a temporary directory");
        let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/demo");
        let toml = format!(
            "{}\n[knowledge]\ndir = '{demo}/knowledge'\n[routing]\nfile = '{demo}/routing.toml'\n",
            settings.toml,
        );
        std::fs::write(dir.path().join("lotse.toml"), toml).expect("lotse.toml");
        for (name, contents) in settings.site {
            let file = dir.path().join("site").join(name);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, contents).expect("a file");
        }
        let config = Config::load(dir.path(), [], &Flags::default()).expect("valid settings");
        let gate = Arc::new(Semaphore::new(0));
        let app = app(config, &settings, Arc::clone(&gate)).await;
        let listener = http::listen("127.0.0.1:0".parse().expect("an address")).expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let serving = app.clone();
        tokio::spawn(async move {
            let router = http::router(&serving);
            http::serve(listener, router, &serving.config.server, &serving.shutdown).await;
        });
        Self { app, address, gate, client: reqwest::Client::new(), _dir: dir }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    /// Sends a message and expects that it is taken.
    pub(crate) async fn say(&self, body: Value) -> Value {
        let (status, outcome) = self.post("/v1/messages", body).await;
        assert_eq!(status, StatusCode::OK, "{outcome}");
        outcome
    }
}

/// Status and JSON body of an answer; null where there is none.
pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response: Response = request.send().await.expect("an answer");
    let status = response.status();
    let body = response.bytes().await.expect("a body");
    let body = serde_json::from_slice(&body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
    (status, if body == "" { Value::Null } else { body })
}

async fn app(config: Config, settings: &Settings, gate: Arc<Semaphore>) -> App {
    // A store that is only read must be there already.
    SqliteStore::open(&config.store.path).await.expect("a store").close().await;
    let store = SqliteStore::open_with(&config.store.path, settings.store).await.expect("a store");
    for (name, role) in settings.keys {
        let key = Key {
            name: (*name).to_owned(),
            role: *role,
            hash: hash_key(name),
            created_at: jiff::Timestamp::now(),
            revoked_at: None,
        };
        store.add_key(&key).await.expect("a key");
    }
    let store: Arc<dyn Store> = Arc::new(store);
    let knowledge = KnowledgeBase::open(&config.knowledge.dir, Arc::new(Words)).expect("knowledge");
    let knowledge = Arc::new(knowledge);
    let routing = Arc::new(Routing::load(&config.routing.file).expect("routing rules"));
    let reads: Arc<dyn Reads> = Arc::new(Reader { gate });
    let routing: lotse::desk::RoutingSource = Arc::new(move || Arc::clone(&routing));
    let desk = Desk::new(DeskParts {
        store: Arc::clone(&store),
        reads: Arc::clone(&reads),
        finds: Arc::clone(&knowledge) as _,
        routing: Arc::clone(&routing),
        texts: Texts::default(),
        policy: policy(),
        clock: system_clock(),
    });
    let finds = knowledge as _;
    let access = Access::new(&config, Arc::clone(&store)).await.expect("callers are known");
    let labels =
        KnownLabels::new(KNOWN.iter().map(|(_, intent, ..)| (*intent).to_owned()).collect());
    let app = App::new(AppParts { desk, reads, finds, routing, store, access, labels, config });
    app.readiness.set_model(true);
    app.readiness.set_store(true);
    app.readiness.set_knowledge(true);
    app
}

/// Answers whatever has an article.
fn policy() -> Policy {
    let answering = Answering {
        ranking: Ranking::default(),
        bias: 4.0,
        weights: std::collections::BTreeMap::new(),
        curve: vec![RiskPoint { threshold: 0.5, answered: 1000, wrong: 0 }],
        ..Answering::default()
    };
    Policy::default().with_answering(Some(answering))
}

/// Understands a few words.
struct Reader {
    gate: Arc<Semaphore>,
}

/// Word, intent, tier, sentiment.
const KNOWN: [(&str, &str, u8, Sentiment); 6] = [
    ("zurückgeben", "return_item", 1, Sentiment::Neutral),
    ("send something back", "return_item", 1, Sentiment::Neutral),
    ("NL-20481", "track_order", 2, Sentiment::Neutral),
    ("Rechnung", "payment_issue", 3, Sentiment::Negative),
    ("Hallo", "greeting", 1, Sentiment::Neutral),
    ("slow", "opening_hours", 1, Sentiment::Neutral),
];

#[async_trait]
impl Reads for Reader {
    async fn read(&self, text: PreparedText) -> Result<Reading, ServiceError> {
        let words = &text.original;
        if words.contains("slow") {
            drop(self.gate.acquire().await);
        }
        assert!(!words.contains("panic"), "asked to panic");
        let known = KNOWN.iter().find(|(word, ..)| words.contains(word));
        let (intent, level, sentiment) = known
            .map_or(("opening_hours", 1, Sentiment::Neutral), |(_, intent, tier, mood)| {
                (*intent, *tier, *mood)
            });
        let score = IntentScore { name: intent.to_owned(), confidence: 0.9 };
        let mut probabilities = [0.05; 3];
        probabilities[usize::from(level) - 1] = 0.9;
        let classification = Classification {
            language: text.language,
            intent: known.is_some().then(|| score.clone()),
            in_scope: Some(if known.is_some() { 0.98 } else { 0.04 }),
            alternatives: if known.is_some() { Vec::new() } else { vec![score] },
            sentiment: Some(SentimentScore { name: sentiment, confidence: 0.9 }),
            tier: Some(TierScore { level, confidence: 0.9, probabilities }),
            answerable: Some(0.9),
            articles: Vec::new(),
            entities: text.entities.clone(),
        };
        Ok(Reading { classification, embedding: vector(words) })
    }
}

/// Texts are alike where they share words.
struct Words;

impl Embed for Words {
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String> {
        Ok(texts.iter().map(|text| vector(text)).collect())
    }
}

fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.01_f32; 256];
    for word in text.to_lowercase().split(|letter: char| !letter.is_alphanumeric()) {
        let place = word.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
        vector[(place % 256) as usize] += 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}

/// Waits until something holds, for a short while.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{what} did not come");
}
