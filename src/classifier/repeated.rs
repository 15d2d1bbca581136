//! What did the encoder make of a text that comes again? The same few questions make a good part of
//! what a chat widget sends.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hashlink::LruCache;
use sha2::{Digest, Sha256};

use crate::observe;

/// Which text it is: its words are not kept.
type Key = [u8; 32];

/// Pooled vectors of the latest texts; some 1.6 kB each with the shipped pack.
pub(super) struct Repeated {
    vectors: Mutex<LruCache<Key, Vec<f32>>>,
}

impl Repeated {
    /// Of so many texts; 0 keeps none.
    pub(super) fn new(texts: usize) -> Self {
        Self { vectors: Mutex::new(LruCache::new(texts)) }
    }

    /// The vector of a text as the encoder is given it, if it was among the latest.
    pub(super) fn get(&self, text: &str) -> Option<Vec<f32>> {
        let mut vectors = self.vectors();
        if vectors.capacity() == 0 {
            return None;
        }
        let found = vectors.get(&key(text)).cloned();
        drop(vectors);
        let outcome = if found.is_some() { "hit" } else { "miss" };
        metrics::counter!(observe::REPEATED_TEXTS_TOTAL, "outcome" => outcome).increment(1);
        found
    }

    pub(super) fn keep(&self, text: &str, vector: &[f32]) {
        let mut vectors = self.vectors();
        if vectors.capacity() > 0 {
            vectors.insert(key(text), vector.to_vec());
        }
    }

    fn vectors(&self) -> MutexGuard<'_, LruCache<Key, Vec<f32>>> {
        // Entries are whole: a panic elsewhere leaves nothing half done in here.
        self.vectors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(text: &str) -> Key {
    Sha256::digest(text.as_bytes()).into()
}
