//! Which figure says what? Counting, calibration, ranking and intervals over plain numbers.
//!
//! Nothing here knows of messages or models: everything can be checked against a slow, obvious
//! second computation, and the tests do so.

mod calibration;
mod intervals;
mod labels;
mod paired;
mod ranking;

pub use calibration::{BINS, Bin, Judged, brier, calibration_error, reliability_bins};
pub use intervals::{
    Bootstrap, Estimate, Interval, clopper_pearson, clopper_pearson_upper, proportion, quantile,
    wilson,
};
pub(crate) use intervals::{log_choose, lower_tail};
pub use labels::{Confusion, Confusions, LabelScore, accuracy};
pub use paired::{Agreement, Difference, mcnemar_exact};
pub use ranking::{
    AtLoss, Candidate, CurvePoint, ScopeScore, auroc, recall_at_loss, risk_coverage,
};

/// Writes a figure with at most six decimals: the last bits of a float differ between machines,
/// and a report must not.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
pub(super) fn rounded<S: serde::Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((value * 1e6).round() / 1e6)
}

/// [`rounded`] for a figure that may be missing.
#[expect(clippy::ref_option, reason = "serde hands fields over by reference")]
pub(super) fn rounded_if_any<S: serde::Serializer>(
    value: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => rounded(value, serializer),
        None => serializer.serialize_none(),
    }
}
