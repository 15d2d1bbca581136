//! What callers learn when the store does not do its work.

use std::time::Duration;

use lotse::store::SqliteSettings;
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::support::{Service, Settings};

async fn with_store(store: SqliteSettings) -> Service {
    Service::start_with(Settings { store, ..Settings::default() }).await
}

#[tokio::test]
async fn a_locked_store_is_tried_again_later() {
    let busy_timeout = Duration::from_millis(100);
    let service = with_store(SqliteSettings { busy_timeout, ..SqliteSettings::default() }).await;
    let file = SqliteConnectOptions::new().filename(&service.app.config.store.path);
    let mut other = file.connect().await.expect("a second program");
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.expect("the lock");

    let message = json!({ "channel": "chat", "text": "Hallo" });
    let request = service.request(Method::POST, "/v1/messages").json(&message);
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    let error: serde_json::Value = response.json().await.expect("JSON");
    insta::assert_json_snapshot!(error);

    sqlx::query("ROLLBACK").execute(&mut other).await.expect("the lock is given back");
    other.close().await.expect("the second program ends");
    service.say(message).await;
}

#[tokio::test]
async fn a_full_store_keeps_what_it_has() {
    let largest_bytes = Some(512 * 1024);
    let service = with_store(SqliteSettings { largest_bytes, ..SqliteSettings::default() }).await;
    let text = "Die Rechnung ist falsch. ".repeat(400);
    let mut taken = Vec::new();
    let error = loop {
        let message = json!({ "channel": "email", "text": text });
        let (status, answer) = service.post("/v1/messages", message).await;
        if status != StatusCode::OK {
            assert_eq!(status, StatusCode::INSUFFICIENT_STORAGE, "{answer}");
            break answer;
        }
        taken.push(answer["conversation_id"].as_str().expect("an id").to_owned());
        assert!(taken.len() < 500, "the store never fills");
    };
    insta::assert_json_snapshot!(error);
    let last = taken.last().expect("some were taken");
    let (status, _) = service.get(&format!("/v1/conversations/{last}")).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_store_that_cannot_be_written_can_be_read() {
    let service = with_store(SqliteSettings { read_only: true, ..SqliteSettings::default() }).await;
    let message = json!({ "channel": "chat", "text": "Hallo" });
    let (status, error) = service.post("/v1/messages", message).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    insta::assert_json_snapshot!(error);
    let (status, _) = service.get("/v1/queues").await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_closed_store_means_that_the_end_is_near() {
    let service = Service::start().await;
    service.app.store.close().await;
    let message = json!({ "channel": "chat", "text": "Hallo" });
    let (status, error) = service.post("/v1/messages", message).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(error["error"]["code"], "stopping");
}
