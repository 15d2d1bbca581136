//! How do rows and predictions become a report?

use std::collections::BTreeMap;

use super::answers::answers;
use super::cases::Case;
use super::mistakes::mistakes;
use super::risk::risk;
use super::scope::scope;
use super::slices::slices;
use super::suspects::suspects;
use super::{
    Calibration, FORMAT, HeadReport, IntentReport, Latency, Report, ReportError, ReportOptions,
};
use crate::evaluate::Prediction;
use crate::evaluate::metrics::{
    Bootstrap, Candidate, Confusions, Estimate, Judged, brier, calibration_error, proportion,
    quantile, reliability_bins, risk_coverage,
};
use crate::train::LabelledRow;

/// Steps of the histograms of confidence.
const STEPS: usize = 20;

/// Points that a curve keeps: more could not be told apart in a drawing.
const CURVE_POINTS: usize = 200;

impl Report {
    /// Judges predictions, one for each row and in the same order.
    pub fn build(
        rows: &[LabelledRow],
        predictions: &[Prediction],
        options: &ReportOptions,
    ) -> Result<Self, ReportError> {
        check(rows, predictions)?;
        let cases: Vec<Case> = rows
            .iter()
            .zip(predictions)
            .enumerate()
            .map(|(index, (row, prediction))| Case { number: index + 1, row, prediction, options })
            .collect();
        let tier_names = cases
            .iter()
            .filter_map(Case::tier_pair)
            .map(|(gold, given)| (gold.to_string(), given.to_string()))
            .collect::<Vec<_>>();
        let tiers =
            Confusions::new(tier_names.iter().map(|(gold, given)| (gold.as_str(), given.as_str())));
        let sentiments = Confusions::new(
            cases
                .iter()
                .filter_map(Case::sentiment_pair)
                .map(|(gold, given)| (gold.name(), given.name())),
        );
        let queues: Vec<_> = cases.iter().filter_map(Case::queue_pair).collect();
        let mut report = Self {
            format: FORMAT,
            about: options.about.clone(),
            rows: rows.len(),
            targets: Vec::new(),
            intent: intent(&cases, options),
            scope: scope(&cases, options),
            tier: head(&tiers, options.bootstrap),
            tier3_recall: tiers
                .scores()
                .iter()
                .find(|score| score.label == "3")
                .and_then(|score| proportion(score.right, score.support)),
            sentiment: head(&sentiments, options.bootstrap),
            answers: answers(&cases),
            risk: risk(&cases, &options.risk),
            queue: proportion(
                queues.iter().filter(|(gold, given)| gold == given).count(),
                queues.len(),
            ),
            calibration: calibrations(&cases, options.bootstrap),
            slices: slices(&cases),
            latency: latency(&options.latencies),
            mistakes: mistakes(&cases),
            suspects: suspects(&cases),
            predictions: None,
            baseline: None,
            behaviour: None,
            leaks: None,
        };
        report.judge_targets(&options.targets);
        Ok(report)
    }
}

/// What one head stated of a row, and whether it was right.
type Judge<'a> = fn(&Case<'a>) -> Option<Judged>;

pub(super) fn check(rows: &[LabelledRow], predictions: &[Prediction]) -> Result<(), ReportError> {
    if rows.len() != predictions.len() {
        let predictions = predictions.len();
        return Err(ReportError::Lengths { rows: rows.len(), predictions });
    }
    if rows.is_empty() {
        return Err(ReportError::Empty);
    }
    for (index, prediction) in predictions.iter().enumerate() {
        for (what, value) in prediction.probabilities() {
            if !(0.0..=1.0).contains(&value) {
                return Err(ReportError::Confidence { row: index + 1, what, value });
            }
        }
    }
    Ok(())
}

fn intent(cases: &[Case], options: &ReportOptions) -> Option<IntentReport> {
    let delivered = Confusions::new(cases.iter().filter_map(Case::delivered_pair));
    let best = Confusions::new(cases.iter().filter_map(Case::best_pair));
    let in_scope: Vec<_> = cases
        .iter()
        .filter(|case| case.in_scope() == Some(true))
        .filter_map(Case::delivered_pair)
        .collect();
    let kept_right = in_scope.iter().filter(|(gold, given)| gold == given).count();
    let candidates: Vec<Candidate> = cases
        .iter()
        .filter(|case| case.states("intent"))
        .filter_map(Case::intent)
        .map(|judged| Candidate {
            confidence: judged.confidence,
            wrong: !judged.right,
            wanted: true,
        })
        .collect();
    Some(IntentReport {
        accuracy: proportion(best.right(), best.rows()),
        accuracy_rejecting: proportion(kept_right, in_scope.len()),
        accuracy_overall: proportion(delivered.right(), delivered.rows())?,
        macro_f1: macro_f1(&best, options.bootstrap),
        macro_f1_overall: macro_f1(&delivered, options.bootstrap)?,
        labels: delivered.scores(),
        confusions: delivered.confused(),
        curve: thinned(risk_coverage(&candidates, candidates.len())),
    })
}

fn head(confusions: &Confusions, bootstrap: Bootstrap) -> Option<HeadReport> {
    Some(HeadReport {
        accuracy: proportion(confusions.right(), confusions.rows())?,
        macro_f1: macro_f1(confusions, bootstrap)?,
        labels: confusions.scores(),
        confusions: confusions.confused(),
    })
}

fn macro_f1(confusions: &Confusions, bootstrap: Bootstrap) -> Option<Estimate> {
    bootstrap.estimate(confusions.rows(), |rows| confusions.macro_f1_of(rows))
}

fn calibrations<'a>(cases: &[Case<'a>], bootstrap: Bootstrap) -> BTreeMap<String, Calibration> {
    let heads: [(&str, Judge<'a>); 5] = [
        ("intent", Case::intent),
        ("in_scope", Case::scope),
        ("sentiment", Case::sentiment),
        ("tier", Case::tier),
        ("answer", Case::article),
    ];
    heads
        .into_iter()
        .filter_map(|(name, judge)| {
            let stated = cases.iter().filter(|case| case.states(name));
            let judged: Vec<Judged> = stated.filter_map(judge).collect();
            Some((name.to_owned(), calibration(&judged, bootstrap)?))
        })
        .collect()
}

fn calibration(judged: &[Judged], bootstrap: Bootstrap) -> Option<Calibration> {
    let drawn = |rows: &[usize]| -> Vec<Judged> { rows.iter().map(|row| judged[*row]).collect() };
    let histogram = |right: bool| {
        let mut steps = vec![0; STEPS];
        for statement in judged.iter().filter(|statement| statement.right == right) {
            steps[((statement.confidence * STEPS as f32) as usize).min(STEPS - 1)] += 1;
        }
        steps
    };
    Some(Calibration {
        error: bootstrap.estimate_biased(judged.len(), |rows| calibration_error(&drawn(rows)))?,
        brier: bootstrap.estimate(judged.len(), |rows| brier(&drawn(rows)))?,
        bins: reliability_bins(judged),
        right: histogram(true),
        wrong: histogram(false),
    })
}

fn latency(milliseconds: &[f64]) -> Option<Latency> {
    Some(Latency {
        median: quantile(milliseconds, 0.5)?,
        p95: quantile(milliseconds, 0.95)?,
        p99: quantile(milliseconds, 0.99)?,
    })
}

/// At most [`CURVE_POINTS`] points of a curve, evenly taken, the first and the last among them.
pub(super) fn thinned<T: Clone>(points: Vec<T>) -> Vec<T> {
    if points.len() <= CURVE_POINTS {
        return points;
    }
    let last = points.len() - 1;
    (0..CURVE_POINTS).map(|step| points[step * last / (CURVE_POINTS - 1)].clone()).collect()
}
