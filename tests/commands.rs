//! The commands as an operator meets them: what goes in, what comes out, which exit status.

mod common;

use common::{lotse, lotse_with_input, shipped_pack, stderr, stdout};
use serde_json::Value;

fn rows(output: &std::process::Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

#[test]
fn classify_answers_every_line_in_order() {
    let output = lotse_with_input(
        &["classify"],
        "Wie lange kann ich etwas zurückschicken?\nwhat are your opening hours\n".as_bytes(),
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let rows = rows(&output);
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["id"], &rows[1]["id"]), (&Value::from(1), &Value::from(2)));
    assert_eq!(rows[0]["intent"]["name"], "return_item");
    assert_eq!(rows[0]["language"], "de");
    assert_eq!(rows[1]["intent"]["name"], "opening_hours");
    assert_eq!(rows[1]["tier"]["level"], 1);
}

#[test]
fn classify_tells_each_bad_line_and_goes_on() {
    let long = "a".repeat(1_000_100);
    let mut input =
        b"{\"text\":\"Wo ist mein Paket?\",\"id\":\"a\",\"intent\":\"x\"}\n\xff\xfe\n".to_vec();
    input.extend_from_slice(b"{\"text\":5}\nnot json\n{\"text\":\"  \"}\n");
    input.extend_from_slice(format!("{{\"text\":\"{long}\"}}\n").as_bytes());
    input.extend_from_slice(
        "{\"text\":\"🙂🙂\"}\n{\"text\":\"nul \\u0000 inside\"}\n{\"text\":".as_bytes(),
    );
    let output = lotse_with_input(&["classify", "--jsonl"], &input);
    assert_eq!(output.status.code(), Some(1));
    let codes: Vec<String> = rows(&output)
        .iter()
        .map(|row| row["error"]["code"].as_str().unwrap_or("classified").to_owned())
        .collect();
    assert_eq!(
        codes,
        [
            "classified",
            "invalid_utf8",
            "invalid_json",
            "invalid_json",
            "text_blank",
            "text_too_long",
            "classified",
            "classified",
            "invalid_json"
        ]
    );
    assert_eq!(rows(&output)[0]["id"], "a");
}

#[test]
fn classify_without_a_model_says_what_to_do() {
    let output = lotse_with_input(&["classify", "--model", "nowhere"], b"hallo\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("Pass --model"), "{}", stderr(&output));
    let output = lotse_with_input(&["classify", "--modle", "x"], b"");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_shipped_pack_is_whole_and_not_too_large() {
    let output = lotse().args(["model", "info", "--json"]).output().expect("the binary runs");
    assert!(output.status.success(), "{}", stderr(&output));
    let info: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert!(info["bytes"].as_u64().expect("a size") < 45_000_000);
    assert!(shipped_pack().join("README.md").is_file());
    assert_eq!(info["manifest"]["heads"]["intent"]["labels"].as_array().expect("labels").len(), 45);
}

/// The pack must stay about as good as the figures that were published with it.
#[test]
fn the_shipped_pack_keeps_its_figures() {
    let gate = "intent_accuracy < 0.9 or tier_accuracy < 0.87 or answers_right < 0.96 \
                or tier3_answered > 0 or out_of_scope_recall < 0.8 or queue_accuracy < 0.9";
    let output = lotse()
        .args(["evaluate", "--data", "eval/nordlicht/test.jsonl", "--dir", "demo"])
        .args(["--mistakes", "0", "--fail-if", gate])
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn evaluate_refuses_what_it_does_not_know() {
    let run = |expression: &str| {
        lotse()
            .args(["evaluate", "--data", "eval/nordlicht/test.jsonl", "--fail-if", expression])
            .output()
            .expect("the binary runs")
    };
    let output = run("intent_accuracy <");
    assert_eq!(output.status.code(), Some(1));
    assert!(!stderr(&output).is_empty());
}

#[test]
fn the_labelled_rows_have_no_leaks_and_no_conflicts() {
    let output = lotse()
        .args(["evaluate", "--lint", "--data", "demo/examples/train.jsonl"])
        .args(["demo/examples/valid.jsonl", "eval/nordlicht/test.jsonl"])
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}", stdout(&output));
}

#[test]
fn the_demo_knowledge_and_routing_are_in_order() {
    for arguments in [["knowledge", "lint"], ["routing", "check"]] {
        let output = lotse().args(arguments).output().expect("the binary runs");
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn init_makes_a_directory_that_checks_out_and_refuses_a_full_one() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let company = directory.path().join("company");
    let init = || lotse().arg("init").arg(&company).output().expect("the binary runs");
    let output = init();
    assert!(output.status.success(), "{}", stderr(&output));
    for arguments in [["knowledge", "lint", "--dir"], ["routing", "check", "--dir"]] {
        let output = lotse().args(arguments).arg(&company).output().expect("the binary runs");
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    }
    let again = init();
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("is not empty"), "{}", stderr(&again));
}

#[test]
fn keys_are_shown_once_listed_by_name_and_revoked() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let company = directory.path().join("company");
    assert!(lotse().arg("init").arg(&company).status().expect("the binary runs").success());
    let key = |arguments: &[&str]| {
        let output = lotse().arg("key").args(arguments).arg("--dir").arg(&company).output();
        output.expect("the binary runs")
    };
    let added = key(&["add", "web-shop", "--role", "widget"]);
    assert!(added.status.success(), "{}", stderr(&added));
    assert!(stdout(&added).starts_with("lotse_"));
    let twice = key(&["add", "web-shop", "--role", "admin"]);
    assert_eq!(twice.status.code(), Some(1));
    assert!(stdout(&key(&["list"])).contains("web-shop"));
    assert!(key(&["remove", "web-shop"]).status.success());
    assert!(stdout(&key(&["list"])).contains("revoked"));
    assert_eq!(key(&["remove", "nobody"]).status.code(), Some(1));
}
