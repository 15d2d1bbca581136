//! Who may do what.

use lotse::domain::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Service, Settings, answer};

const KEYS: &[(&str, Role)] = &[
    ("key-of-widget", Role::Widget),
    ("key-of-channel", Role::Channel),
    ("key-of-agent", Role::Agent),
    ("key-of-lead", Role::Lead),
    ("key-of-admin", Role::Admin),
];

async fn with_keys() -> Service {
    Service::start_with(Settings { keys: KEYS, ..Settings::default() }).await
}

async fn as_caller(
    service: &Service,
    key: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    let mut request = service.request(method, path).bearer_auth(key);
    if let Some(body) = body {
        request = request.json(&body);
    }
    answer(request).await
}

#[tokio::test]
async fn roles_reach_what_they_may() {
    let service = with_keys().await;
    let hello = || Some(json!({ "channel": "chat", "text": "Hallo" }));
    let one = || Some(json!({ "messages": [{ "text": "Hallo" }] }));
    let routes: [(Role, Method, &str, Option<Value>); 6] = [
        (Role::Widget, Method::POST, "/v1/messages", hello()),
        (Role::Channel, Method::POST, "/v1/classify", one()),
        (Role::Channel, Method::GET, "/v1/knowledge/search?q=Hallo", None),
        (Role::Channel, Method::GET, "/metrics", None),
        (Role::Agent, Method::GET, "/v1/queues", None),
        (Role::Agent, Method::POST, "/v1/queues/billing/claim", None),
    ];
    for (needed, method, path, body) in routes {
        for (key, role) in KEYS {
            let (status, answer) =
                as_caller(&service, key, method.clone(), path, body.clone()).await;
            if *role >= needed {
                assert!(status.is_success(), "{path} as {role:?}: {status} {answer}");
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{path} as {role:?}: {answer}");
                assert_eq!(answer["error"]["code"], "forbidden");
            }
        }
    }
}

#[tokio::test]
async fn without_a_known_key_nothing_is_reached() {
    let service = with_keys().await;
    let response = service.request(Method::GET, "/v1/queues").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"lotse\"");
    for header in ["Bearer wrong", "Bearer ", "Basic a2V5", "key-of-admin", "Bearer k\u{e9}y"] {
        let request = service.request(Method::GET, "/v1/queues").header("authorization", header);
        let (status, error) = answer(request).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{header}");
        assert_eq!(error["error"]["code"], "unauthorized");
    }
    // Health, the page and the documentation are for everyone.
    for path in ["/healthz", "/readyz", "/", "/widget.js", "/console", "/docs/", "/openapi.json"] {
        let (status, _) = service.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused() {
    let service = with_keys().await;
    let store = &service.app.store;
    store.revoke_key("key-of-admin", jiff::Timestamp::now()).await.expect("it is revoked");
    let (status, _) = as_caller(&service, "key-of-admin", Method::GET, "/v1/queues", None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn keys_may_stand_in_the_settings() {
    // What `printf a-long-random-key | sha256sum` prints.
    let sha256 = lotse::store::hash_key("a-long-random-key");
    let toml =
        format!("[[access.keys]]\nname = \"shop\"\nrole = \"channel\"\nsha256 = \"{sha256}\"\n");
    let service = Service::start_with(Settings { toml, ..Settings::default() }).await;
    let path = "/metrics";
    let (status, _) = as_caller(&service, "a-long-random-key", Method::GET, path, None).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = as_caller(&service, "another-key", Method::GET, path, None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_widget_sees_only_what_its_customer_may() {
    let service = with_keys().await;
    let widget = "key-of-widget";
    let question = json!({ "channel": "chat", "text": "Die Rechnung ist falsch." });
    let (_, outcome) =
        as_caller(&service, widget, Method::POST, "/v1/messages", Some(question)).await;
    assert_eq!(outcome["state"], "waiting", "{outcome}");
    assert!(outcome["ticket"]["queue"].is_string());
    assert!(outcome["ticket"].get("summary").is_none(), "{outcome}");

    let ticket = outcome["ticket"]["id"].as_str().expect("a ticket").to_owned();
    let note = Some(json!({ "text": "known to be difficult" }));
    let path = format!("/v1/tickets/{ticket}/note");
    let (status, answer) = as_caller(&service, "key-of-agent", Method::POST, &path, note).await;
    assert_eq!(status, StatusCode::OK, "{answer}");

    let id = outcome["conversation_id"].as_str().expect("an id");
    let path = format!("/v1/conversations/{id}");
    let (_, seen) = as_caller(&service, widget, Method::GET, &path, None).await;
    let text = seen.to_string();
    assert!(!text.contains("difficult") && !text.contains("classification"), "{text}");
    let (_, seen) = as_caller(&service, "key-of-agent", Method::GET, &path, None).await;
    let text = seen.to_string();
    assert!(text.contains("difficult") && text.contains("classification"), "{text}");
}

#[tokio::test]
async fn a_widget_cannot_guess_its_way_into_others_conversations() {
    let service = with_keys().await;
    let of_channel = json!({
        "channel": "messenger", "text": "Hallo", "conversation_id": "491701234567",
        "message_id": "m-1",
    });
    let path = "/v1/messages";
    let (status, _) =
        as_caller(&service, "key-of-channel", Method::POST, path, Some(of_channel)).await;
    assert_eq!(status, StatusCode::OK);
    let widget = "key-of-widget";
    let get = "/v1/conversations/491701234567";
    let (status, error) = as_caller(&service, widget, Method::GET, get, None).await;
    assert_eq!(
        (status, &error["error"]["code"]),
        (StatusCode::NOT_FOUND, &json!("conversation_not_found"))
    );
    let into = json!({ "channel": "chat", "text": "Hallo", "conversation_id": "491701234567" });
    let (status, _) = as_caller(&service, widget, Method::POST, path, Some(into)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let replay = json!({ "channel": "chat", "text": "Hallo", "message_id": "m-1" });
    let (status, error) = as_caller(&service, widget, Method::POST, path, Some(replay)).await;
    assert_eq!(
        (status, &error["error"]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_id"))
    );
}

#[tokio::test]
async fn an_open_demo_answers_only_its_own_machine() {
    let service = Service::start().await;
    let hello = json!({ "channel": "chat", "text": "Hallo" });
    let own = format!("http://{}", service.address);
    let cases = [
        ("host", "lotse.example", StatusCode::FORBIDDEN),
        ("host", "127.0.0.1.evil.example", StatusCode::FORBIDDEN),
        ("host", "localhost:8080", StatusCode::OK),
        ("host", "[::1]:8080", StatusCode::OK),
        ("origin", "https://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("origin", &own, StatusCode::OK),
    ];
    for (header, value, expected) in cases {
        let request =
            service.request(Method::POST, "/v1/messages").header(header, value).json(&hello);
        let (status, answer) = answer(request).await;
        assert_eq!(status, expected, "{header}: {value}: {answer}");
    }
}
