//! `lotse evaluate --certify`, `--costs`, `--cross-validate` and `lotse model answers --held-out` as
//! an operator meets them, with the shipped pack and messages of the demo.

mod common;

use std::path::{Path, PathBuf};
use std::process::Output;

use common::{lotse, shipped_pack, stderr, stdout, tiny_checkpoint, tiny_rows};
use serde_json::Value;

/// An operator with a few articles of the demo, so that reading them does not take long.
struct Operator {
    directory: tempfile::TempDir,
}

/// Articles that messages about opening hours are answered with.
const ARTICLES: [&str; 5] = [
    "chat-hours.md",
    "hotline-hours.md",
    "shop-opening-hours.md",
    "shop-locations.md",
    "store-pickup.md",
];

impl Operator {
    fn new(policy: &str) -> Self {
        let operator = Self { directory: tempfile::tempdir().expect("a temporary directory") };
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
        for language in ["de", "en"] {
            let folder = operator.path("knowledge").join(language);
            std::fs::create_dir_all(&folder).expect("a folder");
            for article in ARTICLES {
                let from = demo.join("knowledge").join(language).join(article);
                std::fs::copy(from, folder.join(article)).expect("an article");
            }
        }
        std::fs::copy(demo.join("routing.toml"), operator.path("routing.toml")).expect("a file");
        std::fs::write(operator.path("lotse.toml"), format!("[policy]\n{policy}\n"))
            .expect("a file");
        operator
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Rows of the demo whose intent is among these, from `skip` on.
    fn rows(&self, file: &str, to: &str, intents: &[&str], skip: usize, take: usize) -> PathBuf {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/examples").join(file);
        let text = std::fs::read_to_string(path).expect("the demo's rows");
        let rows: Vec<&str> = text
            .lines()
            .filter(|line| {
                let row: Value = serde_json::from_str(line).expect("JSON");
                row["intent"].as_str().is_some_and(|intent| intents.contains(&intent))
            })
            .skip(skip)
            .take(take)
            .collect();
        assert_eq!(rows.len(), take, "{file} holds so many rows");
        std::fs::write(self.path(to), rows.join("\n")).expect("rows are written");
        self.path(to)
    }

    fn evaluate(&self, data: &Path, more: &[&str]) -> Output {
        let mut command = lotse();
        command.args(["evaluate", "--mistakes", "0", "--data"]).arg(data);
        command.arg("--dir").arg(self.directory.path()).args(more);
        command.output().expect("the binary runs")
    }
}

#[test]
fn a_threshold_is_certified_or_refused() {
    let operator = Operator::new("risk = 0.02");
    let data = operator.rows("train.jsonl", "rows.jsonl", &["opening_hours"], 0, 24);
    let output = operator.evaluate(
        &data,
        &["--certify", "2%", "--costs", "wrong=20,handover=4", "--fail-if", "not_certified > 0"],
    );
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("NOT CERTIFIED"), "{text}");
    assert!(text.contains("more answered messages without a mistake would do"), "{text}");
    assert!(text.contains("least work"), "{text}");
    assert!(stderr(&output).contains("--fail-if holds: not_certified is 1"), "{}", stderr(&output));

    let report = operator.path("report.json");
    let report_path = report.to_str().expect("a UTF-8 path");
    let output = operator.evaluate(
        &data,
        &[
            "--certify",
            "0.6",
            "--confidence",
            "60%",
            "--json",
            report_path,
            "--fail-if",
            "not_certified > 0 or certified_coverage < 0.05",
        ],
    );
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let report: Value =
        serde_json::from_slice(&std::fs::read(report).expect("a report")).expect("JSON");
    let certificate = &report["risk"]["guarantee"]["certificate"];
    let answered = certificate["answered"].as_u64().expect("a number");
    assert!(answered > 0 && certificate["rows"] == 24, "{certificate}");
    assert!(certificate["wrong_at_most"].as_f64().expect("a bound") <= 0.6);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let run = |more: &[&str]| {
        let mut command = lotse();
        command.args(["evaluate", "--data", "demo/examples/valid.jsonl"]).args(more);
        command.output().expect("the binary runs")
    };
    for arguments in [
        &["--certify", "2%"][..],
        &["--dir", "demo", "--certify", "200%"],
        &["--dir", "demo", "--costs", "wrong=20"],
        &["--dir", "demo", "--cross-validate", "5"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

/// The operator's policy decides, and `--risk` takes its place.
#[test]
fn the_policy_of_the_operator_is_used() {
    let operator = Operator::new("answer_threshold = 1.0");
    let data = operator.rows("train.jsonl", "rows.jsonl", &["opening_hours"], 0, 12);
    let output = operator.evaluate(&data, &["--fail-if", "answered > 0"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let output = operator.evaluate(&data, &["--risk", "20%", "--fail-if", "answered == 0"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));

    std::fs::write(operator.path("lotse.toml"), "[policy]\nriks = 0.1\n").expect("a file");
    let output = operator.evaluate(&data, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("riks"), "{}", stderr(&output));
}

#[test]
fn a_pack_is_certified_on_held_out_rows_only() {
    const INTENTS: [&str; 2] = ["opening_hours", "contact_phone"];
    let operator = Operator::new("risk = 0.5\nrisk_confidence = 0.8");
    let pack = operator.path("pack");
    std::fs::create_dir(&pack).expect("a folder");
    for file in std::fs::read_dir(shipped_pack()).expect("the pack") {
        let file = file.expect("a file").path();
        std::fs::copy(&file, pack.join(file.file_name().expect("a name"))).expect("a copy");
    }
    let intents = &INTENTS[..1];
    let data = operator.rows("train.jsonl", "train.jsonl", intents, 0, 40);
    let valid = operator.rows("train.jsonl", "valid.jsonl", intents, 40, 50);
    let held_out = operator.rows("valid.jsonl", "held-out.jsonl", intents, 0, 12);
    let answers = |held_out: &Path, confidence: &str| {
        let mut command = lotse();
        command.args(["model", "answers"]).arg(&pack).arg("--data").arg(&data);
        command.arg("--valid").arg(&valid).arg("--held-out").arg(held_out);
        command.arg("--dir").arg(operator.directory.path()).args(["--confidence", confidence]);
        command.output().expect("the binary runs")
    };
    let output = answers(&valid, "80%");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("are the same rows"), "{}", stderr(&output));
    let output =
        operator.evaluate(&valid, &["--certify", "50%", "--model", pack.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("was fitted on these rows"), "{}", stderr(&output));

    let output = answers(&held_out, "99.99999%");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("but not certified"), "{}", stderr(&output));

    let output = answers(&held_out, "80%");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("certified: at most 50.0 % of answers wrong with 80 %"));
    let info = lotse().args(["model", "info"]).arg(&pack).output().expect("the binary runs");
    assert!(stdout(&info).contains("certified    at most 50.0 %"), "{}", stdout(&info));
}

#[test]
fn rows_are_cross_validated() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| directory.path().join(name);
    tiny_checkpoint(&path("base"));
    tiny_rows(&path("rows.jsonl"), 1, 40);
    let trained = lotse()
        .args(["train", "--data"])
        .arg(path("rows.jsonl"))
        .arg("--base")
        .arg(path("base"))
        .arg("--out")
        .arg(path("pack"))
        .output()
        .expect("the binary runs");
    assert!(trained.status.success(), "{}", stderr(&trained));
    let run = |parts: &str, more: &[&str]| {
        let mut command = lotse();
        command.args(["evaluate", "--cross-validate", parts, "--data"]).arg(path("rows.jsonl"));
        command.arg("--model").arg(path("pack")).args(more).output().expect("the binary runs")
    };
    let json = path("folds.json");
    let output = run(
        "4",
        &["--json", json.to_str().expect("a UTF-8 path"), "--fail-if", "intent_accuracy < 0.9"],
    );
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("160 rows in 4 parts"), "{}", stdout(&output));
    let found: Value = serde_json::from_slice(&std::fs::read(json).expect("a file")).expect("JSON");
    assert_eq!(found["heads"]["intent"]["rows"], 120, "out of scope is no intent");
    assert_eq!(found["heads"]["tier"]["rows"], 160);
    let steps = found["learning_curve"].as_array().expect("steps");
    let rows: Vec<u64> = steps.iter().filter_map(|step| step["training_rows"].as_u64()).collect();
    assert_eq!(rows, [12, 24, 48, 84, 120]);

    let output = run("40", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot be cut into 40 parts"), "{}", stderr(&output));
}
