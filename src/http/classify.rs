//! What do messages say? Nothing is stored, nothing is decided.

use axum::extract::State;
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::App;
use super::error::{ApiError, Code};
use super::extract::Json;
use super::input::check_text;
use super::timing::ServerTiming;
use crate::classifier::Reading;
use crate::domain::{Classification, Language};
use crate::observe;
use crate::text::{PreparedText, prepare};

/// Messages in one request at most.
const MAX_MESSAGES: usize = 100;

/// Messages of one request that wait for the encoder at the same time, so that one request does not
/// take all the room.
const AT_ONCE: usize = 32;

/// Messages to read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassifyRequest {
    /// 1 to 100 messages.
    messages: Vec<ClassifyMessage>,
}

/// A message to read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassifyMessage {
    /// The client's own id of the message, a text or a number; comes back with the result.
    #[schema(value_type = Option<String>)]
    id: Option<ClientId>,
    /// The words.
    text: String,
    /// Language, if the client knows better than the text.
    language: Option<Language>,
}

/// An id in the client's own form.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum ClientId {
    Number(i64),
    Text(String),
}

/// What the messages say, in their order.
#[derive(Serialize, ToSchema)]
pub(super) struct ClassifyResponse {
    results: Vec<ClassifyResult>,
}

/// What one message says.
#[derive(Serialize, ToSchema)]
pub(super) struct ClassifyResult {
    /// The client's id, null if it gave none.
    #[schema(value_type = Option<String>)]
    id: Option<ClientId>,
    classification: Classification,
}

/// Reads messages: language, intent, sentiment, tier and entities of each.
#[utoipa::path(
    post,
    path = "/v1/classify",
    tag = "messages",
    request_body = ClassifyRequest,
    responses((status = OK, body = ClassifyResponse))
)]
pub(super) async fn classify(
    State(app): State<App>,
    Json(request): Json<ClassifyRequest>,
) -> Result<(ServerTiming, axum::Json<ClassifyResponse>), ApiError> {
    let messages = request.messages;
    if messages.is_empty() {
        let message = "The list messages is empty. Send at least one message.";
        return Err(ApiError::new(Code::InvalidRequest, message));
    }
    if messages.len() > MAX_MESSAGES {
        let message =
            format!("There are more than {MAX_MESSAGES} messages. Send several requests.");
        let details = json!({ "limit": MAX_MESSAGES });
        return Err(ApiError::new(Code::TooManyMessages, message).with_details(details));
    }
    for (index, message) in messages.iter().enumerate() {
        check_text(&format!("messages[{index}].text"), &message.text)?;
    }
    let results = stream::iter(messages)
        .map(async |message| {
            let reading = read(&app, message.text, message.language).await?;
            let classification = reading.classification;
            Ok::<_, ApiError>(ClassifyResult { id: message.id, classification })
        })
        .buffered(AT_ONCE)
        .try_collect();
    let (results, spent) = observe::measured(results).await;
    Ok((ServerTiming(spent), axum::Json(ClassifyResponse { results: results? })))
}

/// Reads one message.
pub(crate) async fn read(
    app: &App,
    text: String,
    language: Option<Language>,
) -> Result<Reading, ApiError> {
    let prepared = prepared(text, language).await?;
    Ok(app.reads.read(prepared).await?)
}

/// Makes a text ready, off the threads that serve connections: a long one takes milliseconds.
pub(super) async fn prepared(
    text: String,
    language: Option<Language>,
) -> Result<PreparedText, ApiError> {
    tokio::task::spawn_blocking(move || prepare(&text, language))
        .await
        .map_err(|error| ApiError::internal(&error))
}
