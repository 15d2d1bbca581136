use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::classifier::{ClassifierService, Reading, ServiceError};
use crate::domain::{Article, Language};
use crate::knowledge::{Hit, KnowledgeBase};
use crate::observe::{self, Step};
use crate::store::Store;
use crate::text::PreparedText;
use crate::triage::{Policy, Routing, Texts};

/// What the desk works with.
pub struct DeskParts {
    /// Keeps everything.
    pub store: Arc<dyn Store>,
    /// Reads messages.
    pub reads: Arc<dyn Reads>,
    /// Finds articles.
    pub finds: Arc<dyn Finds>,
    /// The routing rules of the moment.
    pub routing: RoutingSource,
    /// What the bot says in its own words.
    pub texts: Texts,
    /// When the bot may answer.
    pub policy: Policy,
    /// What time it is.
    pub clock: Clock,
}

/// Gives the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Gives the routing rules of the moment: the file may have changed since the last message.
pub type RoutingSource = Arc<dyn Fn() -> Arc<Routing> + Send + Sync>;

/// The system's clock.
pub fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// Reads messages.
#[async_trait]
pub trait Reads: Send + Sync {
    /// What this message says.
    async fn read(&self, text: PreparedText) -> Result<Reading, ServiceError>;
}

#[async_trait]
impl Reads for ClassifierService {
    async fn read(&self, text: PreparedText) -> Result<Reading, ServiceError> {
        let (reading, timings) = self.classify(text).await?;
        observe::spent(Step::Queue, timings.queue);
        observe::spent(Step::Tokenise, timings.tokenise);
        observe::spent(Step::Encode, timings.encode);
        Ok(reading)
    }
}

/// Finds articles.
pub trait Finds: Send + Sync {
    /// At most `most` articles for a message, best first.
    fn find(&self, text: &PreparedText, reading: &Reading, most: usize) -> Vec<Hit>;

    /// The article with this id, if there is one now.
    fn article(&self, id: &str, language: Language) -> Option<Arc<Article>>;
}

impl Finds for KnowledgeBase {
    fn find(&self, text: &PreparedText, reading: &Reading, most: usize) -> Vec<Hit> {
        observe::timed(Step::Search, || {
            self.current().search(text, &reading.embedding, &reading.classification, most)
        })
    }

    fn article(&self, id: &str, language: Language) -> Option<Arc<Article>> {
        self.current().article(id, language)
    }
}
