//! How does the outside reach us? [`router()`] is the one list of routes; a file holds the handlers
//! of one noun; [`error`] is the one table of errors. Handlers hold no SQL and take no decisions.

mod access;
mod agents;
pub(crate) mod classify;
mod context;
mod conversations;
mod cross_origin;
mod customers;
mod documentation;
pub mod error;
mod events;
pub(crate) mod extract;
mod guard;
mod health;
pub(crate) mod input;
mod knowledge;
mod messages;
mod metrics;
mod presence;
mod queues;
mod report_pages;
mod reports;
mod router;
mod server;
mod session;
mod summarize;
mod tickets;
mod timing;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub use access::{Access, AccessError, PasswordError, hash_password};
pub use agents::KnownLabels;
pub use router::router;
pub use server::{ListenError, allow_connections, listen, serve};

use presence::Signs;

use crate::config::Config;
use crate::desk::{Desk, Finds, Reads, RoutingSource};
use crate::observe::{MetricsPage, Readiness, Shutdown};
use crate::reports::Reports;
use crate::store::Store;

/// What an [`App`] is made of.
pub struct AppParts {
    /// Takes messages in and lets agents work.
    pub desk: Desk,
    /// Reads messages.
    pub reads: Arc<dyn Reads>,
    /// Finds articles.
    pub finds: Arc<dyn Finds>,
    /// Knows the queues.
    pub routing: RoutingSource,
    /// Keeps what must outlive the process.
    pub store: Arc<dyn Store>,
    /// Who may call.
    pub access: Access,
    /// What the model can read out of a message.
    pub labels: KnownLabels,
    /// The settings.
    pub config: Config,
}

/// Everything that handlers depend on. Clones share it.
#[derive(Clone)]
pub struct App {
    /// Takes messages in and lets agents work.
    pub desk: Desk,
    /// Reads messages.
    pub reads: Arc<dyn Reads>,
    /// Finds articles.
    pub finds: Arc<dyn Finds>,
    /// Knows the queues.
    pub routing: RoutingSource,
    /// Keeps what must outlive the process.
    pub store: Arc<dyn Store>,
    /// The settings.
    pub config: Arc<Config>,
    /// Who may call.
    pub access: Arc<Access>,
    /// What the model can read out of a message.
    pub labels: Arc<KnownLabels>,
    /// Makes reports.
    pub reports: Arc<Reports>,
    /// Which agents are there.
    pub signs: Arc<Signs>,
    /// Whether messages can be worked on now.
    pub readiness: Arc<Readiness>,
    /// The metrics of the process.
    pub metrics: MetricsPage,
    /// Tells streams when to end.
    pub shutdown: Shutdown,
    /// One permit for each request that may read messages at the same time.
    pub admission: Arc<Semaphore>,
}

impl App {
    /// Puts the parts together. Nothing counts as ready yet.
    pub fn new(parts: AppParts) -> Self {
        let AppParts { desk, reads, finds, routing, store, access, labels, config } = parts;
        let reports = Reports::new(Arc::clone(&store), Arc::clone(&reads), Arc::clone(&routing));
        Self {
            desk,
            reads,
            finds,
            routing,
            store,
            access: Arc::new(access),
            labels: Arc::new(labels),
            reports: Arc::new(reports),
            signs: Arc::default(),
            readiness: Arc::default(),
            metrics: MetricsPage::install(),
            shutdown: Shutdown::default(),
            admission: Arc::new(Semaphore::new(config.server.max_messages_at_once)),
            config: Arc::new(config),
        }
    }
}
