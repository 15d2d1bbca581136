//! Which figures have a name, and were the targets reached?

use std::collections::BTreeMap;

use super::{Report, Target};
use crate::evaluate::fail_if::Comparison;
use crate::evaluate::metrics::Estimate;
use crate::evaluate::risk::RiskReport;

/// A report with its figures by name.
#[derive(serde::Serialize)]
struct Named<'a> {
    #[serde(flatten)]
    report: &'a Report,
    figures: BTreeMap<String, f64>,
}

impl Report {
    /// Every figure by its name, as `--fail-if` and targets use it. Figures of a part of the rows
    /// have its key behind a dot: `intent_accuracy.de`, `tier_accuracy.words_5_19`. A figure that
    /// the rows do not give is missing.
    pub fn figures(&self) -> BTreeMap<String, f64> {
        let mut figures: BTreeMap<String, f64> =
            self.estimates().into_iter().map(|(name, estimate)| (name, estimate.value)).collect();
        figures.extend(self.plain().into_iter().map(|(name, value)| (name.to_owned(), value)));
        figures.extend(self.added_plain());
        figures
    }

    /// The named figures that have an interval.
    pub fn estimates(&self) -> BTreeMap<String, Estimate> {
        let mut named: Vec<(&str, Option<Estimate>)> =
            vec![("tier3_recall", self.tier3_recall), ("queue_accuracy", self.queue)];
        if let Some(intent) = &self.intent {
            named.extend([
                ("intent_accuracy", intent.accuracy),
                ("intent_accuracy_rejecting", intent.accuracy_rejecting),
                ("intent_accuracy_overall", Some(intent.accuracy_overall)),
                ("intent_macro_f1", intent.macro_f1),
                ("intent_macro_f1_overall", Some(intent.macro_f1_overall)),
            ]);
        }
        if let Some(scope) = &self.scope {
            named.extend([
                ("out_of_scope_recall", scope.recall),
                ("in_scope_rejected", scope.rejected),
                ("out_of_scope_auroc", scope.auroc),
            ]);
        }
        if let Some(tier) = &self.tier {
            named.extend([
                ("tier_accuracy", Some(tier.accuracy)),
                ("tier_macro_f1", Some(tier.macro_f1)),
            ]);
        }
        if let Some(sentiment) = &self.sentiment {
            named.extend([
                ("sentiment_accuracy", Some(sentiment.accuracy)),
                ("sentiment_macro_f1", Some(sentiment.macro_f1)),
            ]);
        }
        if let Some(answers) = &self.answers {
            named.extend([
                ("answerable_answered", answers.answerable_answered),
                ("answerable_answered_right", answers.answerable_answered_right),
                ("answers_right", answers.right),
                ("clarified", answers.clarified),
                ("answerable_clarified", answers.answerable_clarified),
            ]);
        }
        let mut estimates: BTreeMap<String, Estimate> = named
            .into_iter()
            .filter_map(|(name, estimate)| Some((name.to_owned(), estimate?)))
            .collect();
        for (head, calibration) in &self.calibration {
            estimates.insert(format!("ece_{head}"), calibration.error);
            estimates.insert(format!("brier_{head}"), calibration.brier);
        }
        for slice in &self.slices {
            for (name, estimate) in &slice.figures {
                estimates.insert(format!("{name}.{}", slice.key), *estimate);
            }
        }
        estimates.extend(self.added_estimates());
        estimates
    }

    /// Named figures without an interval: counts, bounds and times.
    fn plain(&self) -> Vec<(&'static str, f64)> {
        let mut plain = vec![("rows", self.rows as f64)];
        if let Some(scope) = &self.scope {
            let recall = |point: Option<super::AtLoss>| point.map(|point| point.recall);
            plain.extend(
                [
                    ("out_of_scope_recall_at_5_percent_rejected", scope.at_5_percent_rejected),
                    ("out_of_scope_recall_at_2_points_lost", scope.at_2_points_lost),
                ]
                .into_iter()
                .filter_map(|(name, point)| Some((name, recall(point)?))),
            );
        }
        if let Some(answers) = &self.answers {
            plain.extend([
                ("answered", answers.answered as f64),
                ("answers_wrong", answers.wrong as f64),
                ("tier3_answered", answers.tier3_answered as f64),
            ]);
            plain.extend(answers.wrong_at_most.map(|bound| ("answers_wrong_at_most", bound)));
            plain.extend(
                answers.tier3_answered_at_most.map(|bound| ("tier3_answered_at_most", bound)),
            );
        }
        plain.extend(self.risk.iter().flat_map(RiskReport::figures));
        if let Some(latency) = &self.latency {
            plain.extend([
                ("latency_median_ms", latency.median),
                ("latency_p95_ms", latency.p95),
                ("latency_p99_ms", latency.p99),
            ]);
        }
        plain
    }

    /// Notes beside each target whether it was reached.
    pub(super) fn judge_targets(&mut self, targets: &[Comparison]) {
        let figures = self.figures();
        self.targets = targets
            .iter()
            .map(|target| Target {
                figure: target.figure.clone(),
                operator: target.operator,
                value: target.value,
                reached: figures.get(&target.figure).map(|value| target.holds_for(*value)),
            })
            .collect();
    }

    /// The report as JSON, indented, with a line feed at the end.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let named = Named { report: self, figures: self.figures() };
        Ok(serde_json::to_string_pretty(&named)? + "\n")
    }
}
