//! The main job, from the first message to the resolved ticket.

use std::fmt::Write as _;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::Service;

#[tokio::test]
async fn a_standard_question_is_answered_from_an_article() {
    let service = Service::start().await;
    let question = json!({ "channel": "chat", "text": "Wie lange kann ich das zurückgeben?" });
    let outcome = service.say(question).await;
    assert_eq!(outcome["decision"]["action"], "answer", "{outcome:#}");
    assert_eq!(outcome["reply"]["article"]["id"], "return-item");
    assert_eq!(outcome["state"], "bot");
    assert_eq!(outcome["ticket"], Value::Null);
    insta::assert_json_snapshot!(outcome, {
        ".conversation_id" => "[id]", ".message_id" => "[id]",
        ".decision.reasons[].text" => "[text]", ".reply.text" => "[text]",
    });
}

#[tokio::test]
async fn the_answer_says_where_the_time_went() {
    let service = Service::start().await;
    let message = json!({ "channel": "chat", "text": "Wie lange kann ich das zurückgeben?" });
    let request = service.request(Method::POST, "/v1/messages").json(&message);
    let response = request.send().await.expect("an answer");
    let timing = response.headers()["server-timing"].to_str().expect("text").to_owned();
    for step in ["search;dur=", "store;dur="] {
        assert!(timing.contains(step), "{timing}");
    }
    assert!(response.headers().contains_key("x-request-id"));
}

#[tokio::test]
async fn the_same_message_id_is_one_message() {
    let service = Service::start().await;
    let message =
        json!({ "channel": "email", "text": "Rechnung falsch", "message_id": "<1@mail>" });
    let first = service.say(message.clone()).await;
    let second = service.say(message).await;
    assert_eq!(first, second);
    let other = json!({ "channel": "email", "text": "Etwas anderes", "message_id": "<1@mail>" });
    let (status, error) = service.post("/v1/messages", other).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(error["error"]["code"], "conflict");
}

#[tokio::test]
async fn a_ticket_goes_from_hand_to_hand() {
    let service = Service::start().await;
    let message = json!({
        "channel": "chat", "text": "Die Rechnung ist falsch.", "customer_id": "K-883201",
    });
    let outcome = service.say(message).await;
    assert_eq!(outcome["state"], "waiting", "{outcome:#}");
    let queue = outcome["ticket"]["queue"].as_str().expect("a queue").to_owned();
    let id = outcome["ticket"]["id"].as_str().expect("an id").to_owned();
    assert!(outcome["ticket"]["summary"]["text"].is_string());

    let (_, queues) = service.get("/v1/queues").await;
    let waiting =
        queues["queues"].as_array().expect("queues").iter().find(|q| q["queue"] == *queue);
    assert_eq!(waiting.expect("the queue")["open"], 1);
    assert!(queues["queues"].as_array().expect("queues").len() > 3, "empty queues are listed too");
    let (_, tickets) = service.get(&format!("/v1/queues/{queue}/tickets")).await;
    assert_eq!(tickets["tickets"][0]["id"], *id);

    let (status, ticket) = service.post(&format!("/v1/queues/{queue}/claim"), json!({})).await;
    assert_eq!((status, &ticket["id"]), (StatusCode::OK, &json!(id)));
    let (status, _) = service.post(&format!("/v1/queues/{queue}/claim"), json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);

    let step = async |name: &str, body: Value| {
        let (status, ticket) = service.post(&format!("/v1/tickets/{id}/{name}"), body).await;
        assert_eq!(status, StatusCode::OK, "{name}: {ticket}");
        ticket
    };
    step("note", json!({ "text": "Paket liegt in Kiel" })).await;
    step("reply", json!({ "text": "Es kommt morgen." })).await;
    step("correct", json!({ "intent": "track_order", "tier": 2 })).await;
    step("transfer", json!({ "queue": "first_line" })).await;
    step("claim", json!({})).await;
    step("release", json!({})).await;
    step("claim", json!({})).await;
    let resolved = step("resolve", json!({ "reason": "answered" })).await;
    assert_eq!(resolved["state"], "resolved");
    step("reopen", json!({})).await;

    let (_, ticket) = service.get(&format!("/v1/tickets/{id}")).await;
    let kinds: Vec<&str> = ticket["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "opened",
            "claimed",
            "noted",
            "replied",
            "corrected",
            "transferred",
            "claimed",
            "released",
            "claimed",
            "resolved",
            "reopened"
        ]
    );
    let path = format!("/v1/conversations/{}", ticket["conversation_id"].as_str().expect("an id"));
    let (_, conversation) = service.get(&path).await;
    let text = conversation.to_string();
    assert!(text.contains("Es kommt morgen.") && text.contains("Paket liegt in Kiel"), "{text}");
}

#[tokio::test]
async fn steps_that_are_not_allowed_say_why() {
    let service = Service::start().await;
    let outcome = service.say(json!({ "channel": "chat", "text": "Rechnung falsch" })).await;
    let id = outcome["ticket"]["id"].as_str().expect("a ticket").to_owned();
    let cases = [
        ("reply", json!({ "text": "Hallo" })),
        ("reply", json!({ "text": " " })),
        ("reply", json!({})),
        ("release", json!({})),
        ("reopen", json!({})),
        ("transfer", json!({ "queue": "nowhere" })),
        ("correct", json!({})),
        ("correct", json!({ "tier": 4 })),
        ("correct", json!({ "tier": 300 })),
        ("correct", json!({ "sentiment": "furious" })),
    ];
    let mut table = String::new();
    for (step, body) in cases {
        let (status, error) = service.post(&format!("/v1/tickets/{id}/{step}"), body.clone()).await;
        assert!(status.is_client_error(), "{step}: {error}");
        let error = error.to_string().replace(&id, "[ticket]");
        writeln!(table, "# {step} {body}\n{} {error}\n", status.as_u16()).expect("a string");
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn a_rating_is_kept() {
    let service = Service::start().await;
    let outcome = service.say(json!({ "channel": "chat", "text": "Hallo" })).await;
    let id = outcome["conversation_id"].as_str().expect("an id");
    let path = format!("/v1/conversations/{id}/rating");
    let (status, _) = service.post(&path, json!({ "score": 5, "comment": "schnell" })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let kept = service.app.store.rating(id).await.expect("the store").expect("a rating");
    assert_eq!((kept.score, kept.comment.as_deref()), (5, Some("schnell")));
    for score in [json!(0), json!(6), json!(-1), json!("5"), json!(4.5)] {
        let (status, error) = service.post(&path, json!({ "score": score })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{error}");
    }
}
