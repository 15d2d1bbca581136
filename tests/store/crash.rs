//! What was confirmed is there after the process was killed, whole and once.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use lotse::store::{SqliteStore, Store};

use crate::support::{answered, second};

const PATH: &str = "LOTSE_TEST_CRASH_STORE";

/// Not a test of its own: the process that is killed. It confirms every record on a line.
#[tokio::test]
async fn writer_to_be_killed() {
    let Ok(path) = std::env::var(PATH) else { return };
    let store = SqliteStore::open(Path::new(&path)).await.unwrap();
    for index in 0.. {
        store.record(&answered(&format!("c{index}"), None, "m1", second(1))).await.unwrap();
        println!("kept {index}");
    }
}

#[tokio::test]
async fn what_was_confirmed_outlives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lotse.db");
    let mut confirmed = 0;
    for round in 1..=3 {
        confirmed = kill_after(&path, confirmed, round * 25);
        let store = SqliteStore::open(&path).await.unwrap();
        for index in 0..confirmed {
            let turns = store.conversation(&format!("c{index}"), 9).await.unwrap().unwrap().turns;
            assert_eq!(turns.len(), 2, "conversation {index} of {confirmed}");
        }
        // One more may have been kept without being confirmed; never a half one.
        if let Some(next) = store.conversation(&format!("c{confirmed}"), 9).await.unwrap() {
            assert_eq!(next.turns.len(), 2);
        }
    }
}

/// Lets a process write, kills it after `most` confirmations; returns how many there are by now.
/// Records kept before are given again as duplicates.
fn kill_after(path: &Path, before: usize, most: usize) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writer_to_be_killed", "--nocapture"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let confirmed = lines
        .filter_map(|line| line.unwrap().rsplit_once("kept ")?.1.parse::<usize>().ok())
        .take(before + most)
        .last()
        .map_or(0, |index| index + 1);
    child.kill().unwrap();
    child.wait().unwrap();
    confirmed.max(before)
}
