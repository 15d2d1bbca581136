use std::cmp::Ordering;
use std::collections::BTreeSet;

use lotse::evaluate::metrics::{
    AtLoss, BINS, Bootstrap, Candidate, Confusions, Interval, Judged, ScopeScore, accuracy, auroc,
    brier, calibration_error, clopper_pearson, clopper_pearson_upper, proportion, quantile,
    recall_at_loss, reliability_bins, risk_coverage, wilson,
};
use proptest::prelude::*;

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

/// Confidences with many ties, ends of bins among them.
fn confidence() -> impl Strategy<Value = f32> {
    prop_oneof![(0_u8..=30).prop_map(|step| f32::from(step) / 30.0), 0.0_f32..=1.0]
}

fn judged() -> impl Strategy<Value = Vec<Judged>> {
    let statement =
        (confidence(), any::<bool>()).prop_map(|(confidence, right)| Judged { confidence, right });
    prop::collection::vec(statement, 1..60)
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("[a-e]", "[a-f]"), 1..60)
}

fn confusions(pairs: &[(String, String)]) -> Confusions {
    Confusions::new(pairs.iter().map(|(gold, given)| (gold.as_str(), given.as_str())))
}

proptest! {
    #[test]
    fn accuracy_is_the_share_that_agrees(pairs in pairs()) {
        let right = pairs.iter().filter(|(gold, given)| gold == given).count();
        let expected = right as f64 / pairs.len() as f64;
        prop_assert!(near(accuracy(&pairs).unwrap(), expected));
        let counted = confusions(&pairs);
        prop_assert!(near(counted.right() as f64 / counted.rows() as f64, expected));
    }

    #[test]
    fn label_scores_are_what_counting_gives(pairs in pairs()) {
        let count = |wanted: &dyn Fn(&str, &str) -> bool| {
            pairs.iter().filter(|(gold, given)| wanted(gold, given)).count()
        };
        let labels: BTreeSet<&String> = pairs.iter().flat_map(|(gold, given)| [gold, given]).collect();
        let scores = confusions(&pairs).scores();
        prop_assert_eq!(scores.len(), labels.len());
        let mut sum = 0.0;
        for label in &labels {
            let score = scores.iter().find(|score| score.label == **label).unwrap();
            let right = count(&|gold, given| gold == *label && given == *label);
            let support = count(&|gold, _| gold == *label);
            let predicted = count(&|_, given| given == *label);
            prop_assert_eq!((score.right, score.support, score.predicted), (right, support, predicted));
            let share = |whole: usize| if whole == 0 { 0.0 } else { right as f64 / whole as f64 };
            let (precision, recall) = (share(predicted), share(support));
            prop_assert!(near(score.precision, precision) && near(score.recall, recall));
            let f1 = if right == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
            prop_assert!(near(score.f1, f1));
            sum += f1;
            let most = labels
                .iter()
                .filter(|other| *other != label)
                .map(|other| count(&|gold, given| gold == *label && given == *other))
                .max()
                .unwrap_or(0);
            prop_assert_eq!(score.confused_with.as_ref().map_or(0, |confusion| confusion.count), most);
        }
        let all: Vec<usize> = (0..pairs.len()).collect();
        let expected = sum / labels.len() as f64;
        prop_assert!(near(confusions(&pairs).macro_f1().unwrap(), expected));
        prop_assert!(near(confusions(&pairs).macro_f1_of(&all).unwrap(), expected));
    }

    #[test]
    fn macro_f1_of_a_resample_is_that_of_its_rows(pairs in pairs(), picks in prop::collection::vec(any::<prop::sample::Index>(), 1..40)) {
        let rows: Vec<usize> = picks.iter().map(|pick| pick.index(pairs.len())).collect();
        let drawn: Vec<(String, String)> = rows.iter().map(|row| pairs[*row].clone()).collect();
        let expected = confusions(&drawn).macro_f1().unwrap();
        prop_assert!(near(confusions(&pairs).macro_f1_of(&rows).unwrap(), expected));
    }

    #[test]
    fn calibration_error_is_the_weighted_gap_of_the_bins(judged in judged()) {
        let mut error = 0.0;
        for bin in 0..BINS {
            let (low, high) = (bin as f64 / BINS as f64, (bin + 1) as f64 / BINS as f64);
            let inside: Vec<&Judged> = judged
                .iter()
                .filter(|statement| {
                    let confidence = f64::from(statement.confidence);
                    confidence <= high && (confidence > low || (bin == 0 && confidence == 0.0))
                })
                .collect();
            let found = reliability_bins(&judged)[bin];
            prop_assert_eq!(found.count, inside.len());
            if inside.is_empty() {
                prop_assert_eq!(found.accuracy(), None);
                continue;
            }
            let rows = inside.len() as f64;
            let right = inside.iter().filter(|statement| statement.right).count() as f64 / rows;
            let stated = inside.iter().map(|s| f64::from(s.confidence)).sum::<f64>() / rows;
            error += rows / judged.len() as f64 * (right - stated).abs();
        }
        prop_assert!(near(calibration_error(&judged).unwrap(), error));
    }

    #[test]
    fn brier_is_the_mean_square(judged in judged()) {
        let mut sum = 0.0;
        for statement in &judged {
            let outcome = if statement.right { 1.0 } else { 0.0 };
            sum += (f64::from(statement.confidence) - outcome).powi(2);
        }
        prop_assert!(near(brier(&judged).unwrap(), sum / judged.len() as f64));
    }

    #[test]
    fn auroc_is_the_share_of_pairs_won(rows in prop::collection::vec((confidence(), any::<bool>()), 0..50)) {
        let positives: Vec<f32> = rows.iter().filter(|row| row.1).map(|row| row.0).collect();
        let negatives: Vec<f32> = rows.iter().filter(|row| !row.1).map(|row| row.0).collect();
        let mut wins = 0.0;
        for positive in &positives {
            for negative in &negatives {
                wins += match positive.total_cmp(negative) {
                    Ordering::Greater => 1.0,
                    Ordering::Equal => 0.5,
                    Ordering::Less => 0.0,
                };
            }
        }
        let all = positives.len() * negatives.len();
        match auroc(&rows) {
            None => prop_assert_eq!(all, 0),
            Some(area) => prop_assert!(near(area, wins / all as f64)),
        }
    }

    #[test]
    fn recall_at_loss_is_the_best_of_all_thresholds(
        rows in prop::collection::vec((confidence(), any::<bool>(), any::<bool>()), 1..40),
        allowed in 0.0_f64..1.0,
    ) {
        let rows: Vec<ScopeScore> = rows
            .into_iter()
            .map(|(score, in_scope, costs)| ScopeScore { score, in_scope, costs })
            .collect();
        let inside = rows.iter().filter(|row| row.in_scope).count() as f64;
        let outside = rows.len() as f64 - inside;
        let try_threshold = |threshold: f32| {
            let rejected = || rows.iter().filter(|row| row.score < threshold);
            let lost = rejected().filter(|row| row.in_scope && row.costs).count() as f64 / inside;
            let found = rejected().filter(|row| !row.in_scope).count() as f64 / outside;
            (lost, found)
        };
        let thresholds = rows.iter().map(|row| row.score).chain([f32::INFINITY]);
        let best = thresholds
            .map(try_threshold)
            .filter(|(lost, _)| *lost <= allowed)
            .map(|(_, found)| found)
            .fold(f64::NAN, f64::max);
        match recall_at_loss(&rows, allowed) {
            None => prop_assert!(inside == 0.0 || outside == 0.0),
            Some(AtLoss { threshold, recall, loss }) => {
                prop_assert!(near(recall, best));
                let (lost, found) = try_threshold(threshold.unwrap_or(f32::INFINITY));
                prop_assert!(near(lost, loss) && near(found, recall) && loss <= allowed);
            }
        }
    }

    #[test]
    fn risk_and_coverage_are_what_each_threshold_gives(
        rows in prop::collection::vec((confidence(), any::<bool>(), any::<bool>()), 0..40),
        unseen in 0_usize..5,
    ) {
        let rows: Vec<Candidate> = rows
            .into_iter()
            .map(|(confidence, wrong, wanted)| Candidate { confidence, wrong, wanted })
            .collect();
        let wanted = rows.iter().filter(|row| row.wanted).count() + unseen;
        let curve = risk_coverage(&rows, wanted);
        let distinct: BTreeSet<u32> = rows.iter().map(|row| row.confidence.to_bits()).collect();
        prop_assert_eq!(curve.len(), distinct.len());
        for point in curve {
            let taken: Vec<&Candidate> =
                rows.iter().filter(|row| row.confidence >= point.threshold).collect();
            let wrong = taken.iter().filter(|row| row.wrong).count();
            let covered = taken.iter().filter(|row| row.wanted).count() as f64;
            prop_assert_eq!((point.taken, point.wrong), (taken.len(), wrong));
            prop_assert!(near(point.risk, wrong as f64 / taken.len() as f64));
            let coverage = if wanted == 0 { 0.0 } else { covered / wanted as f64 };
            prop_assert!(near(point.coverage, coverage));
        }
    }

    /// The ends of the score interval are the shares at which the score test just rejects.
    #[test]
    fn wilson_inverts_the_score_test(total in 1_usize..500, part in 0.0_f64..=1.0) {
        let hits = (part * total as f64).round() as usize;
        let Interval { low, high } = wilson(hits, total).unwrap();
        let share = hits as f64 / total as f64;
        prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
        for end in [low, high] {
            let square = 1.959_963_984_540_054_f64.powi(2);
            let test = (share - end).powi(2) * total as f64 - square * end * (1.0 - end);
            prop_assert!(test.abs() < 1e-6 || end <= 0.0 || end >= 1.0);
        }
    }

    /// At the upper bound, so few hits have just the probability that the confidence leaves out.
    #[test]
    fn the_exact_bound_inverts_the_binomial_tail(total in 1_usize..40, part in 0.0_f64..=1.0) {
        let hits = (part * total as f64).round() as usize;
        let bound = clopper_pearson_upper(hits, total, 0.95).unwrap();
        if hits == total {
            prop_assert!(near(bound, 1.0));
        } else {
            prop_assert!((tail(hits, total, bound) - 0.05).abs() < 1e-9);
        }
        let Interval { low, high } = clopper_pearson(hits, total, 0.95).unwrap();
        let wilson = wilson(hits, total).unwrap();
        prop_assert!(low <= hits as f64 / total as f64 && hits as f64 / total as f64 <= high);
        prop_assert!(high - low >= (wilson.high - wilson.low) * 0.9, "the exact interval is cautious");
    }

    #[test]
    fn quantiles_lie_between_neighbours(values in prop::collection::vec(-1e3_f64..1e3, 1..50), share in 0.0_f64..=1.0) {
        let found = quantile(&values, share).unwrap();
        let below = values.iter().filter(|value| **value < found - 1e-9).count() as f64;
        let not_above = values.iter().filter(|value| **value <= found + 1e-9).count() as f64;
        let steps = (values.len() - 1) as f64;
        prop_assert!(below <= share * steps + 1.0 && not_above >= share * steps);
        let more = quantile(&values, (share + 0.1).min(1.0)).unwrap();
        prop_assert!(found <= more);
    }
}

/// Probability of at most `hits` of `total`, by adding up products.
fn tail(hits: usize, total: usize, share: f64) -> f64 {
    (0..=hits).map(|count| mass(count, total, share)).sum()
}

fn mass(hits: usize, total: usize, share: f64) -> f64 {
    let ways: f64 = (1..=hits).map(|step| (total - hits + step) as f64 / step as f64).product();
    ways * share.powf(hits as f64) * (1.0 - share).powf((total - hits) as f64)
}

/// Whatever the true share, the bound lies above it in at least 95 of 100 samples.
#[test]
fn the_exact_bound_keeps_its_promise() {
    let total = 30;
    for step in 1..200 {
        let truth = f64::from(step) / 200.0;
        let kept: f64 = (0..=total)
            .filter(|hits| clopper_pearson_upper(*hits, total, 0.95).unwrap() >= truth)
            .map(|hits| mass(hits, total, truth))
            .sum();
        assert!(kept >= 0.95 - 1e-9, "covers {truth} with only {kept}");
    }
}

/// Values of R: `binom::binom.confint(8, 10, methods = c("wilson", "exact"))`, and the rule of
/// three's exact form for no hit at all.
#[test]
fn intervals_agree_with_published_values() {
    let wilson = wilson(8, 10).unwrap();
    assert!((wilson.low - 0.490_162_5).abs() < 1e-6 && (wilson.high - 0.943_317_8).abs() < 1e-6);
    let exact = clopper_pearson(8, 10, 0.95).unwrap();
    assert!((exact.low - 0.443_904_5).abs() < 1e-6 && (exact.high - 0.974_789_3).abs() < 1e-6);
    let none = clopper_pearson_upper(0, 59, 0.95).unwrap();
    assert!((none - (1.0 - 0.05_f64.powf(1.0 / 59.0))).abs() < 1e-9);
    let many = clopper_pearson_upper(2_000, 100_000, 0.95).unwrap();
    assert!((0.020..0.021).contains(&many), "large counts stay finite: {many}");
}

#[test]
fn nothing_comes_of_no_rows() {
    assert_eq!(wilson(0, 0), None);
    assert_eq!(proportion(0, 0), None);
    assert_eq!(clopper_pearson(0, 0, 0.95), None);
    assert_eq!(quantile(&[], 0.5), None);
    assert_eq!(calibration_error(&[]), None);
    assert_eq!(brier(&[]), None);
    assert_eq!(accuracy::<u8>(&[]), None);
    assert_eq!(Confusions::default().macro_f1(), None);
    assert_eq!(Bootstrap::default().estimate(0, |_| Some(1.0)), None);
}

#[test]
fn quantiles_agree_with_numpy() {
    let values = [4.0, 1.0, 3.0, 2.0];
    for (share, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.95, 3.85), (1.0, 4.0)] {
        assert!(near(quantile(&values, share).unwrap(), expected));
    }
}

fn mean(values: &[f64], rows: &[usize]) -> f64 {
    rows.iter().map(|row| values[*row]).sum::<f64>() / rows.len() as f64
}

/// All 4⁴ resamples of four rows are the distribution that the bootstrap draws from.
#[test]
fn the_bootstrap_finds_the_percentiles_of_all_resamples() {
    let values = [0.0, 1.0, 5.0, 20.0];
    let every: Vec<f64> = (0..256_usize)
        .map(|code| mean(&values, &[code % 4, code / 4 % 4, code / 16 % 4, code / 64]))
        .collect();
    let drawn = Bootstrap { resamples: 40_000, seed: 3 }
        .estimate(4, |rows| Some(mean(&values, rows)))
        .unwrap();
    assert!(near(drawn.value, 6.5));
    assert!((drawn.low - quantile(&every, 0.025).unwrap()).abs() <= 0.25, "{drawn:?}");
    assert!((drawn.high - quantile(&every, 0.975).unwrap()).abs() <= 0.25, "{drawn:?}");
}

#[test]
fn the_bootstrap_depends_on_its_seed_alone() {
    let values: Vec<f64> = (0..50).map(f64::from).collect();
    let with = |seed| {
        Bootstrap { resamples: 200, seed }.estimate(50, |rows| Some(mean(&values, rows))).unwrap()
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
}

/// A perfectly calibrated model has an error above 0 on few rows, and its resamples a larger one;
/// the interval must not lie above the value for that.
#[test]
fn the_interval_of_a_calibration_error_holds_its_value() {
    let judged: Vec<Judged> = (0..200_usize)
        .map(|row| Judged { confidence: 0.8, right: row % 5 != 0 })
        .chain((0..100_usize).map(|row| Judged { confidence: 0.55, right: row % 2 == 0 }))
        .collect();
    let statistic = |rows: &[usize]| {
        calibration_error(&rows.iter().map(|row| judged[*row]).collect::<Vec<_>>())
    };
    let centred = Bootstrap::default().estimate_biased(judged.len(), statistic).unwrap();
    let plain = Bootstrap::default().estimate(judged.len(), statistic).unwrap();
    assert!(centred.low <= centred.value && centred.value <= centred.high, "{centred:?}");
    assert!(plain.high > centred.high, "the bias was taken off");
}
