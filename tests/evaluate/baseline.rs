use std::collections::BTreeMap;

use lotse::domain::IntentScore;
use lotse::evaluate::metrics::{Agreement, Bootstrap, Difference, mcnemar_exact};
use lotse::evaluate::{
    Baseline, BaselineReport, BaselineVerdict, FailIf, Prediction, Report, ReportOptions,
    TextOptions, page, text,
};
use lotse::train::LabelledRow;
use proptest::prelude::*;

use crate::report::{anything, options, predictions, rows};

/// `2 · P(X ≤ fewer)` for X of `all` fair coins, counted in whole numbers.
fn slow_mcnemar(one: u32, other: u32) -> f64 {
    let (fewer, all) = (one.min(other), one + other);
    let (mut ways, mut sum) = (1_u128, 0_u128);
    for count in 0..=fewer {
        sum += ways;
        ways = ways * u128::from(all - count) / u128::from(count + 1);
    }
    (2.0 * sum as f64 / 2_f64.powi(all.cast_signed())).min(1.0)
}

fn compare(
    rows: &[LabelledRow],
    this: &[Prediction],
    other: &[Prediction],
    options: &ReportOptions,
) -> Report {
    let baseline =
        Baseline { name: "other", sha256: "22", predictions: other, without_confidence: &[] };
    Report::build(rows, this, options)
        .unwrap()
        .with_baseline(rows, this, options, &baseline)
        .unwrap()
}

fn verdicts(report: &Report) -> BTreeMap<String, BaselineVerdict> {
    let figures = &report.baseline.as_ref().unwrap().figures;
    figures.iter().map(|compared| (compared.figure.clone(), compared.verdict)).collect()
}

fn mirrored(verdict: BaselineVerdict) -> BaselineVerdict {
    match verdict {
        BaselineVerdict::Worse => BaselineVerdict::Better,
        BaselineVerdict::Better => BaselineVerdict::Worse,
        BaselineVerdict::Undecided => BaselineVerdict::Undecided,
    }
}

proptest! {
    #[test]
    fn mcnemar_is_the_sign_test_counted_out(one in 0_u32..60, other in 0_u32..60) {
        let found = mcnemar_exact(one as usize, other as usize);
        prop_assert!((found - slow_mcnemar(one, other)).abs() < 1e-9, "{found}");
        prop_assert!((found - mcnemar_exact(other as usize, one as usize)).abs() < f64::EPSILON);
    }

    #[test]
    fn agreement_counts_every_pair(pairs in prop::collection::vec(any::<(bool, bool)>(), 0..40)) {
        let Agreement { both, only_first, only_second, neither } = Agreement::count(&pairs);
        prop_assert_eq!(both + only_first + only_second + neither, pairs.len());
        let first = pairs.iter().filter(|(first, _)| *first).count();
        prop_assert_eq!(both + only_first, first);
    }

    /// The interval holds the difference, and that of the swapped systems is its mirror image.
    #[test]
    fn a_difference_is_mirrored_when_systems_are_swapped(
        values in prop::collection::vec((0.0_f64..1.0, 0.0_f64..1.0), 1..30),
        seed in any::<u64>(),
    ) {
        let mean = |rows: &[usize], part: fn(&(f64, f64)) -> f64| {
            rows.iter().map(|row| part(&values[*row])).sum::<f64>() / rows.len() as f64
        };
        let bootstrap = Bootstrap { resamples: 40, seed };
        let Difference { first, second, difference } = bootstrap
            .difference(values.len(), |rows| Some((mean(rows, |v| v.0), mean(rows, |v| v.1))))
            .unwrap();
        prop_assert!((difference.value - (first - second)).abs() < 1e-9);
        prop_assert!(difference.low <= difference.value && difference.value <= difference.high);
        let swapped = bootstrap
            .difference(values.len(), |rows| Some((mean(rows, |v| v.1), mean(rows, |v| v.0))))
            .unwrap();
        prop_assert!((difference.low + swapped.difference.high).abs() < 1e-9);
        prop_assert!((difference.high + swapped.difference.low).abs() < 1e-9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn swapping_the_systems_swaps_every_verdict(
        pairs in prop::collection::vec((anything(), anything()), 1..25),
    ) {
        let (rows, predictions): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .map(|((row, one), (_, other))| (row, (one, other)))
            .unzip();
        let (this, other): (Vec<Prediction>, Vec<Prediction>) = predictions.into_iter().unzip();
        let mut options = options();
        options.bootstrap.resamples = 20;
        let forth = verdicts(&compare(&rows, &this, &other, &options));
        let back = verdicts(&compare(&rows, &other, &this, &options));
        let expected: BTreeMap<_, _> =
            forth.into_iter().map(|(name, verdict)| (name, mirrored(verdict))).collect();
        prop_assert_eq!(back, expected);
    }

    #[test]
    fn identical_systems_are_undecided_in_everything(
        pairs in prop::collection::vec(anything(), 1..25),
    ) {
        let (rows, predictions): (Vec<LabelledRow>, Vec<Prediction>) = pairs.into_iter().unzip();
        let mut options = options();
        options.bootstrap.resamples = 20;
        let report = compare(&rows, &predictions, &predictions, &options);
        let baseline = report.baseline.as_ref().unwrap();
        prop_assert!(baseline.changes.is_empty());
        for compared in &baseline.figures {
            prop_assert_eq!(compared.verdict, BaselineVerdict::Undecided);
            prop_assert!(compared.values.difference.value.abs() < f64::EPSILON);
        }
    }
}

/// Forty rows that one system reads rightly; the other takes twelve for something else, and is sure
/// of it.
fn unequal() -> (Vec<LabelledRow>, Vec<Prediction>, Vec<Prediction>) {
    let rows: Vec<LabelledRow> = (0..40)
        .map(|id| LabelledRow {
            text: format!("message {id}"),
            intent: Some(["a", "b", "c", "d"][id % 4].to_owned()),
            id: Some(id.to_string()),
            ..LabelledRow::default()
        })
        .collect();
    let given = |name: String| {
        let score = IntentScore { name, confidence: 0.9 };
        Prediction {
            intent: Some(score.clone()),
            best_intent: Some(score),
            in_scope: None,
            sentiment: None,
            tier: None,
            action: None,
            article: None,
            queue: None,
            ..predictions().remove(0)
        }
    };
    let good = rows.iter().map(|row| given(row.intent.clone().unwrap())).collect();
    let poor = rows
        .iter()
        .enumerate()
        .map(|(id, row)| given(if id < 12 { "e".to_owned() } else { row.intent.clone().unwrap() }))
        .collect();
    (rows, good, poor)
}

#[test]
fn a_clear_difference_is_decided_and_can_be_gated() {
    let (rows, good, poor) = unequal();
    let options = ReportOptions::default();
    let worse = compare(&rows, &poor, &good, &options);
    let BaselineReport { figures, changes, .. } = worse.baseline.as_ref().unwrap();
    let accuracy = &figures[0];
    assert_eq!(accuracy.figure, "intent_accuracy");
    assert_eq!(accuracy.verdict, BaselineVerdict::Worse);
    assert!((accuracy.values.difference.value + 0.3).abs() < 1e-9);
    assert!((accuracy.p.unwrap() - 2.0 / 4096.0).abs() < 1e-9, "twelve coins on one side");
    assert_eq!(changes.len(), 12);
    assert!(changes.iter().all(|change| !change.gained));
    let gate = |expression: &str, report: &Report| {
        !FailIf::parse(expression).unwrap().check(&report.figures()).unwrap().is_empty()
    };
    assert!(gate("worse > 0", &worse));
    assert!(gate("baseline_intent_accuracy_difference < 0", &worse));
    let better = compare(&rows, &good, &poor, &options);
    assert!(!gate("worse > 0 or baseline_intent_accuracy_difference < 0", &better));
    assert!(gate("better > 0 and baseline_ece_intent_difference < 0", &better));
}

#[test]
fn a_target_may_speak_of_the_baseline() {
    let (rows, good, poor) = unequal();
    let target = lotse::evaluate::Comparison::parse("worse <= 0").unwrap();
    let options = ReportOptions { targets: vec![target], ..ReportOptions::default() };
    let report = compare(&rows, &poor, &good, &options);
    assert_eq!(report.targets[0].reached, Some(false));
}

/// The ten rows of the report's own tests, against a system that gets the tiers wrong.
#[test]
fn the_comparison_as_text_page_and_json() {
    let mut other = predictions();
    for prediction in &mut other {
        prediction.tier.as_mut().unwrap().level = 2;
    }
    let report = compare(&rows(), &predictions(), &other, &options());
    let printed = text(&report, TextOptions { mistakes: 0 });
    let start = printed.find("  Against the baseline").unwrap();
    let end = printed[start..].find("\n\n").map_or(printed.len(), |end| start + end);
    insta::assert_snapshot!(&printed[start..end]);
    insta::assert_json_snapshot!(report.baseline, {
        ".figures[1:]" => "like the first",
        ".changes[1:]" => "like the first",
    });
    let page = page(&report);
    assert!(page.contains("id=\"baseline\"") && page.contains("Tier right here, wrong there"));
}
