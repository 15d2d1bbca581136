//! People at a browser: signing in and out, and whose word counts on which page.

use jiff::{Timestamp, ToSpan};
use lotse::domain::Role;
use lotse::http::hash_password;
use lotse::store::{Session, User, hash_key};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::support::{Service, Settings, answer};

const KEYS: &[(&str, Role)] = &[("key-of-widget", Role::Widget)];

/// A service with two people, "Anna Berg" (agent) and "Leo" (lead).
async fn with_people() -> Service {
    let service = Service::start_with(Settings { keys: KEYS, ..Settings::default() }).await;
    for (name, role) in [("Anna Berg", Role::Agent), ("Leo", Role::Lead)] {
        let password_hash = hash_password(&format!("{name}'s password")).expect("a hash");
        let user = User {
            name: name.to_owned(),
            role,
            password_hash,
            skills: Vec::new(),
            created_at: Timestamp::now(),
        };
        service.app.store.add_user(&user).await.expect("a user");
    }
    service
}

async fn sign_in(service: &Service, name: &str, password: &str) -> Response {
    let body = json!({ "name": name, "password": password });
    service.request(Method::POST, "/v1/session").json(&body).send().await.expect("an answer")
}

/// What a browser sends back.
fn cookie(response: &Response) -> String {
    let cookie = response.headers()["set-cookie"].to_str().expect("text");
    cookie.split(';').next().expect("a cookie").to_owned()
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.expect("an answer").status()
}

#[tokio::test]
async fn a_person_signs_in_works_and_signs_out() {
    let service = with_people().await;
    let (code, _) = service.get("/v1/session").await;
    assert_eq!(code, StatusCode::UNAUTHORIZED);
    let response = sign_in(&service, " anna berg ", "Anna Berg's password").await;
    assert_eq!(response.status(), StatusCode::OK);
    let set = response.headers()["set-cookie"].to_str().expect("text").to_owned();
    for word in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(word), "{set}");
    }
    let session = cookie(&response);
    let myself: Value = response.json().await.expect("JSON");
    assert_eq!((&myself["name"], &myself["role"]), (&json!("Anna Berg"), &json!("agent")));
    assert_eq!(myself["open"], false);

    let with = |method, path: &str| service.request(method, path).header("cookie", &session);
    assert_eq!(status(with(Method::GET, "/v1/queues")).await, StatusCode::OK);
    let (_, agents) = answer(with(Method::GET, "/v1/agents")).await;
    let anna = &agents["agents"][0];
    assert_eq!((&anna["name"], &anna["present"]), (&json!("Anna Berg"), &json!(true)));
    assert_eq!(agents["agents"][1]["present"], false);

    assert_eq!(status(with(Method::DELETE, "/v1/session")).await, StatusCode::NO_CONTENT);
    assert_eq!(status(with(Method::GET, "/v1/queues")).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn wrong_passwords_are_refused_and_slowed_down() {
    let service = with_people().await;
    for name in ["Anna Berg", "nobody"] {
        for _ in 0..5 {
            let response = sign_in(&service, name, "a guess").await;
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
            let error: Value = response.json().await.expect("JSON");
            assert_eq!(error["error"]["code"], "wrong_password");
        }
        let response = sign_in(&service, name, "Anna Berg's password").await;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS, "{name}");
        assert!(response.headers().contains_key("retry-after"));
    }
    assert_eq!(sign_in(&service, "Leo", "Leo's password").await.status(), StatusCode::OK);
    let nameless = sign_in(&service, " ", "x").await;
    assert_eq!(nameless.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_session_ends_with_time_with_the_user_and_with_a_new_password() {
    let service = with_people().await;
    let store = &service.app.store;
    let expired = Session {
        hash: hash_key("old"),
        name: "Leo".to_owned(),
        role: None,
        expires_at: Timestamp::now() - 1.second(),
    };
    store.add_session(&expired).await.expect("a session");
    let queues = |session: &str| {
        service.request(Method::GET, "/v1/queues").header("cookie", session.to_owned())
    };
    assert_eq!(status(queues("lotse_session=old")).await, StatusCode::UNAUTHORIZED);

    let anna = cookie(&sign_in(&service, "Anna Berg", "Anna Berg's password").await);
    let leo = cookie(&sign_in(&service, "Leo", "Leo's password").await);
    assert_eq!(status(queues(&anna)).await, StatusCode::OK);
    store.set_password("leo", &hash_password("another one").expect("a hash")).await.expect("set");
    store.remove_user("anna berg").await.expect("removed");
    assert_eq!(status(queues(&anna)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(queues(&leo)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&service, "Leo", "another one").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_foreign_page_cannot_act_in_a_persons_name() {
    let service = with_people().await;
    let leo = cookie(&sign_in(&service, "Leo", "Leo's password").await);
    let claim = |origin: &str| {
        let request = service.request(Method::POST, "/v1/claim");
        request.header("cookie", &leo).header("origin", origin.to_owned())
    };
    assert_eq!(status(claim("https://evil.example")).await, StatusCode::FORBIDDEN);
    let own = format!("http://{}", service.address);
    assert_eq!(status(claim(&own)).await, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_widget_of_another_site_may_call_what_customers_need_and_no_more() {
    let service = with_people().await;
    let ask = |path: &str| {
        let request = service.request(Method::OPTIONS, path);
        request
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
    };
    let allowed = ask("/v1/messages").send().await.expect("an answer");
    assert_eq!(allowed.headers()["access-control-allow-origin"], "*");
    assert!(!allowed.headers().contains_key("access-control-allow-credentials"));
    let refused = ask("/v1/claim").send().await.expect("an answer");
    assert!(!refused.headers().contains_key("access-control-allow-origin"));

    let message = json!({ "channel": "chat", "text": "Wie kann ich etwas zurückgeben?" });
    let said = service
        .request(Method::POST, "/v1/messages")
        .bearer_auth("key-of-widget")
        .header("origin", "https://shop.example")
        .json(&message)
        .send()
        .await
        .expect("an answer");
    assert_eq!(said.status(), StatusCode::OK);
    assert_eq!(said.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn only_named_sites_may_hold_the_widget_where_they_are_named() {
    let toml = "[access]\nwidget_origins = [\"https://shop.example\"]\n".to_owned();
    let service = Service::start_with(Settings { keys: KEYS, toml, ..Settings::default() }).await;
    for (origin, allowed) in [("https://shop.example", true), ("https://evil.example", false)] {
        let request = service.request(Method::OPTIONS, "/v1/messages").header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let headers = request.send().await.expect("an answer").headers().clone();
        assert_eq!(headers.contains_key("access-control-allow-origin"), allowed, "{origin}");
    }
}

#[tokio::test]
async fn in_an_open_demo_any_name_will_do_and_a_widget_is_no_more_than_that() {
    let service = Service::start().await;
    let (_, myself) = service.get("/v1/session").await;
    assert_eq!((&myself["name"], &myself["open"]), (&json!("demo"), &json!(true)));
    let anna = cookie(&sign_in(&service, "Anna", "").await);
    let request = service.request(Method::GET, "/v1/session").header("cookie", &anna);
    let (_, myself) = answer(request).await;
    assert_eq!((&myself["name"], &myself["role"]), (&json!("Anna"), &json!("admin")));

    let widget = |method, path: &str, origin: &str| {
        let request = service.request(method, path).bearer_auth("widget");
        request.header("origin", origin.to_owned())
    };
    let local = "http://127.0.0.1:1234";
    let question = json!({ "channel": "chat", "text": "Die Rechnung ist falsch." });
    let (code, outcome) = answer(widget(Method::POST, "/v1/messages", local).json(&question)).await;
    assert_eq!(code, StatusCode::OK);
    assert!(outcome["ticket"].get("summary").is_none());
    let queues = status(widget(Method::GET, "/v1/queues", local)).await;
    assert_eq!(queues, StatusCode::FORBIDDEN);
    let foreign = widget(Method::POST, "/v1/messages", "https://evil.example").json(&question);
    assert_eq!(status(foreign).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_open_demo_does_not_answer_through_a_proxy() {
    let service = Service::start().await;
    for header in ["x-forwarded-for", "forwarded", "x-forwarded-host"] {
        let request = service.request(Method::GET, "/v1/queues").header(header, "for=192.0.2.7");
        assert_eq!(status(request).await, StatusCode::FORBIDDEN, "{header}");
    }
}

#[tokio::test]
async fn a_widget_speaks_for_the_visitor_in_front_of_it_only() {
    let service = with_people().await;
    let question = |channel: &str, customer: Option<&str>| {
        let text = "Die Rechnung ist falsch.";
        let body = json!({ "channel": channel, "text": text, "customer_id": customer });
        service.request(Method::POST, "/v1/messages").bearer_auth("key-of-widget").json(&body)
    };
    assert_eq!(status(question("chat", Some("K-883201"))).await, StatusCode::FORBIDDEN);
    assert_eq!(status(question("email", None)).await, StatusCode::FORBIDDEN);
    let (code, outcome) = answer(question("chat", None)).await;
    assert_eq!(code, StatusCode::OK);
    assert_eq!(outcome["decision"]["reasons"], json!([]), "thresholds are not for customers");
    assert_eq!(outcome["classification"]["tier"], Value::Null);
    assert_eq!(outcome["classification"]["sentiment"], Value::Null);
}

#[tokio::test]
async fn who_came_in_without_a_password_is_out_when_the_name_becomes_a_user() {
    let service = Service::start().await;
    let guest = cookie(&sign_in(&service, "Anna", "").await);
    let token = guest.strip_prefix("lotse_session=").expect("a token");
    let store = &service.app.store;
    let found = store.session(&hash_key(token), Timestamp::now()).await.expect("a store");
    assert!(found.is_some());
    let password_hash = hash_password("long enough").expect("a hash");
    let created_at = Timestamp::now();
    let user = User {
        name: "anna".to_owned(),
        role: Role::Admin,
        password_hash,
        skills: Vec::new(),
        created_at,
    };
    store.add_user(&user).await.expect("a user");
    let found = store.session(&hash_key(token), Timestamp::now()).await.expect("a store");
    assert_eq!(found, None);
}
