//! What do these questions mean? Vectors of the encoder, each computed once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use tokio::time::Instant;

use super::{Gap, MOST, ReadGap};
use crate::desk::Reads;
use crate::store::Said;
use crate::text;

/// Time that a report waits for vectors. What is missing then is computed by the next report.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// Questions that are read at the same time: few, since customers' messages need the encoder too.
const AT_ONCE: usize = 4;
/// Vectors kept.
const KEPT: usize = 4 * MOST;
/// Characters read of a question.
const LONGEST: usize = 600;

/// The vectors computed so far, by turn.
#[derive(Debug, Default)]
pub struct Vectors {
    known: Mutex<HashMap<String, Arc<[f32]>>>,
}

impl Vectors {
    /// The questions with their vectors, as far as they are known or can be computed in short time.
    /// Stops at once where the encoder has enough to do.
    pub async fn of(&self, reads: &dyn Reads, gaps: &[Gap], said: Vec<Said>) -> Vec<ReadGap> {
        let gaps: HashMap<i64, &Gap> = gaps.iter().map(|gap| (gap.number, gap)).collect();
        let wanted: Vec<(Said, Gap)> = said
            .into_iter()
            .filter_map(|said| gaps.get(&said.number).map(|gap| (said, (*gap).clone())))
            .collect();
        self.forget_but(&wanted);
        let deadline = Instant::now() + PATIENCE;
        let mut readings = futures::stream::iter(wanted)
            .map(|(said, gap)| self.read(reads, said, gap, deadline))
            .buffered(AT_ONCE);
        let mut read = Vec::new();
        while let Some(question) = readings.next().await {
            read.extend(question);
        }
        read
    }

    async fn read(
        &self,
        reads: &dyn Reads,
        said: Said,
        gap: Gap,
        deadline: Instant,
    ) -> Option<ReadGap> {
        let mut prepared = text::prepare(&said.text, Some(gap.language));
        if let Some((end, _)) = prepared.cleaned.char_indices().nth(LONGEST) {
            prepared.cleaned.truncate(end);
        }
        let text = prepared.cleaned.clone();
        if let Some(vector) = self.known(&said.turn_id) {
            return Some(ReadGap { gap, text, vector });
        }
        let reading = tokio::time::timeout_at(deadline, reads.read(prepared)).await.ok()?.ok()?;
        let vector: Arc<[f32]> = reading.embedding.into();
        self.lock().insert(said.turn_id, Arc::clone(&vector));
        Some(ReadGap { gap, text, vector })
    }

    fn known(&self, turn_id: &str) -> Option<Arc<[f32]>> {
        self.lock().get(turn_id).cloned()
    }

    /// Makes room: beyond the limit, only what is wanted now is kept.
    fn forget_but(&self, wanted: &[(Said, Gap)]) {
        let mut known = self.lock();
        if known.len() + wanted.len() > KEPT {
            let wanted: HashSet<&str> =
                wanted.iter().map(|(said, _)| said.turn_id.as_str()).collect();
            known.retain(|turn_id, _| wanted.contains(turn_id.as_str()));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<[f32]>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
