use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::{Destination, Worker, WorkerSettings};
use crate::desk::{Desk, system_clock};
use crate::observe::Shutdown;
use crate::store::{Store, StoreError};

/// A worker looks for work this often, told or not.
const POLL: Duration = Duration::from_secs(1);

/// Deliveries of one destination that are carried out at the same time.
const AT_ONCE: usize = 8;

impl Default for WorkerSettings {
    fn default() -> Self {
        Self { clock: system_clock(), poll: POLL, at_once: AT_ONCE }
    }
}

/// The workers of a service, one a destination.
pub struct Workers {
    running: JoinSet<()>,
}

impl Workers {
    /// Starts them. When this returns, each misses nothing that happens from now on.
    pub async fn start(
        destinations: Vec<Arc<dyn Destination>>,
        store: &Arc<dyn Store>,
        desk: &Desk,
        shutdown: &Shutdown,
        settings: &WorkerSettings,
    ) -> Result<Self, StoreError> {
        let mut running = JoinSet::new();
        for destination in destinations {
            let news = desk.news();
            let worker = Worker::new(Arc::clone(store), destination, settings.clone()).await?;
            running.spawn(worker.run(news, shutdown.clone()));
        }
        Ok(Self { running })
    }

    /// Waits until all have finished what is in work, for no longer than `patience`. What is cut off
    /// is carried out again after the next start.
    pub async fn ended(mut self, patience: Duration) {
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("deliveries in work at the end are carried out after the next start");
        }
    }
}
