//! What did the encoder make of a text that comes again? The same few questions make a good part of
//! what a chat widget sends.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hashlink::LruCache;
use sha2::{Digest, Sha256};

use crate::observe;

/// Which text it is: its words are not kept.
type Key = [u8; 32];

/// Pooled vectors of the latest texts; some 1.6 kB each with the shipped pack. None keeps none.
pub(super) struct Repeated(Option<Mutex<LruCache<Key, Vec<f32>>>>);

impl Repeated {
    /// Of so many texts; 0 keeps none.
    pub(super) fn new(texts: usize) -> Self {
        Self((texts > 0).then(|| Mutex::new(LruCache::new(texts))))
    }

    /// The vector of a text as the encoder is given it, if it was among the latest.
    pub(super) fn get(&self, text: &str) -> Option<Vec<f32>> {
        let vectors = self.0.as_ref()?;
        let key = key(text);
        let found = lock(vectors).get(&key).cloned();
        let outcome = if found.is_some() { "hit" } else { "miss" };
        metrics::counter!(observe::REPEATED_TEXTS_TOTAL, "outcome" => outcome).increment(1);
        found
    }

    pub(super) fn keep(&self, text: &str, vector: &[f32]) {
        if let Some(vectors) = &self.0 {
            let (key, vector) = (key(text), vector.to_vec());
            lock(vectors).insert(key, vector);
        }
    }
}

fn lock<T>(vectors: &Mutex<T>) -> MutexGuard<'_, T> {
    // Entries are whole: a panic elsewhere leaves nothing half done in here.
    vectors.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(text: &str) -> Key {
    Sha256::digest(text.as_bytes()).into()
}
