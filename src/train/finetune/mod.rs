//! How is the whole encoder trained? All heads at once, rows augmented anew in every epoch.

mod augment;
mod batches;
mod checkpoint;
mod spoken;
mod step;

use std::path::Path;
use std::time::{Duration, Instant};

use candle_core::{Device, Tensor, Var};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use self::batches::{Batch, batches};
use self::checkpoint::{Checkpoint, Progress, State};
use self::step::Learner;
use super::TrainError;
use super::adam::AdamW;
use super::base::Base;
use super::calibrate;
use super::distil::Teacher;
use super::labels::Task;
use super::probe::{HeadVariables, Scaling};
use super::shards::Shards;
use super::workshop::Lessons;
use crate::encoder::{Bert, StoredTensor};

/// How the whole encoder is trained.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) epochs: usize,
    /// Of every twelve layers, how many of the lowest stay as the base has them: these read words,
    /// which no message of one company needs to teach them anew.
    pub(super) frozen_of_twelve: usize,
    /// Epochs without a better validation loss after which training stops.
    pub(super) patience: usize,
    /// Ships the state after the last epoch and not that of the best one.
    pub(super) keep_last: bool,
    /// Share of the rows that an epoch changes as other customers would type them.
    pub(super) augmented: f64,
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
            epochs: 8,
            frozen_of_twelve: 4,
            patience: 2,
            keep_last: false,
            augmented: 0.5,
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

impl Plan {
    /// For 5 to 20 rows an intent.
    pub(super) fn few() -> Self {
        Self { epochs: 10, patience: 10, batch: 16, rate: 1e-4, ..Self::default() }
    }
}

/// Steps between two lines of a log, where there is no terminal to draw a bar on.
const LOG_EVERY: usize = 50;

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(90);

/// What fine-tuning works on.
pub(super) struct Material<'a> {
    pub(super) base: &'a Base,
    pub(super) learn: &'a Lessons,
    /// What epochs are judged by.
    pub(super) check: &'a Lessons,
    pub(super) scaling: &'a Scaling,
    pub(super) plan: Plan,
    pub(super) seed: u64,
    /// Where checkpoints are written.
    pub(super) out: &'a Path,
    pub(super) shards: &'a Shards,
    /// What a smaller encoder learns from.
    pub(super) teacher: Option<&'a Teacher>,
}

/// Values of all variables at the best epoch.
pub(super) struct Tuned {
    pub(super) encoder: Vec<(String, StoredTensor)>,
    pub(super) heads: Vec<HeadVariables>,
}

/// Trains encoder and heads together and returns the state of the epoch with the least validation
/// loss. An interrupted run of the same data and settings goes on from its last checkpoint.
pub(super) fn finetune(
    material: &Material,
    heads: Vec<HeadVariables>,
    device: &Device,
) -> Result<Tuned, TrainError> {
    let (base, plan) = (material.base, &material.plan);
    let frozen = base.config.num_hidden_layers * plan.frozen_of_twelve / 12;
    let frozen = material.teacher.map_or(frozen, |teacher| frozen.min(teacher.undisturbed()));
    let bert = Bert::trainable(&base.config, &base.weights, device, frozen)?;
    let mut run = Run::new(material, &bert, &heads);
    if run.resume(device)? {
        eprintln!("going on after step {} of an interrupted run", run.progress.step);
    }
    let learner = Learner { bert: &bert, heads: &heads, material, shards: material.shards };
    run.through_epochs(&learner, device)?;
    run.restore_best()?;
    Ok(Tuned { encoder: bert.trained()?, heads })
}

/// A run of training: what it has reached and what it would need to go on after a kill.
struct Run<'a> {
    material: &'a Material<'a>,
    variables: Vec<Var>,
    optimiser: AdamW,
    progress: Progress,
    /// Values of all variables at the best epoch so far.
    best: Vec<Tensor>,
    checkpoint: Checkpoint,
    saved: Instant,
}

impl<'a> Run<'a> {
    fn new(material: &'a Material, bert: &Bert, heads: &[HeadVariables]) -> Self {
        let plan = &material.plan;
        let layers = material.base.config.num_hidden_layers;
        let encoder = bert.variables().iter().map(|(name, variable)| {
            let depth = layers - 1 - layer_of(name).unwrap_or(0);
            let decay = if name.ends_with("dense.weight") { plan.weight_decay } else { 0.0 };
            (variable.clone(), plan.layer_share.powf(depth as f64), decay)
        });
        let heads = heads
            .iter()
            .flat_map(|head| [head.weight.clone(), head.bias.clone()])
            .map(|variable| (variable, plan.head_factor, plan.weight_decay));
        let slots: Vec<(Var, f64, f64)> = encoder.chain(heads).collect();
        let variables: Vec<Var> = slots.iter().map(|(variable, _, _)| variable.clone()).collect();
        Self {
            material,
            best: Vec::new(),
            variables,
            optimiser: AdamW::new(slots),
            progress: Progress::default(),
            checkpoint: Checkpoint::new(material.out, fingerprint(material)),
            saved: Instant::now(),
        }
    }

    fn through_epochs(&mut self, learner: &Learner, device: &Device) -> Result<(), TrainError> {
        let plan = &self.material.plan;
        let each = self.material.learn.texts.len().div_ceil(plan.batch);
        let bar = progress_bar((plan.epochs * each) as u64);
        bar.set_position(self.progress.step as u64);
        while self.progress.step < plan.epochs * each && self.progress.stale < plan.patience {
            let epoch = self.progress.step / each;
            let done = self.progress.step % each;
            for batch in batches(self.material, self.material.seed, epoch)?.iter().skip(done) {
                self.step(learner, batch, plan.epochs * each)?;
                bar.set_message(format!(
                    "epoch {}/{} loss {:.3}",
                    epoch + 1,
                    plan.epochs,
                    self.progress.loss
                ));
                bar.inc(1);
                if bar.is_hidden() && self.progress.step.is_multiple_of(LOG_EVERY) {
                    eprintln!(
                        "step {} of {}: loss {:.3}",
                        self.progress.step,
                        plan.epochs * each,
                        self.progress.loss
                    );
                }
            }
            let Material { scaling, check, .. } = self.material;
            let Learner { shards, bert, heads, .. } = learner;
            let (loss, accuracy) = validate(shards, bert, heads, scaling, check, device)?;
            bar.suspend(|| {
                eprintln!(
                    "epoch {}: training loss {:.3}, validation loss {loss:.3}, validation accuracy {}",
                    epoch + 1,
                    self.progress.loss,
                    describe(&self.material.check.tasks, &accuracy)
                );
            });
            self.judge(loss)?;
            self.save()?;
        }
        bar.finish_and_clear();
        if self.progress.stale >= plan.patience {
            eprintln!("stopped early: no better for {} epochs", plan.patience);
        }
        self.checkpoint.remove();
        Ok(())
    }

    fn step(&mut self, learner: &Learner, batch: &Batch, steps: usize) -> Result<(), TrainError> {
        let plan = &self.material.plan;
        let rate = plan.rate * schedule(self.progress.step, steps, plan.warm_up);
        let seed = self.material.seed.wrapping_mul(7_919).wrapping_add(self.progress.step as u64);
        let loss = learner.step(batch, seed, rate, &mut self.optimiser)?;
        let progress = &mut self.progress;
        progress.loss = if progress.step == 0 { loss } else { 0.95 * progress.loss + 0.05 * loss };
        progress.step += 1;
        if self.saved.elapsed() > SAVE_EVERY {
            self.save()?;
        }
        Ok(())
    }

    /// Keeps the values if they are the best so far.
    fn judge(&mut self, loss: f64) -> Result<(), TrainError> {
        if self.material.plan.keep_last || self.progress.best.is_none_or(|best| loss < best) {
            self.progress.best = Some(loss);
            self.progress.stale = 0;
            self.best = self
                .variables
                .iter()
                .map(|variable| variable.as_tensor().copy())
                .collect::<Result<_, _>>()?;
        } else {
            self.progress.stale += 1;
        }
        Ok(())
    }

    fn restore_best(&self) -> Result<(), TrainError> {
        for (variable, value) in self.variables.iter().zip(&self.best) {
            variable.set(value)?;
        }
        Ok(())
    }

    fn save(&mut self) -> Result<(), TrainError> {
        let mut state = State::new();
        let moments = self.optimiser.moments()?;
        for (index, (variable, (first, second))) in self.variables.iter().zip(moments).enumerate() {
            state.insert(format!("value.{index}"), variable.as_tensor().clone());
            state.insert(format!("first.{index}"), first);
            state.insert(format!("second.{index}"), second);
        }
        for (index, best) in self.best.iter().enumerate() {
            state.insert(format!("best.{index}"), best.clone());
        }
        self.checkpoint.write(&self.progress, &state)?;
        self.saved = Instant::now();
        Ok(())
    }

    /// Takes up an interrupted run of the same data and settings; false if there is none.
    fn resume(&mut self, device: &Device) -> Result<bool, TrainError> {
        let Some((progress, mut state)) = self.checkpoint.read(device) else { return Ok(false) };
        let mut moments = Vec::with_capacity(self.variables.len());
        for (index, variable) in self.variables.iter().enumerate() {
            let mut take = |kind: &str| state.remove(&format!("{kind}.{index}"));
            let (Some(value), Some(first), Some(second)) =
                (take("value"), take("first"), take("second"))
            else {
                return Ok(false);
            };
            self.best.extend(take("best"));
            variable.set(&value)?;
            moments.push((first, second));
        }
        self.optimiser.resume(progress.step, moments)?;
        self.progress = progress;
        Ok(true)
    }
}

/// Hash of everything that decides the result of a run.
fn fingerprint(material: &Material) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{:?} {} {:?}", material.plan, material.seed, material.base.config));
    for text in &material.learn.texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    for task in material.learn.tasks.iter().chain(&material.check.tasks) {
        hash.update(format!("{task:?}"));
    }
    hash.update(format!("{:?}", material.check.sequences));
    // Two encoders of one shape differ in their norms.
    for (name, tensor) in material.base.weights.iter() {
        if name.ends_with("bias") {
            hash.update(name);
            tensor.to_f32().iter().for_each(|value| hash.update(value.to_le_bytes()));
        }
    }
    format!("{:x}", hash.finalize())
}

fn layer_of(name: &str) -> Option<usize> {
    name.strip_prefix("encoder.layer.")?.split('.').next()?.parse().ok()
}

/// Linear rise, then linear fall to zero.
fn schedule(step: usize, steps: usize, warm_up: f64) -> f64 {
    let place = (step + 1) as f64 / steps as f64;
    if place < warm_up { place / warm_up } else { (1.0 - place) / (1.0 - warm_up) + 1e-3 }
}

/// Weighted validation loss over all heads, each at its best temperature, and each head's accuracy.
pub(super) fn validate(
    shards: &Shards,
    bert: &Bert,
    heads: &[HeadVariables],
    scaling: &Scaling,
    check: &Lessons,
    device: &Device,
) -> Result<(f64, Vec<f64>), TrainError> {
    let pooled = shards.pooled(bert, &check.sequences, "reading the validation rows")?;
    let width = bert.config().hidden_size;
    let pooled = Tensor::from_vec(pooled.concat(), (check.texts.len(), width), device)?;
    let scaled = scaling.apply(&pooled)?;
    let mut sum = 0.0;
    let mut accuracies = Vec::new();
    for (head, task) in heads.iter().zip(&check.tasks) {
        let logits = head.forward(&scaled)?.to_vec2::<f32>()?;
        // Temperature is set once training is over, so that overconfidence alone is no reason to
        // call an epoch worse.
        let (_, loss) = calibrate::temperature(&logits, &task.targets);
        sum += task.weight * loss;
        accuracies.push(accuracy(&logits, &task.targets));
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
