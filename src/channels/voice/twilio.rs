//! Answers the voice webhooks of Twilio, `SignalWire` and Telnyx.
//!
//! The call's first event is greeted with a `Gather`; each further one comes to the address in its
//! `action`, which carries the [`CallState`]. The same event sent twice gets the same answer. An
//! event that says that the call is over is taken as well: words that were still heard are kept.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::form_urlencoded;

use super::call::{Heard, Said, keyed};
use super::state::CallState;
use super::{Begins, Call, Lines, conversation_id, number, signature, texts, twiml};
use crate::config::ChannelsConfig;
use crate::domain::{Channel, Language};
use crate::http::App;
use crate::http::error::{ApiError, Code};
use crate::http::extract::RawBody;
use crate::triage::PhoneTarget;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    /// Twilio or `SignalWire`.
    Twilio,
    Telnyx,
}

/// A call of Twilio or `SignalWire` begins, or something happened on it.
///
/// Needs no key: they sign their requests with the account's token.
#[utoipa::path(
    post,
    path = "/channels/twilio/voice",
    tag = "channels",
    request_body(content = String, content_type = "application/x-www-form-urlencoded",
        description = "What Twilio sends"),
    responses((status = OK, body = String, content_type = "text/xml", description = "TwiML"))
)]
pub(crate) async fn twilio_voice(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    voice(System::Twilio, &app, &uri, &headers, &body.0).await
}

/// A call of Telnyx begins, or something happened on it.
///
/// Needs no key: Telnyx signs its requests.
#[utoipa::path(
    post,
    path = "/channels/texml/voice",
    tag = "channels",
    request_body(content = String, content_type = "application/x-www-form-urlencoded",
        description = "What Telnyx sends"),
    responses((status = OK, body = String, content_type = "text/xml", description = "TeXML"))
)]
pub(crate) async fn texml_voice(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    voice(System::Telnyx, &app, &uri, &headers, &body.0).await
}

/// Says to an agent, before Twilio joins the call, what it is about.
///
/// Needs no key: Twilio signs its requests with the account's token.
#[utoipa::path(
    post,
    path = "/channels/twilio/whisper",
    tag = "channels",
    request_body(content = String, content_type = "application/x-www-form-urlencoded",
        description = "What Twilio sends"),
    responses((status = OK, body = String, content_type = "text/xml", description = "TwiML"))
)]
pub(crate) async fn twilio_whisper(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    whisper(System::Twilio, &app, &uri, &headers, &body.0).await
}

/// Says to an agent, before Telnyx joins the call, what it is about.
///
/// Needs no key: Telnyx signs its requests.
#[utoipa::path(
    post,
    path = "/channels/texml/whisper",
    tag = "channels",
    request_body(content = String, content_type = "application/x-www-form-urlencoded",
        description = "What Telnyx sends"),
    responses((status = OK, body = String, content_type = "text/xml", description = "TeXML"))
)]
pub(crate) async fn texml_whisper(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    whisper(System::Telnyx, &app, &uri, &headers, &body.0).await
}

async fn voice(
    system: System,
    app: &App,
    uri: &axum::http::Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, ApiError> {
    let settings = Settings::of(system, &app.config.channels)?;
    let parameters = settings.verified(uri, headers, body)?;
    let call_id = parameters.required("CallSid")?;
    let voice = &app.config.channels.voice;
    let dialled = parameters.get("To").and_then(|to| voice.numbers.get(to)).copied();
    let language = dialled.unwrap_or(voice.language);
    let state = CallState::from_query(uri.query().unwrap_or_default(), language)
        .map_err(|error| ApiError::new(Code::InvalidQuery, format!("In the address, {error}.")))?;
    let call = Call {
        conversation_id: conversation_id(system.name(), call_id),
        channel: Channel::Phone,
        number: parameters.get("From").and_then(number),
        lines: Lines { takes: system.takes(), by_name: false },
        begins: Begins::Once,
    };
    let heard = heard(&state, &parameters);
    if parameters.get("CallStatus").is_some_and(is_over) {
        // Nobody listens any more, but what was said is kept.
        if matches!(heard, Heard::Speech { .. }) {
            super::answer(app, &call, &state, heard).await;
        }
        return Ok(markup(twiml::nothing()));
    }
    let answered = super::answer(app, &call, &state, heard).await;
    let dialect = settings.dialect(&voice.locales);
    Ok(markup(twiml::next(&answered.next, answered.outcome.as_ref(), &dialect)))
}

async fn whisper(
    system: System,
    app: &App,
    uri: &axum::http::Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, ApiError> {
    let settings = Settings::of(system, &app.config.channels)?;
    settings.verified(uri, headers, body)?;
    let query = Parameters(pairs(uri.query().unwrap_or_default().as_bytes()));
    let id = query.required("ticket")?;
    // The call is joined in any case: an agent without a headline is better than none.
    let ticket = app.desk.ticket(id).await.inspect_err(
        |error| tracing::warn!(%error, ticket = id, "nothing could be said to the agent"),
    );
    let Ok(ticket) = ticket else { return Ok(markup(twiml::nothing())) };
    let routing = (app.routing)();
    let title = routing.queue(&ticket.queue).and_then(|queue| queue.title.get(&ticket.language));
    let queue = title.unwrap_or(&ticket.queue);
    let text = texts::whisper(ticket.language, queue, &ticket.summary.headline);
    let dialect = settings.dialect(&app.config.channels.voice.locales);
    Ok(markup(twiml::only(&Said { language: ticket.language, text }, &dialect)))
}

fn markup(xml: String) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"))], xml).into_response()
}

impl System {
    /// Also what conversations of its calls are called.
    fn name(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::Telnyx => "texml",
        }
    }

    fn takes(self) -> fn(&PhoneTarget) -> bool {
        match self {
            Self::Twilio => |target| !matches!(target, PhoneTarget::Arn(_)),
            Self::Telnyx => |target| {
                matches!(
                    target,
                    PhoneTarget::Number(_) | PhoneTarget::Sip(_) | PhoneTarget::Queue(_)
                )
            },
        }
    }
}

/// What the operator set for a telephone system that is on.
struct Settings<'a> {
    system: System,
    key: Key<'a>,
    voices: &'a BTreeMap<Language, String>,
    public_url: &'a str,
}

enum Key<'a> {
    Token(&'a str),
    Public(&'a [u8]),
}

impl<'a> Settings<'a> {
    fn of(system: System, channels: &'a ChannelsConfig) -> Result<Self, ApiError> {
        let off = |table: &str| {
            let message = format!(
                "This channel is off. Set public_url and {table} in [channels] of lotse.toml."
            );
            ApiError::new(Code::ChannelOff, message)
        };
        let public_url = channels.public_url.as_deref().map(|url| url.trim_end_matches('/'));
        let (key, voices, table) = match system {
            System::Twilio => {
                let twilio = channels.twilio.as_ref().ok_or_else(|| off("[channels.twilio]"))?;
                (Key::Token(twilio.auth_token.reveal()), &twilio.voices, "[channels.twilio]")
            }
            System::Telnyx => {
                let telnyx = channels.telnyx.as_ref().ok_or_else(|| off("[channels.telnyx]"))?;
                (Key::Public(&telnyx.public_key), &telnyx.voices, "[channels.telnyx]")
            }
        };
        let public_url = public_url.ok_or_else(|| off(table))?;
        Ok(Self { system, key, voices, public_url })
    }

    fn dialect(&self, locales: &'a BTreeMap<Language, String>) -> twiml::Dialect<'a> {
        let address =
            |what: &str| format!("{}/channels/{}/{what}", self.public_url, self.system.name());
        twiml::Dialect {
            full_gather: self.system == System::Twilio,
            voices: self.voices,
            locales,
            voice: address("voice"),
            whisper: address("whisper"),
        }
    }

    /// The parameters of a request whose signature holds.
    fn verified(
        &self,
        uri: &axum::http::Uri,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Parameters, ApiError> {
        let is_json = media_type(headers) == "application/json";
        if !is_json && media_type(headers) != "application/x-www-form-urlencoded" {
            let message = "Send the parameters as application/x-www-form-urlencoded.";
            return Err(ApiError::new(Code::UnsupportedMediaType, message));
        }
        let form = if is_json { Vec::new() } else { pairs(body) };
        if !self.is_signed(uri, headers, body, (!is_json).then_some(&form)) {
            return Err(Code::WrongSignature.into());
        }
        Ok(Parameters(if is_json { members(body)? } else { form }))
    }

    fn is_signed(
        &self,
        uri: &axum::http::Uri,
        headers: &HeaderMap,
        body: &Bytes,
        form: Option<&signature::Parameters>,
    ) -> bool {
        let header = |name: &'static str| {
            headers.get(HeaderName::from_static(name)).and_then(|value| value.to_str().ok())
        };
        match self.key {
            Key::Token(token) => {
                let given = header("x-twilio-signature").or(header("x-signalwire-signature"));
                let path = uri.path_and_query().map_or("/", |path| path.as_str());
                // Never the Host header: whoever calls may write there what they like.
                let address = format!("{}{path}", self.public_url);
                given.is_some_and(|given| match form {
                    Some(form) => signature::is_twilios(token, &address, form, given),
                    None => signature::is_twilios_body(token, &address, body, given),
                })
            }
            Key::Public(key) => {
                let (given, timestamp) =
                    (header("telnyx-signature-ed25519"), header("telnyx-timestamp"));
                let now = jiff::Timestamp::now().as_second();
                given.zip(timestamp).is_some_and(|(given, timestamp)| {
                    signature::is_telnyxs(key, timestamp, body, given, now)
                })
            }
        }
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn pairs(form: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(form).into_owned().collect()
}

/// The members of a JSON object that are texts or numbers.
fn members(body: &[u8]) -> Result<Vec<(String, String)>, ApiError> {
    let object: serde_json::Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| ApiError::new(Code::InvalidJson, "The body is no JSON object. Send one."))?;
    let text = |(name, value): (String, Value)| match value {
        Value::String(text) => Some((name, text)),
        Value::Number(number) => Some((name, number.to_string())),
        _ => None,
    };
    Ok(object.into_iter().filter_map(text).collect())
}

/// What a telephone system tells of an event.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The first of this name that says something.
    fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(known, _)| known == name);
        named.find(|(_, value)| !value.trim().is_empty()).map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| {
            let message = format!("The parameter {name} is missing. Send it.");
            ApiError::new(Code::MissingField, message)
                .with_details(serde_json::json!({ "field": name }))
        })
    }
}

/// Whether this status of a call is its last.
fn is_over(status: &str) -> bool {
    ["completed", "busy", "failed", "no-answer", "canceled"].contains(&status)
}

/// What happened on the call.
fn heard(state: &CallState, parameters: &Parameters) -> Heard {
    if let Some(status) = parameters.get("DialCallStatus") {
        return Heard::Returned { reached: ["completed", "answered"].contains(&status) };
    }
    if let Some(result) = parameters.get("QueueResult") {
        let lost = ["error", "system-error", "queue-full", "system-shutdown"].contains(&result);
        return Heard::Returned { reached: !lost };
    }
    if let Some(heard) = parameters.get("Digits").and_then(|digits| keyed(state, digits)) {
        return heard;
    }
    match parameters.get("SpeechResult") {
        Some(text) => Heard::Speech {
            text: text.to_owned(),
            confidence: parameters.get("Confidence").and_then(|sure| sure.parse().ok()),
        },
        None => Heard::Nothing,
    }
}
