//! The pages in a real browser: each test plays one scenario of `tests/browser` against a service of
//! its own. `tests/run` installs what they need; pictures of what was seen are kept in
//! `target/screenshots`.

mod common;

use std::path::Path;
use std::process::Command;

use common::server::Server;

/// Plays `tests/browser/SCENARIO.mjs`.
fn play(scenario: &str) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(&dir.path().join("lotse.sqlite"));
    run(scenario, &server.url(""), dir.path());
}

/// Runs a scenario with the address of a service; one that has to end and start services itself
/// finds the program in `LOTSE` and a folder for its store in `HOME_OF_STORE`.
fn run(scenario: &str, address: &str, store: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pictures = root.join("target/screenshots").join(scenario);
    std::fs::create_dir_all(&pictures).expect("a folder for pictures");
    let output = Command::new("node")
        .args([&format!("tests/browser/{scenario}.mjs"), address])
        .env("SCREENSHOTS", &pictures)
        .env("LOTSE", env!("CARGO_BIN_EXE_lotse"))
        .env("HOME_OF_STORE", store)
        .current_dir(root)
        .output()
        .expect("node runs; tests/run installs the rest");
    assert!(
        output.status.success(),
        "{}\n{}\npictures: {}",
        common::stdout(&output),
        common::stderr(&output),
        pictures.display()
    );
}

#[test]
fn a_visitor_uses_the_widget() {
    play("widget");
}

#[test]
fn agents_work_in_the_console() {
    play("console");
}

#[test]
fn a_newcomer_plays_a_morning() {
    play("shop");
}

#[test]
fn visitor_and_agent_meet() {
    play("story");
}

#[test]
fn a_conversation_outlives_the_service() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    run("crash", "", dir.path());
}
