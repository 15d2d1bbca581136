//! One optimiser step: the batch cut into shards, one thread each, gradients summed.

use candle_core::Tensor;
use candle_core::backprop::GradStore;

use super::Material;
use super::batches::Batch;
use crate::encoder::{Bert, Dropout, Mode, PackedBatch};
use crate::train::TrainError;
use crate::train::adam::AdamW;
use crate::train::probe::{HeadVariables, loss};
use crate::train::shards::Shards;

/// What a step reads and never changes by itself.
pub(super) struct Learner<'a> {
    pub(super) bert: &'a Bert,
    pub(super) heads: &'a [HeadVariables],
    pub(super) material: &'a Material<'a>,
    pub(super) shards: &'a Shards,
}

impl Learner<'_> {
    /// Moves all variables once; returns the batch's loss before.
    pub(super) fn step(
        &self,
        batch: &Batch,
        seed: u64,
        rate: f64,
        optimiser: &mut AdamW,
    ) -> Result<f64, TrainError> {
        let labelled: Vec<usize> = self
            .material
            .learn
            .tasks
            .iter()
            .map(|task| batch.rows.iter().filter(|row| task.targets[**row].is_some()).count())
            .collect();
        let parts = self.shards.run(|shard| {
            let share = batch.share(shard, self.shards.count());
            if share.rows.is_empty() {
                return Ok(None);
            }
            let seed = seed.wrapping_mul(31).wrapping_add(shard as u64);
            self.gradients(&share, &labelled, batch.rows.len(), seed)
        });
        let mut sum = 0.0;
        let mut gradients = Vec::with_capacity(parts.len());
        for part in parts {
            if let Some((value, store)) = part? {
                sum += value;
                gradients.push(store);
            }
        }
        optimiser.step(&gradients, rate, self.material.plan.clip)?;
        Ok(sum)
    }

    /// Loss and gradients of one shard; `labelled` counts the rows of the whole batch that carry
    /// each task's label and `rows` all of them, so that the shards' losses add up to the batch's.
    fn gradients(
        &self,
        batch: &Batch,
        labelled: &[usize],
        rows: usize,
        seed: u64,
    ) -> Result<Option<(f64, GradStore)>, TrainError> {
        let plan = &self.material.plan;
        let dropout = Dropout::new(plan.dropout, seed);
        let packed = PackedBatch::new(&batch.sequences);
        let (pooled, states) = match self.material.teacher {
            Some(_) => self.bert.pooled_with_states(&packed, Mode::Training(&dropout))?,
            None => (self.bert.pooled(&packed, Mode::Training(&dropout))?, Vec::new()),
        };
        let scaled = dropout.apply(&self.material.scaling.apply(&pooled)?)?;
        let mut total = Vec::new();
        let mut outputs = Vec::with_capacity(self.heads.len());
        let tasks = self.heads.iter().zip(&self.material.learn.tasks).zip(labelled);
        for ((head, task), labelled) in tasks {
            let targets: Vec<Option<u32>> =
                batch.rows.iter().map(|row| task.targets[*row]).collect();
            let here = targets.iter().flatten().count();
            let logits = head.forward(&scaled)?;
            if let Some(loss) = loss(&logits, &targets, plan.smoothing)? {
                total.push((loss * (task.weight * here as f64 / *labelled as f64))?);
            }
            outputs.push(logits);
        }
        if let Some(teacher) = self.material.teacher {
            let distance = teacher.read(&packed)?.distance(&pooled, &states, &outputs)?;
            total.push((distance * (batch.rows.len() as f64 / rows as f64))?);
        }
        if total.is_empty() {
            return Ok(None);
        }
        let total = Tensor::stack(&total, 0)?.sum_all()?;
        Ok(Some((f64::from(total.to_scalar::<f32>()?), total.backward()?)))
    }
}
