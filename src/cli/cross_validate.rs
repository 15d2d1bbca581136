//! `lotse evaluate --cross-validate`: the rows are judged, not a finished model.

use std::path::Path;

use indicatif::ProgressBar;

use crate::classifier::Classifier;
use crate::evaluate::{CrossValidation, LEARNING_SHARES};
use crate::train::{FoldPlan, FoldStep, LabelledRow, train_in_folds};

/// Trains heads on the vectors of `base` part by part and judges them.
pub(super) fn cross_validate(
    base: &Path,
    rows: &[LabelledRow],
    folds: usize,
    out_of_scope: &str,
) -> anyhow::Result<CrossValidation> {
    let classifier = Classifier::load(base)?;
    let plan =
        FoldPlan { folds, shares: LEARNING_SHARES.to_vec(), out_of_scope: out_of_scope.to_owned() };
    let encoding = ProgressBar::new(rows.len() as u64).with_message("encoding");
    let training = ProgressBar::new((folds * plan.shares.len()) as u64).with_message("training");
    let readings = train_in_folds(&classifier, rows, &plan, |step| match step {
        FoldStep::Encoded(rows) => encoding.inc(rows as u64),
        FoldStep::Trained => {
            encoding.finish_and_clear();
            training.inc(1);
        }
    })?;
    training.finish_and_clear();
    Ok(CrossValidation::build(rows.len(), &readings))
}
