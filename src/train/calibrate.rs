use std::collections::BTreeMap;

use super::labels::Task;
use super::logistic::Logistic;
use crate::classifier::{HeadInfo, Logits, ScopeCalibration, softmax};

/// Share of in-scope validation messages that the scope threshold may turn away.
const IN_SCOPE_LOSS: f64 = 0.03;

/// Temperature at which the head's probabilities have the least negative log-likelihood on rows
/// that no weight was fitted on (Guo et al. 2017, "On Calibration of Modern Neural Networks").
/// 1 where no row carries the label.
pub(super) fn temperature(outputs: &[Logits], task: &Task) -> f32 {
    let rows: Vec<(Vec<f32>, usize)> = outputs
        .iter()
        .zip(&task.targets)
        .filter_map(|(logits, target)| {
            let logits = logits.get(task.name)?;
            // One output stands for two labels whose logits are 0 and itself.
            let logits = if logits.len() == 1 { vec![0.0, logits[0]] } else { logits.clone() };
            Some((logits, (*target)? as usize))
        })
        .collect();
    if rows.is_empty() {
        return 1.0;
    }
    let loss = |log_temperature: f64| {
        let temperature = log_temperature.exp() as f32;
        rows.iter()
            .map(|(logits, target)| {
                -f64::from(softmax(logits, temperature)[*target].max(1e-12).ln())
            })
            .sum::<f64>()
    };
    golden_section(loss, -2.5, 2.5).exp() as f32
}

/// Place of the minimum of a function with one valley.
fn golden_section(function: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    while high - low > 1e-4 {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if function(left) < function(right) {
            high = right;
        } else {
            low = left;
        }
    }
    f64::midpoint(low, high)
}

/// Fits the probability of being in scope on validation rows of both kinds, and the threshold that
/// turns away at most 3 % of those in scope. None without rows out of scope.
pub(super) fn scope(outputs: &[Logits], scope: &Task) -> Option<ScopeCalibration> {
    let (features, targets): (Vec<Vec<f64>>, Vec<bool>) = outputs
        .iter()
        .zip(&scope.targets)
        .filter_map(|(logits, target)| {
            let features = ScopeCalibration::features(logits).map(f64::from).to_vec();
            Some((features, (*target)? == 1))
        })
        .unzip();
    if targets.iter().all(|in_scope| *in_scope) || !targets.iter().any(|in_scope| *in_scope) {
        return None;
    }
    let model = Logistic::fit(&features, &targets, 1.0);
    let mut inside: Vec<f64> = features
        .iter()
        .zip(&targets)
        .filter(|(_, in_scope)| **in_scope)
        .map(|(features, _)| model.probability(features))
        .collect();
    inside.sort_by(f64::total_cmp);
    let place = (inside.len() as f64 * IN_SCOPE_LOSS) as usize;
    Some(ScopeCalibration {
        bias: model.bias as f32,
        logit: model.weights[0] as f32,
        energy: model.weights[1] as f32,
        maximum: model.weights[2] as f32,
        threshold: inside[place] as f32,
    })
}

/// Labels and temperature of every head.
pub(super) fn heads(
    tasks: &[Task],
    valid_tasks: &[Task],
    outputs: &[Logits],
) -> BTreeMap<String, HeadInfo> {
    tasks
        .iter()
        .zip(valid_tasks)
        .map(|(task, valid)| {
            let info =
                HeadInfo { labels: task.labels.clone(), temperature: temperature(outputs, valid) };
            (task.name.to_owned(), info)
        })
        .collect()
}
