//! Ten thousand messages at once: each is taken or told when to come back, and the service goes on.

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use common::server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MESSAGES: usize = 10_000;

const BODY: &str = r#"{"channel":"chat","text":"Wie lange kann ich einen Artikel zurückgeben?"}"#;

#[test]
fn ten_thousand_messages_at_once() {
    // Fewer where the system allows fewer open files.
    let messages = lotse::http::allow_connections(MESSAGES);
    let dir = tempfile::tempdir().expect("a temporary directory");
    // All send the same words, which must cost as much as others.
    let server = Server::start_with(&dir.path().join("lotse.sqlite"), |command| {
        command.env("LOTSE_MODEL__REPEATED", "0");
    });
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let started = Instant::now();
    let answers = runtime.block_on(async {
        let tasks: Vec<_> =
            (0..messages).map(|_| tokio::spawn(send(server.address.clone()))).collect();
        let mut answers: BTreeMap<String, usize> = BTreeMap::new();
        for task in tasks {
            *answers.entry(task.await.expect("a client ends in order")).or_default() += 1;
        }
        answers
    });
    let (taken, refused) = (answers.get("200").copied(), answers.get("429").copied());
    let (taken, refused) = (taken.unwrap_or(0), refused.unwrap_or(0));
    assert_eq!(taken + refused, messages, "{answers:?}");
    assert!(taken >= 200 && refused > 0, "{answers:?}");
    assert!(started.elapsed() < Duration::from_mins(2), "it took {:?}", started.elapsed());
    let answer = reqwest::blocking::get(server.url("/readyz")).expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
}

/// Sends one message over a connection of its own. The status, or what went wrong.
async fn send(address: String) -> String {
    match exchange(&address).await {
        Ok(answer) => {
            let status = answer.split(' ').nth(1).unwrap_or("no status").to_owned();
            let tells_when = answer.to_ascii_lowercase().contains("\r\nretry-after: ");
            if (status == "429") == tells_when { status } else { answer }
        }
        Err(error) => error.to_string(),
    }
}

async fn exchange(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
