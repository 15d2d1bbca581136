//! What must a human know of a transcript from elsewhere? The code that writes a ticket's summary.

use axum::extract::State;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::App;
use super::classify::prepared;
use super::error::{ApiError, Code};
use super::extract::Json;
use super::input::check_text;
use crate::classifier::Reading;
use crate::domain::{Author, Classification, Language, SuggestedArticle, Summary, Turn};
use crate::text::PreparedText;
use crate::triage::{conversation_language, summarize as write_summary};

/// Turns of a transcript at most.
const MAX_TURNS: usize = 200;

/// Turns that wait for the encoder at the same time.
const AT_ONCE: usize = 16;

/// Articles suggested to the agent.
const SUGGESTIONS: usize = 3;

/// A transcript.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SummarizeRequest {
    /// Language of the summary; that of most of the customer's words if left out.
    language: Option<Language>,
    /// 1 to 200 turns, oldest first, the customer's among them.
    turns: Vec<TranscriptTurn>,
}

/// One turn of a transcript.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TranscriptTurn {
    /// Who spoke.
    from: Author,
    /// The words.
    text: String,
}

/// A summary, and how the customer's last turn was read.
#[derive(Serialize, ToSchema)]
pub(super) struct SummarizeResponse {
    summary: Summary,
    classification: Classification,
}

/// Sums a transcript up for the human who takes over. Nothing is stored.
#[utoipa::path(
    post,
    path = "/v1/summarize",
    tag = "messages",
    request_body = SummarizeRequest,
    responses((status = OK, body = SummarizeResponse))
)]
pub(super) async fn summarize(
    State(app): State<App>,
    Json(request): Json<SummarizeRequest>,
) -> Result<axum::Json<SummarizeResponse>, ApiError> {
    check(&request.turns)?;
    let read: Vec<(Turn, Option<Read>)> = stream::iter(request.turns.into_iter().enumerate())
        .map(|(index, turn)| read_turn(&app, index, turn))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let Some((text, reading)) = read.iter().rev().find_map(|(_, read)| read.as_ref()) else {
        let message =
            "No turn is from the customer. Send at least one with \"from\": \"customer\".";
        return Err(ApiError::new(Code::InvalidRequest, message));
    };
    let classification = reading.classification.clone();
    let articles: Vec<SuggestedArticle> = app
        .finds
        .find(text, reading, SUGGESTIONS)
        .into_iter()
        .map(|hit| SuggestedArticle {
            id: hit.article.id.clone(),
            title: hit.article.title.clone(),
        })
        .collect();
    let turns: Vec<Turn> = read.into_iter().map(|(turn, _)| turn).collect();
    let language = request
        .language
        .or_else(|| conversation_language(&turns))
        .unwrap_or(classification.language);
    let summary = write_summary(&turns, language, &articles, None);
    Ok(axum::Json(SummarizeResponse { summary, classification }))
}

/// A customer's turn as it was read.
type Read = (PreparedText, Reading);

fn check(turns: &[TranscriptTurn]) -> Result<(), ApiError> {
    if turns.len() > MAX_TURNS {
        let message = format!("There are more than {MAX_TURNS} turns. Send the latest ones.");
        let details = json!({ "limit": MAX_TURNS });
        return Err(ApiError::new(Code::TooManyMessages, message).with_details(details));
    }
    turns
        .iter()
        .enumerate()
        .try_for_each(|(index, turn)| check_text(&format!("turns[{index}].text"), &turn.text))
}

/// The turn as a conversation keeps it; customers' turns are read, which tells mood and facts.
async fn read_turn(
    app: &App,
    index: usize,
    turn: TranscriptTurn,
) -> Result<(Turn, Option<Read>), ApiError> {
    let read = if turn.from == Author::Customer {
        let text = prepared(turn.text.clone(), None).await?;
        let reading = app.reads.read(text.clone()).await?;
        Some((text, reading))
    } else {
        None
    };
    let turn = Turn {
        id: index.to_string(),
        from: turn.from,
        text: turn.text,
        at: Timestamp::now(),
        agent: None,
        classification: read.as_ref().map(|(_, reading)| reading.classification.clone()),
        decision: None,
        article_id: None,
        thread: None,
    };
    Ok((turn, read))
}
