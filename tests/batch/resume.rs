//! Killed at any time, a run goes on without loss or doubles.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::common::{lotse, stderr};
use crate::runs::{batch, done, folder, read, text, tickets, write};

const ROWS: usize = 96;

/// Arguments of a run that is safe after each window.
fn arguments<'a>(input: &'a Path, output: &'a Path) -> Vec<&'a str> {
    vec![
        text(input),
        "-o",
        text(output),
        "--text",
        "body",
        "--window",
        "8",
        "--checkpoint",
        "0",
        "--dir",
        "demo",
        "--threads",
        "1",
    ]
}

fn beside(output: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", output.display()))
}

fn start(arguments: &[&str]) -> Child {
    lotse()
        .arg("batch")
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

/// Rows that the state file says are safe.
fn safe_rows(output: &Path) -> u64 {
    let Ok(state) = std::fs::read(beside(output, ".progress.json")) else { return 0 };
    let state: serde_json::Value =
        serde_json::from_slice(&state).expect("the state is whole at any time");
    state["counts"]["rows"].as_u64().expect("a count")
}

/// Kills the run once `rows` rows are safe; true if it was still running.
fn kill_after(mut child: Child, output: &Path, rows: u64) -> bool {
    let begun = Instant::now();
    while safe_rows(output) < rows {
        if child.try_wait().expect("a status").is_some() {
            return false;
        }
        assert!(begun.elapsed() < Duration::from_mins(5), "no progress");
        std::thread::sleep(Duration::from_millis(5));
    }
    // On Unix this is SIGKILL.
    child.kill().expect("a signal");
    !child.wait().expect("an end").success()
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let folder = folder();
    let at = folder.path();
    // Two rows in a window cannot be read; some are like earlier ones.
    let csv = tickets(ROWS).replace("T-13,", "T-13,x,").replace(" (40)\"", " (0)\"");
    let input = write(at, "in.csv", csv.replace("T-14,", "T-14,x,"));
    for name in ["csv", "jsonl.gz", "parquet"] {
        let whole = at.join(format!("whole.{name}"));
        let report = |of: &str| at.join(format!("{of}.{name}.json"));
        let run = |output: &Path, of: &str, more: &[&str]| {
            let report = report(of);
            let mut all: Vec<String> =
                arguments(&input, output).iter().map(|text| (*text).to_owned()).collect();
            all.extend(["--report-json".to_owned(), text(&report).to_owned()]);
            all.extend(more.iter().map(|text| (*text).to_owned()));
            all
        };
        let all = run(&whole, "whole", &[]);
        done(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let killed = at.join(format!("killed.{name}"));
        let all = run(&killed, "killed", &["--resume"]);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut kills = 0;
        for rows in [8, 16, 40, 88] {
            kills += usize::from(kill_after(start(&all), &killed, rows));
        }
        assert!(kills >= 2, "{name}: the runs were too fast to be killed");
        // What was written after the last safe place, as a crash leaves it.
        if name != "parquet" && killed.exists() && safe_rows(&killed) > 0 {
            let mut bytes = read(&killed);
            bytes.extend_from_slice(b"half a row");
            std::fs::write(&killed, bytes).expect("written");
        }
        done(&all);
        assert!(read(&whole) == read(&killed), "{name}: the results differ");
        let rejected = |output: &Path| read(&beside(output, ".rejected.jsonl"));
        assert_eq!(rejected(&whole), rejected(&killed), "{name}");
        assert_eq!(read(&report("whole")), read(&report("killed")), "{name}");
        assert!(!beside(&killed, ".progress.json").exists());
        assert!(!beside(&killed, ".parts").exists());
    }
}

#[test]
fn another_input_or_other_settings_are_refused() {
    let folder = folder();
    let at = folder.path();
    let input = write(at, "in.csv", tickets(ROWS));
    let output = at.join("out.csv");
    let all = arguments(&input, &output);
    assert!(kill_after(start(&all), &output, 8), "killed");
    let resumed = [&all[..], &["--resume"]].concat();

    let result = batch(&all);
    assert!(stderr(&result).contains("was interrupted. Go on with --resume"), "{result:?}");
    let result = batch(&[&resumed[..], &["--without", "entities", "--channel", "phone"]].concat());
    assert_eq!(result.status.code(), Some(1));
    assert!(stderr(&result).contains("have changed: --channel, --without"), "{result:?}");
    write(at, "in.csv", tickets(ROWS + 1));
    let result = batch(&resumed);
    assert!(stderr(&result).contains("the input is not the one"), "{result:?}");
    write(at, "in.csv", tickets(ROWS));
    let kept = read(&output);
    write(at, "out.csv", &kept[..10]);
    let result = batch(&resumed);
    assert!(stderr(&result).contains("was changed since"), "{result:?}");
    write(at, "out.csv", &kept);
    done(&resumed);

    // Whole now: neither overwritten nor gone on with unless that is asked for.
    for more in [&[][..], &["--resume"]] {
        let result = batch(&[&all[..], more].concat());
        assert_eq!(result.status.code(), Some(1));
        assert!(stderr(&result).contains("--force"), "{result:?}");
    }
    let whole = read(&output);
    done(&[&all[..], &["--force"]].concat());
    assert_eq!(read(&output), whole);
}

#[test]
fn a_second_run_on_the_same_output_is_refused() {
    let folder = folder();
    let input = write(folder.path(), "in.csv", tickets(ROWS));
    let output = folder.path().join("out.csv");
    let all = arguments(&input, &output);
    let mut first = start(&all);
    while safe_rows(&output) < 8 {
        assert!(first.try_wait().expect("a status").is_none(), "the first run has ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    let result = batch(&[&all[..], &["--resume"]].concat());
    assert!(stderr(&result).contains("another run writes to it"), "{result:?}");
    first.kill().expect("a signal");
    first.wait().expect("an end");
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = folder();
    let input = write(folder.path(), "in.csv", tickets(ROWS));
    let result =
        batch(&[text(&input), "-o", "/dev/full", "--text", "body", "--output-format", "csv"]);
    assert_eq!(result.status.code(), Some(1));
    assert!(stderr(&result).contains("cannot write /dev/full"), "{result:?}");

    // A limit on the size of files stops a run in the middle, as a full disk does.
    let whole = folder.path().join("whole.csv");
    done(&arguments(&input, &whole));
    let half = read(&whole).len() / 1024 / 2;
    let output = folder.path().join("out.csv");
    let all = arguments(&input, &output);
    let command = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
    let result = std::process::Command::new("bash")
        .args(["-c", command, "bash", &half.to_string(), env!("CARGO_BIN_EXE_lotse"), "batch"])
        .args(&all)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("bash runs");
    assert_eq!(result.status.code(), Some(1), "{result:?}");
    assert!(stderr(&result).contains("give the same command with --resume"), "{result:?}");
    assert!(safe_rows(&output) > 0 && safe_rows(&output) < ROWS as u64);
    done(&[&all[..], &["--resume"]].concat());
    assert_eq!(read(&output), read(&whole));
}
