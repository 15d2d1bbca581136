//! What do thresholds of the answer confidence do on these rows?

use super::build::thinned;
use super::cases::Case;
use crate::evaluate::risk::{RiskOptions, RiskReport, open_answers};

/// Curve, promise and costs; none where no row both names its articles and is open to an answer.
pub(super) fn risk(cases: &[Case], options: &RiskOptions) -> Option<RiskReport> {
    let (answers, judged) = open_answers(cases.iter().map(|case| (case.row, case.prediction)));
    let mut report = RiskReport::build(&answers, judged, options)?;
    report.curve = thinned(report.curve);
    if let Some(costs) = &mut report.costs {
        costs.curve = thinned(std::mem::take(&mut costs.curve));
    }
    Some(report)
}
