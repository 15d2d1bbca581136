//! How often may somebody guess? After some wrong passwords for a name, the next try waits, longer
//! each time. The count is in memory: a restart forgives.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong passwords without a pause.
const FREE: u32 = 5;
/// The first pause; each further one is twice as long.
const PAUSE: Duration = Duration::from_secs(10);
/// The longest pause.
const LONGEST: Duration = Duration::from_mins(15);
/// Names remembered at most.
const MOST: usize = 10_000;

/// Wrong passwords by name.
#[derive(Default)]
pub(super) struct Attempts {
    failed: Mutex<HashMap<String, (u32, Instant)>>,
}

impl Attempts {
    /// How long the next try for this name has to wait, in seconds.
    pub(super) fn wait(&self, name: &str) -> Option<u64> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, since) = failed.get(&key(name))?;
        let left = pause(*count).checked_sub(since.elapsed())?;
        (!left.is_zero()).then(|| left.as_secs().max(1))
    }

    /// A password was wrong.
    pub(super) fn failed(&self, name: &str) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= MOST {
            failed.retain(|_, (_, since)| since.elapsed() < LONGEST);
        }
        let (count, since) = failed.entry(key(name)).or_insert((0, Instant::now()));
        if since.elapsed() > LONGEST {
            *count = 0;
        }
        *count += 1;
        *since = Instant::now();
    }

    /// The password was right.
    pub(super) fn succeeded(&self, name: &str) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(name));
    }
}

fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn pause(count: u32) -> Duration {
    match count.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(doublings) => (PAUSE * 2_u32.pow(doublings.min(10))).min(LONGEST),
    }
}
