//! Reading without storing: classification, Rasa's form, summaries, search.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::support::Service;

#[tokio::test]
async fn messages_are_classified_in_order() {
    let service = Service::start().await;
    let messages: Vec<Value> = (0..100)
        .map(|number| {
            let text = if number % 2 == 0 { "Hallo" } else { "Wie wird das Wetter?" };
            json!({ "id": number, "text": text })
        })
        .collect();
    let (status, answer) = service.post("/v1/classify", json!({ "messages": messages })).await;
    assert_eq!(status, StatusCode::OK);
    let results = answer["results"].as_array().expect("results");
    assert_eq!(results.len(), 100);
    for (number, result) in results.iter().enumerate() {
        assert_eq!(result["id"], number);
        assert_eq!(result["classification"]["intent"].is_null(), number % 2 == 1);
    }
    assert_eq!(service.app.store.last_event().await.expect("the store"), 0, "nothing is stored");
}

#[tokio::test]
async fn a_classification_has_the_form_of_the_contract() {
    let service = Service::start().await;
    let message = json!({ "id": "a", "text": "Wo ist NL-20481?", "language": "de" });
    let (_, answer) = service.post("/v1/classify", json!({ "messages": [message] })).await;
    insta::assert_json_snapshot!(answer);
}

#[tokio::test]
async fn rasa_clients_find_their_form() {
    let service = Service::start().await;
    let body = json!({ "text": "Wo ist NL-20481?", "message_id": "x", "model": "ignored" });
    let (_, answer) = service.post("/model/parse", body).await;
    insta::assert_json_snapshot!(answer);
    let (_, answer) = service.post("/model/parse", json!({ "text": "Wie wird das Wetter?" })).await;
    assert_eq!(answer["intent"]["name"], "nlu_fallback");
}

#[tokio::test]
async fn a_transcript_is_summed_up() {
    let service = Service::start().await;
    let turns = json!([
        { "from": "customer", "text": "Wo ist meine Bestellung NL-20481?" },
        { "from": "bot", "text": "Das weiß ich nicht." },
        { "from": "customer", "text": "Und die Rechnung RE-2024-10233 stimmt auch nicht!" },
    ]);
    let (status, answer) = service.post("/v1/summarize", json!({ "turns": turns })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let text = answer["summary"]["text"].as_str().expect("a text");
    assert!(text.split_whitespace().count() <= 90, "{text}");
    assert!(answer.to_string().contains("NL-20481"), "{answer}");
    assert_eq!(answer["classification"]["intent"]["name"], "payment_issue");
}

#[tokio::test]
async fn articles_are_found() {
    let service = Service::start().await;
    let (status, answer) = service
        .get("/v1/knowledge/search?q=Wie%20lange%20kann%20ich%20etwas%20zur%C3%BCckgeben&limit=3")
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let hits = answer["hits"].as_array().expect("hits");
    assert_eq!(hits.len(), 3);
    assert_eq!(hits[0]["id"], "return-item", "{answer:#}");
    assert_eq!(hits[0]["language"], "de");
}
