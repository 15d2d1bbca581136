//! `lotse serve` starts, or says in one message why not, and ends in order.

mod common;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::server::Server;
use common::{lotse, stderr};
use tempfile::TempDir;

/// An operator's directory with the demo's routing and no articles.
fn directory(lotse_toml: &str) -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let routing = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/routing.toml");
    std::fs::create_dir_all(dir.path().join("knowledge/de")).expect("knowledge/de");
    std::fs::copy(routing, dir.path().join("routing.toml")).expect("routing.toml");
    std::fs::write(dir.path().join("lotse.toml"), lotse_toml).expect("lotse.toml");
    dir
}

/// Starts the service where it must refuse to. Its words, with the directory called DIR.
fn refusal(dir: &Path, arguments: &[&str]) -> String {
    let any_port: &[&str] =
        if arguments.contains(&"--listen") { &[] } else { &["--listen", "127.0.0.1:0"] };
    let output: Output = lotse()
        .args(["serve", "--dir"])
        .arg(dir)
        .args(any_port)
        .args(arguments)
        .env("LOTSE_LOG", "off")
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    stderr(&output).replace(&*dir.to_string_lossy(), "DIR")
}

#[test]
fn what_is_missing_or_damaged_is_said() {
    let whole = directory("");
    let no_model = refusal(whole.path(), &["--model", "/nowhere/pack"]);

    let damaged = tempfile::tempdir().expect("a temporary directory");
    for file in ["lotse.json", "config.json", "tokenizer.json", "model.safetensors"] {
        std::fs::write(damaged.path().join(file), "{").expect("a file");
    }
    let pack = damaged.path().to_string_lossy().into_owned();
    let damaged_model = refusal(whole.path(), &["--model", &pack]).replace(&pack, "PACK");

    let store = directory("");
    std::fs::create_dir(store.path().join("data")).expect("data/");
    std::fs::write(store.path().join("data/lotse.sqlite"), "no database ".repeat(1000))
        .expect("a damaged store");
    let damaged_store = refusal(store.path(), &[]);

    let routing = directory("");
    std::fs::write(routing.path().join("routing.toml"), "queues = 3\n").expect("routing.toml");
    let damaged_routing = refusal(routing.path(), &[]);

    let nowhere = refusal(Path::new("/nowhere"), &[]);
    let setting = refusal(directory("[sever]\n").path(), &[]);
    insta::assert_snapshot!(
        [no_model, damaged_model, damaged_store, damaged_routing, nowhere, setting].join("\n"),
    );
}

#[test]
fn a_taken_port_is_said_before_the_model_is_loaded() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let dir = directory("");
    let words = refusal(dir.path(), &["--listen", &address, "--model", "/nowhere/pack"]);
    insta::assert_snapshot!(words.replace(&address, "ADDRESS"));
}

#[test]
fn without_keys_it_is_for_its_own_machine_only() {
    let open = directory("[model]\npath = \"/nowhere/pack\"\n");
    let to_others = refusal(open.path(), &["--listen", "0.0.0.0:0"]);
    let closed = directory("[access]\nopen_demo = false\n");
    let to_nobody = refusal(closed.path(), &[]);
    insta::assert_snapshot!([to_others, to_nobody].join("\n"));
}

#[test]
fn help_teaches() {
    let output = lotse().args(["serve", "--help"]).output().expect("the binary runs");
    insta::assert_snapshot!(common::stdout(&output));
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_in_order() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut server = Server::start(&dir.path().join("lotse.sqlite"));
    let kill = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
    let started = Instant::now();
    let status = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(15), "it took {:?}", started.elapsed());
    // The write-ahead log is folded in: a copy of the one file is a whole backup.
    assert!(!dir.path().join("lotse.sqlite-wal").exists(), "the store was not closed");
}

/// A message as `/v1/classify` reads it, and the steps that took time.
fn classified(server: &Server, text: &str) -> (serde_json::Value, String) {
    let client = reqwest::blocking::Client::new();
    let request = client.post(server.url("/v1/classify"));
    let response = request
        .json(&serde_json::json!({ "messages": [{ "text": text }] }))
        .send()
        .expect("an answer");
    let timing = response.headers()["server-timing"].to_str().expect("text").to_owned();
    (response.json().expect("JSON"), timing)
}

/// How many texts were encoded already, and how many were not.
fn repeated(server: &Server) -> (u32, u32) {
    let figures = reqwest::blocking::get(server.url("/metrics")).expect("an answer");
    let figures = figures.text().expect("text");
    let count = |outcome: &str| {
        let name = format!("lotse_repeated_texts_total{{outcome=\"{outcome}\"}} ");
        let line = figures.lines().find_map(|line| line.strip_prefix(&name));
        line.map_or(0, |count| count.parse().expect("a number"))
    };
    (count("hit"), count("miss"))
}

#[test]
fn a_text_that_comes_again_is_read_alike_and_not_encoded_again() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let start = |kept: &str| {
        Server::start_with(&dir.path().join(kept), |command| {
            command.env("LOTSE_MODEL__REPEATED", kept);
        })
    };
    let (two, none) = (start("2"), start("0"));
    // Of two questions in turn the first is still known; the signature is no part of the text.
    let first = "Wo ist mein Paket NL-20481?";
    for (text, expected) in [
        (first, (0, 1)),
        ("Bis wann kann ich das zurückgeben?", (0, 2)),
        ("Wo ist mein Paket NL-20481?\n\n-- \nJana Petersen", (1, 2)),
        ("What does shipping cost?", (1, 3)),
        ("Bis wann kann ich das zurückgeben?", (1, 4)),
    ] {
        let (reading, timing) = classified(&two, text);
        assert_eq!(repeated(&two), expected, "{text}");
        for step in ["queue;dur=", "tokenise;dur=", "encode;dur="] {
            assert!(timing.contains(step), "{timing}");
        }
        assert_eq!(reading, classified(&none, text).0, "{text}");
    }
    assert_eq!(repeated(&none), (0, 0));
}
