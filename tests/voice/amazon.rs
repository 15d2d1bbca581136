//! Flows of Amazon Connect and bots of Lex V2.

use serde_json::{Value, json};

use crate::support::Lotse;

/// An event as a flow sends it.
pub(crate) fn contact(id: &str, channel: &str, parameters: &Value) -> Value {
    json!({
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": {}, "Channel": channel, "ContactId": id,
                "CustomerEndpoint": { "Address": "+4915112345678", "Type": "TELEPHONE_NUMBER" },
                "InitialContactId": id, "InitiationMethod": "INBOUND",
                "InstanceARN": "arn:aws:connect:eu-central-1:123456789012:instance/i-1",
                "LanguageCode": "de-DE", "MediaStreams": { "Customer": { "Audio": null } },
                "PreviousContactId": id, "Queue": null,
                "SystemEndpoint": { "Address": "+494315550199", "Type": "TELEPHONE_NUMBER" }
            },
            "Parameters": parameters
        }
    })
}

/// An event as a bot sends it.
pub(crate) fn utterance(session: &str, text: &str, attributes: &Value) -> Value {
    let intent = json!({
        "name": "FallbackIntent", "slots": {}, "state": "ReadyForFulfillment",
        "confirmationState": "None"
    });
    json!({
        "messageVersion": "1.0", "invocationSource": "FulfillmentCodeHook", "inputMode": "Speech",
        "responseContentType": "text/plain; charset=utf-8", "sessionId": session,
        "inputTranscript": text, "invocationLabel": null,
        "bot": { "id": "B1", "name": "lotse", "localeId": "de_DE", "version": "1",
                 "aliasId": "A1", "aliasName": "prod" },
        "interpretations": [{ "interpretationSource": "Lex", "intent": intent }],
        "proposedNextState": null, "requestAttributes": { "x-amz-lex:channels:platform": "Connect" },
        "sessionState": {
            "sessionAttributes": attributes, "activeContexts": [],
            "intent": intent, "originatingRequestId": "r-1"
        },
        "transcriptions": [{
            "transcription": text, "transcriptionConfidence": 0.93,
            "resolvedContext": { "intent": "FallbackIntent" }, "resolvedSlots": {}
        }]
    })
}

#[test]
fn flows_and_bots_lead_callers_to_their_queues() {
    let lotse = Lotse::start();
    a_flow_from_greeting_to_queue(&lotse);
    a_chat_is_answered_in_the_written_form(&lotse);
    a_bot_from_greeting_to_queue(&lotse);
    a_bot_understands_keys_and_unclear_words(&lotse);
    a_session_that_begins_again_is_heard_again(&lotse);
    a_flow_that_forgets_its_state_is_heard(&lotse);
    a_chat_is_led_in_writing(&lotse);
}

/// Lex forgets what it knew of a session that ended, and the customer comes back under its id.
fn a_session_that_begins_again_is_heard_again(lotse: &Lotse) {
    let ask = |request: &str, text: &str| {
        let mut event = utterance("customer-session", text, &json!({}));
        event["sessionState"]["originatingRequestId"] = request.into();
        lotse.post("/channels/amazon/lex", &event, 200)
    };
    let turns = || lotse.turns("lex-customer-session").len();
    let first = ask("r-1", "wie lange kann ich was zurückschicken");
    assert_eq!(ask("r-1", "wie lange kann ich was zurückschicken"), first, "sent twice");
    assert_eq!(turns(), 2);
    ask("r-2", "wie lange kann ich was zurückschicken");
    assert_eq!(turns(), 4, "said again");
    let other = ask("r-3", "meine rechnung ist zu hoch da sind zwanzig euro zu viel drauf");
    let attributes = &other["sessionState"]["sessionAttributes"];
    assert_eq!(attributes["LotseQueue"], "billing", "{other}");
}

/// The event of another customer, whose matters are no others'.
fn from(number: &str, mut event: Value) -> Value {
    event["Details"]["ContactData"]["CustomerEndpoint"]["Address"] = number.into();
    event
}

fn a_flow_that_forgets_its_state_is_heard(lotse: &Lotse) {
    let ask = |text: &str| {
        let event = from("+4915187650001", contact("forgetful", "VOICE", &json!({ "text": text })));
        lotse.post("/channels/amazon/connect", &event, 200)
    };
    ask("wie lange kann ich was zurückschicken");
    for _ in 0..2 {
        let other = ask("meine rechnung ist zu hoch da sind zwanzig euro zu viel drauf");
        assert_eq!(other["LotseQueue"], "billing", "{other}");
        assert_eq!(lotse.turns("connect-forgetful").len(), 4);
    }
}

fn a_chat_is_led_in_writing(lotse: &Lotse) {
    let ask = |id: &str, parameters: Value| {
        let event = from("+4915187650002", contact(id, "CHAT", &parameters));
        lotse.post("/channels/amazon/connect", &event, 200)
    };
    let greeting = ask("chat-2", json!({}));
    let said = greeting["LotseSay"].as_str().expect("words");
    assert!(said.contains("Schreiben Sie mir") && !said.contains("Null"), "{greeting}");
    // Nobody is there: the customer is asked, not passed on to an empty queue.
    let words = "Der Bildschirm des Tablets war beim Auspacken kaputt.";
    let closed = ask("chat-2", json!({ "text": words, "state": greeting["LotseState"] }));
    assert_eq!(closed["LotseAction"], "listen", "{closed}");
    assert!(
        closed["LotseSay"].as_str().expect("words").contains("rufen wir Sie dann zurück"),
        "{closed}"
    );
    let over = ask("chat-2", json!({ "text": "nein danke", "state": closed["LotseState"] }));
    assert_eq!(over["LotseAction"], "hangup", "{over}");
    assert!(over["LotseSay"].as_str().expect("words").contains("schreiben"), "{over}");
}

fn a_flow_from_greeting_to_queue(lotse: &Lotse) {
    let ask = |parameters: Value| {
        let event = contact("4a573372-1f28-4e26-b97b-12a5a4e6f5ff", "VOICE", &parameters);
        let answer = lotse.post("/channels/amazon/connect", &event, 200);
        let flat = answer.as_object().expect("an object");
        assert!(flat.values().all(Value::is_string), "{answer}");
        assert!(answer.to_string().len() < 32_000);
        answer
    };
    let greeting = ask(json!({}));
    assert_eq!(greeting["LotseAction"], "listen");
    assert!(greeting["LotseSay"].as_str().expect("words").starts_with("Guten Tag!"));
    let words = "wie lange kann ich was zurückschicken";
    let article = ask(json!({ "text": words, "state": greeting["LotseState"] }));
    assert_eq!(article["LotseAction"], "listen");
    assert_eq!(article["LotseIntent"], "return_item");
    assert!(article["LotseSay"].as_str().expect("words").contains("dreißig Tagen"), "{article}");
    let again = ask(json!({ "text": words, "state": greeting["LotseState"] }));
    assert_eq!(again, article);
    let bill = "nein meine rechnung ist zu hoch da sind zwanzig euro zu viel drauf";
    let queue = ask(json!({
        "text": bill, "confidence": "0.9", "state": article["LotseState"], "unknown": [1]
    }));
    assert_eq!(queue["LotseAction"], "transfer");
    assert_eq!(queue["LotseQueue"], "billing");
    let arn = "arn:aws:connect:eu-central-1:123456789012:instance/i-1/queue/billing";
    assert_eq!(queue["LotseTarget"], arn);
    assert!(queue["LotseSummary"].as_str().expect("a summary").contains("zwanzig euro"));
    let ticket = lotse.get(&format!("/v1/tickets/{}", queue["LotseTicket"].as_str().expect("one")));
    assert_eq!(ticket["channel"], "phone");
    assert_eq!(ticket["conversation_id"], queue["LotseConversation"]);
}

fn a_chat_is_answered_in_the_written_form(lotse: &Lotse) {
    let words = "Wie lange kann ich was zurückschicken?";
    let mut event = contact("chat-1", "CHAT", &json!({ "text": words }));
    event["Name"] = "ContactFlowExecution".into();
    let answer = lotse.post("/channels/amazon/connect", &event, 200);
    let said = answer["LotseSay"].as_str().expect("words");
    assert!(said.contains("30 Tage") && !said.contains("geholfen"), "{answer}");
    assert_eq!(answer["LotseAction"], "listen");
}

fn a_bot_from_greeting_to_queue(lotse: &Lotse) {
    let ask = |text: &str, attributes: &Value| {
        let event = utterance("c3d5e7f0-session", text, attributes);
        lotse.post("/channels/amazon/lex", &event, 200)
    };
    let own = json!({ "tenant": "7", "CustomerNumber": "+4915187654321" });
    let greeting = ask("", &own);
    let state = &greeting["sessionState"];
    assert_eq!(state["dialogAction"]["type"], "ElicitIntent");
    assert_eq!(state["sessionAttributes"]["tenant"], "7", "others' attributes stay");
    assert_eq!(greeting["messages"][0]["contentType"], "PlainText");
    assert_eq!(greeting["requestAttributes"]["x-amz-lex:channels:platform"], "Connect");
    let article = ask("wie lange kann ich was zurückschicken", &state["sessionAttributes"]);
    let said = article["messages"].to_string();
    assert!(said.contains("dreißig Tagen") && said.contains("geholfen"), "{article}");
    let attributes = &article["sessionState"]["sessionAttributes"];
    let queue =
        ask("nein meine rechnung ist zu hoch da sind zwanzig euro zu viel drauf", attributes);
    let state = &queue["sessionState"];
    assert_eq!(state["dialogAction"]["type"], "Close");
    assert_eq!(state["intent"]["name"], "FallbackIntent");
    assert_eq!(state["intent"]["state"], "Fulfilled");
    let attributes = &state["sessionAttributes"];
    assert_eq!(attributes["LotseAction"], "transfer");
    assert_eq!(attributes["LotseQueue"], "billing");
    assert!(attributes["LotseSummary"].as_str().expect("a summary").contains("zwanzig euro"));
    assert!(attributes.as_object().expect("attributes").values().all(Value::is_string));
    assert!(queue["messages"][0]["content"].as_str().expect("words").contains("ein Mensch"));
}

fn a_bot_understands_keys_and_unclear_words(lotse: &Lotse) {
    let mut event = utterance("unclear-session", "krr wsch", &json!({}));
    event["transcriptions"][0]["transcriptionConfidence"] = json!(0.2);
    event["invocationSource"] = "DialogCodeHook".into();
    let again = lotse.post("/channels/amazon/lex", &event, 200);
    assert_eq!(again["sessionState"]["dialogAction"]["type"], "ElicitIntent");
    assert!(again["messages"].to_string().contains("noch einmal"), "{again}");
    let attributes = &again["sessionState"]["sessionAttributes"];
    let mut event = utterance("unclear-session", "0", attributes);
    event["inputMode"] = "DTMF".into();
    event["transcriptions"] = json!([]);
    let person = lotse.post("/channels/amazon/lex", &event, 200);
    assert_eq!(person["sessionState"]["sessionAttributes"]["LotseAction"], "transfer", "{person}");
    // A bot of another language, and what is written.
    let mut event = utterance("written-session", "How long can I return something?", &json!({}));
    event["bot"]["localeId"] = "en_US".into();
    event["inputMode"] = "Text".into();
    let written = lotse.post("/channels/amazon/lex", &event, 200);
    assert!(written["messages"].to_string().contains("30 days"), "{written}");
}
