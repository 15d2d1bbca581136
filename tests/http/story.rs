//! One customer, one story, over HTTP: who may tell of it, and who sees what.

use lotse::domain::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Service, Settings, answer};

const KEYS: &[(&str, Role)] = &[
    ("key-of-widget", Role::Widget),
    ("key-of-channel", Role::Channel),
    ("key-of-agent", Role::Agent),
];

async fn with_keys() -> Service {
    Service::start_with(Settings { keys: KEYS, ..Settings::default() }).await
}

async fn call(
    service: &Service,
    key: &str,
    method: Method,
    path: &str,
    body: Value,
) -> (StatusCode, Value) {
    let request = service.request(method, path).bearer_auth(key);
    answer(if body.is_null() { request } else { request.json(&body) }).await
}

async fn say(service: &Service, message: Value) -> Value {
    let (status, outcome) =
        call(service, "key-of-channel", Method::POST, "/v1/messages", message).await;
    assert_eq!(status, StatusCode::OK, "{outcome}");
    outcome
}

async fn get(service: &Service, key: &str, path: &str) -> Value {
    let (status, found) = call(service, key, Method::GET, path, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    found
}

async fn jana(service: &Service) -> Value {
    let known = json!({
        "contact": { "email": "Jana@Example.org", "phone": "0431 123456", "name": "Jana Petersen" },
        "attributes": { "vip": "true" },
    });
    let (status, known) =
        call(service, "key-of-channel", Method::PUT, "/v1/customers/K-883201", known).await;
    assert_eq!(status, StatusCode::OK, "{known}");
    known
}

#[tokio::test]
async fn what_the_company_knows_of_a_customer_is_kept() {
    let service = with_keys().await;
    let known = json!({
        "name": "Jana Petersen", "ids": ["K-883201"], "emails": ["jana@example.org"],
        "phones": ["+49431123456"], "attributes": { "vip": "true" },
    });
    assert_eq!(jana(&service).await, known);
    for (body, code) in [
        (json!({ "contact": { "email": "nobody" } }), "invalid_request"),
        (json!({ "contact": { "phone": "anonymous" } }), "invalid_request"),
        (json!({ "contact": { "fax": "1" } }), "unknown_field"),
        (json!({ "attributes": { "vip": true } }), "wrong_type"),
    ] {
        let (_, error) =
            call(&service, "key-of-channel", Method::PUT, "/v1/customers/K-1", body.clone()).await;
        assert_eq!(error["error"]["code"], code, "{body}: {error}");
    }
}

#[tokio::test]
async fn a_mail_and_a_call_are_one_story_to_agents_and_two_to_the_channels() {
    let service = with_keys().await;
    jana(&service).await;
    let mail = json!({
        "channel": "email", "text": "Die Rechnung ist falsch.", "conversation_id": "mail-1",
        "contact": { "email": "jana@example.org" },
    });
    let first = say(&service, mail).await;
    assert_eq!(first["state"], "waiting", "{first:#}");
    let phoned = json!({
        "channel": "phone", "text": "Die Rechnung ist falsch", "conversation_id": "call-1",
        "contact": { "phone": "+49 431 123456" },
    });
    let second = say(&service, phoned).await;
    assert_eq!(second["ticket"]["id"], first["ticket"]["id"], "{second:#}");
    assert_eq!(second["conversation_id"], "call-1");

    let seen = get(&service, "key-of-agent", "/v1/conversations/mail-1").await;
    let threads: Vec<&Value> = turns(&seen).map(|turn| &turn["thread"]["id"]).collect();
    assert_eq!(threads, ["mail-1", "mail-1", "call-1", "call-1"], "{seen:#}");
    let ticket = first["ticket"]["id"].as_str().expect("a ticket");
    let context = get(&service, "key-of-agent", &format!("/v1/tickets/{ticket}/context")).await;
    assert_eq!(context["customer"]["name"], "Jana Petersen", "{context:#}");

    // Whoever calls may have shown somebody else's number: the call learns nothing of the mail.
    for (id, text) in
        [("call-1", "Die Rechnung ist falsch"), ("mail-1", "Die Rechnung ist falsch.")]
    {
        let seen = get(&service, "key-of-channel", &format!("/v1/conversations/{id}")).await;
        assert_eq!(seen["id"], id);
        let said: Vec<&Value> = turns(&seen)
            .filter(|turn| turn["from"] == "customer")
            .map(|turn| &turn["text"])
            .collect();
        assert_eq!(said, [text], "{seen:#}");
        assert_eq!(seen["waiting"]["position"], 1);
        assert!(turns(&seen).all(|turn| turn["thread"].is_null()));
    }
}

fn turns(conversation: &Value) -> impl Iterator<Item = &Value> {
    conversation["turns"].as_array().expect("turns").iter()
}

#[tokio::test]
async fn a_widget_speaks_for_nobody_else() {
    let service = with_keys().await;
    for extra in [
        json!({ "contact": { "email": "jana@example.org" } }),
        json!({ "attributes": { "vip": "true" } }),
    ] {
        let mut message = json!({ "channel": "chat", "text": "Hallo" });
        message.as_object_mut().expect("an object").extend(extra.as_object().expect("one").clone());
        let (status, error) =
            call(&service, "key-of-widget", Method::POST, "/v1/messages", message).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{error}");
    }
    let (status, _) =
        call(&service, "key-of-widget", Method::PUT, "/v1/customers/K-1", json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}
