use std::path::Path;

use lotse::evaluate::{
    ForeignFile, Matched, Report, ReportOptions, RowsOf, TextOptions, page, text,
};
use lotse::train::LabelledRow;

fn labelled(id: Option<&str>, text: &str, intent: &str) -> LabelledRow {
    LabelledRow {
        text: text.to_owned(),
        intent: Some(intent.to_owned()),
        tier: Some(2),
        sentiment: lotse::domain::Sentiment::ALL.get(1).copied(),
        id: id.map(str::to_owned),
        ..LabelledRow::default()
    }
}

fn labelled_rows() -> Vec<LabelledRow> {
    vec![
        labelled(Some("a"), "Wo ist mein Paket?", "track_order"),
        labelled(Some("b"), "Rechnung bitte, danke", "get_invoice"),
        labelled(Some("c"), "Wie wird das Wetter?", "out_of_scope"),
    ]
}

fn read(directory: &Path, name: &str, content: &str) -> Result<Matched, String> {
    let path = directory.join(name);
    std::fs::write(&path, content).unwrap();
    let rows = labelled_rows();
    let file = ForeignFile::read(&path).map_err(|error| error.to_string())?;
    let matched = file.match_rows(&[RowsOf { name: "rows.jsonl", rows: &rows }], "out_of_scope");
    matched.map_err(|error| error.to_string())
}

fn report(matched: Matched) -> Report {
    let options = ReportOptions {
        without_confidence: matched.summary.without_confidence.clone(),
        ..ReportOptions::default()
    };
    Report::build(&labelled_rows(), &matched.predictions, &options)
        .unwrap()
        .with_predictions(matched.summary)
}

fn figure(report: &Report, name: &str) -> Option<f64> {
    report.figures().get(name).copied()
}

const FLAT: &str = r#"
{"id": "c", "intent": null, "confidence": 0.8, "tier": 2, "sentiment": "NEUTRAL"}
{"id": "a", "intent": "track_order", "confidence": 0.9, "tier": 3, "sentiment": "negative"}

{"id": "b", "intent": "get_bill", "confidence": 0.7, "tier": 2, "sentiment": "neutral"}
{"id": "elsewhere", "intent": "x", "confidence": 0.7, "tier": 2, "sentiment": "neutral"}
"#;

#[test]
fn rows_are_found_by_id_and_unknown_intents_count_as_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let matched = read(directory.path(), "flat.jsonl", FLAT).unwrap();
    let summary = &matched.summary;
    assert_eq!((summary.matched_by.as_str(), summary.unused), ("id", 1));
    assert_eq!(summary.unknown_intents.len(), 1);
    assert_eq!(summary.unknown_intents[0].name, "get_bill");
    assert_eq!(summary.unknown_intents[0].line, 5);
    assert_eq!(summary.without_confidence, ["sentiment", "tier"]);
    let report = report(matched);
    assert_eq!(figure(&report, "intent_accuracy"), Some(0.5));
    assert_eq!(figure(&report, "out_of_scope_recall"), Some(1.0));
    // A null intent with 0.8 speaks for 0.2 of being in scope.
    assert_eq!(figure(&report, "out_of_scope_auroc"), Some(1.0));
    assert_eq!(figure(&report, "unknown_intents"), Some(1.0));
    assert!(figure(&report, "tier_accuracy").is_some());
    assert!(figure(&report, "ece_tier").is_none() && figure(&report, "ece_sentiment").is_none());
    assert!(figure(&report, "ece_intent").is_some());
    assert!(text(&report, TextOptions::default()).contains("1 × get_bill (line 5)"));
    assert!(page(&report).contains("1 × get_bill (line 5)"));
}

#[test]
fn other_shapes_say_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let shapes = [
        (
            "objects.jsonl",
            r#"{"text": "Wo ist mein Paket?", "intent": {"name": "track_order", "confidence": 0.9}, "intent_ranking": []}
{"text": "Rechnung bitte, danke", "intent": {"name": "get_invoice", "confidence": 0.7}}
{"text": "Wie wird das Wetter?", "intent": {"name": null, "confidence": 0.8}}"#,
            "text",
        ),
        (
            "table.csv",
            "ID;Text;Intent;Confidence\r\na;Wo ist mein Paket?;track_order;0,9\r\n\
             b;\"Rechnung bitte, danke\";get_invoice;0,7\r\nc;;;0,8\r\n",
            "id",
        ),
        (
            "order.tsv",
            "intent\tconfidence\ntrack_order\t0.9\nget_invoice\t0.7\nout_of_scope\t0.8\n",
            "order",
        ),
    ];
    let expected: Vec<Option<String>> =
        vec![Some("track_order".to_owned()), Some("get_invoice".to_owned())];
    for (name, content, matched_by) in shapes {
        let matched =
            read(directory.path(), name, content).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(matched.summary.matched_by, matched_by, "{name}");
        let intents: Vec<Option<String>> = matched
            .predictions
            .iter()
            .map(|prediction| prediction.intent.as_ref().map(|score| score.name.clone()))
            .collect();
        assert_eq!(intents[..2], expected, "{name}");
        let report = report(matched);
        assert_eq!(figure(&report, "intent_accuracy_overall"), Some(1.0), "{name}");
        assert_eq!(figure(&report, "out_of_scope_auroc"), Some(1.0), "{name}");
    }
}

#[test]
fn what_cannot_be_used_is_told_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let good = r#"{"id": "a", "intent": "track_order", "confidence": 0.9}"#;
    let cases = [
        ("empty.jsonl", String::new()),
        ("no-json.jsonl", format!("{good}\nnot json")),
        ("missing.jsonl", format!("{good}\n{good}").replacen("\"a\"", "\"b\"", 1)),
        ("percent.jsonl", format!("{good}\n\n{}", good.replace("0.9", "93"))),
        ("negative.jsonl", good.replace("0.9", "-0.5")),
        ("twice.jsonl", format!("{good}\n{good}")),
        ("some.jsonl", format!("{good}\n{{\"id\": \"b\", \"intent\": \"get_invoice\"}}")),
        ("silent.jsonl", format!("{good}\n{{\"id\": \"b\", \"confidence\": 0.5}}")),
        ("nothing.jsonl", r#"{"id": "a", "label": "track_order"}"#.to_owned()),
        ("mood.jsonl", good.replace("\"confidence\"", "\"sentiment\": \"mixed\", \"confidence\"")),
        ("tier.jsonl", good.replace("\"confidence\"", "\"tier\": \"high\", \"confidence\"")),
        ("shape.jsonl", good.replace("\"track_order\"", "[1]")),
        ("strangers.jsonl", good.replace("\"a\"", "\"z\"")),
        ("columns.csv", "id,label\na,track_order\n".to_owned()),
        ("number.csv", "id,intent,confidence\na,track_order,high\n".to_owned()),
        ("ragged.csv", "id,intent,confidence\na,track_order,0.9\nb,get_invoice\n".to_owned()),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(name, content)| {
            let error = read(directory.path(), name, content).expect_err(name);
            error.replace(&format!("{}/", directory.path().display()), "")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn equal_texts_share_a_prediction_or_take_theirs_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let rows = vec![
        labelled(None, "hallo", "greeting"),
        labelled(None, "hallo", "greeting"),
        labelled(None, "tschüss", "goodbye"),
    ];
    let file = |content: &str| {
        let path = directory.path().join("equal.jsonl");
        std::fs::write(&path, content).unwrap();
        let matched = ForeignFile::read(&path)
            .unwrap()
            .match_rows(&[RowsOf { name: "rows", rows: &rows }], "out_of_scope")
            .unwrap();
        let names = matched.predictions.into_iter().map(|p| p.intent.unwrap().name);
        names.collect::<Vec<_>>()
    };
    let one = r#"{"text": "hallo", "intent": "a"}
{"text": " tschüss\r\n", "intent": "b"}"#;
    assert_eq!(file(one), ["a", "a", "b"]);
    let two = format!("{one}\n{{\"text\": \"hallo\", \"intent\": \"c\"}}");
    assert_eq!(file(&two), ["a", "c", "b"]);
}
