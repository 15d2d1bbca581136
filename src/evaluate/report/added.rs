//! Which figures do the parts have that are added to a report: comparison, behaviour, leaks?

use std::collections::BTreeMap;

use super::{BaselineVerdict, Report};
use crate::evaluate::behaviour::BehaviourReport;
use crate::evaluate::fail_if::Comparison;
use crate::evaluate::foreign::MatchSummary;
use crate::evaluate::lint::LeakReport;
use crate::evaluate::metrics::Estimate;

/// Key of figures without leaked rows.
const WITHOUT_LEAKS: &str = "without_leaks";

impl Report {
    /// The report of another system, with how its file fits the rows.
    #[must_use]
    pub fn with_predictions(self, summary: MatchSummary) -> Self {
        Self { predictions: Some(summary), ..self }.judged_again()
    }

    /// The report with behavioural tests.
    #[must_use]
    pub fn with_behaviour(self, behaviour: BehaviourReport) -> Self {
        Self { behaviour: Some(behaviour), ..self }.judged_again()
    }

    /// The report with leaks between training files and rows.
    #[must_use]
    pub fn with_leaks(self, leaks: LeakReport) -> Self {
        Self { leaks: Some(leaks), ..self }.judged_again()
    }

    /// Targets may speak of the parts that were just added.
    #[must_use]
    pub(super) fn judged_again(mut self) -> Self {
        let comparison = |target: &super::Target| Comparison {
            figure: target.figure.clone(),
            operator: target.operator,
            value: target.value,
        };
        let targets: Vec<Comparison> = self.targets.iter().map(comparison).collect();
        self.judge_targets(&targets);
        self
    }

    /// Figures with an interval: differences to the baseline (those may be below 0), shares of
    /// failed behavioural tests, and the main figures without leaked rows.
    pub(super) fn added_estimates(&self) -> BTreeMap<String, Estimate> {
        let mut estimates = BTreeMap::new();
        for compared in self.baseline.iter().flat_map(|baseline| &baseline.figures) {
            let name = format!("baseline_{}_difference", compared.figure);
            estimates.insert(name, compared.values.difference);
        }
        if let Some(behaviour) = &self.behaviour {
            estimates
                .extend(behaviour.failed.map(|failed| ("behaviour_failed".to_owned(), failed)));
            for test in &behaviour.tests {
                let name = format!("behaviour_{}_failed", test.name);
                for (language, failed) in &test.by_language {
                    estimates.insert(format!("{name}.{language}"), *failed);
                }
                estimates.extend(test.failed.map(|failed| (name, failed)));
            }
        }
        if let Some(leaks) = &self.leaks {
            for (name, estimate) in &leaks.without {
                estimates.insert(format!("{name}.{WITHOUT_LEAKS}"), *estimate);
            }
        }
        estimates
    }

    /// Counts.
    pub(super) fn added_plain(&self) -> BTreeMap<String, f64> {
        let mut plain = BTreeMap::new();
        let mut add = |name: &str, value: usize| plain.insert(name.to_owned(), value as f64);
        add("suspected_labels", self.suspects.len());
        if let Some(baseline) = &self.baseline {
            for verdict in
                [BaselineVerdict::Worse, BaselineVerdict::Better, BaselineVerdict::Undecided]
            {
                add(verdict.name(), baseline.count(verdict));
            }
        }
        if let Some(behaviour) = &self.behaviour {
            add("behaviour_cases", behaviour.tests.iter().map(|test| test.cases).sum());
            add("behaviour_failures", behaviour.tests.iter().map(|test| test.failures).sum());
            for test in &behaviour.tests {
                add(&format!("behaviour_{}_failures", test.name), test.failures);
            }
        }
        if let Some(leaks) = &self.leaks {
            add("leaked_rows", leaks.rows.len());
            add("leaked_rows_exact", leaks.exact);
            add("leaked_rows_near", leaks.near);
        }
        if let Some(predictions) = &self.predictions {
            let unknown = predictions.unknown_intents.iter().map(|unknown| unknown.count).sum();
            add("unknown_intents", unknown);
            add("unused_predictions", predictions.unused);
        }
        plain
    }
}
