//! What do these questions mean? Vectors of the encoder, each computed once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;

use super::{Gap, MOST, ReadGap};
use crate::desk::Reads;
use crate::store::Said;
use crate::text::{self, PreparedText};

/// Time that a report waits for vectors. The others are computed meanwhile, for the next report.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// Questions that are read at the same time: few, since customers' messages need the encoder too.
const AT_ONCE: usize = 2;
/// Vectors kept.
const KEPT: usize = 4 * MOST;
/// Characters read of a question.
const LONGEST: usize = 600;

/// The vectors computed so far, by turn.
#[derive(Debug, Default)]
pub struct Vectors {
    known: Mutex<HashMap<String, Arc<[f32]>>>,
    /// Held by the one who computes.
    computing: tokio::sync::Mutex<()>,
}

impl Vectors {
    /// The questions with their vectors, as far as they are known or can be computed in short time;
    /// the latest first.
    pub async fn of(
        self: &Arc<Self>,
        reads: &Arc<dyn Reads>,
        gaps: &[Gap],
        said: Vec<Said>,
    ) -> Vec<ReadGap> {
        let gaps: HashMap<i64, &Gap> = gaps.iter().map(|gap| (gap.number, gap)).collect();
        let mut wanted: Vec<(String, Gap, PreparedText)> = said
            .into_iter()
            .filter_map(|said| {
                let gap = *gaps.get(&said.number)?;
                Some((said.turn_id, gap.clone(), prepared(&said.text, gap)))
            })
            .collect();
        wanted.sort_by_key(|(_, gap, _)| std::cmp::Reverse((gap.at, gap.number)));
        self.forget_but(&wanted);
        let missing: Vec<(String, PreparedText)> = wanted
            .iter()
            .filter(|(turn_id, ..)| self.known(turn_id).is_none())
            .map(|(turn_id, _, text)| (turn_id.clone(), text.clone()))
            .collect();
        if !missing.is_empty() {
            let work = Arc::clone(self).compute(Arc::clone(reads), missing);
            // It goes on when patience ends.
            let _ = tokio::time::timeout(PATIENCE, tokio::spawn(work)).await;
        }
        wanted
            .into_iter()
            .filter_map(|(turn_id, gap, text)| {
                let vector = self.known(&turn_id)?;
                Some(ReadGap { gap, text: text.cleaned, vector })
            })
            .collect()
    }

    /// Computes vectors one after the other. Ends where the encoder has enough to do: customers come
    /// first.
    async fn compute(self: Arc<Self>, reads: Arc<dyn Reads>, texts: Vec<(String, PreparedText)>) {
        let _computing = self.computing.lock().await;
        let mut readings = futures::stream::iter(texts)
            .filter(|(turn_id, _)| std::future::ready(self.known(turn_id).is_none()))
            .map(|(turn_id, text)| {
                let reads = &reads;
                async move { (turn_id, reads.read(text).await) }
            })
            .buffer_unordered(AT_ONCE);
        while let Some((turn_id, Ok(reading))) = readings.next().await {
            self.lock().insert(turn_id, reading.embedding.into());
        }
    }

    fn known(&self, turn_id: &str) -> Option<Arc<[f32]>> {
        self.lock().get(turn_id).cloned()
    }

    /// Makes room: beyond the limit, only what is wanted now is kept.
    fn forget_but(&self, wanted: &[(String, Gap, PreparedText)]) {
        let mut known = self.lock();
        if known.len() + wanted.len() > KEPT {
            let wanted: HashSet<&str> =
                wanted.iter().map(|(turn_id, ..)| turn_id.as_str()).collect();
            known.retain(|turn_id, _| wanted.contains(turn_id.as_str()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<[f32]>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The question as the encoder reads it.
fn prepared(text: &str, gap: &Gap) -> PreparedText {
    let mut prepared = text::prepare(text, Some(gap.language));
    if let Some((end, _)) = prepared.cleaned.char_indices().nth(LONGEST) {
        prepared.cleaned.truncate(end);
    }
    prepared
}
