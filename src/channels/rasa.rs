//! How does a program speak that was made for Rasa?
//!
//! `POST /model/parse` takes the place of Rasa's NLU server, and `POST /webhooks/rest/webhook` that
//! of its REST channel. A bot swaps the address and sends a key of the role `channel`.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::voice::conversation_id;
use crate::domain::{Channel, Classification, Entity, EntityKind, Incoming, IntentScore};
use crate::http::App;
use crate::http::classify::read;
use crate::http::error::{ApiError, Code};
use crate::http::extract::Json;
use crate::http::input::check_text;

/// What Rasa calls the intent of a message that it cannot place.
const FALLBACK: &str = "nlu_fallback";

/// A message to read; other fields that Rasa knows are left alone.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RasaMessage {
    /// The words.
    text: String,
    /// The client's own id of the message; comes back with the answer.
    message_id: Option<String>,
}

/// What a message says.
#[derive(Serialize, ToSchema)]
pub(crate) struct RasaParse {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    /// The intent; `nlu_fallback` for a message out of scope.
    intent: IntentScore,
    /// The intent and the next best ones.
    intent_ranking: Vec<IntentScore>,
    entities: Vec<RasaEntity>,
    /// Beginning and end of each word, counted in characters.
    text_tokens: Vec<(usize, usize)>,
}

/// An entity.
#[derive(Serialize, ToSchema)]
struct RasaEntity {
    entity: EntityKind,
    value: String,
    start: usize,
    end: usize,
    /// Found by rules, so that it is there or not.
    confidence_entity: f32,
    extractor: &'static str,
}

impl From<Entity> for RasaEntity {
    fn from(entity: Entity) -> Self {
        Self {
            entity: entity.kind,
            value: entity.value.unwrap_or(entity.text),
            start: entity.start,
            end: entity.end,
            confidence_entity: 1.0,
            extractor: "lotse",
        }
    }
}

/// Reads one message in the form of Rasa's `POST /model/parse`, for programs made for it.
#[utoipa::path(
    post,
    path = "/model/parse",
    tag = "channels",
    request_body = RasaMessage,
    responses((status = OK, body = RasaParse))
)]
pub(crate) async fn parse(
    State(app): State<App>,
    Json(message): Json<RasaMessage>,
) -> Result<axum::Json<RasaParse>, ApiError> {
    check_text("text", &message.text)?;
    let Classification { intent, in_scope, alternatives, entities, .. } =
        read(&app, message.text.clone(), None).await?.classification;
    let first = intent.unwrap_or_else(|| IntentScore {
        name: FALLBACK.to_owned(),
        confidence: 1.0 - in_scope.unwrap_or_default(),
    });
    Ok(axum::Json(RasaParse {
        text_tokens: tokens(&message.text),
        text: message.text,
        message_id: message.message_id,
        intent_ranking: std::iter::once(first.clone()).chain(alternatives).collect(),
        intent: first,
        entities: entities.into_iter().map(RasaEntity::from).collect(),
    }))
}

/// The places of words, of letters and digits.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut tokens: Vec<(usize, usize)> = Vec::new();
    for (place, _) in text.chars().enumerate().filter(|(_, one)| one.is_alphanumeric()) {
        match tokens.last_mut() {
            Some((_, end)) if *end == place => *end += 1,
            _ => tokens.push((place, place + 1)),
        }
    }
    tokens
}

/// A message of the REST channel; other fields that Rasa knows are left alone.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RestMessage {
    /// Who speaks, as the client calls them: one conversation each. Must be there, other than in
    /// Rasa: whoever is not named would speak in the conversation of all others without a name.
    sender: Option<String>,
    /// The words.
    message: String,
}

/// Something that the bot says.
#[derive(Serialize, ToSchema)]
pub(crate) struct RestReply {
    recipient_id: String,
    text: String,
    /// Choices of a question back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<RestButton>,
}

/// A choice.
#[derive(Serialize, ToSchema)]
struct RestButton {
    title: String,
    /// Send this as the next message.
    payload: String,
}

/// Takes a message in, in the form of Rasa's REST channel, and gives what the bot says: nothing
/// while a person has the conversation.
#[utoipa::path(
    post,
    path = "/webhooks/rest/webhook",
    tag = "channels",
    request_body = RestMessage,
    responses((status = OK, body = Vec<RestReply>))
)]
pub(crate) async fn rest(
    State(app): State<App>,
    Json(message): Json<RestMessage>,
) -> Result<axum::Json<Vec<RestReply>>, ApiError> {
    if app.config.channels.rasa.is_none() {
        let message = "This channel is off. Add [channels.rasa] to lotse.toml.";
        return Err(ApiError::new(Code::ChannelOff, message));
    }
    let sender = message.sender.filter(|sender| !sender.trim().is_empty()).ok_or_else(|| {
        let message = "The field sender is missing or blank. Send an id of your own for each \
                       person: one conversation each.";
        ApiError::new(Code::MissingField, message).with_details(json!({ "field": "sender" }))
    })?;
    let incoming = Incoming {
        conversation_id: Some(conversation_id("rasa", &sender)),
        ..Incoming::new(Channel::Chat, message.message)
    };
    let outcome = super::receive(&app, incoming).await?;
    let replies = outcome.reply.into_iter().map(|reply| RestReply {
        recipient_id: sender.clone(),
        text: reply.text,
        buttons: reply
            .choices
            .into_iter()
            .map(|choice| RestButton { title: choice.label, payload: choice.value })
            .collect(),
    });
    Ok(axum::Json(replies.collect()))
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn words_have_places_in_characters() {
        assert_eq!(tokens("Wo ist's, Käse?"), [(0, 2), (3, 6), (7, 8), (10, 14)]);
        assert_eq!(tokens(" ?! "), []);
    }
}
