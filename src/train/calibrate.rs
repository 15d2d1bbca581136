use std::collections::BTreeMap;

use super::labels::Task;
use crate::classifier::{HeadInfo, Logits, softmax};

/// Temperature at which a head's probabilities have the least negative log-likelihood on rows that
/// no weight was fitted on (Guo et al. 2017, "On Calibration of Modern Neural Networks"), and that
/// likelihood as a mean over the labelled rows. 1 and 0 where no row carries the label.
pub(super) fn temperature(logits: &[Vec<f32>], targets: &[Option<u32>]) -> (f32, f64) {
    let rows: Vec<(Vec<f32>, usize)> = logits
        .iter()
        .zip(targets)
        .filter_map(|(logits, target)| {
            // One output stands for two labels whose logits are 0 and itself.
            let logits = if logits.len() == 1 { vec![0.0, logits[0]] } else { logits.clone() };
            Some((logits, (*target)? as usize))
        })
        .collect();
    if rows.is_empty() {
        return (1.0, 0.0);
    }
    let loss = |log_temperature: f64| {
        let temperature = log_temperature.exp() as f32;
        let sum: f64 = rows
            .iter()
            .map(|(logits, target)| {
                -f64::from(softmax(logits, temperature)[*target].max(1e-12).ln())
            })
            .sum();
        sum / rows.len() as f64
    };
    let best = golden_section(loss, -2.5, 2.5);
    (best.exp() as f32, loss(best))
}

/// The outputs of one head, row by row.
pub(super) fn of_head(outputs: &[Logits], name: &str) -> Vec<Vec<f32>> {
    outputs.iter().map(|logits| logits.get(name).cloned().unwrap_or_default()).collect()
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
            let (temperature, _) = temperature(&of_head(outputs, task.name), &valid.targets);
            let info = HeadInfo { labels: task.labels.clone(), temperature };
            (task.name.to_owned(), info)
        })
        .collect()
}
