//! How good would heads be that are trained on these rows? Each part of the rows is read by heads
//! that have seen only the others, as `lotse train` makes them: fitted on the vectors of the base,
//! calibrated on a sixth that is held back.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};
use sha2::{Digest, Sha256};

use super::calibrate::{of_head, temperature};
use super::labels::{self, Task, Vocabulary};
use super::probe::{HeadVariables, SHRINKAGE, Scaling, fit_head};
use super::scope::without_distance;
use super::workshop::{FEWEST_VALIDATION_ROWS, HELD_BACK};
use super::{LabelledRow, TrainError};
use crate::classifier::{Classifier, Logits, ScopeCalibration, sigmoid, softmax};
use crate::text::{PreparedText, prepare};

/// Rows that are encoded between two steps of the progress.
const ENCODED_AT_ONCE: usize = 32;

/// How to cut the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldPlan {
    /// Parts; each is read by heads that are trained on the others.
    pub folds: usize,
    /// Shares of the training rows that heads are trained on, each above 0 and at most 1.
    pub shares: Vec<f64>,
    /// Label of rows that are out of scope.
    pub out_of_scope: String,
}

/// A step of the work, for a bar of progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldStep {
    /// So many rows are encoded.
    Encoded(usize),
    /// The heads of one fold and share are trained and tried.
    Trained,
}

/// What heads trained on a share of the other parts say of one part of the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldReadings {
    /// Number of the part, from 0.
    pub fold: usize,
    /// Share of the rows of the other parts that the heads are trained on.
    pub share: f64,
    /// Those rows, with the ones held back for calibration.
    pub training_rows: usize,
    /// Readings by head; a head that the rows could not train is missing.
    pub heads: BTreeMap<String, Vec<HeldOutReading>>,
}

/// What a head says of a row that it has not seen.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldOutReading {
    /// What the row says.
    pub gold: String,
    /// What the head says.
    pub predicted: String,
    /// The stated probability: of the predicted label, or, for the head `scope`, of being in scope.
    pub confidence: f32,
    /// Whether what the probability is about is so.
    pub came_true: bool,
}

/// Cuts the rows into parts, trains heads on the others and reads each part, with every share of the
/// plan. Each row is encoded once. Rows with the same text stay together, and every part gets its
/// share of every intent.
pub fn train_in_folds(
    base: &Classifier,
    rows: &[LabelledRow],
    plan: &FoldPlan,
    mut progress: impl FnMut(FoldStep),
) -> Result<Vec<FoldReadings>, TrainError> {
    if plan.folds < 2 || rows.len() < plan.folds * FEWEST_VALIDATION_ROWS {
        return Err(TrainError::Labels(format!(
            "{} rows cannot be cut into {} parts: give at least 2 parts and \
             {FEWEST_VALIDATION_ROWS} rows for each",
            rows.len(),
            plan.folds
        )));
    }
    let vocabulary = Vocabulary::of(rows, &plan.out_of_scope);
    let all = Labelled {
        tasks: labels::trainable(labels::tasks(rows, &plan.out_of_scope, &vocabulary)),
        vectors: encode(base, rows, &mut progress)?,
    };
    if all.tasks.is_empty() {
        return Err(TrainError::Labels(
            "no label has 10 rows and two values: give more rows with `intent`, `sentiment` or \
             `tier`"
                .to_owned(),
        ));
    }
    let parts = deal(rows, plan.folds);
    let mut readings = Vec::new();
    for fold in 0..plan.folds {
        let others: Vec<usize> = (0..rows.len()).filter(|row| parts[*row] != fold).collect();
        let others = mixed(rows, others);
        let held_out: Vec<usize> = (0..rows.len()).filter(|row| parts[*row] == fold).collect();
        for share in &plan.shares {
            let count = (others.len() as f64 * share).round() as usize;
            let chosen = &others[..count.clamp(1, others.len())];
            readings.push(FoldReadings {
                fold,
                share: *share,
                training_rows: chosen.len(),
                heads: read_part(&all, chosen, &held_out)?,
            });
            progress(FoldStep::Trained);
        }
    }
    Ok(readings)
}

/// Rows as the heads see them.
struct Labelled {
    tasks: Vec<Task>,
    /// Pooled vectors `[rows][hidden_size]`.
    vectors: Vec<Vec<f32>>,
}

impl Labelled {
    /// Some of the rows, by index.
    fn select(&self, rows: &[usize]) -> Self {
        let tasks = self.tasks.iter().map(|task| Task {
            targets: rows.iter().map(|row| task.targets[*row]).collect(),
            ..task.clone()
        });
        let vectors = rows.iter().map(|row| self.vectors[*row].clone()).collect();
        Self { tasks: tasks.collect(), vectors }
    }

    fn tensor(&self, device: &Device) -> Result<Tensor, TrainError> {
        let width = self.vectors.first().map_or(0, Vec::len);
        Ok(Tensor::from_vec(self.vectors.concat(), (self.vectors.len(), width), device)?)
    }
}

fn encode(
    base: &Classifier,
    rows: &[LabelledRow],
    progress: &mut impl FnMut(FoldStep),
) -> Result<Vec<Vec<f32>>, TrainError> {
    let texts: Vec<PreparedText> = rows.iter().map(|row| prepare(&row.text, row.lang)).collect();
    let mut vectors = Vec::with_capacity(texts.len());
    for chunk in texts.chunks(ENCODED_AT_ONCE) {
        vectors.extend(base.pooled_vectors(chunk)?);
        progress(FoldStep::Encoded(chunk.len()));
    }
    Ok(vectors)
}

/// Order of rows that depends on their texts alone.
fn key(row: &LabelledRow) -> (Option<&str>, Vec<u8>) {
    (row.intent.as_deref(), Sha256::digest(row.text.trim().as_bytes()).to_vec())
}

/// The part of each row: texts in the order of intent and hash are dealt round.
fn deal(rows: &[LabelledRow], folds: usize) -> Vec<usize> {
    let mut parts: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut keys: Vec<_> = rows.iter().map(key).collect();
    keys.sort_unstable();
    for (_, hash) in keys {
        let next = parts.len() % folds;
        parts.entry(hash).or_insert(next);
    }
    rows.iter().map(|row| parts[&key(row).1]).collect()
}

/// The rows in an order whose every beginning holds about the same share of every intent.
fn mixed(rows: &[LabelledRow], mut chosen: Vec<usize>) -> Vec<usize> {
    chosen.sort_by_cached_key(|row| key(&rows[*row]));
    let mut placed: Vec<(f64, usize)> = Vec::with_capacity(chosen.len());
    for group in chosen.chunk_by(|left, right| rows[*left].intent == rows[*right].intent) {
        let size = group.len() as f64;
        placed.extend(
            group.iter().enumerate().map(|(index, row)| ((index as f64 + 0.5) / size, *row)),
        );
    }
    placed.sort_by(|left, right| left.0.total_cmp(&right.0));
    placed.into_iter().map(|(_, row)| row).collect()
}

/// Trains heads on the rows `chosen` and reads the rows `held_out`.
fn read_part(
    all: &Labelled,
    chosen: &[usize],
    held_out: &[usize],
) -> Result<BTreeMap<String, Vec<HeldOutReading>>, TrainError> {
    let device = Device::Cpu;
    let (valid, fitted): (Vec<_>, Vec<_>) =
        chosen.iter().copied().enumerate().partition(|(index, _)| index % HELD_BACK == 0);
    let rows = |part: Vec<(usize, usize)>| part.into_iter().map(|(_, row)| row).collect::<Vec<_>>();
    let (valid, fitted) = (all.select(&rows(valid)), all.select(&rows(fitted)));
    let held_out = all.select(held_out);
    let tasks = labels::trainable(fitted.tasks.clone());
    if tasks.is_empty() {
        return Ok(BTreeMap::new());
    }
    let scaling = Scaling::measure(&fitted.vectors);
    let scaled = scaling.apply(&fitted.tensor(&device)?)?;
    let heads = tasks
        .iter()
        .map(|task| Ok((task.name, fit_head(&scaled, task, SHRINKAGE, &device)?)))
        .collect::<Result<BTreeMap<_, _>, TrainError>>()?;
    let calibration = Calibration::fit(&valid, &outputs(&heads, &valid, &scaling, &device)?);
    let outputs = outputs(&heads, &held_out, &scaling, &device)?;
    let trained = held_out.tasks.iter().filter(|task| heads.contains_key(task.name));
    Ok(trained.map(|task| (task.name.to_owned(), calibration.read(task, &outputs))).collect())
}

/// Raw outputs of all heads, by row.
fn outputs(
    heads: &BTreeMap<&'static str, HeadVariables>,
    rows: &Labelled,
    scaling: &Scaling,
    device: &Device,
) -> Result<Vec<Logits>, TrainError> {
    let mut outputs = vec![Logits::new(); rows.vectors.len()];
    if outputs.is_empty() {
        return Ok(outputs);
    }
    let scaled = scaling.apply(&rows.tensor(device)?)?;
    for (name, head) in heads {
        let logits = head.forward(&scaled)?.to_vec2::<f32>()?;
        for (row, logits) in outputs.iter_mut().zip(logits) {
            row.insert((*name).to_owned(), logits);
        }
    }
    Ok(outputs)
}

/// How raw outputs become probabilities.
struct Calibration {
    temperatures: BTreeMap<&'static str, f32>,
    scope: Option<ScopeCalibration>,
}

impl Calibration {
    /// Fits on rows that were held back; with too few of them outputs are taken as they are.
    fn fit(valid: &Labelled, outputs: &[Logits]) -> Self {
        if valid.vectors.len() < FEWEST_VALIDATION_ROWS {
            return Self { temperatures: BTreeMap::new(), scope: None };
        }
        let scope = valid.tasks.iter().find(|task| task.name == "scope");
        let scope = scope.filter(|_| outputs.iter().any(|row| row.contains_key("scope")));
        Self {
            temperatures: valid
                .tasks
                .iter()
                .map(|task| (task.name, temperature(&of_head(outputs, task.name), &task.targets).0))
                .collect(),
            scope: scope.and_then(|task| without_distance(outputs, task)),
        }
    }

    /// What the head of `task` says of the rows that carry its label.
    fn read(&self, task: &Task, outputs: &[Logits]) -> Vec<HeldOutReading> {
        let targets = outputs.iter().zip(&task.targets);
        targets.filter_map(|(row, target)| Some(self.read_row(task, row, (*target)?))).collect()
    }

    fn read_row(&self, task: &Task, row: &Logits, target: u32) -> HeldOutReading {
        let gold = task.labels[target as usize].clone();
        if task.name == "scope" {
            let (confidence, limit) = match &self.scope {
                Some(scope) => (scope.probability(row, 0.0), scope.threshold),
                None => (sigmoid(row[task.name][0]), 0.5),
            };
            let predicted = task.labels[usize::from(confidence >= limit)].clone();
            return HeldOutReading { gold, predicted, confidence, came_true: target == 1 };
        }
        let logits = &row[task.name];
        // One output stands for two labels whose logits are 0 and itself.
        let logits = if logits.len() == 1 { vec![0.0, logits[0]] } else { logits.clone() };
        let shares = softmax(&logits, self.temperatures.get(task.name).copied().unwrap_or(1.0));
        let (index, confidence) = shares
            .into_iter()
            .enumerate()
            .max_by(|left, right| left.1.total_cmp(&right.1))
            .unwrap_or((0, 0.0));
        let predicted = task.labels[index].clone();
        HeldOutReading { came_true: gold == predicted, gold, predicted, confidence }
    }
}
