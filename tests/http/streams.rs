//! Server-sent events: live, resumed, and ended with the service.

use std::time::Duration;

use futures::StreamExt;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use super::support::Service;

/// Reads events until this many have come.
async fn events(response: Response, count: usize) -> Vec<(String, String, serde_json::Value)> {
    assert_eq!(response.status(), StatusCode::OK);
    assert!(
        response.headers()["content-type"].to_str().expect("text").starts_with("text/event-stream")
    );
    let mut stream = response.bytes_stream();
    let mut text = String::new();
    let mut events = Vec::new();
    while events.len() < count {
        let chunk = tokio::time::timeout(Duration::from_secs(10), stream.next()).await;
        let chunk =
            chunk.expect("events come in time").expect("the stream goes on").expect("bytes");
        text.push_str(&String::from_utf8_lossy(&chunk));
        while let Some((block, rest)) = text.split_once("\n\n") {
            let field = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().trim().to_owned()
            };
            let (id, kind, data) = (field("id:"), field("event:"), field("data:"));
            if !data.is_empty() {
                events.push((id, kind, serde_json::from_str(&data).expect("JSON")));
            }
            text = rest.to_owned();
        }
    }
    events
}

async fn begin(service: &Service) -> (String, String) {
    let message = json!({ "channel": "chat", "text": "Rechnung falsch" });
    let outcome = service.say(message).await;
    let text = |value: &serde_json::Value| value.as_str().expect("an id").to_owned();
    (text(&outcome["conversation_id"]), text(&outcome["ticket"]["id"]))
}

#[tokio::test]
async fn a_customer_hears_the_agent_and_not_the_notes() {
    let service = Service::start().await;
    let (conversation, ticket) = begin(&service).await;
    let path = format!("/v1/conversations/{conversation}/events");
    let listening = service.request(Method::GET, &path).send().await.expect("a stream");
    service.post(&format!("/v1/tickets/{ticket}/claim"), json!({})).await;
    service.post(&format!("/v1/tickets/{ticket}/reply"), json!({ "text": "Ich bin da." })).await;
    let heard = events(listening, 2).await;
    let text = format!("{heard:?}");
    assert!(text.contains("human") || text.contains("Ich bin da."), "{text}");
}

#[tokio::test]
async fn a_listener_resumes_where_it_stopped() {
    let service = Service::start().await;
    let (conversation, ticket) = begin(&service).await;
    let path = format!("/v1/conversations/{conversation}/events");
    let from_start = service.request(Method::GET, &format!("{path}?after=0")).send().await;
    let first = events(from_start.expect("a stream"), 2).await;
    assert_eq!(first[0].2["payload"]["turn"]["text"], "Rechnung falsch");
    let last = first[0].0.clone();
    service.post(&format!("/v1/tickets/{ticket}/claim"), json!({})).await;
    let resumed = service.request(Method::GET, &path).header("last-event-id", &last).send().await;
    let again = events(resumed.expect("a stream"), 2).await;
    assert_eq!(again[0].0, first[1].0, "nothing is left out and nothing comes twice");
    let (status, error) = super::support::answer(
        service.request(Method::GET, &path).header("last-event-id", "yesterday"),
    )
    .await;
    assert_eq!(
        (status, &error["error"]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_id"))
    );
}

#[tokio::test]
async fn agents_hear_of_new_tickets() {
    let service = Service::start().await;
    let listening = service.request(Method::GET, "/v1/events").send().await.expect("a stream");
    let (_, ticket) = begin(&service).await;
    let heard = events(listening, 1).await;
    assert_eq!(heard[0].2["ticket_id"], *ticket, "{heard:?}");
}

#[tokio::test]
async fn streams_end_with_the_service() {
    let service = Service::start().await;
    let (conversation, _) = begin(&service).await;
    let path = format!("/v1/conversations/{conversation}/events");
    let listening = service.request(Method::GET, &path).send().await.expect("a stream");
    service.app.readiness.set_stopping();
    let (status, error) = service.get("/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(error["error"]["code"], "not_ready");
    service.app.shutdown.begin();
    let end = tokio::time::timeout(Duration::from_secs(5), listening.bytes()).await;
    assert!(end.is_ok(), "the stream goes on after the end has begun");
    let refused = service.request(Method::GET, "/healthz").send().await;
    assert!(refused.is_err(), "new connections are refused");
}
