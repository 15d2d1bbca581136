//! Whatever is sent gets a clear error with a stable code, or is taken.

use std::fmt::Write as _;
use std::time::Duration;

use lotse::domain::MAX_TEXT_CHARS;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::{Service, Settings, answer};

/// A message with one more field, or another value of one.
fn message(field: &str, value: Value) -> Vec<u8> {
    let mut message = json!({ "channel": "chat", "text": "Wo ist NL-20481?" });
    message[field] = value;
    message.to_string().into_bytes()
}

#[tokio::test]
async fn bodies_of_messages() {
    let long = "ä".repeat(MAX_TEXT_CHARS + 1);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", vec![]),
        ("not JSON", b"hello".to_vec()),
        ("cut off", br#"{"channel":"chat","text":"Hal"#.to_vec()),
        ("two values", br#"{"channel":"chat","text":"a"} {}"#.to_vec()),
        ("a list", br#"["chat","Hallo"]"#.to_vec()),
        ("a list of the right length", br#"["chat","Hallo",null,null,null,null]"#.to_vec()),
        ("a text", br#""Hallo""#.to_vec()),
        ("null", b"null".to_vec()),
        ("no fields", b"{}".to_vec()),
        ("no text", br#"{"channel":"chat"}"#.to_vec()),
        ("no channel", br#"{"text":"Hallo"}"#.to_vec()),
        ("invalid UTF-8", b"{\"channel\":\"chat\",\"text\":\"M\xfcnchen\"}".to_vec()),
        ("half a surrogate pair", br#"{"channel":"chat","text":"\ud83d"}"#.to_vec()),
        ("a raw NUL", b"{\"channel\":\"chat\",\"text\":\"a\0b\"}".to_vec()),
        ("a field twice", br#"{"channel":"chat","text":"a","text":"b"}"#.to_vec()),
        ("deeply nested", format!(r#"{{"text":{}"#, "[".repeat(100_000)).into_bytes()),
        ("text blank", message("text", json!(""))),
        ("text of white space", message("text", json!(" \n\t\u{a0}\u{3000}"))),
        ("text that cannot be seen", message("text", json!("\u{200b}\u{feff}"))),
        ("text of NULs", message("text", json!("\0\0"))),
        ("text too long", message("text", json!(long))),
        ("text is a number", message("text", json!(42))),
        ("text is null", message("text", json!(null))),
        ("text is a list", message("text", json!(["a"]))),
        ("unknown channel", message("channel", json!("fax"))),
        ("channel is a number", message("channel", json!(1))),
        ("unknown language", message("language", json!("fr"))),
        ("unknown field", message("txt", json!("Hallo"))),
        ("conversation id is empty", message("conversation_id", json!(""))),
        ("conversation id is a path", message("conversation_id", json!("../../etc"))),
        ("conversation id is a number", message("conversation_id", json!(7))),
        ("customer id with a line end", message("customer_id", json!("a\nb"))),
        ("message id too long", message("message_id", json!("x".repeat(201)))),
    ];
    let service = Service::start().await;
    let mut table = String::new();
    for (name, body) in cases {
        let request = service
            .request(Method::POST, "/v1/messages")
            .header("content-type", "application/json")
            .body(body);
        let (status, error) = answer(request).await;
        writeln!(table, "# {name}\n{} {error}\n", status.as_u16()).expect("a string");
        assert!(status.is_client_error(), "{name}: {status}");
        assert!(error["error"]["code"].is_string(), "{name}: {error}");
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn odd_messages_that_are_taken() {
    let service = Service::start().await;
    let texts = [
        "👍",
        "🙂🙂🙂",
        "?",
        "NUL in \0 the middle",
        "\u{feff}Hallo",
        "e\u{301}\u{327}\u{300}\u{200d}",
        "<script>alert(1)</script>",
        "'; DROP TABLE conversations; --",
        "مرحبا",
    ];
    for text in texts {
        let outcome = service.say(json!({ "channel": "chat", "text": text })).await;
        assert!(outcome["decision"]["action"].is_string(), "{text:?}: {outcome}");
    }
    let longest = "ä".repeat(MAX_TEXT_CHARS);
    service.say(json!({ "channel": "email", "text": longest })).await;
}

#[tokio::test]
async fn nulls_stand_for_fields_left_out() {
    let service = Service::start().await;
    let nulls = json!({
        "channel": "chat", "text": "Hallo", "conversation_id": null, "customer_id": null,
        "message_id": null, "language": null,
    });
    service.say(nulls).await;
}

#[tokio::test]
async fn large_bodies_are_refused_unread() {
    let service = Service::start().await;
    let megabyte = message("text", json!("a".repeat(1_000_000)));
    let request = |body: reqwest::Body| {
        service
            .request(Method::POST, "/v1/messages")
            .header("content-type", "application/json")
            .body(body)
    };
    let (status, error) = answer(request(megabyte.clone().into())).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    insta::assert_json_snapshot!(error);
    // Without an announced length.
    let chunks = megabyte.chunks(10_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
    let stream = futures::stream::iter(chunks.collect::<Vec<_>>());
    match request(reqwest::Body::wrap_stream(stream)).send().await {
        Ok(response) => assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE),
        // The service may hang up while the client still sends.
        Err(error) => assert!(error.is_request() || error.is_body(), "{error:?}"),
    }
}

/// Name, method, path, content type, body.
type Case = (&'static str, Method, &'static str, Option<&'static str>, Vec<u8>);

#[tokio::test]
async fn addresses_methods_and_types() {
    let service = Service::start().await;
    let json = "application/json";
    let hello = || message("text", json!("Hallo"));
    let cases: Vec<Case> = vec![
        ("nothing there", Method::GET, "/nothing", None, vec![]),
        ("nothing there in the interface", Method::POST, "/v1/nothing", Some(json), hello()),
        ("no such file", Method::GET, "/assets/console/nothing.js", None, vec![]),
        ("wrong method", Method::GET, "/v1/messages", None, vec![]),
        ("wrong method for a page", Method::DELETE, "/console", None, vec![]),
        ("no type", Method::POST, "/v1/messages", None, hello()),
        ("wrong type", Method::POST, "/v1/messages", Some("text/plain"), hello()),
        (
            "form",
            Method::POST,
            "/v1/messages",
            Some("application/x-www-form-urlencoded"),
            b"text=Hallo".to_vec(),
        ),
        ("path is not UTF-8", Method::GET, "/v1/conversations/%ff", None, vec![]),
        ("unknown conversation", Method::GET, "/v1/conversations/c1", None, vec![]),
        ("unknown conversation's events", Method::GET, "/v1/conversations/c1/events", None, vec![]),
        (
            "rating of an unknown conversation",
            Method::POST,
            "/v1/conversations/c1/rating",
            Some(json),
            br#"{"score":5}"#.to_vec(),
        ),
        ("unknown ticket", Method::GET, "/v1/tickets/t1", None, vec![]),
        ("claim of an unknown ticket", Method::POST, "/v1/tickets/t1/claim", None, vec![]),
        ("unknown queue", Method::GET, "/v1/queues/nowhere/tickets", None, vec![]),
        ("claim in an unknown queue", Method::POST, "/v1/queues/nowhere/claim", None, vec![]),
        ("search without a question", Method::GET, "/v1/knowledge/search", None, vec![]),
        ("search for nothing", Method::GET, "/v1/knowledge/search?q=%20", None, vec![]),
        ("unknown parameter", Method::GET, "/v1/knowledge/search?q=a&lang=de", None, vec![]),
        ("unknown language", Method::GET, "/v1/knowledge/search?q=a&language=fr", None, vec![]),
        ("limit is no number", Method::GET, "/v1/knowledge/search?q=a&limit=x", None, vec![]),
        ("no messages", Method::POST, "/v1/classify", Some(json), br#"{"messages":[]}"#.to_vec()),
        (
            "a blank message among others",
            Method::POST,
            "/v1/classify",
            Some(json),
            br#"{"messages":[{"text":"Hallo"},{"text":" "}]}"#.to_vec(),
        ),
        (
            "too many messages",
            Method::POST,
            "/v1/classify",
            Some(json),
            json!({ "messages": vec![json!({ "text": "Hallo" }); 101] }).to_string().into_bytes(),
        ),
        (
            "wrong type within a list",
            Method::POST,
            "/v1/classify",
            Some(json),
            br#"{"messages":[{"text":"Hallo"},{"text":[]}]}"#.to_vec(),
        ),
        ("no turns", Method::POST, "/v1/summarize", Some(json), br#"{"turns":[]}"#.to_vec()),
        (
            "no turn of the customer",
            Method::POST,
            "/v1/summarize",
            Some(json),
            br#"{"turns":[{"from":"bot","text":"Hallo"}]}"#.to_vec(),
        ),
        (
            "unknown speaker",
            Method::POST,
            "/v1/summarize",
            Some(json),
            br#"{"turns":[{"from":"boss","text":"Hallo"}]}"#.to_vec(),
        ),
        (
            "blank for Rasa's form",
            Method::POST,
            "/model/parse",
            Some(json),
            br#"{"text":""}"#.to_vec(),
        ),
    ];
    let mut table = String::new();
    for (name, method, path, content_type, body) in cases {
        let mut request = service.request(method, path).body(body);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let (status, error) = answer(request).await;
        writeln!(table, "# {name}\n{} {error}\n", status.as_u16()).expect("a string");
        assert!(error["error"]["code"].is_string(), "{name}: {status} {error}");
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let service = Service::start().await;
    let response = service.request(Method::PUT, "/v1/messages").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "POST");
}

/// Sends raw bytes and reads the answer until the service hangs up or goes quiet.
async fn raw(service: &Service, bytes: &[u8], hang_up: bool) -> String {
    let mut stream = TcpStream::connect(&service.address).await.expect("a connection");
    stream.write_all(bytes).await.expect("bytes are sent");
    if hang_up {
        stream.shutdown().await.expect("the sending side is closed");
    }
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(5), reading).await;
    String::from_utf8_lossy(&answer).into_owned()
}

const HALF: &[u8] = b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
    Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"channel\":\"chat\",";

#[tokio::test]
async fn a_body_that_stops_half_way() {
    let service = Service::start_with(Settings {
        toml: "[server]\nbody_timeout = \"300ms\"\n".to_owned(),
        ..Settings::default()
    })
    .await;
    let stalled = raw(&service, HALF, false).await;
    assert!(stalled.starts_with("HTTP/1.1 408"), "{stalled}");
    assert!(stalled.contains(r#""code":"body_too_slow""#), "{stalled}");
    let ended = raw(&service, HALF, true).await;
    // Whoever closes its sending side early may find the connection closed without an answer.
    assert!(ended.is_empty() || ended.contains("body_incomplete"), "{ended}");
    // The service goes on.
    service.say(json!({ "channel": "chat", "text": "Hallo" })).await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let service = Service::start_with(Settings {
        toml: "[server]\nheader_timeout = \"300ms\"\n".to_owned(),
        ..Settings::default()
    })
    .await;
    let started = std::time::Instant::now();
    raw(&service, b"GET /healthz HTTP/1.1\r\nHost: local", false).await;
    assert!(started.elapsed() < Duration::from_secs(3), "the connection stayed open");
}

#[tokio::test]
async fn bytes_that_are_no_http() {
    let service = Service::start().await;
    let answer = raw(&service, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", true).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    service.say(json!({ "channel": "chat", "text": "Hallo" })).await;
}

#[tokio::test]
async fn a_panic_is_answered_and_forgotten() {
    let service = Service::start().await;
    let (status, error) =
        service.post("/v1/classify", json!({ "messages": [{ "text": "panic" }] })).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(error["error"]["code"], "internal");
    service.say(json!({ "channel": "chat", "text": "Hallo" })).await;
}
