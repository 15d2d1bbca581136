//! Files of messages, and runs over them.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::common::lotse;

/// Messages of all kinds.
pub(crate) const TEXTS: [&str; 8] = [
    "Wo ist mein Paket? Bestellung NL-20481",
    "Wie lange kann ich was zurückschicken?",
    "Please send me a copy of my invoice",
    "Ich will sofort einen Menschen sprechen!",
    "What are your opening hours on Saturday?",
    "Mein Router verliert ständig die Verbindung",
    "Wie wird das Wetter morgen in Hamburg?",
    "Danke, das hat super geklappt",
];

/// A folder that goes away, and a file name in it.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

/// Runs `lotse batch`.
pub(crate) fn batch(arguments: &[&str]) -> Output {
    lotse().arg("batch").args(arguments).output().expect("the binary runs")
}

/// Runs `lotse batch`, which must succeed.
pub(crate) fn done(arguments: &[&str]) -> Output {
    let output = batch(arguments);
    assert!(output.status.success(), "{}", crate::common::stderr(&output));
    output
}

/// The path as text.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("paths of tests are UTF-8")
}

/// Writes a file and gives its path.
pub(crate) fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("the input is written");
    path
}

/// `rows` rows of CSV with an identifier, a day and a text.
pub(crate) fn tickets(rows: usize) -> String {
    let mut csv = "id,created_at,body\n".to_owned();
    for row in 0..rows {
        let text = TEXTS[row % TEXTS.len()];
        let day = row % 28 + 1;
        csv +=
            &["T-", &row.to_string(), &format!(",2026-03-{day:02},\"{text} ({row})\"\n")].concat();
    }
    csv
}

/// The rows of a CSV file as objects.
pub(crate) fn csv_rows(bytes: &[u8], delimiter: u8) -> Vec<Value> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
    let names = reader.headers().expect("a header").clone();
    let rows = reader.records().map(|record| {
        let record = record.expect("a row");
        names
            .iter()
            .zip(&record)
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect()
    });
    rows.collect()
}

/// The objects of JSON lines.
pub(crate) fn json_rows(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).expect("JSON lines are UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

/// The content of a file.
pub(crate) fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
