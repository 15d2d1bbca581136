//! Rows in, rows out.

use std::io::{Read, Write};
use std::process::Stdio;

use crate::common::{lotse, lotse_with_input, stderr};
use crate::runs::{TEXTS, batch, folder, json_rows, text, write};

#[test]
fn a_pipe_is_pure() {
    let folder = folder();
    let lines: String =
        TEXTS.iter().map(|text| serde_json::json!({ "text": text }).to_string() + "\n").collect();
    let arguments = ["batch", "-", "-o", "-", "--format", "jsonl", "--window", "3"];
    let output = lotse_with_input(&arguments, format!("{lines}oops\n").as_bytes());
    assert!(output.status.success(), "{}", stderr(&output));
    let rows = json_rows(&output.stdout);
    let texts: Vec<&str> = rows.iter().filter_map(|row| row["text"].as_str()).collect();
    assert_eq!(texts, TEXTS);
    assert!(stderr(&output).contains("{\"row\":9,\"code\":\"invalid_json\""));
    // The same rows in a file, with other threads: the same bytes.
    let input = write(folder.path(), "in.jsonl", &lines);
    let file = folder.path().join("out.jsonl");
    batch(&[text(&input), "-o", text(&file), "--window", "3", "--threads", "3"]);
    assert_eq!(std::fs::read(&file).expect("the output"), output.stdout);
    let names: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(names.len(), 2, "nothing but input and output is left: {names:?}");
}

#[test]
fn whoever_has_read_enough_may_go() {
    let mut child = lotse()
        .args(["batch", "-", "-o", "-", "--format", "csv", "--window", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || {
        let rows = "text\n".to_owned() + &"Wo ist mein Paket?\n".repeat(300_000);
        // The program ends before it has read everything.
        let _ = input.write_all(rows.as_bytes());
    });
    let mut head = [0; 10];
    let mut output = child.stdout.take().expect("a pipe");
    output.read_exact(&mut head).expect("some bytes");
    drop(output);
    let result = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer ends");
    assert!(result.status.success(), "{}", stderr(&result));
}

#[test]
fn standard_output_cannot_be_resumed() {
    let result = batch(&["-", "-o", "-", "--format", "csv", "--resume"]);
    assert_eq!(result.status.code(), Some(1));
    assert!(stderr(&result).contains("leave --resume away"), "{}", stderr(&result));
}
