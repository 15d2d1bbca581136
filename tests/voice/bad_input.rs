//! What no telephone system sends, or sends in somebody else's name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::amazon::{contact, utterance};
use crate::support::{Lotse, PUBLIC_URL, telnyx_signature, twilio_signature};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const VOICE: &str = "/channels/twilio/voice";

#[test]
fn bad_input_gets_clear_errors() {
    let lotse = Lotse::start();
    wrong_signatures_are_refused(&lotse);
    what_is_signed_may_be_wrong_all_the_same(&lotse);
    telnyx_signs_its_bodies(&lotse);
    events_of_amazon_are_checked(&lotse);
}

fn code(lotse: &Lotse, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
    let response = lotse.post_raw(path, headers, body.to_vec());
    let status = response.status().as_u16();
    let text = response.text().expect("a body");
    let error: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    (status, error["error"]["code"].as_str().unwrap_or(&text).to_owned())
}

fn signed(path: &str, parameters: &[(&str, &str)]) -> String {
    let parameters: BTreeMap<String, String> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    twilio_signature(&format!("{PUBLIC_URL}{path}"), &parameters)
}

fn wrong_signatures_are_refused(lotse: &Lotse) {
    let call = [("CallSid", "CA1"), ("SpeechResult", "hallo")];
    let good = signed(VOICE, &call);
    let refused = (403, "wrong_signature".to_owned());
    let body = b"CallSid=CA1&SpeechResult=hallo";
    let with = |signature: &str, path: &str, body: &[u8]| {
        code(lotse, path, &[FORM, ("x-twilio-signature", signature)], body)
    };
    assert_eq!(code(lotse, VOICE, &[FORM], body), refused);
    assert_eq!(with("", VOICE, body), refused);
    assert_eq!(with("no base64", VOICE, body), refused);
    assert_eq!(with(&good, VOICE, b"CallSid=CA1&SpeechResult=hallo+Welt"), refused);
    assert_eq!(with(&good, "/channels/twilio/voice?turn=7", body), refused);
    assert_eq!(with(&good, "/channels/twilio/whisper", body), refused);
    assert_eq!(with(&good, "/channels/texml/voice", body), refused);
    // Whatever the Host header says: the configured address counts.
    let headers = [FORM, ("x-twilio-signature", good.as_str()), ("host", "lotse.example")];
    assert_eq!(lotse.post_raw(VOICE, &headers, body.to_vec()).status().as_u16(), 200);
    let forged = {
        let parameters: BTreeMap<String, String> =
            [("CallSid".to_owned(), "CA1".to_owned())].into();
        let address = lotse.server.url(VOICE);
        twilio_signature(&address, &parameters)
    };
    assert_eq!(with(&forged, VOICE, b"CallSid=CA1"), refused);
    // SignalWire signs alike under a name of its own.
    let headers = [FORM, ("x-signalwire-signature", good.as_str())];
    assert_eq!(lotse.post_raw(VOICE, &headers, body.to_vec()).status().as_u16(), 200);
}

fn what_is_signed_may_be_wrong_all_the_same(lotse: &Lotse) {
    let post = |path: &str, parameters: &[(&str, &str)]| {
        let body: String =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let signature = signed(path, parameters);
        code(lotse, path, &[FORM, ("x-twilio-signature", &signature)], body.as_bytes())
    };
    let error = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(post(VOICE, &[]), error(422, "missing_field"));
    assert_eq!(post(VOICE, &[("CallSid", " ")]), error(422, "missing_field"));
    let call = [("CallSid", "CA2")];
    for query in ["turn=0", "turn=x", "asked=why", "language=fr"] {
        assert_eq!(
            post(&format!("{VOICE}?{query}"), &call),
            error(400, "invalid_query"),
            "{query}"
        );
    }
    assert_eq!(post("/channels/twilio/whisper", &call), error(422, "missing_field"));
    let (status, nothing) = post("/channels/twilio/whisper?ticket=unknown", &call);
    assert!(status == 200 && nothing.ends_with("<Response></Response>"), "the call is joined");
    let long = "rechnung ".repeat(5000);
    let (status, answer) = post(VOICE, &[("CallSid", "CA3"), ("SpeechResult", &long)]);
    assert!(status == 200 && answer.contains("<Response>"), "long words are cut: {answer}");
    let strange = "\u{0}\u{1b}[31m<Dial>+49900123</Dial>&\u{fffe} zwei";
    let (status, answer) = post(VOICE, &[("CallSid", "ä b\u{0}"), ("SpeechResult", strange)]);
    assert!(status == 200 && !answer.contains("+49900123"), "{answer}");

    let as_json = ("content-type", "application/json");
    assert_eq!(code(lotse, VOICE, &[as_json], b"{}"), error(403, "wrong_signature"));
    let multipart = ("content-type", "multipart/form-data; boundary=x");
    assert_eq!(code(lotse, VOICE, &[multipart], b"--x--"), error(415, "unsupported_media_type"));
    assert_eq!(code(lotse, VOICE, &[], b"CallSid=CA1"), error(415, "unsupported_media_type"));
    let huge = vec![b'a'; 300_000];
    assert_eq!(code(lotse, VOICE, &[FORM], &huge), error(413, "body_too_large"));

    // A JSON body is signed by its hash in the address.
    let words = "wie lange kann ich was zurückschicken";
    let body = json!({ "CallSid": "CA4", "SpeechResult": words }).to_string();
    let body = body.as_bytes();
    let hash = sha256(body);
    let path = format!("{VOICE}?bodySHA256={hash}");
    let signature = signed(&path, &[]);
    let headers = [as_json, ("x-twilio-signature", signature.as_str())];
    let (status, answer) = code(lotse, &path, &headers, body);
    assert!(status == 200 && answer.contains("dreißig Tagen"), "{answer}");
    assert_eq!(code(lotse, &path, &headers, b"{}"), error(403, "wrong_signature"));
}

fn sha256(body: &[u8]) -> String {
    use sha2::Digest;
    format!("{:x}", sha2::Sha256::digest(body))
}

fn telnyx_signs_its_bodies(lotse: &Lotse) {
    let path = "/channels/texml/voice";
    let body = "CallSid=v3%3A1";
    let refused = (403, "wrong_signature".to_owned());
    let now = jiff::Timestamp::now().as_second();
    let with = |at: i64, signature: &str, body: &str| {
        let at = at.to_string();
        let headers =
            [FORM, ("telnyx-timestamp", at.as_str()), ("telnyx-signature-ed25519", signature)];
        code(lotse, path, &headers, body.as_bytes())
    };
    let good = telnyx_signature(&now.to_string(), body);
    assert_eq!(with(now, &good, body).0, 200);
    assert_eq!(with(now, &good, "CallSid=v3%3A2"), refused);
    assert_eq!(with(now + 1, &good, body), refused);
    let old = now - 400;
    assert_eq!(with(old, &telnyx_signature(&old.to_string(), body), body), refused);
    assert_eq!(with(now, "", body), refused);
    assert_eq!(code(lotse, path, &[FORM], body.as_bytes()), refused);
}

fn events_of_amazon_are_checked(lotse: &Lotse) {
    let (connect, lex) = ("/channels/amazon/connect", "/channels/amazon/lex");
    let without = |mut event: Value, path: &str, name: &str| {
        let parent = event.pointer_mut(path).and_then(Value::as_object_mut).expect("an object");
        parent.remove(name);
        event
    };
    let with = |mut event: Value, path: &str, value: Value| {
        *event.pointer_mut(path).expect("a member") = value;
        event
    };
    let call = || contact("bad-1", "VOICE", &json!({}));
    let said = || utterance("bad-2", "hallo", &json!({}));
    let state = json!({ "state": "turn=x" });
    for (path, event, expected) in [
        (connect, json!({}), "missing_field"),
        (connect, json!({ "Details": 7 }), "wrong_type"),
        (connect, without(call(), "/Details", "ContactData"), "missing_field"),
        (connect, without(call(), "/Details/ContactData", "ContactId"), "missing_field"),
        (connect, with(call(), "/Details/ContactData/ContactId", json!(" ")), "invalid_request"),
        (connect, with(call(), "/Details/Parameters", state), "invalid_request"),
        (connect, with(call(), "/Details/Parameters", json!([])), "wrong_type"),
        (lex, json!({}), "missing_field"),
        (lex, without(said(), "", "sessionId"), "missing_field"),
        (lex, with(said(), "/sessionId", json!("")), "unknown_value"),
        (lex, with(said(), "/messageVersion", json!("2.0")), "unknown_value"),
        (lex, with(said(), "/invocationSource", json!("Other")), "unknown_value"),
        (lex, with(said(), "/inputTranscript", json!(7)), "wrong_type"),
        (
            lex,
            with(said(), "/sessionState/sessionAttributes", json!({ "LotseState": "asked=x" })),
            "invalid_request",
        ),
    ] {
        let error = lotse.post(path, &event, 422);
        assert_eq!(error["error"]["code"], expected, "{path} {event}");
    }
    // What is there but says nothing is as good as absent.
    let empty = contact("bad-3", "VOICE", &Value::Null);
    assert_eq!(lotse.post(connect, &empty, 200)["LotseAction"], "listen");
    let mut event = utterance("bad-4", "hallo", &Value::Null);
    event["bot"] = Value::Null;
    lotse.post(lex, &event, 200);
}

#[test]
fn channels_without_their_table_are_off() {
    let lotse = Lotse::start_with(|command| {
        command
            .env_remove("LOTSE_CHANNELS__TWILIO__AUTH_TOKEN")
            .env_remove("LOTSE_CHANNELS__TELNYX__PUBLIC_KEY")
            .env_remove("LOTSE_CHANNELS__AGI__LISTEN");
    });
    for path in [VOICE, "/channels/twilio/whisper", "/channels/texml/voice"] {
        let off = code(&lotse, path, &[FORM], b"CallSid=CA1");
        assert_eq!(off, (404, "channel_off".to_owned()), "{path}");
    }
    assert!(std::net::TcpStream::connect(&lotse.agi).is_err());
}
