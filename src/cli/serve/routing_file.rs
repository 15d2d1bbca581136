use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::desk::RoutingSource;
use crate::triage::{Routing, RoutingError};

/// The file is looked at again after this time at the earliest.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A `routing.toml` that is followed: an edit takes effect with the next ticket, a file with a
/// mistake keeps the last good rules and is reported once.
pub(super) struct RoutingFile {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    routing: Arc<Routing>,
    stamp: Option<Stamp>,
    looked_at: Instant,
}

/// What tells that a file has changed.
type Stamp = (SystemTime, u64);

impl RoutingFile {
    /// Loads the rules; a mistake is an error the first time.
    pub(super) fn open(path: &Path) -> Result<Self, RoutingError> {
        // The stamp is taken first: a change in between is seen at the next look.
        let stamp = stamp(path);
        let routing = Arc::new(Routing::load(path)?);
        let state = Mutex::new(State { routing, stamp, looked_at: Instant::now() });
        Ok(Self { path: path.to_owned(), state })
    }

    /// Gives the rules of the moment.
    pub(super) fn source(self) -> RoutingSource {
        Arc::new(move || self.current())
    }

    fn current(&self) -> Arc<Routing> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked_at.elapsed() >= LOOK_AGAIN {
            state.looked_at = Instant::now();
            let stamp = stamp(&self.path);
            if stamp != state.stamp {
                state.stamp = stamp;
                self.reload(&mut state);
            }
        }
        Arc::clone(&state.routing)
    }

    fn reload(&self, state: &mut State) {
        match Routing::load(&self.path) {
            Ok(routing) => {
                tracing::info!(file = %self.path.display(), "routing rules loaded");
                state.routing = Arc::new(routing);
            }
            Err(error) => tracing::error!(%error, "routing rules stay as they were"),
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
