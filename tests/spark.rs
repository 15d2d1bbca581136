//! More than one machine has time for: `lotse batch` as the pipe of a real Spark and a real Ray, each
//! on this machine with executors of its own. `tests/run` installs both (`PySpark` needs Java); what is
//! missing is said, and the test passed over.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{lotse_with_input, shipped_pack, stderr, stdout};
use serde_json::Value;

/// Rows that are worked through.
const ROWS: usize = 60;

/// Python with `PySpark` and Ray; else what is missing.
fn python() -> Result<PathBuf, String> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/spark-venv/bin/python");
    let runs = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    if !runs(Command::new("java").arg("-version")) {
        return Err("there is no Java; install default-jre-headless, or call tests/run".to_owned());
    }
    if !runs(Command::new(&python).args(["-c", "import pyspark, ray"])) {
        return Err(format!(
            "{} has no PySpark and Ray; call tests/run, or install tests/spark/requirements.txt there",
            python.display()
        ));
    }
    Ok(python)
}

/// The pipe. Row numbers and groups of near-duplicates are those of a partition: left out.
fn arguments() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
    let mut arguments: Vec<String> =
        "batch - -o - --format jsonl --text text --without row,duplicate_of --quiet --threads 1"
            .split(' ')
            .map(str::to_owned)
            .collect();
    arguments.extend(["--model".to_owned(), path(&shipped_pack())]);
    arguments.extend(["--dir".to_owned(), path(&root.join("demo"))]);
    arguments
}

fn rows() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("eval/nordlicht/test.jsonl");
    let text = std::fs::read_to_string(file).expect("the test rows");
    text.split_inclusive('\n').take(ROWS).collect()
}

/// Results with figures as far as they are the same whatever else is read in the same pass.
fn parsed(text: &str) -> Vec<Value> {
    fn round(value: &mut Value) {
        match value {
            Value::Number(number) if number.is_f64() => {
                let rounded = (number.as_f64().unwrap_or_default() * 1e3).round() / 1e3;
                *value = Value::from(rounded);
            }
            Value::Array(items) => items.iter_mut().for_each(round),
            Value::Object(fields) => fields.values_mut().for_each(round),
            _ => {}
        }
    }
    text.lines()
        .map(|line| {
            let mut row = serde_json::from_str(line).expect("a JSON line");
            round(&mut row);
            row
        })
        .collect()
}

fn same_as_on_one_machine(system: &str, killed: Option<&str>) {
    let python = match python() {
        Ok(python) => python,
        Err(missing) => {
            eprintln!("SKIPPED: {missing}");
            return;
        }
    };
    let arguments = arguments();
    let alone: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let alone = lotse_with_input(&alone, rows().as_bytes());
    assert!(alone.status.success(), "{}", stderr(&alone));
    let alone = parsed(&stdout(&alone));
    assert_eq!(alone.len(), ROWS);

    let dir = tempfile::tempdir().expect("a temporary directory");
    let (input, output) = (dir.path().join("rows.jsonl"), dir.path().join("results.jsonl"));
    let marker = dir.path().join("killed");
    std::fs::write(&input, rows()).expect("rows are written");
    let done = Command::new(python)
        .current_dir(dir.path())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spark/pipe.py"))
        .arg(system)
        .args([&input, &output])
        .arg(if killed.is_some() { marker.as_path() } else { Path::new("-") })
        .arg(env!("CARGO_BIN_EXE_lotse"))
        .args(&arguments)
        .output()
        .expect("Python runs");
    assert!(done.status.success(), "{}\n{}", stdout(&done), stderr(&done));
    if let Some(process) = killed {
        let name = std::fs::read_to_string(&marker).expect("something was killed");
        assert_eq!(name.trim(), process);
    }
    let spread = parsed(&std::fs::read_to_string(&output).expect("results"));
    assert_eq!(spread.len(), ROWS, "rows lost or doubled");
    for (spread, alone) in spread.iter().zip(&alone) {
        assert_eq!(spread, alone);
    }
}

#[test]
fn spark_pipes_rows_through() {
    same_as_on_one_machine("spark", None);
}

#[test]
fn spark_repeats_the_partition_of_a_killed_executor() {
    same_as_on_one_machine("spark", Some("CoarseGrainedExecutorBackend"));
}

#[test]
fn ray_pipes_rows_through() {
    same_as_on_one_machine("ray", None);
}

#[test]
fn ray_repeats_the_task_of_a_killed_worker() {
    same_as_on_one_machine("ray", Some("ray::work"));
}
