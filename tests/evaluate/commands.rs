//! The same through the command, with the shipped pack and few rows.

use std::path::Path;
use std::process::Output;

use lotse::classifier::Classifier;
use lotse::evaluate::{BehaviourOptions, Expectation, behave};
use lotse::train::read_rows;
use serde_json::{Value, json};

use crate::common::{lotse, lotse_with_input, shipped_pack, stderr, stdout};

/// Rows of the validation set, spread over its intents.
fn some_rows(path: &Path, count: usize) -> Vec<Value> {
    let all = std::fs::read_to_string("demo/examples/valid.jsonl").unwrap();
    let lines: Vec<&str> = all.lines().step_by(37).take(count).collect();
    std::fs::write(path, lines.join("\n")).unwrap();
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn evaluate(arguments: &[&str]) -> Output {
    lotse().arg("evaluate").args(["--mistakes", "1"]).args(arguments).output().unwrap()
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What `lotse classify` says of rows is judged as the pack itself is.
#[test]
fn the_packs_own_predictions_are_as_good_as_the_pack() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let rows = some_rows(Path::new(&path("rows.jsonl")), 8);
    let messages: String = rows
        .iter()
        .map(|row| json!({"id": row["id"], "text": row["text"]}).to_string() + "\n")
        .collect();
    let classified = lotse_with_input(&["classify", "--jsonl"], messages.as_bytes());
    std::fs::write(path("own.jsonl"), &classified.stdout).unwrap();
    let output = evaluate(&[
        "--data",
        &path("rows.jsonl"),
        "--predictions",
        &path("own.jsonl"),
        "--baseline",
        "models/nordlicht-de-en",
        "--json",
        &path("report.json"),
        "--fail-if",
        "worse > 0 or better > 0 or baseline_intent_accuracy_difference != 0",
    ]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let report = json_of(Path::new(&path("report.json")));
    assert_eq!(report["predictions"]["matched_by"], "id");
    assert!(report["latency"].is_null(), "nothing was read here");
    assert!(report["baseline"]["figures"].as_array().unwrap().len() > 10);
}

#[test]
fn a_worse_system_fails_the_gate() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let rows = some_rows(Path::new(&path("rows.jsonl")), 8);
    let mut poor = vec!["id,intent,confidence".to_owned()];
    poor.extend(rows.iter().map(|row| format!("{},none_of_ours,0.9", row["id"].as_str().unwrap())));
    std::fs::write(path("poor.csv"), poor.join("\n")).unwrap();
    let (data, poor) = (path("rows.jsonl"), path("poor.csv"));
    let compare = |arguments: &[&str]| {
        evaluate(&[&["--data", &data, "--fail-if", "worse > 0"], arguments].concat())
    };
    let output = compare(&["--predictions", &poor, "--baseline", "models/nordlicht-de-en"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&output).contains("worse"), "{}", stdout(&output));
    assert!(stdout(&output).contains("× none_of_ours (line 2)"), "{}", stdout(&output));
    let output = compare(&["--baseline", &poor]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("better"), "{}", stdout(&output));
    assert!(stderr(&output).contains("none_of_ours"), "{}", stderr(&output));
}

#[test]
fn leaks_from_the_training_files_are_counted() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let mut rows = some_rows(Path::new(&path("rows.jsonl")), 6);
    let train = std::fs::read_to_string("demo/examples/train.jsonl").unwrap();
    rows.extend(train.lines().take(4).map(|line| serde_json::from_str::<Value>(line).unwrap()));
    let lines = |part: &dyn Fn(&Value) -> Value| -> String {
        rows.iter().map(|row| part(row).to_string() + "\n").collect()
    };
    std::fs::write(path("rows.jsonl"), lines(&Clone::clone)).unwrap();
    let right = lines(&|row| json!({"id": row["id"], "intent": row["intent"]}));
    std::fs::write(path("right.jsonl"), right).unwrap();
    let output = evaluate(&[
        "--data",
        &path("rows.jsonl"),
        "--predictions",
        &path("right.jsonl"),
        "--train",
        "demo/examples/train.jsonl",
        "--json",
        &path("report.json"),
        "--fail-if",
        "leaked_rows > 0",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let leaks = &json_of(Path::new(&path("report.json")))["leaks"];
    assert_eq!((&leaks["exact"], &leaks["kept"]), (&json!(4), &json!(6)));
    assert_eq!(leaks["train"][0]["rows"], train.lines().count());
    assert_eq!(leaks["without"]["intent_accuracy"]["rows"], 6);
}

/// The same seed gives the same cases; what is added is never cut away; German and English rows
/// are both changed.
#[test]
fn behavioural_tests_run_on_the_shipped_pack() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rows.jsonl");
    some_rows(&path, 8);
    let rows = read_rows(&path).unwrap();
    let classifier = Classifier::load(&shipped_pack()).unwrap();
    let options = BehaviourOptions { rows: 2, ..BehaviourOptions::default() };
    let mut named = Vec::new();
    let first = behave(&classifier, &rows, &options, |name| named.push(name.to_owned())).unwrap();
    assert_eq!(named.len(), first.tests.len());
    for test in &first.tests {
        assert!(test.cases <= 2 && test.failures <= test.cases, "{}", test.name);
        assert_eq!(test.by_head.is_empty(), test.failures == 0, "{}", test.name);
        let always = !matches!(test.name, "umlauts" | "punctuation");
        assert!(!always || test.cases == 2, "{}: {} cases", test.name, test.cases);
        for example in &test.examples {
            assert_ne!(example.before, example.after);
            let added = matches!(
                test.expectation,
                Expectation::TierNotLower | Expectation::SentimentNotMorePositive
            );
            assert!(!added || example.after.starts_with(&example.before), "{example:?}");
        }
    }
    let second = behave(&classifier, &rows, &options, |_| ()).unwrap();
    assert_eq!(first, second);
}

#[test]
fn behaviour_can_be_gated_and_lands_in_the_report() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    some_rows(Path::new(&path("rows.jsonl")), 4);
    let output = evaluate(&[
        "--data",
        &path("rows.jsonl"),
        "--behaviour=1",
        "--report",
        &path("report"),
        "--fail-if",
        "behaviour_failures >= 0",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("behaviour_failures is"), "{}", stderr(&output));
    let page = std::fs::read_to_string(directory.path().join("report/report.html")).unwrap();
    assert!(page.contains("id=\"behaviour\"") && !page.contains("<script"));
}

#[test]
fn what_does_not_go_together_is_wrong_usage() {
    for arguments in [
        ["--predictions", "x.jsonl", "--dir", "demo"],
        ["--predictions", "x.jsonl", "--model", "models/nordlicht-de-en"],
        ["--lint", "--baseline", "x", "--behaviour"],
        ["--behaviour=0", "--mistakes", "1", "--lint"],
    ] {
        let data = ["--data", "demo/examples/valid.jsonl"];
        let output = lotse().arg("evaluate").args(data).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    }
    let output =
        evaluate(&["--data", "demo/examples/valid.jsonl", "--predictions", "nowhere.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot read nowhere.jsonl"), "{}", stderr(&output));
}
