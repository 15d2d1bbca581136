//! Programs made for Rasa.

use serde_json::{Value, json};

use crate::support::Lotse;

#[test]
fn a_bot_swaps_its_rasa_server() {
    let lotse = Lotse::start();
    let body = json!({ "text": "Wo ist meine Bestellung NL-20481?", "message_id": "m-1" });
    let parsed = lotse.post("/model/parse", &body, 200);
    assert_eq!(parsed["intent"]["name"], "track_order");
    assert_eq!(parsed["intent_ranking"][0], parsed["intent"]);
    assert_eq!(parsed["message_id"], "m-1");
    let entity = &parsed["entities"][0];
    assert_eq!((&entity["entity"], &entity["value"]), (&"order_number".into(), &"NL-20481".into()));
    assert_eq!((&entity["start"], &entity["end"]), (&json!(24), &json!(32)));
    assert_eq!(parsed["text_tokens"][0], json!([0, 2]));

    let say = |body: Value| lotse.post("/webhooks/rest/webhook", &body, 200);
    let words = "Wie lange kann ich was zurückschicken?";
    let replies = say(json!({ "sender": "tracker-1", "message": words, "metadata": {} }));
    assert_eq!(replies[0]["recipient_id"], "tracker-1");
    assert!(replies[0]["text"].as_str().expect("words").contains("30 Tage"), "{replies}");
    assert!(replies[0].get("buttons").is_none());

    let offer = say(json!({ "sender": "tracker 2/ä", "message": "Wie wird das Wetter morgen?" }));
    let button = &offer[0]["buttons"][0];
    assert!(button["title"].is_string(), "{offer}");
    let waiting = say(json!({ "sender": "tracker 2/ä", "message": button["payload"] }));
    assert!(waiting[0]["text"].as_str().expect("words").contains("Mensch"), "{waiting}");
    say(json!({ "sender": "tracker 2/ä", "message": "Es eilt." }));
    let silent = say(json!({ "sender": "tracker 2/ä", "message": "Hallo?" }));
    assert_eq!(silent, json!([]), "said once while a ticket waits");

    for (body, code) in [
        (json!({ "message": "Hallo!" }), "missing_field"),
        (json!({ "sender": " ", "message": "Hallo!" }), "missing_field"),
        (json!({ "sender": "a" }), "missing_field"),
        (json!({ "sender": "a", "message": null }), "wrong_type"),
        (json!({ "sender": "a", "message": 7 }), "wrong_type"),
        (json!({ "sender": "a", "message": " " }), "text_blank"),
        (json!({ "sender": [], "message": "Hallo" }), "wrong_type"),
    ] {
        let error = lotse.post("/webhooks/rest/webhook", &body, 422);
        assert_eq!(error["error"]["code"], code, "{body}");
    }
}
