//! What was said, live and afterwards, and how the customer found it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::error::{ApiError, Code};
use super::events::{EventsQuery, stream};
use super::extract::{Json, Path, Query};
use super::messages::is_unguessable;
use crate::domain::{Author, Caller, Role};
use crate::store::{Audience, Conversation, EventFilter};

/// Turns given where the caller names no number.
const TURNS: usize = 100;
/// Turns given at most.
const MAX_TURNS: usize = 1000;

/// How much of a conversation.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ConversationQuery {
    /// Number of latest turns, 100 if left out, 1000 at most.
    turns: Option<usize>,
}

/// A conversation with its latest turns. Agents see notes and what was read and decided; others see
/// what the customer sees.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}",
    tag = "conversations",
    params(("id" = String, Path, description = "Conversation"), ConversationQuery),
    responses((status = OK, body = Conversation))
)]
pub(super) async fn get_conversation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<ConversationQuery>,
) -> Result<axum::Json<Conversation>, ApiError> {
    let turns = query.turns.unwrap_or(TURNS).min(MAX_TURNS);
    let mut conversation = find(&app, &caller, &id, turns).await?;
    if caller.role < Role::Agent {
        conversation.turns.retain(|turn| turn.from != Author::Note);
        for turn in &mut conversation.turns {
            (turn.classification, turn.decision) = (None, None);
        }
    }
    Ok(axum::Json(conversation))
}

/// Events of a conversation as they happen: messages and changes of who holds it. Each has an id;
/// send the last one as `Last-Event-ID` (browsers do) to get what came since.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/events",
    tag = "conversations",
    params(("id" = String, Path, description = "Conversation"), EventsQuery),
    responses((status = OK, body = String, content_type = "text/event-stream"))
)]
pub(super) async fn conversation_events(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    find(&app, &caller, &id, 0).await?;
    let audience = if caller.role < Role::Agent { Audience::Customer } else { Audience::Everyone };
    let filter = EventFilter { conversation_id: Some(id), audience, ..EventFilter::default() };
    stream(&app, filter, &query, &headers).await
}

/// How the customer found it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRating {
    /// 1 very dissatisfied to 5 very satisfied.
    #[schema(minimum = 1, maximum = 5)]
    score: u8,
    /// In the customer's words.
    comment: Option<String>,
}

/// Keeps the customer's rating of a conversation; a later one replaces it.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/rating",
    tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    request_body = NewRating,
    responses((status = NO_CONTENT, description = "It is kept"))
)]
pub(super) async fn rate_conversation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(rating): Json<NewRating>,
) -> Result<StatusCode, ApiError> {
    find(&app, &caller, &id, 0).await?;
    app.desk.rate(&id, rating.score, rating.comment.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The conversation, if there is one that this caller may see.
async fn find(
    app: &App,
    caller: &Caller,
    id: &str,
    turns: usize,
) -> Result<Conversation, ApiError> {
    // Ids that channels chose, such as telephone numbers, can be guessed; a widget has none of them.
    if caller.role == Role::Widget && !is_unguessable(id) {
        return Err(Code::ConversationNotFound.into());
    }
    Ok(app.desk.conversation(id, turns).await?)
}
