//! Shares, durations and ratings, as every part of a report gives them.

use serde::Serialize;
use utoipa::ToSchema;

use super::Period;
use crate::evaluate::metrics::quantile;
use crate::store::Facts;

/// Lowest score of a satisfied customer.
const SATISFIED: u8 = 4;

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Share {
    /// How many.
    pub part: usize,
    /// Of how many.
    pub whole: usize,
    /// 0 to 1; none where there is nothing to count.
    pub share: Option<f64>,
}

impl Share {
    /// So many of so many.
    pub fn of(part: usize, whole: usize) -> Self {
        let share = (whole > 0).then(|| rounded(part as f64 / whole as f64));
        Self { part, whole, share }
    }
}

/// Four decimals: more would only tell machines apart.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// How long something took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Durations {
    /// Number of cases.
    pub count: usize,
    /// Half of the cases took no longer.
    pub median_seconds: Option<u64>,
    /// Nine of ten cases took no longer.
    pub p90_seconds: Option<u64>,
}

impl Durations {
    /// Of these durations in seconds.
    pub fn of(seconds: &[f64]) -> Self {
        let at = |share| quantile(seconds, share).map(|value| value.round().max(0.0) as u64);
        Self { count: seconds.len(), median_seconds: at(0.5), p90_seconds: at(0.9) }
    }
}

/// What customers say of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Satisfaction {
    /// Ratings of 4 or 5 among all.
    pub satisfied: Share,
    /// Mean score.
    pub mean: Option<f64>,
    /// Number of ratings from 1 to 5.
    pub scores: [usize; 5],
}

/// The ratings that were given in the period.
pub fn satisfaction(facts: &Facts, period: &Period) -> Satisfaction {
    let mut scores = [0_usize; 5];
    for rating in facts.ratings.iter().filter(|rating| period.holds(rating.at)) {
        if let Some(count) = scores.get_mut(usize::from(rating.score).wrapping_sub(1)) {
            *count += 1;
        }
    }
    let all: usize = scores.iter().sum();
    let sum: usize = scores.iter().zip(1..).map(|(count, score)| count * score).sum();
    let satisfied = scores[usize::from(SATISFIED) - 1..].iter().sum();
    let mean = (all > 0).then(|| rounded(sum as f64 / all as f64));
    Satisfaction { satisfied: Share::of(satisfied, all), mean, scores }
}
