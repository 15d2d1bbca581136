//! Leaks between training and test, doubtful labels, and what behavioural tests look like.

use std::collections::BTreeMap;

use lotse::domain::{IntentScore, Language};
use lotse::evaluate::metrics::proportion;
use lotse::evaluate::{
    BehaviourExample, BehaviourReport, BehaviourTest, Expectation, LabelledFile, LeakReport,
    Prediction, Report, ReportOptions, TextOptions, page, text,
};
use lotse::train::LabelledRow;

use crate::report::{options, predictions, rows};

fn train() -> Vec<LabelledRow> {
    let row = |text: &str, intent: &str| LabelledRow {
        text: text.to_owned(),
        intent: Some(intent.to_owned()),
        ..LabelledRow::default()
    };
    vec![
        row("wann habt ihr offen", "opening_hours"),
        row("Ihr seid echt spitze, danke!", "praise"),
        row("wo ist mein Geld?!", "get_refund"),
        row("Ich möchte etwas ganz anderes", "complaint"),
    ]
}

fn leaks(similarity: f64) -> LeakReport {
    let train = train();
    let files = [LabelledFile { name: "train.jsonl", rows: &train }];
    LeakReport::new(&files, &rows(), &predictions(), &options(), similarity).unwrap()
}

#[test]
fn leaks_are_found_exactly_and_nearly_and_figures_told_without_them() {
    let found = leaks(0.6);
    assert_eq!((found.exact, found.near, found.kept), (2, 1, 7));
    let ids: Vec<&str> = found.rows.iter().filter_map(|leak| leak.id.as_deref()).collect();
    assert_eq!(ids, ["row-0", "row-9", "row-7"]);
    assert_eq!(found.rows[1].differs, ["intents"]);
    assert_eq!(found.rows[2].train.text, "Ihr seid echt spitze, danke!");
    let whole = Report::build(&rows(), &predictions(), &options()).unwrap();
    let report = whole.with_leaks(found);
    let figures = report.figures();
    assert!((figures["leaked_rows"] - 3.0).abs() < f64::EPSILON);
    // Of nine rows in scope eight are right; the three leaked ones all are.
    assert!((figures["intent_accuracy"] - 8.0 / 9.0).abs() < 1e-9);
    assert!((figures["intent_accuracy.without_leaks"] - 5.0 / 6.0).abs() < 1e-9);
    let printed = text(&report, TextOptions { mistakes: 2 });
    let start = printed.find("  Leaked rows").unwrap();
    let end = printed[start..].find("\n\n").unwrap() + start;
    insta::assert_snapshot!(&printed[start..end]);
    assert!(page(&report).contains("Leaked messages"));
}

#[test]
fn without_leaks_the_figures_are_those_of_all_rows() {
    let train = [train().remove(3)];
    let files = [LabelledFile { name: "train.jsonl", rows: &train }];
    let found = LeakReport::new(&files, &rows(), &predictions(), &options(), 0.8).unwrap();
    let report = Report::build(&rows(), &predictions(), &options()).unwrap().with_leaks(found);
    let figures = report.figures();
    assert!(figures["leaked_rows"].abs() < f64::EPSILON);
    for name in ["intent_accuracy", "tier_accuracy", "queue_accuracy"] {
        let without = figures[&format!("{name}.without_leaks")];
        assert!((figures[name] - without).abs() < f64::EPSILON, "{name}");
    }
}

#[test]
fn where_every_row_leaked_there_is_no_figure_without() {
    let rows = rows();
    let files = [LabelledFile { name: "train.jsonl", rows: &rows }];
    let found = LeakReport::new(&files, &rows, &predictions(), &options(), 0.8).unwrap();
    assert_eq!((found.exact, found.kept), (rows.len(), 0));
    assert!(found.without.is_empty());
}

/// Ten rows of `a` read as such with 0.9, one row labelled `b` read as `a` with 0.95, another with
/// 0.85: only the first contradicts its label as surely as rows of `a` are recognised.
#[test]
fn a_label_is_doubted_only_by_a_reading_as_sure_as_usual() {
    let row = |intent: &str, number: usize| LabelledRow {
        text: format!("message {number}"),
        intent: Some(intent.to_owned()),
        ..LabelledRow::default()
    };
    let given = |confidence: f32| {
        let score = IntentScore { name: "a".to_owned(), confidence };
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
    let mut rows: Vec<LabelledRow> = (0..10).map(|number| row("a", number)).collect();
    rows.extend([row("b", 10), row("b", 11)]);
    let mut predictions: Vec<Prediction> = (0..10).map(|_| given(0.9)).collect();
    predictions.extend([given(0.85), given(0.95)]);
    let report = Report::build(&rows, &predictions, &ReportOptions::default()).unwrap();
    let found: Vec<(usize, &str, &str)> = report
        .suspects
        .iter()
        .map(|suspect| (suspect.row, suspect.gold.as_str(), suspect.predicted.as_str()))
        .collect();
    assert_eq!(found, [(12, "b", "a")]);
    assert!((report.figures()["suspected_labels"] - 1.0).abs() < f64::EPSILON);
    insta::assert_json_snapshot!(report.suspects);
    assert!(page(&report).contains("Suspected label mistakes"));
    // A system that states no confidence doubts nothing.
    let silent =
        ReportOptions { without_confidence: vec!["intent".to_owned()], ..ReportOptions::default() };
    assert!(Report::build(&rows, &predictions, &silent).unwrap().suspects.is_empty());
}

/// How behavioural tests are told; that they are run is tested with the shipped pack.
#[test]
fn behaviour_as_text_figures_and_json() {
    let test = |name, title, expectation: Expectation, failures: usize| BehaviourTest {
        name,
        title,
        expectation,
        expected: expectation.words(),
        cases: 20,
        failures,
        failed: proportion(failures, 20),
        by_language: BTreeMap::from([("de".to_owned(), proportion(failures, 20).unwrap())]),
        by_head: BTreeMap::from([("intent".to_owned(), failures)]),
        examples: (0..failures)
            .map(|row| BehaviourExample {
                row: row + 1,
                id: None,
                language: Language::De,
                before: "Wo ist <mein> Paket?".to_owned(),
                after: "Wo ist <mein> Pket?".to_owned(),
                changed: vec!["intent: track_order → place_order".to_owned()],
            })
            .collect(),
    };
    let behaviour = BehaviourReport {
        rows: 20,
        seed: 1,
        failed: proportion(1, 40),
        tests: vec![
            test("typos", "Slips", Expectation::AllSame, 1),
            test("legal_threat", "Added: a threat", Expectation::TierNotLower, 0),
        ],
    };
    let report = Report::build(&rows(), &predictions(), &options()).unwrap();
    let report = report.with_behaviour(behaviour);
    let figures = report.figures();
    assert!((figures["behaviour_failures"] - 1.0).abs() < f64::EPSILON);
    assert!((figures["behaviour_typos_failed.de"] - 0.05).abs() < 1e-9);
    assert!(figures["behaviour_legal_threat_failed"].abs() < f64::EPSILON);
    let printed = text(&report, TextOptions { mistakes: 1 });
    let start = printed.find("  Behaviour").unwrap();
    let end = printed[start..].find("\n\n").unwrap() + start;
    insta::assert_snapshot!(&printed[start..end]);
    insta::assert_json_snapshot!(report.behaviour);
    let page = page(&report);
    assert!(page.contains("What must not matter") && !page.contains("<mein>"));
}
