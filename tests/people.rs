//! People of an operator's directory on the command line: who may sign in, and what they corrected.

mod common;

use std::path::Path;
use std::process::Output;

use common::server::Server;
use common::{lotse_with_input, stderr, stdout};
use serde_json::{Value, json};

fn run(dir: &Path, arguments: &[&str], input: &str) -> Output {
    let dir = dir.to_string_lossy().into_owned();
    let mut all = arguments.to_vec();
    all.extend(["--dir", &dir]);
    lotse_with_input(&all, input.as_bytes())
}

/// An operator's directory as `lotse init` makes it.
fn directory() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let made = lotse_with_input(&["init", &dir.path().join("own").to_string_lossy()], b"");
    assert!(made.status.success(), "{}", stderr(&made));
    dir
}

#[test]
fn users_are_added_listed_given_a_password_and_removed() {
    let home = directory();
    let dir = home.path().join("own");
    let added = run(&dir, &["user", "add", "Anna Berg", "--role", "agent"], "long enough\n");
    assert!(added.status.success(), "{}", stderr(&added));
    let listed = run(&dir, &["user", "list"], "");
    assert!(stdout(&listed).starts_with("Anna Berg                agent    added "));
    assert!(!stdout(&listed).contains("argon2"));

    let cases = [
        (vec!["user", "add", "anna berg", "--role", "lead"], "long enough\n", "called anna berg"),
        (vec!["user", "add", "Ben", "--role", "agent"], "short\n", "8 characters"),
        (vec!["user", "add", "Ben", "--role", "agent"], "", "standard input"),
        (vec!["user", "password", "Ben"], "long enough\n", "no user Ben"),
        (vec!["user", "remove", "Ben"], "", "no user Ben"),
    ];
    for (arguments, input, words) in cases {
        let refused = run(&dir, &arguments, input);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        assert!(stderr(&refused).contains(words), "{arguments:?}: {}", stderr(&refused));
    }
    let wrong = run(&dir, &["user", "add", "Ben", "--role", "widget"], "long enough\n");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(run(&dir, &["user", "password", "ANNA BERG"], "another one\n").status.success());
    let skills = ["user", "skills", "anna berg", "Business, fibre", "english"];
    assert!(run(&dir, &skills, "").status.success());
    let listed = run(&dir, &["user", "list"], "");
    assert!(stdout(&listed).ends_with(", skills business, fibre, english\n"), "{listed:?}");
    let unknown = run(&dir, &["user", "skills", "Ben", "fibre"], "");
    assert!(stderr(&unknown).contains("no user Ben"), "{unknown:?}");
    assert!(run(&dir, &["user", "skills", "Anna Berg"], "").status.success());
    assert!(!stdout(&run(&dir, &["user", "list"], "")).contains("skills"));
    assert!(run(&dir, &["user", "remove", "Anna Berg"], "").status.success());
    let able = ["user", "add", "Ben", "--role", "agent", "--skills", "Fibre,business"];
    assert!(run(&dir, &able, "long enough\n").status.success());
    assert!(stdout(&run(&dir, &["user", "list"], "")).ends_with(", skills fibre, business\n"));
    assert!(run(&dir, &["user", "remove", "Ben"], "").status.success());
    assert_eq!(stdout(&run(&dir, &["user", "list"], "")), "");
}

#[test]
fn a_correction_at_the_desk_becomes_a_row_for_training() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let store = home.path().join("lotse.sqlite");
    let server = Server::start(&store);
    let post = |path: &str, body: Value| -> Value {
        let client = reqwest::blocking::Client::new();
        let answer = client.post(server.url(path)).json(&body).send().expect("an answer");
        answer.json().expect("JSON")
    };
    let text = "Ich möchte mit einem Menschen sprechen";
    let outcome = post("/v1/messages", json!({ "channel": "chat", "text": text }));
    let ticket = outcome["ticket"]["id"].as_str().expect("a ticket").to_owned();
    let labels = json!({ "intent": "track_order", "tier": 2, "sentiment": "neutral" });
    post(&format!("/v1/tickets/{ticket}/correct"), labels);
    drop(server);

    let printed = common::lotse()
        .args(["corrections", "--dir", "demo"])
        .env("LOTSE_STORE__PATH", &store)
        .output()
        .expect("the binary runs");
    assert!(printed.status.success(), "{}", stderr(&printed));
    let rows = home.path().join("corrections.jsonl");
    std::fs::write(&rows, &printed.stdout).expect("a file");
    let rows = lotse::train::read_rows(&rows).expect("labelled rows");
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].text.as_str(), rows[0].intent.as_deref()), (text, Some("track_order")));
    assert_eq!(rows[0].tier, Some(2));
}
