//! What was said, live and afterwards, and how the customer found it.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::error::{ApiError, Code};
use super::events::{EventsQuery, stream};
use super::extract::{Json, Path, Query};
use super::messages::is_unguessable;
use crate::desk::Waiting;
use crate::domain::{Author, Caller, Language, Role};
use crate::store::{Audience, Conversation, EventFilter, Rating};

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
    responses((status = OK, body = ConversationView))
)]
pub(super) async fn get_conversation(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<ConversationQuery>,
) -> Result<axum::Json<ConversationView>, ApiError> {
    // Taken first: what happens meanwhile is seen twice rather than never.
    let last_event = app.store.last_event().await?;
    let turns = query.turns.unwrap_or(TURNS).min(MAX_TURNS);
    let mut conversation = find(&app, &caller, &id, turns).await?;
    if caller.role < Role::Agent {
        for_customers(&mut conversation);
    }
    let (waiting, agent) = app.desk.waiting(&id).await?;
    let rating = app.store.rating(&id).await?.map(GivenRating::from);
    let article_titles = article_titles(&app, &conversation);
    Ok(axum::Json(ConversationView {
        conversation,
        article_titles,
        waiting,
        agent,
        rating,
        last_event,
    }))
}

/// What agents alone see of a conversation is left out.
fn for_customers(conversation: &mut Conversation) {
    conversation.turns.retain(|turn| turn.from != Author::Note);
    for turn in &mut conversation.turns {
        (turn.classification, turn.decision, turn.thread) = (None, None, None);
    }
}

/// The titles of articles that the bot has quoted, by id.
fn article_titles(app: &App, conversation: &Conversation) -> BTreeMap<String, String> {
    let ids = conversation.turns.iter().filter_map(|turn| turn.article_id.as_ref());
    let ids: BTreeSet<&String> = ids.collect();
    let language = conversation.head.language;
    ids.into_iter()
        .filter_map(|id| {
            let in_any = [language, Language::De, Language::En];
            let article = in_any.into_iter().find_map(|in_one| app.finds.article(id, in_one))?;
            Some((id.clone(), article.title.clone()))
        })
        .collect()
}

/// The customer's rating of the conversation.
#[derive(Serialize, ToSchema)]
struct GivenRating {
    /// 1 very dissatisfied to 5 very satisfied.
    score: u8,
    /// In the customer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

impl From<Rating> for GivenRating {
    fn from(Rating { score, comment, .. }: Rating) -> Self {
        Self { score, comment }
    }
}

/// A conversation, and where it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct ConversationView {
    #[serde(flatten)]
    conversation: Conversation,
    /// Titles of the articles that the bot has quoted, by id.
    article_titles: BTreeMap<String, String>,
    /// Where the customer stands in the queue, while the conversation waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Waiting>,
    /// Who holds the conversation, while an agent does.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    /// How the customer found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<GivenRating>,
    /// Number of the latest event when this was read: listen to what comes after it.
    last_event: i64,
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

/// Whether an answer helped.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHelpful {
    helpful: bool,
}

/// Keeps whether an answer of the bot helped the customer; a later word replaces it.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/turns/{turn_id}/helpful",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "Conversation"),
        ("turn_id" = String, Path, description = "The bot's turn")
    ),
    request_body = NewHelpful,
    responses((status = NO_CONTENT, description = "It is kept"))
)]
pub(super) async fn rate_answer(
    State(app): State<App>,
    caller: Caller,
    Path((id, turn_id)): Path<(String, String)>,
    Json(NewHelpful { helpful }): Json<NewHelpful>,
) -> Result<StatusCode, ApiError> {
    find(&app, &caller, &id, 0).await?;
    app.desk.rate_answer(&id, &turn_id, helpful).await?;
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
    // What was said under another identifier, such as a mail that a call joined, stays there: whoever
    // calls may have shown somebody else's number.
    if caller.role < Role::Agent {
        return Ok(app.desk.thread(id, turns).await?);
    }
    Ok(app.desk.conversation(id, turns).await?)
}
