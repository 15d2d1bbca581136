//! `lotse train` on a tiny checkpoint: what it makes, that every variable learns, that a seed makes
//! it repeatable, and that a hub name works against a stand-in for the hub.

mod common;

use std::path::Path;
use std::process::Output;

use common::{lotse, stderr, stdout, tiny_checkpoint, tiny_rows};
use lotse::encoder::Weights;

struct Workshop {
    directory: tempfile::TempDir,
}

impl Workshop {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        tiny_checkpoint(&directory.path().join("base"));
        tiny_rows(&directory.path().join("train.jsonl"), 1, 30);
        tiny_rows(&directory.path().join("valid.jsonl"), 2, 10);
        Self { directory }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    fn train(&self, base: &Path, out: &str, more: &[&str]) -> Output {
        lotse()
            .arg("train")
            .arg("--data")
            .arg(self.path("train.jsonl"))
            .arg("--valid")
            .arg(self.path("valid.jsonl"))
            .arg("--base")
            .arg(base)
            .arg("--out")
            .arg(self.path(out))
            .args(more)
            .output()
            .expect("the binary runs")
    }

    fn weights(&self, pack: &str) -> Weights {
        Weights::read(&self.path(pack).join("model.safetensors")).expect("the pack's weights")
    }
}

#[test]
fn a_fast_pack_reads_messages_and_keeps_the_encoder() {
    let workshop = Workshop::new();
    let output = workshop.train(&workshop.path("base"), "pack", &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let answer = common::lotse_with_input(
        &["classify", "--model", workshop.path("pack").to_str().expect("a UTF-8 path")],
        "ich will mein geld zurück\nwann habt ihr offen\n".as_bytes(),
    );
    assert!(answer.status.success(), "{}", stderr(&answer));
    let names: Vec<String> = stdout(&answer)
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
            row["intent"]["name"].as_str().unwrap_or("none").to_owned()
        })
        .collect();
    assert_eq!(names, ["get_refund", "opening_hours"]);
    let verify = lotse().args(["model", "verify"]).arg(workshop.path("pack")).output();
    assert!(verify.expect("the binary runs").status.success());
}

#[test]
fn full_training_changes_every_layer_tensor() {
    let workshop = Workshop::new();
    for (out, quality) in [("fast", "fast"), ("full", "full")] {
        let output =
            workshop.train(&workshop.path("base"), out, &["--quality", quality, "--epochs", "2"]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let (fast, full) = (workshop.weights("fast"), workshop.weights("full"));
    for (name, tensor) in fast.iter().filter(|(name, _)| name.starts_with("encoder.layer")) {
        let trained = full.get(name, &tensor.shape()).expect("the same tensors");
        if name.ends_with("self.key.bias") {
            // A bias of the keys shifts all scores of a query alike: the softmax cancels it, and its
            // gradient is nought but for rounding.
            continue;
        }
        assert!(tensor.to_f32() != trained.to_f32(), "{name} received no gradient");
    }
}

#[test]
fn the_same_seed_makes_the_same_pack() {
    let workshop = Workshop::new();
    let more = ["--quality", "full", "--epochs", "1", "--seed", "5"];
    for out in ["first", "second"] {
        let output = workshop.train(&workshop.path("base"), out, &more);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    assert!(workshop.weights("first") == workshop.weights("second"), "the packs differ");
}

#[test]
fn a_killed_run_goes_on_and_makes_the_pack_it_would_have_made() {
    let workshop = Workshop::new();
    let more = ["--quality", "full", "--epochs", "12", "--seed", "5"];
    let output = workshop.train(&workshop.path("base"), "whole", &more);
    assert!(output.status.success(), "{}", stderr(&output));

    let mut killed = lotse()
        .args(["train", "--data"])
        .arg(workshop.path("train.jsonl"))
        .arg("--valid")
        .arg(workshop.path("valid.jsonl"))
        .arg("--base")
        .arg(workshop.path("base"))
        .arg("--out")
        .arg(workshop.path("broken"))
        .args(more)
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the binary runs");
    let checkpoint = workshop.path("broken").join("training.safetensors");
    while !checkpoint.exists() {
        assert!(
            killed.try_wait().expect("a state").is_none(),
            "the run ended without a checkpoint"
        );
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    killed.kill().expect("the process dies");
    killed.wait().expect("the process is gone");
    let output = workshop.train(&workshop.path("base"), "broken", &more);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("going on after step"), "{}", stderr(&output));
    assert!(workshop.weights("whole") == workshop.weights("broken"), "the packs differ");
    assert!(!checkpoint.exists(), "a finished run leaves no checkpoint behind");
}

#[test]
fn a_smaller_encoder_learns_from_a_finished_pack() {
    let workshop = Workshop::new();
    let teacher = ["--quality", "full", "--epochs", "3"];
    let output = workshop.train(&workshop.path("base"), "teacher", &teacher);
    assert!(output.status.success(), "{}", stderr(&output));
    let pack = workshop.path("teacher");
    let name = pack.to_str().expect("a UTF-8 path");
    let more = ["--quality", "full", "--layers", "1", "--teacher", name];
    let output = workshop.train(&pack, "student", &more);
    assert!(output.status.success(), "{}", stderr(&output));
    let layers = |pack: &str| {
        let layer = |(name, _): (&str, _)| {
            name.strip_prefix("encoder.layer.").and_then(|n| n.split('.').next()).map(str::to_owned)
        };
        workshop.weights(pack).iter().filter_map(layer).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(layers("student").len(), 1);
    assert!(layers("teacher").len() > 1);
    // Another base than the teacher has nothing to compare layer by layer.
    let output = workshop.train(&workshop.path("student"), "wrong", &more[..4]);
    assert!(output.status.success(), "{}", stderr(&output));
    let output = workshop.train(&workshop.path("student"), "wrong", &more);
    assert!(stderr(&output).contains("give the same pack as both"), "{}", stderr(&output));
}

#[test]
fn unusable_input_is_told_with_its_place() {
    let workshop = Workshop::new();
    let base = workshop.path("base");
    std::fs::write(workshop.path("train.jsonl"), "{\"text\":\"a\"}\n{\"text\": 5}\n")
        .expect("rows");
    let output = workshop.train(&base, "pack", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("train.jsonl, line 2"), "{}", stderr(&output));

    std::fs::write(workshop.path("train.jsonl"), "\n").expect("rows");
    let output = workshop.train(&base, "pack", &[]);
    assert!(stderr(&output).contains("holds no labelled row"), "{}", stderr(&output));

    tiny_rows(&workshop.path("train.jsonl"), 1, 30);
    let output = workshop.train(&workshop.path("nothing/here/at all"), "pack", &[]);
    assert!(stderr(&output).contains("--base takes"), "{}", stderr(&output));

    std::fs::write(base.join("model.safetensors"), b"not tensors").expect("a damaged file");
    let output = workshop.train(&base, "pack", &[]);
    assert!(stderr(&output).contains("damaged"), "{}", stderr(&output));
}

#[test]
fn a_damaged_pack_is_refused() {
    let workshop = Workshop::new();
    let output = workshop.train(&workshop.path("base"), "pack", &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let verify = || {
        let output = lotse().args(["model", "verify"]).arg(workshop.path("pack")).output();
        output.expect("the binary runs")
    };
    let weights = workshop.path("pack").join("model.safetensors");
    let whole = std::fs::read(&weights).expect("the weights");
    std::fs::write(&weights, &whole[..whole.len() / 2]).expect("a truncated file");
    let output = verify();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("model.safetensors has SHA-256"), "{}", stderr(&output));
    std::fs::remove_file(&weights).expect("the file goes");
    assert!(stderr(&verify()).contains("model.safetensors cannot be read"));
    std::fs::write(workshop.path("pack").join("lotse.json"), "{\"format\": 99}").expect("a file");
    assert!(stderr(&verify()).contains("has format 99"));
}

#[test]
fn a_hub_name_is_fetched_once_from_the_endpoint() {
    let workshop = Workshop::new();
    let pooling = workshop.path("base").join("1_Pooling");
    std::fs::create_dir(&pooling).expect("a directory");
    std::fs::write(pooling.join("config.json"), r#"{"pooling_mode_cls_token": true}"#)
        .expect("a file");
    let hub = Hub::start(workshop.path("base"));
    let train = |out: &str, endpoint: &str| {
        lotse()
            .env("HF_ENDPOINT", endpoint)
            .env("HF_HOME", workshop.path("cache"))
            .args(["train", "--base", "someone/tiny-bert", "--data"])
            .arg(workshop.path("train.jsonl"))
            .arg("--out")
            .arg(workshop.path(out))
            .output()
            .expect("the binary runs")
    };
    let output = train("pack", &hub.endpoint);
    assert!(output.status.success(), "{}", stderr(&output));
    // The second time the cache serves it: nobody listens at this address.
    let output = train("again", "http://127.0.0.1:9");
    assert!(output.status.success(), "{}", stderr(&output));
    for pack in ["pack", "again"] {
        let config = std::fs::read_to_string(workshop.path(pack).join("config.json"));
        assert!(config.expect("a configuration").contains("\"pooling\": \"cls\""), "{pack}");
    }

    let missing = lotse()
        .env("HF_ENDPOINT", &hub.endpoint)
        .env("HF_HOME", workshop.path("cache"))
        .args(["train", "--base", "someone/absent", "--data"])
        .arg(workshop.path("train.jsonl"))
        .arg("--out")
        .arg(workshop.path("none"))
        .output()
        .expect("the binary runs");
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("from the hub"), "{}", stderr(&missing));
}

/// A stand-in for the model hub: serves one repository in ranges, with the headers that the hub's
/// clients look for.
struct Hub {
    endpoint: String,
    _runtime: tokio::runtime::Runtime,
}

impl Hub {
    fn start(files: std::path::PathBuf) -> Self {
        use axum::extract::Path as Parameters;
        use axum::http::{HeaderMap, StatusCode, header};
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let serve = move |Parameters((name, file)): Parameters<(String, String)>,
                          headers: HeaderMap| {
            let files = files.clone();
            async move {
                let found = (name == "tiny-bert").then(|| std::fs::read(files.join(&file)).ok());
                let Some(bytes) = found.flatten() else {
                    return (StatusCode::NOT_FOUND, HeaderMap::new(), Vec::new());
                };
                let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
                let (start, end) = range
                    .and_then(|range| range.strip_prefix("bytes=")?.split_once('-'))
                    .map_or((0, bytes.len() - 1), |(start, end)| {
                        let last = bytes.len() - 1;
                        (start.parse().unwrap_or(0), end.parse().unwrap_or(last).min(last))
                    });
                let mut answer = HeaderMap::new();
                let content = format!("bytes {start}-{end}/{}", bytes.len());
                answer.insert(header::CONTENT_RANGE, content.parse().expect("a header"));
                answer.insert("x-repo-commit", "0123456789abcdef".parse().expect("a header"));
                let tag = format!("\"{file}\"");
                answer.insert(header::ETAG, tag.parse().expect("a header"));
                (StatusCode::PARTIAL_CONTENT, answer, bytes[start..=end].to_vec())
            }
        };
        let router = axum::Router::new()
            .route("/someone/{name}/resolve/main/{*file}", axum::routing::get(serve));
        let listener =
            runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, _runtime: runtime }
    }
}
