use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use jiff::Timestamp;
use lotse::classifier::{Answering, Reading, ServiceError};
use lotse::desk::{Desk, DeskParts, Finds, Reads, Target, Words};
use lotse::domain::{
    Article, ArticleChannels, ArticleStatus, Author, Caller, Channel, Classification, Incoming,
    IntentScore, Language, Outcome, Role, Sentiment, SentimentScore, TierScore, ValidFor,
};
use lotse::knowledge::Hit;
use lotse::store::{Conversation, SqliteStore, Store};
use lotse::text::PreparedText;
use lotse::triage::{Policy, Routing, Texts};
use tempfile::TempDir;

/// Queues that are open around the clock.
const ROUTING: &str = "tests/desk/routing.toml";

/// Something that happens while a message is being read.
pub(crate) type Interruption = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// A desk with all its parts at hand.
pub(crate) struct Office {
    pub(crate) desk: Desk,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) script: Arc<Script>,
    /// Seconds since the beginning of all tests.
    pub(crate) clock: Arc<AtomicI64>,
    directory: TempDir,
}

/// Readings by the words of the message.
#[derive(Default)]
pub(crate) struct Script {
    /// All texts read, in order.
    pub(crate) read: Mutex<Vec<String>>,
    /// Taken one by one, before a text is read.
    pub(crate) interruptions: Mutex<VecDeque<Interruption>>,
    pub(crate) overloaded: Mutex<bool>,
}

#[async_trait]
impl Reads for Script {
    async fn read(&self, text: PreparedText) -> Result<Reading, ServiceError> {
        let interruption = self.interruptions.lock().unwrap().pop_front();
        if let Some(interruption) = interruption {
            interruption().await;
        }
        if *self.overloaded.lock().unwrap() {
            return Err(ServiceError::Overloaded { retry_after_seconds: 1 });
        }
        self.read.lock().unwrap().push(text.cleaned.clone());
        Ok(Reading { classification: classify(&text), embedding: Vec::new() })
    }
}

impl Finds for Script {
    fn find(&self, _: &PreparedText, reading: &Reading, most: usize) -> Vec<Hit> {
        let intent = reading.classification.best_intent().map(|intent| intent.name.clone());
        intent
            .filter(|name| name == "return_item" || name == "delivery_period")
            .map(|name| hit(&name, reading.classification.language))
            .into_iter()
            .take(most)
            .collect()
    }

    fn article(&self, id: &str, language: Language) -> Option<Arc<Article>> {
        Some(hit(id.strip_prefix("about-")?, language).article)
    }
}

fn hit(intent: &str, language: Language) -> Hit {
    let article = Article {
        id: format!("about-{intent}"),
        language,
        title: format!("About {intent}"),
        intents: vec![intent.to_owned()],
        status: ArticleStatus::Approved,
        owner: "service".to_owned(),
        review_by: None,
        valid_for: ValidFor::Everyone,
        questions: Vec::new(),
        channels: ArticleChannels::default(),
        body: format!("All about {intent}."),
    };
    Hit {
        article: Arc::new(article),
        usable: true,
        score: 0.9,
        bm25: 0.9,
        cosine: 0.9,
        intent: 0.9,
        learned: 0.0,
    }
}

/// The first word of the list that the text holds gives intent, confidence, tier and sentiment.
fn classify(text: &PreparedText) -> Classification {
    const WORDS: &[(&str, &str, f32, u8, Sentiment)] = &[
        ("angry", "complaint", 0.95, 3, Sentiment::Negative),
        ("human", "contact_human_agent", 0.95, 2, Sentiment::Neutral),
        ("weather", "", 0.2, 1, Sentiment::Neutral),
        ("hello", "greeting", 0.95, 1, Sentiment::Neutral),
        ("headphones", "product_information", 0.4, 2, Sentiment::Neutral),
        ("delivery", "delivery_period", 0.95, 1, Sentiment::Neutral),
        ("return", "return_item", 0.95, 1, Sentiment::Neutral),
        ("thanks", "goodbye", 0.95, 1, Sentiment::Positive),
    ];
    let lower = text.cleaned.to_lowercase();
    // A text with its context before it is about what the context is about.
    let (_, intent, confidence, level, mood) = WORDS
        .iter()
        .filter(|(word, ..)| lower.contains(word))
        .min_by_key(|(word, ..)| lower.find(word))
        .copied()
        .unwrap_or(("", "", 0.2, 1, Sentiment::Neutral));
    let score = IntentScore { name: intent.to_owned(), confidence };
    let in_scope = !intent.is_empty();
    let mut probabilities = [0.05; 3];
    probabilities[usize::from(level) - 1] = 0.9;
    Classification {
        language: text.language,
        intent: in_scope.then_some(score),
        in_scope: Some(if in_scope { 0.98 } else { 0.05 }),
        alternatives: Vec::new(),
        sentiment: Some(SentimentScore { name: mood, confidence: 0.95 }),
        tier: Some(TierScore { level, confidence: 0.9, probabilities }),
        answerable: Some(0.9),
        articles: Vec::new(),
        entities: text.entities.clone(),
    }
}

impl Office {
    pub(crate) async fn open() -> Self {
        Self::open_with(ROUTING).await
    }

    /// A desk with these routing rules.
    pub(crate) async fn open_with(routing: &str) -> Self {
        Self::open_in(tempfile::tempdir().unwrap(), routing).await
    }

    /// The same store with another desk: nothing but the store lives on.
    pub(crate) async fn restart(self) -> Self {
        let seconds = self.clock.load(Ordering::Relaxed);
        self.store.close().await;
        let office = Self::open_in(self.directory, ROUTING).await;
        office.clock.store(seconds, Ordering::Relaxed);
        office
    }

    /// Ada, Bob and Eve show that they are there.
    pub(crate) async fn everybody_is_there(&self) {
        for name in ["ada", "bob", "eve"] {
            self.desk.saw(name).await.unwrap();
        }
    }

    /// Time passes without a sign of life of anybody. Gives the number of tickets taken back.
    pub(crate) async fn everybody_vanishes(&self) -> usize {
        self.clock.fetch_add(1_000, Ordering::Relaxed);
        self.desk.return_abandoned(Duration::from_secs(999)).await.unwrap()
    }

    async fn open_in(directory: TempDir, routing: &str) -> Self {
        let path = directory.path().join("lotse.db");
        let store = Arc::new(SqliteStore::open(&path).await.unwrap());
        let script = Arc::new(Script::default());
        let clock = Arc::new(AtomicI64::new(0));
        let ticking = Arc::clone(&clock);
        let routing = Arc::new(Routing::load(Path::new(routing)).unwrap());
        let answering = Answering {
            bias: -5.0,
            weights: BTreeMap::from([("top_intent".to_owned(), 10.0)]),
            ..Answering::default()
        };
        let policy = Policy { answer_threshold: Some(0.5), ..Policy::default() };
        let desk = Desk::new(DeskParts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            reads: Arc::clone(&script) as Arc<dyn Reads>,
            finds: Arc::clone(&script) as Arc<dyn Finds>,
            routing: Arc::new(move || Arc::clone(&routing)),
            texts: Texts::default(),
            policy: policy.with_answering(Some(answering)),
            clock: Arc::new(move || second(ticking.load(Ordering::Relaxed))),
        });
        Self { desk, store, script, clock, directory }
    }

    pub(crate) async fn say(&self, conversation: &str, text: &str) -> Outcome {
        self.desk.receive(message(conversation, text)).await.unwrap()
    }

    pub(crate) async fn conversation(&self, id: &str) -> Conversation {
        self.desk.conversation(id, usize::MAX).await.unwrap()
    }

    /// Authors and words of a conversation.
    pub(crate) async fn transcript(&self, id: &str) -> Vec<(Author, String)> {
        let turns = self.conversation(id).await.turns;
        turns.into_iter().map(|turn| (turn.from, turn.text)).collect()
    }

    /// A conversation that waits, and its ticket's id.
    pub(crate) async fn waiting(&self, conversation: &str) -> String {
        self.say(conversation, "I want a human").await.ticket.unwrap().id
    }

    /// A conversation that this agent holds, and its ticket's id.
    pub(crate) async fn held(&self, conversation: &str, holder: &Caller) -> String {
        let ticket = self.waiting(conversation).await;
        self.desk.claim(&ticket, holder).await.unwrap();
        ticket
    }

    /// Lets something happen while the next message is being read.
    pub(crate) fn interrupt<F>(&self, happens: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let interruption: Interruption = Box::new(move || Box::pin(happens()));
        self.script.interruptions.lock().unwrap().push_back(interruption);
    }
}

pub(crate) fn message(conversation: &str, text: &str) -> Incoming {
    Incoming {
        conversation_id: Some(conversation.to_owned()),
        language: Some(Language::En),
        ..Incoming::new(Channel::Chat, text)
    }
}

pub(crate) fn agent(name: &str) -> Caller {
    Caller { name: name.to_owned(), role: Role::Agent }
}

pub(crate) fn admin() -> Caller {
    Caller { name: "boss".to_owned(), role: Role::Admin }
}

pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

/// Words of an agent, without an id.
pub(crate) fn said(text: &str) -> Words {
    Words { text: text.to_owned(), ..Words::default() }
}

/// A queue as the target of a transfer.
pub(crate) fn to_queue(queue: &str) -> Target {
    Target { queue: Some(queue.to_owned()), ..Target::default() }
}
