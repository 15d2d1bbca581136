//! Does a message belong to any intent at all? Compares the well-known detectors on validation
//! rows and keeps the mixture that separates best.
//!
//! Where the rows hold none that are out of scope, intents take turns in being unknown: a classifier
//! that has never seen an intent meets its validation rows.

use candle_core::{Device, Tensor};

use super::TrainError;
use super::labels::Task;
use super::logistic::Logistic;
use super::probe::{HeadVariables, SHRINKAGE, Scaling, fit_head};
use super::whitening::{even_spread, within_groups};
use crate::classifier::{Logits, ScopeCalibration, Typicality};
use crate::evaluate::metrics::auroc;

/// Share of in-scope validation messages that the scope threshold may turn away.
const IN_SCOPE_LOSS: f64 = 0.02;

/// Parts in which detectors are compared.
const FOLDS: usize = 5;

/// Rows that the nearest-neighbour detector remembers at most.
const REMEMBERED: usize = 1_500;

/// By how much of the area under the curve a detector must better the others to be worth its memory.
const WORTH: f64 = 0.002;

/// Vectors and intents of training rows, in scope or not.
pub(super) struct Known<'a> {
    pub(super) pooled: &'a [Vec<f32>],
    /// The task `intent` for these rows.
    pub(super) intent: &'a Task,
}

/// Validation rows.
pub(super) struct Unseen<'a> {
    pub(super) pooled: &'a [Vec<f32>],
    pub(super) outputs: &'a [Logits],
    /// The task `intent` for these rows.
    pub(super) intent: &'a Task,
    /// The task `scope` for these rows, where training had rows out of scope.
    pub(super) scope: Option<&'a Task>,
}

/// What is kept.
pub(super) struct Scope {
    pub(super) calibration: ScopeCalibration,
    /// The distance that takes part in it.
    pub(super) distance: Option<Distance>,
}

/// What a message's distance is taken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distance {
    /// The mean of the nearest intent, in a space where rows of one intent scatter evenly.
    Intents,
    /// The nearest of a sample of the rows.
    Rows,
}

/// One validation row as the detectors see it.
struct Case {
    /// Scope logit, energy, greatest probability.
    scores: [f32; 3],
    /// Distance to the nearest intent, and to the nearest remembered row.
    distances: [f32; 2],
    in_scope: bool,
}

impl Case {
    fn features(&self, distance: Option<Distance>) -> Vec<f64> {
        let distance = distance.map_or(0.0, |kind| self.distances[kind as usize]);
        self.scores.iter().chain([&distance]).map(|value| f64::from(*value)).collect()
    }
}

/// Fits the probability of being in scope and its threshold. None where neither rows out of scope
/// nor enough intents are there.
pub(super) fn fit(
    known: &Known,
    unseen: &Unseen,
    device: &Device,
) -> Result<Option<Scope>, TrainError> {
    let cases = match unseen.scope {
        Some(scope) => labelled(unseen, scope, &typicalities(known, |_| true)),
        None => in_turns(known, unseen, device)?,
    };
    let outside = cases.iter().filter(|case| !case.in_scope).count();
    if outside < FOLDS || cases.len() - outside < FOLDS {
        return Ok(None);
    }
    let mixtures = [
        ("output, energy and probability", None),
        ("… with the distance to intents", Some(Distance::Intents)),
        ("… with the distance to rows", Some(Distance::Rows)),
    ];
    report_single(&cases, unseen.scope.is_some());
    let mut best: Option<(f64, Option<Distance>)> = None;
    for (name, kind) in mixtures {
        let area = cross_validated(&cases, kind);
        eprintln!("  {name}: {area:.4}");
        if best.as_ref().is_none_or(|(most, _)| area > most + WORTH) {
            best = Some((area, kind));
        }
    }
    Ok(best.map(|(_, kind)| Scope { calibration: calibration(&cases, kind), distance: kind }))
}

/// The distance over all of the known rows.
pub(super) fn typicality(known: &Known, distance: Distance) -> Typicality {
    let [intents, rows] = typicalities(known, |_| true);
    match distance {
        Distance::Intents => intents,
        Distance::Rows => rows,
    }
}

/// The detectors one by one, as areas under the curve on the validation rows.
fn report_single(cases: &[Case], has_head: bool) {
    let area = |score: &dyn Fn(&Case) -> f32| {
        let rows: Vec<(f32, bool)> =
            cases.iter().map(|case| (score(case), case.in_scope)).collect();
        auroc(&rows).unwrap_or(0.5)
    };
    eprintln!("telling what is out of scope, area under the curve on validation rows:");
    if has_head {
        eprintln!("  an output of its own: {:.4}", area(&|case| case.scores[0]));
    }
    eprintln!("  energy: {:.4}", area(&|case| case.scores[1]));
    eprintln!("  greatest probability: {:.4}", area(&|case| case.scores[2]));
    eprintln!("  distance to intents (Mahalanobis): {:.4}", area(&|case| -case.distances[0]));
    eprintln!("  distance to rows (nearest neighbour): {:.4}", area(&|case| -case.distances[1]));
}

/// Area under the curve where each part is judged by a mixture fitted on the others.
fn cross_validated(cases: &[Case], kind: Option<Distance>) -> f64 {
    let mut judged = Vec::with_capacity(cases.len());
    for fold in 0..FOLDS {
        let part = |index: usize| index % FOLDS == fold;
        let (features, targets) = table(cases, kind, |index| !part(index));
        let model = Logistic::fit(&features, &targets, 1.0);
        judged.extend(
            cases
                .iter()
                .enumerate()
                .filter(|(index, _)| part(*index))
                .map(|(_, case)| (model.probability(&case.features(kind)) as f32, case.in_scope)),
        );
    }
    auroc(&judged).unwrap_or(0.5)
}

fn table(
    cases: &[Case],
    kind: Option<Distance>,
    chosen: impl Fn(usize) -> bool,
) -> (Vec<Vec<f64>>, Vec<bool>) {
    cases
        .iter()
        .enumerate()
        .filter(|(index, _)| chosen(*index))
        .map(|(_, case)| (case.features(kind), case.in_scope))
        .unzip()
}

fn calibration(cases: &[Case], kind: Option<Distance>) -> ScopeCalibration {
    let (features, targets) = table(cases, kind, |_| true);
    let model = Logistic::fit(&features, &targets, 1.0);
    let mut inside: Vec<f64> = cases
        .iter()
        .filter(|case| case.in_scope)
        .map(|case| model.probability(&case.features(kind)))
        .collect();
    inside.sort_by(f64::total_cmp);
    let place = (inside.len() as f64 * IN_SCOPE_LOSS) as usize;
    ScopeCalibration {
        bias: model.bias as f32,
        logit: model.weights[0] as f32,
        energy: model.weights[1] as f32,
        maximum: model.weights[2] as f32,
        distance: model.weights[3] as f32,
        threshold: inside[place] as f32,
    }
}

fn labelled(unseen: &Unseen, scope: &Task, typicalities: &[Typicality; 2]) -> Vec<Case> {
    unseen
        .pooled
        .iter()
        .zip(unseen.outputs)
        .zip(&scope.targets)
        .filter_map(|((pooled, logits), target)| {
            Some(Case {
                scores: ScopeCalibration::scores(logits),
                distances: [0, 1].map(|kind| typicalities[kind].distance(pooled)),
                in_scope: (*target)? == 1,
            })
        })
        .collect()
}

/// Every fold of the intents is unknown once: heads and distances are fitted without its rows.
fn in_turns(known: &Known, unseen: &Unseen, device: &Device) -> Result<Vec<Case>, TrainError> {
    let mut cases = Vec::new();
    if known.intent.labels.len() < 2 * FOLDS {
        return Ok(cases);
    }
    let scaling = Scaling::measure(known.pooled);
    for fold in 0..FOLDS {
        let is_known = |intent: u32| intent as usize % FOLDS != fold;
        let rows: Vec<usize> = (0..known.pooled.len())
            .filter(|row| known.intent.targets[*row].is_some_and(is_known))
            .collect();
        let vectors: Vec<Vec<f32>> = rows.iter().map(|row| known.pooled[*row].clone()).collect();
        let width = vectors.first().map_or(0, Vec::len);
        let matrix = Tensor::from_vec(vectors.concat(), (rows.len(), width), device)?;
        let head =
            fit_head(&scaling.apply(&matrix)?, &known.intent.only(&rows), SHRINKAGE, device)?;
        let typicalities = typicalities(known, is_known);
        let logits = intent_logits(&head, &scaling, unseen.pooled, is_known, device)?;
        for ((pooled, logits), target) in
            unseen.pooled.iter().zip(logits).zip(&unseen.intent.targets)
        {
            let Some(target) = target else { continue };
            cases.push(Case {
                scores: ScopeCalibration::scores(&logits),
                distances: [0, 1].map(|kind| typicalities[kind].distance(pooled)),
                in_scope: is_known(*target),
            });
        }
    }
    Ok(cases)
}

/// Outputs of the known intents alone.
fn intent_logits(
    head: &HeadVariables,
    scaling: &Scaling,
    pooled: &[Vec<f32>],
    is_known: impl Fn(u32) -> bool,
    device: &Device,
) -> Result<Vec<Logits>, TrainError> {
    let width = pooled.first().map_or(0, Vec::len);
    let matrix = Tensor::from_vec(pooled.concat(), (pooled.len(), width), device)?;
    let logits = head.forward(&scaling.apply(&matrix)?)?.to_vec2::<f32>()?;
    Ok(logits
        .into_iter()
        .map(|row| {
            let known = row.into_iter().zip(0..).filter(|(_, intent)| is_known(*intent));
            Logits::from([("intent".to_owned(), known.map(|(logit, _)| logit).collect())])
        })
        .collect())
}

/// Distances to the means of the intents, and to single rows.
fn typicalities(known: &Known, is_known: impl Fn(u32) -> bool) -> [Typicality; 2] {
    let groups: Vec<Option<u32>> = known
        .intent
        .targets
        .iter()
        .map(|target| target.filter(|intent| is_known(*intent)))
        .collect();
    let (within, means) = within_groups(known.pooled, &groups);
    let width = known.pooled.first().map_or(0, Vec::len);
    let rows: Vec<&Vec<f32>> =
        known.pooled.iter().zip(&groups).filter(|(_, g)| g.is_some()).map(|(row, _)| row).collect();
    let step = rows.len().div_ceil(REMEMBERED).max(1);
    let remembered: Vec<Vec<f32>> = rows.into_iter().step_by(step).cloned().collect();
    [
        Typicality::new(width, within, &means),
        Typicality::new(width, even_spread(known.pooled), &remembered),
    ]
}
