//! From which confidence on is a share of wrong answers promised, and with what certainty?
//!
//! Learn-then-Test (Angelopoulos, Bates, Candès, Jordan and Lei 2021, "Learn then Test") with fixed
//! sequence testing. Thresholds are tried from strict to loose. At each, the hypothesis "more than
//! `risk` of the answers are wrong" is rejected if the exact upper bound of the share (Clopper and
//! Pearson 1934) with `confidence` is not above `risk`. The first one that stands ends the series;
//! the last rejected one is certified. Because the order is fixed beforehand, no correction for
//! trying several is needed: the first hypothesis that is true can be rejected wrongly with a
//! probability of `1 - confidence` at most, and none after it is reached otherwise.
//!
//! The promise needs rows that nothing was fitted on, neither the model nor the confidence, nor the
//! series of thresholds: [`series`] takes it from the curve that the model pack brings from the rows
//! of its own fit. It speaks of messages of the same kind as the rows, and of the same knowledge
//! base and policy. Trying again with more rows after a refusal is a second chance to be wrong: ask
//! for a certificate once, with enough rows, or take fresh rows for the next try.

use std::fmt;

use serde::Serialize;

use crate::classifier::{Certificate, RiskPoint};
use crate::evaluate::metrics::{clopper_pearson_upper, rounded};

/// Most thresholds that are tried.
const STEPS: usize = 40;

/// More answered rows than these are never asked for.
const MOST_ROWS: usize = 10_000_000;

/// What is to be promised.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Promise {
    /// Share of automatic answers that may be wrong; above 0, below 1.
    pub risk: f32,
    /// How sure it must be that no more are; above 0, below 1.
    pub confidence: f32,
}

/// A promise that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "a risk of {risk} with a confidence of {confidence} cannot be certified: both must lie between \
     0 and 1, such as 0.02 (or 2%) and 0.95 (or 95%)"
)]
pub struct PromiseError {
    risk: f32,
    confidence: f32,
}

impl Promise {
    /// Checks that both are shares strictly between 0 and 1.
    pub fn new(risk: f32, confidence: f32) -> Result<Self, PromiseError> {
        let open = |share: f32| share > 0.0 && share < 1.0;
        if open(risk) && open(confidence) {
            Ok(Self { risk, confidence })
        } else {
            Err(PromiseError { risk, confidence })
        }
    }

    /// Exact upper bound of the share of wrong answers; none without answers.
    fn bound(self, wrong: usize, answered: usize) -> Option<f64> {
        clopper_pearson_upper(wrong, answered, f64::from(self.confidence))
    }

    fn kept(self, wrong: usize, answered: usize) -> bool {
        self.bound(wrong, answered).is_some_and(|bound| bound <= f64::from(self.risk))
    }

    /// Fewest answered rows that bear the promise out with this many wrong ones among them. None
    /// where more than ten million would be needed.
    pub fn answers_needed(self, wrong: usize) -> Option<usize> {
        fewest(wrong.max(1), |answered| self.kept(wrong, answered))
    }

    /// Fewest answered rows that bear the promise out if as large a share of them is wrong as of
    /// these. None where that share is itself too large.
    pub fn answers_needed_at_rate(self, wrong: usize, answered: usize) -> Option<usize> {
        if answered == 0 || wrong as f64 / answered as f64 >= f64::from(self.risk) {
            return None;
        }
        let share = wrong as f64 / answered as f64;
        fewest(answered, |rows| self.kept((share * rows as f64).ceil() as usize, rows))
    }
}

/// The least number from `least` on for which `holds`, which does not change back.
fn fewest(least: usize, holds: impl Fn(usize) -> bool) -> Option<usize> {
    let mut high = least;
    while !holds(high) {
        high *= 2;
        if high > MOST_ROWS {
            return None;
        }
    }
    let mut low = least;
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(high)
}

/// A row that every other rule lets be answered, so that its confidence alone decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenAnswer {
    /// Confidence of the answer; answered at or above the threshold.
    pub confidence: f32,
    /// Whether the answer would be wrong.
    pub wrong: bool,
}

/// Answered and wrong rows at a threshold.
pub(super) fn count(answers: &[OpenAnswer], threshold: f32) -> (usize, usize) {
    let answered = || answers.iter().filter(move |answer| answer.confidence >= threshold);
    (answered().count(), answered().filter(|answer| answer.wrong).count())
}

/// The thresholds to be tried, from strict to loose. They come from the pack's own curve (see
/// [`crate::classifier::Answering::curve`]), never from the rows that certify. The series begins
/// where the promise is likeliest to hold, at the least upper bound on the curve: stricter
/// thresholds leave too few rows to prove anything, and the first failure would end the series.
pub fn series(curve: &[RiskPoint], promise: Promise) -> Vec<f32> {
    let bounds: Vec<f64> = curve
        .iter()
        .map(|point| promise.bound(point.wrong as usize, point.answered as usize).unwrap_or(1.0))
        .collect();
    let start = (0..curve.len()).min_by(|left, right| bounds[*left].total_cmp(&bounds[*right]));
    let step = curve.len().div_ceil(STEPS).max(1);
    let mut thresholds: Vec<f32> =
        curve.iter().skip(start.unwrap_or(0)).step_by(step).map(|point| point.threshold).collect();
    thresholds.dedup();
    thresholds
}

/// Tries the thresholds of `series`, from strict to loose, on held-out `answers`, those among `rows`
/// that are open to an answer, and certifies the last of those that keep the promise.
pub fn certify(
    answers: &[OpenAnswer],
    rows: usize,
    series: &[f32],
    promise: Promise,
) -> Result<Certificate, Refusal> {
    let mut certificate = None;
    for threshold in series {
        let (answered, wrong) = count(answers, *threshold);
        if !promise.kept(wrong, answered) {
            break;
        }
        certificate = Some(Certificate {
            risk: promise.risk,
            confidence: promise.confidence,
            threshold: *threshold,
            rows,
            answered,
            wrong,
            wrong_at_most: promise.bound(wrong, answered).unwrap_or(1.0) as f32,
        });
    }
    certificate.ok_or_else(|| Refusal::new(answers, rows, series.first().copied(), promise))
}

/// Why nothing could be certified, and what it would take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Refusal {
    /// What was to be promised.
    pub promise: Promise,
    /// Rows that say which articles answer them.
    pub rows: usize,
    /// The strictest threshold of the series; none where the model pack gives no series.
    pub threshold: Option<f32>,
    /// Rows answered there.
    pub answered: usize,
    /// Wrong ones among them.
    pub wrong: usize,
    /// Exact upper bound of the share of wrong answers there; 1 without any.
    #[serde(serialize_with = "rounded")]
    pub wrong_at_most: f64,
    /// Answered rows that are lacking if none of them is wrong.
    pub more_without_mistake: Option<usize>,
    /// Answered rows that are lacking if as large a share of them is wrong as of these; none where
    /// that share is too large for the promise.
    pub more_at_this_rate: Option<usize>,
}

impl Refusal {
    fn new(answers: &[OpenAnswer], rows: usize, threshold: Option<f32>, promise: Promise) -> Self {
        let (answered, wrong) = threshold.map_or((0, 0), |threshold| count(answers, threshold));
        let more = |needed: Option<usize>| Some(needed?.saturating_sub(answered));
        Self {
            promise,
            rows,
            threshold,
            answered,
            wrong,
            wrong_at_most: promise.bound(wrong, answered).unwrap_or(1.0),
            more_without_mistake: more(promise.answers_needed(wrong)),
            more_at_this_rate: more(promise.answers_needed_at_rate(wrong, answered)),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, answered, wrong, wrong_at_most, .. } = self;
        let Some(threshold) = self.threshold else {
            return write!(
                formatter,
                "the model pack has no curve of risk: run `lotse model answers` first"
            );
        };
        write!(
            formatter,
            "from a confidence of {threshold:.3} on, {answered} of {rows} messages are answered, \
             {wrong} wrong: only {:.1} % or less is certain",
            wrong_at_most * 100.0
        )?;
        match (self.more_without_mistake, self.more_at_this_rate) {
            (Some(without), Some(at_rate)) if *wrong > 0 => write!(
                formatter,
                "; {without} more answered messages without a mistake would do, or about {at_rate} \
                 more at the present share of mistakes"
            )?,
            (Some(without), None) if *wrong > 0 => write!(
                formatter,
                "; {without} more answered messages without a mistake would do, but at the present \
                 share of mistakes no number of them: a larger risk or a better model is needed"
            )?,
            (Some(without), _) => {
                write!(formatter, "; {without} more answered messages without a mistake would do")?;
            }
            (None, _) => write!(formatter, "; such a risk is too small to be shown by counting")?,
        }
        if let Some(lacking) = self.more_without_mistake.filter(|_| *answered > 0) {
            let labelled = (lacking as f64 * *rows as f64 / *answered as f64).ceil();
            write!(formatter, " (at least {labelled:.0} more labelled messages like these)")?;
        }
        Ok(())
    }
}
