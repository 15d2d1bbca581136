//! What the pages of customers and agents are made of.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Service, answer};

async fn as_widget(service: &Service, method: Method, path: &str) -> (StatusCode, Value) {
    answer(service.request(method, path).bearer_auth("widget")).await
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no {path} in {value}"))
}

#[tokio::test]
async fn a_customer_sees_the_place_in_the_queue_then_the_agent_and_what_was_said() {
    let service = Service::start().await;
    let question = json!({ "channel": "chat", "text": "Die Rechnung ist falsch." });
    let first = service.say(question.clone()).await;
    let second = service.say(question).await;
    let path = format!("/v1/conversations/{}", text(&second, "/conversation_id"));
    let (_, view) = as_widget(&service, Method::GET, &path).await;
    assert_eq!(view["waiting"]["position"], 2, "{view}");
    assert_eq!(view["waiting"]["due_at"], second["ticket"]["due_at"]);
    assert!(view["waiting"]["open"].is_boolean() && view["last_event"].is_number());

    let ticket = text(&second, "/ticket/id").to_owned();
    service.post(&format!("/v1/tickets/{}/claim", text(&first, "/ticket/id")), json!({})).await;
    let (_, view) = as_widget(&service, Method::GET, &path).await;
    assert_eq!(view["waiting"]["position"], 1);
    service.post(&format!("/v1/tickets/{ticket}/claim"), json!({})).await;
    let words = json!({ "text": "Guten Tag", "message_id": "a1" });
    for _ in 0..2 {
        let (status, answer) =
            service.post(&format!("/v1/tickets/{ticket}/reply"), words.clone()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert!(answer["first_response_at"].is_string());
    }
    let (_, view) = as_widget(&service, Method::GET, &path).await;
    assert_eq!((&view["agent"], view.get("waiting")), (&json!("demo"), None));
    let said = view["turns"].as_array().expect("turns");
    assert_eq!(said.iter().filter(|turn| turn["from"] == "agent").count(), 1);

    let rating = json!({ "score": 4, "comment": "schnell" });
    service.post(&format!("{path}/rating"), rating).await;
    let (_, view) = as_widget(&service, Method::GET, &path).await;
    assert_eq!(
        (&view["rating"]["score"], &view["rating"]["comment"]),
        (&json!(4), &json!("schnell"))
    );
}

#[tokio::test]
async fn an_answer_names_its_article_and_can_be_called_helpful() {
    let service = Service::start().await;
    let question = json!({ "channel": "chat", "text": "Wie kann ich etwas zurückgeben?" });
    let outcome = service.say(question).await;
    let id = text(&outcome, "/conversation_id");
    let (_, view) = service.get(&format!("/v1/conversations/{id}")).await;
    let article = text(&view, "/turns/1/article_id");
    assert_eq!(view["article_titles"][article], outcome["reply"]["article"]["title"]);
    let turn = text(&view, "/turns/1/id");
    for helpful in [true, false] {
        let path = format!("/v1/conversations/{id}/turns/{turn}/helpful");
        let (status, _) = service.post(&path, json!({ "helpful": helpful })).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }
    let question = text(&view, "/turns/0/id");
    for (conversation, turn) in [(id, question), (id, "nothing"), ("nothing", turn)] {
        let path = format!("/v1/conversations/{conversation}/turns/{turn}/helpful");
        let (status, error) = service.post(&path, json!({ "helpful": true })).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{error}");
    }
}

#[tokio::test]
async fn tickets_are_found_by_words_people_and_ids() {
    let service = Service::start().await;
    let say = |text: &str, customer: &str| json!({ "channel": "email", "text": text, "customer_id": customer });
    let one = service.say(say("Die Rechnung ist viel zu hoch für März", "K-1")).await;
    let two = service.say(say("Die Rechnung für den Router fehlt", "K-2")).await;
    let two_id = text(&two, "/conversation_id").to_owned();
    let (one, two) = (text(&one, "/ticket/id"), text(&two, "/ticket/id"));
    let thanks = json!({
        "channel": "email", "text": "danke im voraus", "customer_id": "K-2",
        "conversation_id": two_id,
    });
    service.say(thanks).await;
    let cases = [
        ("q=Rechnung", vec![one, two]),
        ("q=rechnung%20marz", vec![one]),
        ("q=rout", vec![two]),
        ("q=fehlt%20danke", vec![two]),
        ("q=%22AND%20(", vec![]),
        ("q=K-2", vec![two]),
        (&format!("q={one}"), vec![one]),
        ("customer_id=K-1", vec![one]),
        ("queue=nowhere", vec![]),
        ("state=claimed", vec![]),
        ("q=%20", vec![one, two]),
    ];
    for (query, expected) in cases {
        let (status, found) = service.get(&format!("/v1/tickets?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        let found = found["tickets"].as_array().expect("tickets");
        let mut ids: Vec<&str> = found.iter().map(|ticket| text(ticket, "/id")).collect();
        ids.sort_unstable();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(ids, expected, "{query}");
    }
    let (status, claimed) = service.post("/v1/claim", json!({})).await;
    assert_eq!((status, &claimed["agent"]), (StatusCode::OK, &json!("demo")));
    let (_, mine) = service.get("/v1/tickets?agent=demo").await;
    assert_eq!(mine["tickets"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_agent_gets_the_customers_story_articles_and_a_draft() {
    let service = Service::start().await;
    let earlier =
        json!({ "channel": "email", "customer_id": "K-7", "text": "Kann ich das zurückgeben?" });
    let earlier = service.say(earlier).await;
    let text_now = "Die Rechnung RE-2024-10233 ist falsch, das ist eine Frechheit!";
    let now = json!({ "channel": "phone", "customer_id": "K-7", "text": text_now });
    let now = service.say(now).await;
    let path = format!("/v1/tickets/{}/context", text(&now, "/ticket/id"));
    let (status, context) = service.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{context}");
    assert_eq!(context["earlier"][0]["id"], earlier["conversation_id"]);
    assert_eq!(context["earlier"][0]["channel"], "email");
    let draft = text(&context, "/draft/text");
    assert!(draft.starts_with("Guten Tag,") && draft.contains("RE-2024-10233"), "{draft}");
    for article in context["articles"].as_array().expect("articles") {
        assert!(!text(article, "/text").is_empty() && !text(article, "/title").is_empty());
    }
    let (status, _) = service.get("/v1/tickets/nothing/context").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, labels) = service.get("/v1/labels").await;
    assert_eq!(labels["names"]["track_order"]["de"], "Sendungsstatus");
    assert_eq!(labels["sentiments"], json!(["negative", "neutral", "positive"]));
}
