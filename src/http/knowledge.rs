//! Which articles fit a question? For agents' search fields and for those who write articles.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::classify::prepared;
use super::error::ApiError;
use super::extract::Query;
use super::input::check_text;
use crate::domain::Language;
use crate::knowledge::Hit;

/// Articles given where the caller names no number.
const HITS: usize = 5;
/// Articles given at most.
const MAX_HITS: usize = 50;

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    /// The question.
    q: String,
    /// Language of the articles; that of the question if left out.
    language: Option<Language>,
    /// Number of articles, 5 if left out, 50 at most.
    limit: Option<usize>,
}

/// Articles, the best first.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchResponse {
    hits: Vec<SearchHit>,
}

/// An article found, with the scores that put it there.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchHit {
    id: String,
    language: Language,
    title: String,
    /// The answer in Markdown.
    text: String,
    /// Whether the bot may say it: approved, and its day of review has not passed.
    usable: bool,
    /// Fused score.
    score: f32,
    /// Words in common, 0 to 1.
    bm25: f32,
    /// Likeness of meaning, -1 to 1.
    cosine: f32,
    /// Probability of the article's intents for this question, 0 to 1.
    intent: f32,
    /// Probability, learned from labelled messages, that this article answers in full, 0 to 1.
    learned: f32,
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        let Hit { article, usable, score, bm25, cosine, intent, learned } = hit;
        let (id, title, text) = (article.id.clone(), article.title.clone(), article.body.clone());
        let language = article.language;
        Self { id, language, title, text, usable, score, bm25, cosine, intent, learned }
    }
}

/// Finds articles for a question, as the decision does it.
#[utoipa::path(
    get,
    path = "/v1/knowledge/search",
    tag = "knowledge",
    params(SearchQuery),
    responses((status = OK, body = SearchResponse))
)]
pub(super) async fn search(
    State(app): State<App>,
    Query(query): Query<SearchQuery>,
) -> Result<axum::Json<SearchResponse>, ApiError> {
    check_text("q", &query.q)?;
    let text = prepared(query.q, query.language).await?;
    let reading = app.reads.read(text.clone()).await?;
    let most = query.limit.unwrap_or(HITS).clamp(1, MAX_HITS);
    let hits = app.finds.find(&text, &reading, most);
    Ok(axum::Json(SearchResponse { hits: hits.into_iter().map(SearchHit::from).collect() }))
}
