//! Does a confidence of 0.8 mean right in 80 of 100 cases?

use serde::Serialize;

use super::rounded;

/// Bins of a reliability diagram and of the calibration error, as is usual since Guo et al. 2017.
pub const BINS: usize = 15;

/// A stated confidence and whether the statement was right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Stated probability of being right, 0 to 1.
    pub confidence: f32,
    /// Whether it was right.
    pub right: bool,
}

/// One bin of a reliability diagram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Confidences above this (the first bin holds 0 as well).
    #[serde(serialize_with = "rounded")]
    pub low: f64,
    /// Confidences up to and including this.
    #[serde(serialize_with = "rounded")]
    pub high: f64,
    /// Statements in the bin.
    pub count: usize,
    /// Right ones among them.
    pub right: usize,
    /// Their mean confidence; 0 in an empty bin.
    #[serde(serialize_with = "rounded")]
    pub confidence: f64,
}

impl Bin {
    /// Share of right statements; none in an empty bin.
    pub fn accuracy(&self) -> Option<f64> {
        (self.count > 0).then(|| self.right as f64 / self.count as f64)
    }
}

/// Sorts statements into [`BINS`] bins of equal width.
pub fn reliability_bins(judged: &[Judged]) -> Vec<Bin> {
    let mut bins: Vec<Bin> = (0..BINS)
        .map(|index| Bin {
            low: index as f64 / BINS as f64,
            high: (index + 1) as f64 / BINS as f64,
            count: 0,
            right: 0,
            confidence: 0.0,
        })
        .collect();
    for statement in judged {
        let confidence = f64::from(statement.confidence);
        let index = bins.iter().position(|bin| confidence <= bin.high).unwrap_or(BINS - 1);
        let bin = &mut bins[index];
        bin.count += 1;
        bin.right += usize::from(statement.right);
        bin.confidence += confidence;
    }
    for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
        bin.confidence /= bin.count as f64;
    }
    bins
}

/// Expected calibration error over [`BINS`] bins of equal width (Naeini et al. 2015; Guo et al.
/// 2017, "On Calibration of Modern Neural Networks", equation 5): the mean gap between confidence
/// and share of right ones, weighted by the rows of a bin. None without statements.
pub fn calibration_error(judged: &[Judged]) -> Option<f64> {
    if judged.is_empty() {
        return None;
    }
    let gaps: f64 = reliability_bins(judged)
        .iter()
        .filter_map(|bin| Some(bin.count as f64 * (bin.accuracy()? - bin.confidence).abs()))
        .sum();
    Some(gaps / judged.len() as f64)
}

/// Mean squared distance between confidence and outcome (Brier 1950, for the event "the statement
/// is right"): 0 is perfect, 0.25 is what "always 50 %" gets. None without statements.
pub fn brier(judged: &[Judged]) -> Option<f64> {
    if judged.is_empty() {
        return None;
    }
    let squares: f64 = judged
        .iter()
        .map(|statement| {
            (f64::from(statement.confidence) - f64::from(u8::from(statement.right))).powi(2)
        })
        .sum();
    Some(squares / judged.len() as f64)
}
