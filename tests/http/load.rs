//! Too much at once, and too long.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::support::{Service, Settings, answer, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_refused_at_once() {
    let service = Service::start_with(Settings {
        toml: "[server]\nmax_messages_at_once = 20\n".to_owned(),
        ..Settings::default()
    })
    .await;
    let requests: Vec<_> = (0..1500)
        .map(|number| {
            let message = json!({ "channel": "chat", "text": format!("slow {number}") });
            service.request(Method::POST, "/v1/messages").json(&message)
        })
        .collect();
    let sending = tokio::spawn(async move {
        let sent = requests.into_iter().map(async |request| {
            let response = request.send().await.expect("every connection is answered");
            (response.status(), response.headers().get("retry-after").cloned())
        });
        stream::iter(sent).buffer_unordered(1500).collect::<Vec<_>>().await
    });
    eventually("a full house", || service.app.admission.available_permits() == 0).await;
    // Health and the page are answered meanwhile.
    let started = Instant::now();
    let (status, _) = service.get("/healthz").await;
    assert_eq!(status, StatusCode::OK);
    assert!(started.elapsed() < Duration::from_secs(5));
    service.gate.add_permits(1);
    let answers = sending.await.expect("all are answered");
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for (status, retry_after) in answers {
        *counts.entry(status.as_u16()).or_default() += 1;
        assert_eq!(retry_after.is_some(), status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(counts[&200] >= 20, "{counts:?}");
    assert_eq!(counts[&200] + counts[&429], 1500, "{counts:?}");
    // Afterwards all is as before.
    service.say(json!({ "channel": "chat", "text": "Hallo" })).await;
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let service = Service::start_with(Settings {
        toml: "[server]\nrequest_timeout = \"200ms\"\n".to_owned(),
        ..Settings::default()
    })
    .await;
    let message = json!({ "channel": "chat", "text": "slow" });
    let request = service.request(Method::POST, "/v1/messages").json(&message);
    let (status, error) = answer(request).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    insta::assert_json_snapshot!(error);
    assert_eq!(service.app.admission.available_permits(), 256, "its place is free again");
}

#[tokio::test]
async fn requests_in_work_are_finished_at_the_end() {
    let service = Service::start().await;
    let message = json!({ "channel": "chat", "text": "slow" });
    let request = service.request(Method::POST, "/v1/messages").json(&message);
    let sending = tokio::spawn(answer(request));
    let admission = &service.app.admission;
    eventually("the request", || admission.available_permits() == 255).await;
    service.app.readiness.set_stopping();
    service.app.shutdown.begin();
    tokio::time::sleep(Duration::from_millis(100)).await;
    service.gate.add_permits(1);
    let (status, outcome) = sending.await.expect("an answer");
    assert_eq!(status, StatusCode::OK, "{outcome}");
}

#[tokio::test]
async fn figures_tell_of_it() {
    let service = Service::start().await;
    service.say(json!({ "channel": "phone", "text": "Hallo" })).await;
    let (status, figures) = service.get("/metrics").await;
    assert_eq!(status, StatusCode::OK);
    let figures = figures.as_str().expect("text");
    for name in [
        "lotse_http_requests_total",
        "lotse_http_request_seconds_bucket",
        "lotse_messages_total",
        "lotse_http_connections",
    ] {
        assert!(figures.contains(name), "{name} is missing in\n{figures}");
    }
}
