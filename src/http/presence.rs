//! Which agents are there? Whoever calls an agents' route is; the console does so now and then by
//! itself. The store learns of it once in a while, not at every call. An open event stream says
//! nothing: a connection whose other end is gone can stay open for a quarter of an hour.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::desk::Desk;

/// Time between two signs of life of the same agent that the store keeps.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// Signs of life that the store has.
#[derive(Default)]
pub struct Signs {
    kept: Mutex<HashMap<String, Instant>>,
}

impl Signs {
    /// An agent is there.
    pub(super) async fn saw(&self, desk: &Desk, agent: &str) {
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let is_fresh = kept.get(agent).is_some_and(|at| at.elapsed() < SIGN_OF_LIFE);
            if is_fresh {
                return;
            }
            kept.insert(agent.to_owned(), Instant::now());
        }
        if let Err(error) = desk.saw(agent).await {
            // The call itself will say what is wrong with the store.
            tracing::debug!(%error, agent, "a sign of life was not kept");
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(agent);
        }
    }
}
