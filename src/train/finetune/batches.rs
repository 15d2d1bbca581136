//! Which rows does each step see?

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::Material;
use super::augment::augment;
use crate::train::TrainError;

/// Batches whose rows are sorted by length together before they are cut.
const SORTED_TOGETHER: usize = 12;

/// Rows of one step with their tokens.
#[derive(Clone)]
pub(super) struct Batch {
    pub(super) rows: Vec<usize>,
    pub(super) sequences: Vec<Vec<u32>>,
}

impl Batch {
    /// Every `of`-th row from `shard` on: the batch is sorted by length, so shares cost the same.
    pub(super) fn share(&self, shard: usize, of: usize) -> Self {
        Self {
            rows: self.rows.iter().skip(shard).step_by(of).copied().collect(),
            sequences: self.sequences.iter().skip(shard).step_by(of).cloned().collect(),
        }
    }
}

/// One epoch's batches, the same for the same seed: rows shuffled, changed as other customers would
/// type them, and put beside rows of similar length.
pub(super) fn batches(
    material: &Material,
    seed: u64,
    epoch: usize,
) -> Result<Vec<Batch>, TrainError> {
    let plan = &material.plan;
    let mut random = StdRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(epoch as u64));
    let mut order: Vec<usize> = (0..material.learn.texts.len()).collect();
    order.shuffle(&mut random);
    let mut batches = Vec::new();
    for window in order.chunks(plan.batch * SORTED_TOGETHER) {
        let mut rows = window
            .iter()
            .map(|row| {
                let text = augment(
                    &material.learn.texts[*row],
                    material.learn.languages[*row],
                    plan.augmented,
                    &mut random,
                );
                let base = material.base;
                let mut ids = base.tokenizer.encode(&base.prefix, &text)?;
                ids.truncate(plan.tokens);
                Ok((*row, ids))
            })
            .collect::<Result<Vec<_>, TrainError>>()?;
        rows.sort_by_key(|(_, ids)| ids.len());
        for chunk in rows.chunks(plan.batch) {
            let (rows, sequences) = chunk.iter().cloned().unzip();
            batches.push(Batch { rows, sequences });
        }
    }
    batches.shuffle(&mut random);
    Ok(batches)
}
