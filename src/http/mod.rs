//! How does the outside reach us? [`router()`] is the one list of routes; a file holds the handlers
//! of one noun; [`error`] is the one table of errors. Handlers hold no SQL and take no decisions.

mod access;
mod classify;
mod conversations;
mod documentation;
pub mod error;
mod events;
mod extract;
mod guard;
mod health;
mod input;
mod knowledge;
mod messages;
mod metrics;
mod queues;
mod router;
mod server;
mod summarize;
mod tickets;
mod timing;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub use access::{Access, AccessError};
pub use router::router;
pub use server::{ListenError, allow_connections, listen, serve};

use crate::config::Config;
use crate::desk::{Desk, Finds, Reads, RoutingSource};
use crate::observe::{MetricsPage, Readiness, Shutdown};
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
        let AppParts { desk, reads, finds, routing, store, access, config } = parts;
        Self {
            desk,
            reads,
            finds,
            routing,
            store,
            access: Arc::new(access),
            readiness: Arc::default(),
            metrics: MetricsPage::install(),
            shutdown: Shutdown::default(),
            admission: Arc::new(Semaphore::new(config.server.max_messages_at_once)),
            config: Arc::new(config),
        }
    }
}
