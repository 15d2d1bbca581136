use candle_core::{Device, Tensor, Var};
use indicatif::{ProgressBar, ProgressStyle};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::TrainError;
use super::adam::AdamW;
use super::augment::augment;
use super::base::Base;
use super::labels::Task;
use super::probe::{HeadVariables, Scaling, loss};
use crate::encoder::{Bert, Dropout, Mode, PackedBatch};

/// How the whole encoder is trained.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) epochs: usize,
    /// One layer in this many, counted from below, stays as the base has it: the lowest ones read
    /// words, which no message of one company needs to teach them anew.
    pub(super) frozen_one_in: usize,
    /// Tokens of a row that training reads. The point of a message stands early, and a long row
    /// costs as much as ten short ones.
    pub(super) tokens: usize,
    pub(super) batch: usize,
    /// Highest learning rate, at the uppermost layer and the heads.
    pub(super) rate: f64,
    /// Each layer further down learns at this share of the layer above.
    pub(super) layer_share: f64,
    /// Share of the steps in which the rate rises; it falls in a straight line afterwards.
    pub(super) warm_up: f64,
    pub(super) weight_decay: f64,
    pub(super) dropout: f32,
    pub(super) smoothing: f64,
    pub(super) clip: f64,
    /// Heads start from a good fit and may move faster than the encoder.
    pub(super) head_factor: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            epochs: 4,
            frozen_one_in: 3,
            tokens: 128,
            batch: 32,
            rate: 1.5e-4,
            layer_share: 0.9,
            warm_up: 0.08,
            weight_decay: 0.01,
            dropout: 0.1,
            smoothing: 0.05,
            clip: 1.0,
            head_factor: 4.0,
        }
    }
}

/// Steps between two lines of a log, where there is no terminal to draw a bar on.
const LOG_EVERY: usize = 50;

/// Batches whose rows are sorted by length together before they are cut.
const SORTED_TOGETHER: usize = 12;

/// What fine-tuning works on.
pub(super) struct Material<'a> {
    pub(super) base: &'a Base,
    /// The training rows as a message is read: cleaned.
    pub(super) texts: &'a [String],
    pub(super) tasks: &'a [Task],
    pub(super) valid: &'a [Vec<u32>],
    pub(super) valid_tasks: &'a [Task],
    pub(super) scaling: &'a Scaling,
    pub(super) plan: Plan,
}

/// Values of all variables at the best epoch.
pub(super) struct Tuned {
    pub(super) encoder: Vec<(String, Tensor)>,
    pub(super) heads: Vec<HeadVariables>,
}

/// Trains encoder and heads together and returns the state of the epoch with the least validation
/// loss.
pub(super) fn finetune(
    material: &Material,
    heads: Vec<HeadVariables>,
    seed: u64,
    device: &Device,
) -> Result<Tuned, TrainError> {
    let (base, plan) = (material.base, material.plan);
    let layers = base.config.num_hidden_layers;
    let frozen = layers / plan.frozen_one_in;
    let bert = Bert::trainable(&base.config, &base.weights, device, frozen)?;
    let encoder = bert.variables().iter().map(|(name, variable)| {
        let depth = layers - 1 - layer_of(name).unwrap_or(0);
        let decay = if name.ends_with("dense.weight") { plan.weight_decay } else { 0.0 };
        (variable.clone(), plan.layer_share.powf(depth as f64), decay)
    });
    let head_variables = heads
        .iter()
        .flat_map(|head| [head.weight.clone(), head.bias.clone()])
        .map(|variable| (variable, plan.head_factor, plan.weight_decay));
    let mut optimiser = AdamW::new(encoder.chain(head_variables));

    let mut random = StdRng::seed_from_u64(seed);
    let dropout = Dropout::new(plan.dropout, seed ^ 1);
    let steps = plan.epochs * material.texts.len().div_ceil(plan.batch);
    let progress = progress_bar(steps as u64);
    let mut step = 0;
    let mut kept: Option<(f64, Vec<Tensor>)> = None;
    let everything: Vec<Var> = bert
        .variables()
        .iter()
        .map(|(_, variable)| variable.clone())
        .chain(heads.iter().flat_map(|head| [head.weight.clone(), head.bias.clone()]))
        .collect();
    for epoch in 1..=plan.epochs {
        let mut running = 0.0;
        for batch in batches(material, plan, &mut random)? {
            let rate = plan.rate * schedule(step, steps, plan.warm_up);
            let value =
                train_step(&bert, &heads, material, &batch, &dropout, rate, &mut optimiser)?;
            running = if step == 0 { value } else { 0.95 * running + 0.05 * value };
            step += 1;
            progress.set_message(format!("epoch {epoch}/{} loss {running:.3}", plan.epochs));
            progress.inc(1);
            if progress.is_hidden() && step.is_multiple_of(LOG_EVERY) {
                eprintln!("step {step} of {steps}: loss {running:.3}");
            }
        }
        let (validation, accuracy) = validate(&bert, &heads, material, device)?;
        progress.suspend(|| {
            eprintln!(
                "epoch {epoch}: training loss {running:.3}, validation loss {validation:.3}, \
                 validation accuracy {}",
                describe(material.valid_tasks, &accuracy)
            );
        });
        if kept.as_ref().is_none_or(|(least, _)| validation < *least) {
            let copies = everything
                .iter()
                .map(|variable| variable.as_tensor().copy())
                .collect::<Result<_, _>>()?;
            kept = Some((validation, copies));
        }
    }
    progress.finish_and_clear();
    if let Some((_, copies)) = kept {
        for (variable, value) in everything.iter().zip(copies) {
            variable.set(&value)?;
        }
    }
    let encoder = bert
        .variables()
        .iter()
        .map(|(name, variable)| (name.clone(), variable.as_tensor().clone()))
        .collect();
    Ok(Tuned { encoder, heads })
}

fn layer_of(name: &str) -> Option<usize> {
    name.strip_prefix("encoder.layer.")?.split('.').next()?.parse().ok()
}

/// Linear rise, then linear fall to zero.
fn schedule(step: usize, steps: usize, warm_up: f64) -> f64 {
    let place = (step + 1) as f64 / steps as f64;
    if place < warm_up { place / warm_up } else { (1.0 - place) / (1.0 - warm_up) + 1e-3 }
}

struct Batch {
    rows: Vec<usize>,
    sequences: Vec<Vec<u32>>,
}

/// One epoch's batches: rows shuffled, changed as other customers would type them, and put beside
/// rows of similar length.
fn batches(material: &Material, plan: Plan, random: &mut StdRng) -> Result<Vec<Batch>, TrainError> {
    let mut order: Vec<usize> = (0..material.texts.len()).collect();
    order.shuffle(random);
    let mut batches = Vec::new();
    for window in order.chunks(plan.batch * SORTED_TOGETHER) {
        let mut rows = window
            .iter()
            .map(|row| {
                let text = augment(&material.texts[*row], random);
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
    batches.shuffle(random);
    Ok(batches)
}

fn train_step(
    bert: &Bert,
    heads: &[HeadVariables],
    material: &Material,
    batch: &Batch,
    dropout: &Dropout,
    rate: f64,
    optimiser: &mut AdamW,
) -> Result<f64, TrainError> {
    let pooled = bert.pooled(&PackedBatch::new(&batch.sequences), Mode::Training(dropout))?;
    let scaled = dropout.apply(&material.scaling.apply(&pooled)?)?;
    let mut total: Option<Tensor> = None;
    for (head, task) in heads.iter().zip(material.tasks) {
        let targets: Vec<Option<u32>> = batch.rows.iter().map(|row| task.targets[*row]).collect();
        if let Some(loss) = loss(&head.forward(&scaled)?, &targets, material.plan.smoothing)? {
            let weighted = (loss * task.weight)?;
            total = Some(match total {
                Some(sum) => (sum + weighted)?,
                None => weighted,
            });
        }
    }
    let Some(total) = total else { return Ok(0.0) };
    optimiser.step(&total.backward()?, rate, material.plan.clip)?;
    Ok(f64::from(total.to_scalar::<f32>()?))
}

/// Weighted validation loss over all heads, and each head's accuracy.
fn validate(
    bert: &Bert,
    heads: &[HeadVariables],
    material: &Material,
    device: &Device,
) -> Result<(f64, Vec<f64>), TrainError> {
    let pooled = bert.pooled_all(material.valid, |_| {})?;
    let width = bert.config().hidden_size;
    let pooled = Tensor::from_vec(pooled.concat(), (material.valid.len(), width), device)?;
    let scaled = material.scaling.apply(&pooled)?;
    let mut sum = 0.0;
    let mut accuracies = Vec::new();
    for (head, task) in heads.iter().zip(material.valid_tasks) {
        let logits = head.forward(&scaled)?;
        if let Some(loss) = loss(&logits, &task.targets, 0.0)? {
            sum += task.weight * f64::from(loss.to_scalar::<f32>()?);
        }
        accuracies.push(accuracy(&logits.to_vec2::<f32>()?, &task.targets));
    }
    Ok((sum, accuracies))
}

/// Share of labelled rows whose greatest output is the right one.
pub(super) fn accuracy(logits: &[Vec<f32>], targets: &[Option<u32>]) -> f64 {
    let judged: Vec<bool> = logits
        .iter()
        .zip(targets)
        .filter_map(|(logits, target)| {
            let target = (*target)?;
            let found = if logits.len() == 1 {
                u32::from(logits[0] > 0.0)
            } else {
                let best = logits.iter().enumerate().max_by(|l, r| l.1.total_cmp(r.1));
                best.map_or(0, |(index, _)| index as u32)
            };
            Some(found == target)
        })
        .collect();
    judged.iter().filter(|right| **right).count() as f64 / judged.len().max(1) as f64
}

/// `intent 91.2 %, sentiment 84.0 % …`.
pub(super) fn describe(tasks: &[Task], accuracies: &[f64]) -> String {
    let parts: Vec<String> = tasks
        .iter()
        .zip(accuracies)
        .map(|(task, accuracy)| format!("{} {:.1} %", task.name, accuracy * 100.0))
        .collect();
    parts.join(", ")
}

fn progress_bar(steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {eta} left, {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(steps).with_style(style)
}
