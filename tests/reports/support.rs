//! A service with a store of its own whose clock can be set, so that history can be played to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lotse::classifier::{Answering, Reading, RiskPoint, ServiceError};
use lotse::config::{Config, Flags};
use lotse::desk::{AfterResolve, Desk, DeskParts, Reads};
use lotse::domain::{
    Caller, Channel, Classification, Incoming, IntentScore, Outcome, Role, Sentiment,
    SentimentScore, TierScore,
};
use lotse::http::{self, Access, App, AppParts, KnownLabels};
use lotse::knowledge::{Embed, KnowledgeBase, KnowledgeSettings};
use lotse::store::{Key, SqliteStore, Store, hash_key};
use lotse::text::PreparedText;
use lotse::triage::{Policy, Routing, Texts};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

/// Word, intent, tier, sentiment.
const KNOWN: [(&str, &str, u8, Sentiment); 5] = [
    ("zurückgeben", "return_item", 1, Sentiment::Neutral),
    ("send something back", "return_item", 1, Sentiment::Neutral),
    ("Rechnung", "payment_issue", 3, Sentiment::Negative),
    ("Gutschein", "discount_voucher", 1, Sentiment::Neutral),
    ("Danke", "goodbye", 1, Sentiment::Positive),
];

const ARTICLE: &str = "+++\nid = \"returns\"\ntitle = \"Zurückgeben\"\nintents = [\"return_item\"]\n\
    status = \"approved\"\nowner = \"service\"\nvalid_for = \"everyone\"\n\
    questions = [\"Kann ich das zurückgeben?\"]\n+++\n\nDreißig Tage.\n";

/// A running service.
pub(crate) struct Service {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) desk: Desk,
    pub(crate) knowledge: PathBuf,
    pub(crate) articles: Arc<KnowledgeBase>,
    pub(crate) store_file: PathBuf,
    clock: Arc<AtomicI64>,
    address: String,
    client: reqwest::Client,
    _dir: TempDir,
}

impl Service {
    /// An open demo.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With keys: name (also the key itself) and role.
    pub(crate) async fn start_with(keys: &[(&str, Role)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let routing = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/routing.toml");
        let toml = format!("[routing]\nfile = '{routing}'\n");
        std::fs::write(dir.path().join("lotse.toml"), toml).unwrap();
        let knowledge = dir.path().join("knowledge");
        std::fs::create_dir_all(knowledge.join("de")).unwrap();
        std::fs::write(knowledge.join("de/returns.md"), ARTICLE).unwrap();
        let config = Config::load(dir.path(), [], &Flags::default()).unwrap();
        let store_file = config.store.path.clone();
        let store = SqliteStore::open(&store_file).await.unwrap();
        for (name, role) in keys {
            let key = Key {
                name: (*name).to_owned(),
                role: *role,
                hash: hash_key(name),
                created_at: Timestamp::now(),
                revoked_at: None,
            };
            store.add_key(&key).await.unwrap();
        }
        let clock = Arc::new(AtomicI64::new(0));
        // Not every machine tells of changed files.
        let settings = KnowledgeSettings { poll: Duration::from_millis(100), ..Default::default() };
        let articles = KnowledgeBase::open_with(&knowledge, Arc::new(Words), settings).unwrap();
        let articles = Arc::new(articles);
        let app = app(config, Arc::new(store), &articles, Arc::clone(&clock)).await;
        let (store, desk) = (Arc::clone(&app.store), app.desk.clone());
        let listener = http::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            let router = http::router(&app);
            http::serve(listener, router, &app.config.server, &app.shutdown).await;
        });
        lotse::channels::outgoing::choose_tls();
        let client =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { store, desk, knowledge, articles, store_file, clock, address, client, _dir: dir }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        let response = self.request(Method::GET, path).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// A page or a table.
    pub(crate) async fn read(&self, path: &str) -> String {
        let response: Response = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let response = self.request(Method::POST, path).json(&body).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// A form as a browser sends it.
    pub(crate) async fn send_form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let encode = |text: &str| -> String {
            text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
        };
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(fields.join("&"));
        request.send().await.unwrap()
    }

    /// Sets the clock of the desk.
    pub(crate) fn at(&self, time: &str) -> &Self {
        let time: Timestamp = time.parse().unwrap();
        self.clock.store(time.as_millisecond(), Ordering::Relaxed);
        self
    }

    /// A customer writes.
    pub(crate) async fn say(&self, channel: Channel, conversation: &str, text: &str) -> Outcome {
        let conversation_id = Some(conversation.to_owned());
        let incoming = Incoming { conversation_id, ..Incoming::new(channel, text) };
        self.desk.receive(incoming).await.unwrap()
    }

    /// An agent takes the ticket, answers and resolves it, a minute between each.
    pub(crate) async fn settle(&self, ticket: &str, agent: &str, minutes: [&str; 3]) {
        let agent = Caller { name: agent.to_owned(), role: Role::Agent };
        self.at(minutes[0]).desk.claim(ticket, &agent).await.unwrap();
        self.at(minutes[1]).desk.reply(ticket, &agent, &words("Erledigt.")).await.unwrap();
        self.at(minutes[2])
            .desk
            .resolve(ticket, &agent, "erledigt", AfterResolve::Bot)
            .await
            .unwrap();
    }
}

async fn app(
    config: Config,
    store: Arc<dyn Store>,
    articles: &Arc<KnowledgeBase>,
    clock: Arc<AtomicI64>,
) -> App {
    let routing = Arc::new(Routing::load(&config.routing.file).unwrap());
    let routing: lotse::desk::RoutingSource = Arc::new(move || Arc::clone(&routing));
    let reads: Arc<dyn Reads> = Arc::new(Words);
    let answering = Answering {
        bias: 4.0,
        curve: vec![RiskPoint { threshold: 0.5, answered: 1000, wrong: 0 }],
        ..Answering::default()
    };
    let desk = Desk::new(DeskParts {
        store: Arc::clone(&store),
        reads: Arc::clone(&reads),
        finds: Arc::clone(articles) as _,
        routing: Arc::clone(&routing),
        texts: Texts::default(),
        policy: Policy::default().with_answering(Some(answering)),
        clock: Arc::new(move || {
            Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap()
        }),
    });
    let access = Access::new(&config, Arc::clone(&store)).await.unwrap();
    let labels = KnownLabels::new(KNOWN.iter().map(|known| known.1.to_owned()).collect());
    let finds = Arc::clone(articles) as _;
    let app = App::new(AppParts { desk, reads, finds, routing, store, access, labels, config });
    app.readiness.set_model(true);
    app.readiness.set_store(true);
    app.readiness.set_knowledge(true);
    app
}

/// Knows a few words; texts are alike where they share words.
struct Words;

#[async_trait]
impl Reads for Words {
    async fn read(&self, text: PreparedText) -> Result<Reading, ServiceError> {
        let known = KNOWN.iter().find(|(word, ..)| text.original.contains(word));
        let (_, intent, level, mood) = known.copied().unwrap_or(("", "", 2, Sentiment::Neutral));
        let mut probabilities = [0.02; 3];
        probabilities[usize::from(level) - 1] = 0.96;
        let score = IntentScore { name: intent.to_owned(), confidence: 0.9 };
        let classification = Classification {
            language: text.language,
            intent: known.is_some().then_some(score),
            in_scope: Some(if known.is_some() { 0.98 } else { 0.04 }),
            alternatives: Vec::new(),
            sentiment: Some(SentimentScore { name: mood, confidence: 0.8 }),
            tier: Some(TierScore { level, confidence: 0.96, probabilities }),
            answerable: Some(0.9),
            articles: Vec::new(),
            entities: text.entities.clone(),
        };
        Ok(Reading { classification, embedding: vector(&text.cleaned) })
    }
}

impl Embed for Words {
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String> {
        Ok(texts.iter().map(|text| vector(text)).collect())
    }
}

/// Words in common, of four letters or more.
fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.01_f32; 256];
    let words = text.to_lowercase();
    for word in words.split(|letter: char| !letter.is_alphanumeric()) {
        if word.chars().count() >= 4 {
            let place =
                word.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
            vector[(place % 256) as usize] += 1.0;
        }
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}

/// Words of an agent.
pub(crate) fn words(text: &str) -> lotse::desk::Words {
    lotse::desk::Words { text: text.to_owned(), ..Default::default() }
}
