//! How is the work going? Figures as JSON, tables as CSV, and drafts of missing articles.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::ToSpan as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::App;
use super::error::{ApiError, Code};
use super::extract::{Json, Path, Query};
use super::input::check_text;
use crate::domain::{Caller, Language, Role};
use crate::knowledge::{DraftError, NewDraft, WrittenDraft, write_draft};
use crate::reports::{Ask, AskError, Report, ReportError, TableName};

/// Who may see reports and begin articles.
pub(super) const ROLE: Role = Role::Lead;

/// Days until somebody has to look at a draft.
const REVIEW_DAYS: i32 = 90;

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");

/// How the work went in a period: volume, waiting times, promises, what the bot settles, mood,
/// matters, people, and questions without an article.
#[utoipa::path(
    get,
    path = "/v1/reports/kpi",
    tag = "reports",
    params(Ask),
    responses((status = OK, body = Report))
)]
pub(super) async fn kpi(
    State(app): State<App>,
    Query(ask): Query<Ask>,
) -> Result<axum::Json<Report>, ApiError> {
    Ok(axum::Json(app.reports.report(&ask).await?))
}

/// One part of the report as CSV (RFC 4180, UTF-8, with a header): `totals`, `timeline`,
/// `channels`, `queues`, `intents`, `rising`, `satisfaction`, `agents` or `gaps`.
#[utoipa::path(
    get,
    path = "/v1/reports/{table}",
    tag = "reports",
    params(("table" = String, Path, description = "Part of the report, such as `agents.csv`"), Ask),
    responses((status = OK, content_type = "text/csv", body = String))
)]
pub(super) async fn table(
    State(app): State<App>,
    Path(table): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, ApiError> {
    let name = table.strip_suffix(".csv").and_then(TableName::from_name);
    let name = name.ok_or(Code::TableNotFound)?;
    let table = app.reports.table(&ask, name).await?;
    let csv = table.csv().map_err(|error| ApiError::internal(&error))?;
    let file = format!("attachment; filename=\"lotse-{}.csv\"", name.name());
    let mut response = csv.into_response();
    response.headers_mut().insert(CONTENT_TYPE, CSV);
    if let Ok(file) = HeaderValue::from_str(&file) {
        response.headers_mut().insert(CONTENT_DISPOSITION, file);
    }
    Ok(response)
}

/// An article to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// Title; the name of the file comes from it.
    pub(super) title: String,
    /// Language, and so the folder.
    pub(super) language: Language,
    /// Intents that it is to answer.
    #[serde(default)]
    pub(super) intents: Vec<String>,
    /// Phrasings of the question.
    #[serde(default)]
    pub(super) questions: Vec<String>,
    /// The answer in Markdown, as far as there is one.
    #[serde(default)]
    pub(super) text: Option<String>,
}

/// A draft that was written.
#[derive(Serialize, ToSchema)]
pub(super) struct Drafted {
    /// Identifier of the article.
    id: String,
    /// Its file, from the operator's directory on.
    path: String,
}

/// Writes the draft of an article into the knowledge folder, owned by the caller. The bot never says
/// a draft; a file that is there is never touched.
#[utoipa::path(
    post,
    path = "/v1/knowledge/drafts",
    tag = "knowledge",
    request_body = Draft,
    responses((status = CREATED, body = Drafted))
)]
pub(super) async fn draft(
    State(app): State<App>,
    caller: Caller,
    Json(draft): Json<Draft>,
) -> Result<impl IntoResponse, ApiError> {
    let written = write(&app, &caller, draft).await?;
    let path = shown_path(&app, &written);
    Ok((StatusCode::CREATED, axum::Json(Drafted { id: written.id, path })))
}

/// Writes a draft for this caller.
pub(super) async fn write(
    app: &App,
    caller: &Caller,
    draft: Draft,
) -> Result<WrittenDraft, ApiError> {
    check_text("title", &draft.title)?;
    let text = draft.text.unwrap_or_default();
    if !text.is_empty() {
        check_text("text", &text)?;
    }
    let known = &app.labels.intents;
    if let Some(unknown) = draft.intents.iter().find(|intent| !known.contains(intent)) {
        let message = format!("There is no intent \"{unknown}\". GET /v1/labels lists them.");
        let details = serde_json::json!({ "field": "intents" });
        return Err(ApiError::new(Code::UnknownValue, message).with_details(details));
    }
    let today = jiff::Timestamp::now().to_zoned((app.routing)().timezone().clone()).date();
    let draft = NewDraft {
        title: draft.title,
        language: draft.language,
        intents: draft.intents,
        questions: draft.questions,
        text,
        owner: caller.name.clone(),
        review_by: today.saturating_add(REVIEW_DAYS.days()),
    };
    let folder = app.config.knowledge.dir.clone();
    let writing = tokio::task::spawn_blocking(move || write_draft(&folder, &draft));
    Ok(writing.await.map_err(|error| ApiError::internal(&error))??)
}

/// The file as an operator names it.
pub(super) fn shown_path(app: &App, written: &WrittenDraft) -> String {
    let path = written.path.strip_prefix(&app.config.dir).unwrap_or(&written.path);
    path.display().to_string()
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        let (code, field) = match &error {
            AskError::Time { field, .. } => (Code::InvalidTime, Some(*field)),
            AskError::Days(_) => (Code::InvalidTime, Some("days")),
            AskError::Both => (Code::InvalidPeriod, Some("days")),
            AskError::Backwards { .. } | AskError::Future(_) | AskError::TooLong => {
                (Code::InvalidPeriod, None)
            }
            AskError::Channel(_) => (Code::UnknownChannel, Some("channel")),
            AskError::Language(_) => (Code::UnknownLanguage, Some("language")),
        };
        let answer = Self::new(code, format!("{error}."));
        match field {
            Some(field) => answer.with_details(serde_json::json!({ "field": field })),
            None => answer,
        }
    }
}

impl From<ReportError> for ApiError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Ask(error) => error.into(),
            ReportError::UnknownQueue { known, .. } => {
                Self::from(Code::QueueNotFound).with_details(serde_json::json!({ "queues": known }))
            }
            ReportError::TooMuch => Self::new(Code::InvalidPeriod, format!("{error}.")),
            ReportError::Store(error) => error.into(),
            ReportError::Failed(reason) => Self::internal(&reason),
        }
    }
}

impl From<DraftError> for ApiError {
    fn from(error: DraftError) -> Self {
        let code = match &error {
            DraftError::Untitled => Code::TextBlank,
            DraftError::TooLong { .. } => Code::TextTooLong,
            DraftError::TooManyQuestions => Code::InvalidRequest,
            DraftError::Exists { .. } => Code::ArticleExists,
            DraftError::Write { .. } => {
                tracing::error!(%error, "a draft cannot be written");
                return Code::KnowledgeReadOnly.into();
            }
        };
        Self::new(code, format!("{error}."))
    }
}
