//! Is one system better than another on the same rows?

use serde::Serialize;

use super::intervals::{log_choose, lower_tail};
use super::{Bootstrap, Estimate, quantile, rounded};

/// Two-sided probability that chance alone makes a difference as large as this, if both systems are
/// equally good: the exact test of McNemar 1947, a sign test on the rows where exactly one of the
/// two is right. 1 without such rows.
pub fn mcnemar_exact(only_first: usize, only_second: usize) -> f64 {
    let (fewer, all) = (only_first.min(only_second), only_first + only_second);
    if all == 0 {
        return 1.0;
    }
    (2.0 * lower_tail(fewer, all, 0.5, log_choose(all, fewer))).min(1.0)
}

/// Rows on which two systems were judged, by who was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Both right.
    pub both: usize,
    /// Only the first right.
    pub only_first: usize,
    /// Only the second right.
    pub only_second: usize,
    /// Neither right.
    pub neither: usize,
}

impl Agreement {
    /// Counts pairs (first right, second right).
    pub fn count(pairs: &[(bool, bool)]) -> Self {
        let count = |wanted| pairs.iter().filter(|pair| **pair == wanted).count();
        Self {
            both: count((true, true)),
            only_first: count((true, false)),
            only_second: count((false, true)),
            neither: count((false, false)),
        }
    }
}

/// Two figures on the same rows, the first minus the second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The first system's figure.
    #[serde(serialize_with = "rounded")]
    pub first: f64,
    /// The second system's figure.
    #[serde(serialize_with = "rounded")]
    pub second: f64,
    /// First minus second, with the 95 % interval of the paired bootstrap.
    pub difference: Estimate,
}

impl Bootstrap {
    /// The difference of a figure between two systems with its 95 % interval: every resample draws
    /// the same rows for both (paired bootstrap, Efron and Tibshirani 1993). The interval is moved
    /// so that the resamples' mean lies on the difference found, because chance pushes calibration
    /// errors and ranks upwards or downwards in resamples, and not equally for both systems.
    /// `statistic` gives the figure of the first and of the second system on the rows drawn.
    pub fn difference(
        self,
        rows: usize,
        statistic: impl Fn(&[usize]) -> Option<(f64, f64)>,
    ) -> Option<Difference> {
        let all: Vec<usize> = (0..rows).collect();
        let (first, second) = statistic(&all)?;
        let (value, values) =
            self.resampled(rows, |drawn| statistic(drawn).map(|(first, second)| first - second))?;
        let shift = value - values.iter().sum::<f64>() / values.len().max(1) as f64;
        let end = |share| quantile(&values, share).map_or(value, |end| end + shift);
        let difference =
            Estimate { value, low: end(0.025).min(value), high: end(0.975).max(value), rows };
        Some(Difference { first, second, difference })
    }
}
