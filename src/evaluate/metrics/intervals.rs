//! How far can a figure be trusted? Intervals for shares, and for anything by resampling.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Serialize;

use super::rounded;

/// Standard normal quantile at 97.5 %: half of what a two-sided 95 % interval leaves out.
const Z_95: f64 = 1.959_963_984_540_054;

/// Halvings of a bisection on 0 to 1: far below the resolution of a double.
const HALVINGS: usize = 80;

/// A range that holds the true value with the stated confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    #[serde(serialize_with = "rounded")]
    pub low: f64,
    /// Upper end.
    #[serde(serialize_with = "rounded")]
    pub high: f64,
}

/// A figure with its 95 % interval and the number of rows that it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure on these rows.
    #[serde(serialize_with = "rounded")]
    pub value: f64,
    /// Lower end of the 95 % interval.
    #[serde(serialize_with = "rounded")]
    pub low: f64,
    /// Upper end of the 95 % interval.
    #[serde(serialize_with = "rounded")]
    pub high: f64,
    /// Rows behind it.
    pub rows: usize,
}

/// The share `hits / total` with its Wilson interval; none without rows.
pub fn proportion(hits: usize, total: usize) -> Option<Estimate> {
    let Interval { low, high } = wilson(hits, total)?;
    Some(Estimate { value: hits as f64 / total as f64, low, high, rows: total })
}

/// The 95 % score interval of a share (Wilson 1927). Unlike the textbook interval it stays within 0
/// to 1 and keeps its promise for few rows and for shares near the ends. None without rows.
pub fn wilson(hits: usize, total: usize) -> Option<Interval> {
    if total == 0 || hits > total {
        return None;
    }
    let rows = total as f64;
    let share = hits as f64 / rows;
    let square = Z_95 * Z_95;
    let centre = share + square / (2.0 * rows);
    let spread = Z_95 * (share * (1.0 - share) / rows + square / (4.0 * rows * rows)).sqrt();
    let scale = 1.0 + square / rows;
    Some(Interval {
        low: if hits == 0 { 0.0 } else { ((centre - spread) / scale).max(0.0) },
        high: if hits == total { 1.0 } else { ((centre + spread) / scale).min(1.0) },
    })
}

/// The exact two-sided interval of a share (Clopper and Pearson 1934): holds the true share with at
/// least `confidence`, whatever that share is and however few rows there are. None without rows.
pub fn clopper_pearson(hits: usize, total: usize, confidence: f64) -> Option<Interval> {
    let one_sided = f64::midpoint(1.0, confidence);
    let high = clopper_pearson_upper(hits, total, one_sided)?;
    let low = 1.0 - clopper_pearson_upper(total - hits, total, one_sided)?;
    Some(Interval { low, high })
}

/// The exact one-sided upper bound of a share: with at least `confidence` the true share is not
/// above it. It is the share at which `hits` or fewer of `total` would have the probability
/// `1 - confidence`, found by bisection on the binomial tail. None without rows.
pub fn clopper_pearson_upper(hits: usize, total: usize, confidence: f64) -> Option<f64> {
    if total == 0 || hits > total {
        return None;
    }
    if hits == total {
        return Some(1.0);
    }
    let log_ways = log_choose(total, hits);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if lower_tail(hits, total, middle, log_ways) > 1.0 - confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

/// Probability of `hits` or fewer among `total` draws of chance `share`, with
/// `log_ways = ln(total choose hits)`. Sums from the largest term downwards, each term from the one
/// before, so that nothing overflows.
pub(crate) fn lower_tail(hits: usize, total: usize, share: f64, log_ways: f64) -> f64 {
    let log_term = log_ways + hits as f64 * share.ln() + (total - hits) as f64 * (-share).ln_1p();
    let odds = (1.0 - share) / share;
    let mut ratio = 1.0;
    let mut sum = 0.0;
    for count in (0..=hits).rev() {
        sum += ratio;
        ratio *= count as f64 / (total - count + 1) as f64 * odds;
    }
    (log_term + sum.ln()).exp().min(1.0)
}

/// Natural logarithm of `total choose hits`.
pub(crate) fn log_choose(total: usize, hits: usize) -> f64 {
    (1..=hits).map(|step| ((total - hits + step) as f64 / step as f64).ln()).sum()
}

/// How to resample: the percentile bootstrap (Efron 1979) with a fixed seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// Number of resamples.
    pub resamples: usize,
    /// Seed; the same seed gives the same interval.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { resamples: 1_000, seed: 1 }
    }
}

impl Bootstrap {
    /// `statistic` on all rows with its 95 % percentile interval. The statistic gets indices of
    /// rows, some several times and some never, and may have no value on a resample (no positive
    /// row drawn, say): such a resample is passed over. None where it has no value on all rows.
    pub fn estimate(
        self,
        rows: usize,
        statistic: impl Fn(&[usize]) -> Option<f64>,
    ) -> Option<Estimate> {
        let (value, values) = self.resampled(rows, statistic)?;
        let low = quantile(&values, 0.025).unwrap_or(value);
        let high = quantile(&values, 0.975).unwrap_or(value);
        Some(Estimate { value, low, high, rows })
    }

    /// As [`Bootstrap::estimate`], for a statistic that chance pushes upwards, such as a
    /// calibration error: every resample is noisier than the rows themselves, so its mean excess
    /// over the value on all rows is taken off. Never below 0.
    pub fn estimate_biased(
        self,
        rows: usize,
        statistic: impl Fn(&[usize]) -> Option<f64>,
    ) -> Option<Estimate> {
        let (value, values) = self.resampled(rows, statistic)?;
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let end = |share| quantile(&values, share).map(|end| (end - mean + value).max(0.0));
        let low = end(0.025).unwrap_or(value);
        let high = end(0.975).unwrap_or(value);
        Some(Estimate { value, low, high, rows })
    }

    /// The value on all rows, and those on the resamples.
    pub(super) fn resampled(
        self,
        rows: usize,
        statistic: impl Fn(&[usize]) -> Option<f64>,
    ) -> Option<(f64, Vec<f64>)> {
        if rows == 0 {
            return None;
        }
        let all: Vec<usize> = (0..rows).collect();
        let value = statistic(&all)?;
        let mut random = StdRng::seed_from_u64(self.seed);
        let mut drawn = vec![0; rows];
        let mut values = Vec::with_capacity(self.resamples);
        for _ in 0..self.resamples {
            drawn.fill_with(|| random.random_range(0..rows));
            values.extend(statistic(&drawn));
        }
        Some((value, values))
    }
}

/// The value below which `share` of the values lie, with straight lines between neighbours (type 7
/// of Hyndman and Fan 1996). None without values.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    let part = position - below as f64;
    Some(sorted[below] + (sorted[above] - sorted[below]) * part)
}
