//! Figures of a cross-validation, on readings whose figures are known.

use std::collections::BTreeMap;

use lotse::evaluate::{CrossValidation, LEARNING_SHARES, Verdict};
use lotse::train::{FoldReadings, HeldOutReading};

/// Readings of 200 rows in each of five parts, right for this share of them by share of the rows;
/// the parts differ by `noise`.
fn readings(right: fn(f64) -> f64, noise: f64) -> Vec<FoldReadings> {
    let mut readings = Vec::new();
    for fold in 0..5 {
        for share in LEARNING_SHARES {
            // Not the same order of parts at every share: the slopes differ as well.
            let place = (fold + (share * 10.0) as usize) % 5;
            let share_right = right(share) + noise * (place as f64 - 2.0);
            let rows = (0..200).map(|row| {
                let gold = ["get_refund", "track_order"][row % 2].to_owned();
                let came_true = (row / 2) as f64 + 0.5 < share_right * 100.0;
                let predicted = if came_true {
                    gold.clone()
                } else {
                    ["track_order", "get_refund"][row % 2].to_owned()
                };
                HeldOutReading { gold, predicted, confidence: 0.8, came_true }
            });
            readings.push(FoldReadings {
                fold,
                share,
                training_rows: (800.0 * share) as usize,
                heads: BTreeMap::from([("intent".to_owned(), rows.collect())]),
            });
        }
    }
    readings
}

#[test]
fn mean_spread_and_slope_are_those_of_the_parts() {
    let found =
        CrossValidation::build(1000, &readings(|share| 0.9 + 0.1 * share.log2() / 4.0, 0.0));
    let intent = &found.heads["intent"];
    assert_eq!((found.folds, intent.rows), (5, 1000));
    assert!((intent.accuracy.mean - 0.9).abs() < 1e-9 && intent.accuracy.deviation < 1e-9);
    assert!((intent.calibration_error.mean - 0.1).abs() < 1e-6);
    // Each doubling brings 2.5 points; accuracies are whole percents.
    let outlook = &found.outlook["intent"];
    assert!((outlook.gain - 0.025).abs() < 0.004, "{outlook:?}");
    assert_eq!(outlook.verdict, Verdict::Helps);

    let noisy = CrossValidation::build(1000, &readings(|_| 0.8, 0.02));
    let deviation = 0.02 * (10.0_f64 / 4.0).sqrt();
    assert!((noisy.heads["intent"].accuracy.deviation - deviation).abs() < 1e-9);
    assert_eq!(noisy.outlook["intent"].verdict, Verdict::Unclear);
    let flat = CrossValidation::build(1000, &readings(|_| 0.8, 0.0));
    assert_eq!(flat.outlook["intent"].verdict, Verdict::Hardly);
}

#[test]
fn the_figures_can_be_read_in_a_terminal() {
    let rising =
        CrossValidation::build(1000, &readings(|share| 0.9 + 0.1 * share.log2() / 4.0, 0.01));
    insta::assert_snapshot!(rising.text());
}
