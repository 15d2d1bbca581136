//! How far may it answer by itself? Three ways to choose the threshold of the answer confidence on
//! held-out rows: the curve of risk against coverage, a promise with a stated certainty, and the
//! least work.

mod costs;
mod guarantee;
mod text;

use serde::Serialize;

use super::Prediction;
use super::metrics::{Candidate, CurvePoint, risk_coverage, rounded};
use crate::classifier::Certificate;
use crate::train::LabelledRow;

pub use costs::{CostPoint, Costs, CostsError};
pub use guarantee::{OpenAnswer, Promise, PromiseError, Refusal, certify, series};
pub(super) use text::{CONDITION, text};

/// The rows that say which articles answer them: those that every other rule lets be answered, with
/// their confidence, and the number of all of them.
pub fn open_answers<'a>(
    rows: impl IntoIterator<Item = (&'a LabelledRow, &'a Prediction)>,
) -> (Vec<OpenAnswer>, usize) {
    let mut answers = Vec::new();
    let mut judged = 0;
    for (row, prediction) in rows {
        let (Some(articles), Some(_)) = (&row.articles, prediction.action) else { continue };
        judged += 1;
        if let (true, Some(article)) = (prediction.open_to_answer, &prediction.article) {
            let wrong = !articles.contains(article);
            answers.push(OpenAnswer { confidence: prediction.answer_confidence, wrong });
        }
    }
    (answers, judged)
}

/// What to find out beside the curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskOptions {
    /// What is to be promised, with the thresholds that are tried, see [`series`].
    pub promise: Option<(Promise, Vec<f32>)>,
    /// What messages cost, to find the cheapest threshold.
    pub costs: Option<Costs>,
    /// The threshold in use; none where nothing is answered.
    pub threshold: Option<f32>,
}

/// What thresholds of the answer confidence do on rows that say which articles answer them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskReport {
    /// Rows that say so.
    pub rows: usize,
    /// Rows among them that every other rule lets be answered.
    pub open: usize,
    /// Share of wrong answers against the share of all these rows that is answered, with all rules
    /// of the decision.
    pub curve: Vec<CurvePoint>,
    /// Whether a promise could be made, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guarantee: Option<Guarantee>,
    /// The cheapest threshold, if costs were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costs: Option<CostReport>,
}

/// Whether a promise could be made: one of the two is there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Guarantee {
    /// What was to be promised.
    pub promise: Promise,
    /// The promise with its threshold.
    pub certificate: Option<Certificate>,
    /// Why there is none.
    pub refusal: Option<Refusal>,
}

/// What thresholds cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostReport {
    /// What a message costs.
    pub costs: Costs,
    /// If nothing is answered.
    pub nothing: CostPoint,
    /// With the threshold in use.
    pub in_use: CostPoint,
    /// At the cheapest threshold, chosen on these very rows.
    pub cheapest: CostPoint,
    /// Minutes that the cheapest threshold saves for a message, against answering nothing, on
    /// average over all rows.
    #[serde(serialize_with = "rounded")]
    pub saved: f64,
    /// The cost of every threshold.
    pub curve: Vec<CostPoint>,
}

impl RiskReport {
    /// Judges `answers`, those among `rows` that are open to an answer; none without any.
    pub(super) fn build(
        answers: &[OpenAnswer],
        rows: usize,
        options: &RiskOptions,
    ) -> Option<Self> {
        if answers.is_empty() {
            return None;
        }
        let candidates: Vec<_> = answers
            .iter()
            .map(|answer| Candidate {
                confidence: answer.confidence,
                wrong: answer.wrong,
                wanted: true,
            })
            .collect();
        Some(Self {
            rows,
            open: answers.len(),
            curve: risk_coverage(&candidates, rows),
            guarantee: options.promise.as_ref().map(|(promise, series)| {
                let found = certify(answers, rows, series, *promise);
                Guarantee { promise: *promise, certificate: found.ok(), refusal: found.err() }
            }),
            costs: options.costs.map(|costs| CostReport::build(answers, rows, costs, options)),
        })
    }

    /// Figures by name, as `--fail-if` uses them.
    pub(super) fn figures(&self) -> Vec<(&'static str, f64)> {
        let mut figures = Vec::new();
        if let Some(guarantee) = &self.guarantee {
            let refused = u8::from(guarantee.certificate.is_none());
            figures.push(("not_certified", f64::from(refused)));
            if let Some(certificate) = &guarantee.certificate {
                figures.extend([
                    ("certified_threshold", f64::from(certificate.threshold)),
                    ("certified_coverage", certificate.answered as f64 / self.rows as f64),
                    ("certified_answered", certificate.answered as f64),
                    ("certified_wrong", certificate.wrong as f64),
                    ("certified_wrong_at_most", f64::from(certificate.wrong_at_most)),
                ]);
            }
        }
        if let Some(costs) = &self.costs {
            figures.extend([
                ("minutes_a_message", costs.in_use.minutes),
                ("cheapest_minutes_a_message", costs.cheapest.minutes),
                ("minutes_saved_a_message", costs.saved),
            ]);
            let threshold = costs.cheapest.threshold.map(f64::from);
            figures.extend(threshold.map(|threshold| ("cheapest_threshold", threshold)));
        }
        figures
    }
}

impl CostReport {
    fn build(answers: &[OpenAnswer], rows: usize, costs: Costs, options: &RiskOptions) -> Self {
        let curve = costs.curve(answers);
        let cheapest = costs.cheapest(answers);
        let nothing = curve[0];
        let (answered, wrong) =
            options.threshold.map_or((0, 0), |threshold| guarantee::count(answers, threshold));
        Self {
            costs,
            nothing,
            in_use: CostPoint {
                threshold: options.threshold,
                answered,
                wrong,
                minutes: costs.minutes(answers.len(), answered, wrong),
            },
            cheapest,
            saved: (nothing.minutes - cheapest.minutes) * answers.len() as f64 / rows.max(1) as f64,
            curve,
        }
    }
}
