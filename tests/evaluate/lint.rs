use lotse::domain::{Language, Sentiment};
use lotse::evaluate::{FindingKind, LabelledFile, LintOptions, LintReport, lint};
use lotse::train::LabelledRow;

fn row(text: &str, intent: &str, tier: u8) -> LabelledRow {
    LabelledRow {
        text: text.to_owned(),
        intent: Some(intent.to_owned()),
        tier: Some(tier),
        sentiment: Some(Sentiment::Neutral),
        lang: Some(Language::De),
        ..LabelledRow::default()
    }
}

/// Lints without asking for a number of rows.
fn linted(train: &[LabelledRow], test: &[LabelledRow]) -> LintReport {
    let files = [
        LabelledFile { name: "train.jsonl", rows: train },
        LabelledFile { name: "test.jsonl", rows: test },
    ];
    lint(&files, &LintOptions { least_training: 0, least_other: 0, ..LintOptions::default() })
}

fn kinds(report: &LintReport) -> Vec<FindingKind> {
    report.findings.iter().map(|finding| finding.kind).collect()
}

#[test]
fn equal_texts_are_found_whatever_their_spelling() {
    let train = [row("Für wann ist NL-20481 angekündigt?", "track_order", 2)];
    let test = [row("fuer wann ist nl 20999 ANGEKÜNDIGT", "track_order", 2)];
    let report = linted(&train, &test);
    assert_eq!(kinds(&report), [FindingKind::Leak]);
    assert_eq!(report.serious(), 1);
    assert_eq!(
        kinds(&linted(&[train[0].clone(), train[0].clone()], &[])),
        [FindingKind::Duplicate]
    );
}

#[test]
fn near_duplicates_are_told_apart_by_where_they_stand() {
    let one = row("wo kann ich meine rechnung vom letzten monat herunterladen", "get_invoice", 2);
    let other = row("Wo kann ich meine Rechnung vom letzten Monat runterladen?", "get_invoice", 2);
    let far = row("meine rechnung ist falsch", "check_invoice", 2);
    let report = linted(&[one.clone(), far], std::slice::from_ref(&other));
    assert_eq!(kinds(&report), [FindingKind::NearLeak]);
    let report = linted(&[one, LabelledRow { tier: Some(3), ..other }], &[]);
    assert_eq!(kinds(&report), [FindingKind::NearDuplicate]);
    assert!(report.findings[0].message.ends_with("with different tiers"), "{report:?}");
}

#[test]
fn contradicting_labels_are_found() {
    let rows = [row("geht nicht", "technical_problem", 3), row("Geht nicht!", "service_outage", 3)];
    let report = linted(&rows, &[]);
    assert_eq!(kinds(&report), [FindingKind::Conflict, FindingKind::Duplicate]);
    assert_eq!(report.findings[0].message, "different intents");
    let silent = LabelledRow { text: "geht nicht".to_owned(), ..LabelledRow::default() };
    let report = linted(&[rows[0].clone(), silent], &[]);
    assert_eq!(kinds(&report), [FindingKind::Duplicate], "a missing label contradicts nobody");
}

#[test]
fn tiers_are_held_against_the_floor() {
    let rows = [row("Rechnung doppelt bezahlt", "payment_issue", 2)];
    let files = [LabelledFile { name: "train.jsonl", rows: &rows }];
    let mut options = LintOptions { least_training: 0, ..LintOptions::default() };
    assert_eq!(kinds(&lint(&files, &options)), []);
    options.tier_floor.insert("payment_issue".to_owned(), 3);
    assert_eq!(kinds(&lint(&files, &options)), [FindingKind::BelowFloor]);

    let answered =
        LabelledRow { articles: Some(vec!["refund-time".to_owned()]), ..rows[0].clone() };
    let answered = LabelledRow { tier: Some(3), ..answered };
    assert_eq!(kinds(&linted(&[answered], &[])), [FindingKind::AnsweredTier3]);
}

#[test]
fn a_tier_that_hardly_any_other_row_has_is_doubtful() {
    let words = ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"];
    let mut rows: Vec<LabelledRow> = words
        .iter()
        .flat_map(|word| [word.repeat(3), word.repeat(5), word.repeat(7)])
        .map(|text| row(&text, "complaint", 3))
        .collect();
    rows.push(row("kurz und knapp", "complaint", 1));
    let report = linted(&rows, &[]);
    let doubtful = report.findings.iter().filter(|f| f.kind == FindingKind::DoubtfulTier);
    let texts: Vec<&str> = doubtful.map(|finding| finding.places[0].text.as_str()).collect();
    assert_eq!(texts, ["kurz und knapp"]);
    assert_eq!(report.serious(), 0);
}

#[test]
fn thin_classes_are_found_in_every_file() {
    let train = [row("hallo", "greeting", 1), row("irgendwas", "out_of_scope", 2)];
    let test = [row("tschüss", "goodbye", 1)];
    let files = [
        LabelledFile { name: "train.jsonl", rows: &train },
        LabelledFile { name: "test.jsonl", rows: &test },
    ];
    let options = LintOptions { least_training: 2, least_other: 1, ..LintOptions::default() };
    let messages: Vec<String> =
        lint(&files, &options).findings.into_iter().map(|finding| finding.message).collect();
    assert_eq!(
        messages,
        [
            "train.jsonl: 0 of goodbye, at least 2 wanted",
            "train.jsonl: 1 of greeting, at least 2 wanted",
            "train.jsonl: 1 of out_of_scope, at least 2 wanted",
            "test.jsonl: 0 of greeting, at least 1 wanted",
        ]
    );
}

#[test]
fn the_findings_can_be_read_in_a_terminal() {
    let train = [
        row("Für wann ist NL-20481 angekündigt?", "track_order", 2),
        row("wo kann ich meine rechnung vom letzten monat herunterladen", "get_invoice", 2),
        row("geht nicht\u{1b}[2J\nüberhaupt nicht", "technical_problem", 3),
    ];
    let test = [
        row("fuer wann ist nl 20999 ANGEKÜNDIGT", "track_order", 3),
        row("Wo kann ich meine Rechnung vom letzten Monat runterladen?", "get_invoice", 2),
    ];
    let files = [
        LabelledFile { name: "demo/examples/train.jsonl", rows: &train },
        LabelledFile { name: "eval/nordlicht/test.jsonl", rows: &test },
    ];
    let printed = lint(&files, &LintOptions::default()).text(2);
    assert!(printed.lines().all(|line| line.chars().count() <= 100), "{printed}");
    assert!(!printed.contains('\u{1b}'));
    insta::assert_snapshot!(printed);
}

#[test]
fn empty_files_are_no_trouble() {
    let report = linted(&[], &[]);
    assert!(report.findings.is_empty());
    assert!(report.text(5).contains("0 rows in 2 files"));
}
