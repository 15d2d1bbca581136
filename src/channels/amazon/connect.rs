//! A flow of Amazon Connect asks what comes next on a call.
//!
//! The flow passes parameters: `text` (the caller's words, for example `$.Lex.InputTranscript`) or
//! `key` (a pressed key, or the number that was asked for), `confidence` (0 to 1) and `language`
//! where it knows them, and `state`, which is `$.External.LotseState` of the answer before. Without
//! words and state it is the beginning, and the answer is a greeting. The answer is a flat object of
//! texts, read as `$.External.NAME`:
//!
//! | name | value |
//! | --- | --- |
//! | `LotseAction` | `listen`, `transfer` or `hangup`: what to do once `LotseSay` has been said |
//! | `LotseKeys` | what may be pressed while listening: `one` key, or a `number` that `#` ends |
//! | `LotseSay`, `LotseLanguage` | words for the caller, and their language, `de` or `en` |
//! | `LotseQueue`, `LotsePriority`, `LotseTarget` | where to; the target is the queue's ARN in `routing.toml` |
//! | `LotseSummary`, `LotseHeadline`, `LotseTicket` | what people there should know |
//! | `LotseIntent`, `LotseTier`, `LotseSentiment` | what was understood |
//! | `LotseConversation`, `LotseState` | the conversation, and what to pass as `state` next time |
//!
//! A contact of the channel `CHAT` is answered in the written form, and all that is typed there is
//! words.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::voice::call::{Heard, keyed};
use super::super::voice::state::{Asked, CallState};
use super::super::voice::{self, Begins, Call, conversation_id, flat, language_of, number};
use crate::domain::Channel;
use crate::http::App;
use crate::http::error::{ApiError, Code};
use crate::http::extract::Json;

/// Amazon Connect takes 32 KB of an answer.
const ANSWER_BYTES: usize = 30_000;

/// An event of a flow; what else it holds is left alone.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConnectEvent {
    #[serde(rename = "Details")]
    details: Details,
}

#[derive(Deserialize, ToSchema)]
struct Details {
    #[serde(rename = "ContactData")]
    contact: ContactData,
    /// What the flow passes.
    #[serde(rename = "Parameters", default)]
    parameters: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize, ToSchema)]
struct ContactData {
    #[serde(rename = "ContactId")]
    id: String,
    /// `VOICE` or `CHAT`, in capitals or not.
    #[serde(rename = "Channel")]
    channel: Option<String>,
    /// Set by the flow.
    #[serde(rename = "Attributes", default)]
    attributes: Option<BTreeMap<String, Value>>,
    #[serde(rename = "CustomerEndpoint", default)]
    customer: Option<Endpoint>,
    #[serde(rename = "SystemEndpoint", default)]
    system: Option<Endpoint>,
    #[serde(rename = "LanguageCode", default)]
    language: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct Endpoint {
    #[serde(rename = "Address")]
    address: Option<String>,
}

/// A flow of Amazon Connect asks what comes next.
#[utoipa::path(
    post,
    path = "/channels/amazon/connect",
    tag = "channels",
    request_body = ConnectEvent,
    responses((status = OK, body = BTreeMap<String, String>, description = "Texts by name"))
)]
pub(crate) async fn connect(
    State(app): State<App>,
    Json(event): Json<ConnectEvent>,
) -> Result<axum::Json<BTreeMap<&'static str, String>>, ApiError> {
    super::check_on(&app.config.channels)?;
    let Details { contact, parameters } = event.details;
    let given = Given { parameters, attributes: contact.attributes };
    if contact.id.trim().is_empty() {
        let problem = "The field Details.ContactData.ContactId is blank. Send the contact's id.";
        return Err(ApiError::new(Code::InvalidRequest, problem));
    }
    let is_chat = contact.channel.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("chat"));
    let address = |endpoint: Option<Endpoint>| endpoint.and_then(|endpoint| endpoint.address);
    let call = Call {
        conversation_id: conversation_id("connect", &contact.id),
        channel: if is_chat { Channel::Chat } else { Channel::Phone },
        number: address(contact.customer).as_deref().and_then(number),
        lines: super::LINES,
        begins: Begins::Perhaps(None),
    };
    let voice = &app.config.channels.voice;
    let dialled = address(contact.system).and_then(|number| voice.numbers.get(&number).copied());
    let named = given.text("language").or(contact.language);
    let language = named.as_deref().and_then(language_of).or(dialled).unwrap_or(voice.language);
    let known = given.parameter("state").or_else(|| given.attribute("LotseState"));
    let state = CallState::from_query(known.as_deref().unwrap_or_default(), language)
        .map_err(|error| super::bad_state(&error))?;
    let heard = given.heard(&state);
    if is_chat && heard == Heard::Nothing && state.asked != Asked::Nothing {
        return Err(ApiError::from(Code::TextBlank));
    }
    let answered = voice::answer(&app, &call, &state, heard).await;
    Ok(axum::Json(fitting(flat::fields(&call, &answered))))
}

/// The fields, the longest cut where Amazon Connect would refuse the whole.
fn fitting(fields: Vec<flat::Field>) -> BTreeMap<&'static str, String> {
    let mut answer: BTreeMap<&'static str, String> =
        fields.into_iter().map(|field| (field.key, field.value)).collect();
    let size = |answer: &BTreeMap<&'static str, String>| {
        serde_json::to_vec(answer).map_or(0, |bytes| bytes.len())
    };
    while size(&answer) > ANSWER_BYTES {
        let Some(longest) = answer.values_mut().max_by_key(|value| value.len()) else { break };
        let half = longest.chars().count() / 2;
        *longest = longest.chars().take(half).collect();
    }
    answer
}

/// What a flow passes: parameters of the block, and attributes of the contact.
struct Given {
    parameters: Option<BTreeMap<String, Value>>,
    attributes: Option<BTreeMap<String, Value>>,
}

impl Given {
    fn parameter(&self, name: &str) -> Option<String> {
        plain(self.parameters.as_ref()?.get(name)?)
    }

    fn attribute(&self, name: &str) -> Option<String> {
        plain(self.attributes.as_ref()?.get(name)?)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.parameter(name).or_else(|| self.attribute(name))
    }

    fn heard(&self, state: &CallState) -> Heard {
        if let Some(heard) = self.parameter("key").and_then(|keys| keyed(state, &keys)) {
            return heard;
        }
        let confidence = || self.parameter("confidence").and_then(|sure| sure.parse().ok());
        match self.parameter("text") {
            Some(text) => Heard::Speech { text, confidence: confidence() },
            None => Heard::Nothing,
        }
    }
}

/// A text or number that says something.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}
