//! A bot of Lex V2 asks what to say.
//!
//! The bot needs one intent of its own that takes every utterance (`FallbackIntent` does), with the
//! code hook on for dialogue, for fulfilment, or for both. What is known of the call travels in
//! session attributes; those of others stay as they are. `LotseAction` says what to do after the
//! bot has closed (`transfer` or `hangup`), and the other names are those of
//! [`super::connect`]. In Amazon Connect pass the caller's number as the session attribute
//! `CustomerNumber`.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::voice::call::{Heard, Then, keyed};
use super::super::voice::state::CallState;
use super::super::voice::{self, Begins, Call, conversation_id, flat, language_of, number};
use crate::domain::Channel;
use crate::http::App;
use crate::http::error::{ApiError, Code};
use crate::http::extract::Json;

/// Longest message that Lex takes, in characters.
const MESSAGE_CHARS: usize = 1024;

/// An event of a bot; what else it holds is left alone.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LexEvent {
    /// `1.0`.
    message_version: String,
    /// `DialogCodeHook` or `FulfillmentCodeHook`.
    invocation_source: String,
    /// `DTMF`, `Speech` or `Text`.
    input_mode: Option<String>,
    /// Stays the same during a call.
    session_id: String,
    input_transcript: Option<String>,
    bot: Option<Bot>,
    #[serde(default)]
    session_state: SessionState,
    #[serde(default)]
    transcriptions: Vec<Transcription>,
    #[serde(default)]
    request_attributes: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Bot {
    locale_id: Option<String>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct SessionState {
    session_attributes: Option<BTreeMap<String, Value>>,
    active_contexts: Option<Value>,
    /// Names the request. A session may end and begin again under the same id, without what was
    /// known of it.
    originating_request_id: Option<String>,
    intent: Option<serde_json::Map<String, Value>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Transcription {
    transcription_confidence: Option<f32>,
}

/// A bot of Lex V2 asks what to say.
#[utoipa::path(
    post,
    path = "/channels/amazon/lex",
    tag = "channels",
    request_body = LexEvent,
    responses((status = OK, body = Object, description = "Session state and messages"))
)]
pub(crate) async fn lex(
    State(app): State<App>,
    Json(event): Json<LexEvent>,
) -> Result<axum::Json<Value>, ApiError> {
    super::check_on(&app.config.channels)?;
    check(&event)?;
    let attributes = event.session_state.session_attributes.clone().unwrap_or_default();
    let attribute = |name: &str| attributes.get(name).and_then(Value::as_str);
    let is_written = event.input_mode.as_deref() == Some("Text");
    let call = Call {
        conversation_id: conversation_id("lex", &event.session_id),
        channel: if is_written { Channel::Chat } else { Channel::Phone },
        number: attribute("CustomerNumber").and_then(number),
        lines: super::LINES,
        begins: Begins::Perhaps(event.session_state.originating_request_id.clone()),
    };
    let locale = event.bot.as_ref().and_then(|bot| bot.locale_id.as_deref());
    let language = locale.and_then(language_of).unwrap_or(app.config.channels.voice.language);
    let state = CallState::from_query(attribute("LotseState").unwrap_or_default(), language)
        .map_err(|error| super::bad_state(&error))?;
    let answered = voice::answer(&app, &call, &state, heard(&state, &event)).await;
    let mut attributes = attributes;
    for field in flat::fields(&call, &answered) {
        // What is said goes out as messages.
        if field.key != "LotseSay" {
            attributes.insert(field.key.to_owned(), field.value.into());
        }
    }
    let said: Vec<Value> = answered
        .next
        .say
        .iter()
        .flat_map(|said| pieces(&said.text))
        .map(|text| json!({ "contentType": "PlainText", "content": text }))
        .collect();
    let goes_on = matches!(answered.next.then, Then::Listen);
    Ok(axum::Json(response(event, &attributes, &said, goes_on)))
}

fn check(event: &LexEvent) -> Result<(), ApiError> {
    let problem = |field: &str, message: String| {
        let details = json!({ "field": field });
        Err(ApiError::new(Code::UnknownValue, message).with_details(details))
    };
    if event.message_version != "1.0" {
        let found: String = event.message_version.chars().take(20).collect();
        let message = format!("messageVersion is \"{found}\"; events of Lex V2 have \"1.0\".");
        return problem("messageVersion", message);
    }
    if !["DialogCodeHook", "FulfillmentCodeHook"].contains(&event.invocation_source.as_str()) {
        let found: String = event.invocation_source.chars().take(40).collect();
        let message = format!(
            "invocationSource cannot be \"{found}\". Use DialogCodeHook or FulfillmentCodeHook."
        );
        return problem("invocationSource", message);
    }
    if event.session_id.trim().is_empty() {
        return problem("sessionId", "sessionId is blank. Send the session's id.".to_owned());
    }
    Ok(())
}

fn heard(state: &CallState, event: &LexEvent) -> Heard {
    let text = event.input_transcript.as_deref().unwrap_or_default().trim();
    if text.is_empty() {
        return Heard::Nothing;
    }
    let keys = (event.input_mode.as_deref() == Some("DTMF")).then(|| keyed(state, text)).flatten();
    keys.unwrap_or_else(|| Heard::Speech {
        text: text.to_owned(),
        confidence: event
            .transcriptions
            .first()
            .and_then(|transcription| transcription.transcription_confidence),
    })
}

/// A text in pieces that Lex takes, cut between words.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in text.split_whitespace() {
        let last = pieces.last().map_or(0, |piece| piece.chars().count());
        if last > 0 && last + 1 + word.chars().count() > MESSAGE_CHARS {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            if !piece.is_empty() {
                piece.push(' ');
            }
            piece.extend(word.chars().take(MESSAGE_CHARS));
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The whole answer. To go on, the bot waits for any intent; otherwise it closes, and the flow
/// around it reads `LotseAction`.
fn response(
    event: LexEvent,
    attributes: &BTreeMap<String, Value>,
    messages: &[Value],
    goes_on: bool,
) -> Value {
    let mut state = json!({
        "sessionAttributes": attributes,
        "dialogAction": { "type": if goes_on { "ElicitIntent" } else { "Close" } },
    });
    if let Some(contexts) = event.session_state.active_contexts {
        state["activeContexts"] = contexts;
    }
    if !goes_on {
        let mut intent = event.session_state.intent.unwrap_or_default();
        intent.entry("name").or_insert_with(|| "FallbackIntent".into());
        intent.insert("state".to_owned(), "Fulfilled".into());
        state["intent"] = intent.into();
    }
    let mut response = json!({ "sessionState": state });
    // Without messages Lex says those that the bot was made with.
    if !messages.is_empty() {
        response["messages"] = messages.into();
    }
    if let Some(attributes) = event.request_attributes {
        response["requestAttributes"] = json!(attributes);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn long_texts_are_cut_between_words() {
        assert_eq!(pieces("  Guten   Tag!\n"), ["Guten Tag!"]);
        assert!(pieces(" ").is_empty());
        let long = "Wörter und ".repeat(300);
        let cut = pieces(&long);
        assert!(cut.len() > 1 && cut.iter().all(|piece| piece.chars().count() <= 1024));
        assert_eq!(cut.join(" "), long.trim());
    }
}
