//! A backlog is decided as the service decides.

use serde_json::{Value, json};

use crate::common::server::Server;
use crate::runs::{done, folder, json_rows, read, text, write};

const ROWS: usize = 40;

#[test]
fn rows_are_decided_as_first_messages_of_the_service_are() {
    let folder = folder();
    let rows: Vec<Value> = json_rows(&read("eval/nordlicht/test.jsonl".as_ref()));
    // From all parts of the file: it is sorted by kinds of messages.
    let texts: Vec<&str> = rows
        .iter()
        .step_by(rows.len() / ROWS)
        .filter_map(|row| row["text"].as_str())
        .take(ROWS)
        .collect();
    let lines: String =
        texts.iter().map(|text| json!({ "text": text }).to_string() + "\n").collect();
    let input = write(folder.path(), "in.jsonl", lines);
    let output = folder.path().join("out.jsonl");
    done(&[text(&input), "-o", text(&output), "--dir", "demo"]);
    let read = json_rows(&read(&output));
    assert_eq!(read.len(), texts.len());

    let server = Server::start(&folder.path().join("lotse.sqlite"));
    let client = reqwest::blocking::Client::new();
    let mut answered = 0;
    for (row, text) in read.iter().zip(texts) {
        let body = json!({ "channel": "chat", "text": text }).to_string();
        let request = client.post(server.url("/v1/messages"));
        let reply = request.header("content-type", "application/json").body(body).send();
        let reply = reply.expect("an answer").text().expect("a body");
        let outcome: Value = serde_json::from_str(&reply).expect("JSON");
        let article = match outcome["decision"]["action"].as_str() {
            Some("answer") => outcome["reply"]["article"]["id"].clone(),
            _ => Value::Null,
        };
        assert_eq!(row["article"], article, "{text}");
        answered += usize::from(article.is_string());
        assert_eq!(row["intent"], outcome["classification"]["intent"]["name"], "{text}");
        if let Some(ticket) = outcome["ticket"].as_object() {
            assert_eq!(row["queue"], ticket["queue"], "{text}");
            assert_eq!(row["priority"], ticket["priority"], "{text}");
        }
    }
    assert!((1..ROWS).contains(&answered), "{answered} of {ROWS} answered");
}
