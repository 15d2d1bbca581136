//! How is the work going? Figures as JSON, tables as CSV, the page, and drafts of missing articles.

use axum::Form;
use axum::Router;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_LANGUAGE, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
    REFERRER_POLICY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::ToSpan as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::App;
use super::error::{ApiError, Code};
use super::extract::{Json, Path, Query};
use super::input::check_text;
use crate::domain::{Caller, Language, Role};
use crate::knowledge::{DraftError, NewDraft, WrittenDraft, write_draft};
use crate::reports::{
    Ask, AskError, DraftForm, Report, ReportError, TableName, View, draft_page, draft_written_page,
    page, problem_page,
};
use crate::web::PAGE_POLICY;

/// Who may see reports and begin articles.
pub(super) const ROLE: Role = Role::Lead;

/// Days until somebody has to look at a draft.
const REVIEW_DAYS: i32 = 90;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
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
    title: String,
    /// Language, and so the folder.
    language: Language,
    /// Intents that it is to answer.
    #[serde(default)]
    intents: Vec<String>,
    /// Phrasings of the question.
    #[serde(default)]
    questions: Vec<String>,
    /// The answer in Markdown, as far as there is one.
    #[serde(default)]
    text: Option<String>,
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

async fn write(app: &App, caller: &Caller, draft: Draft) -> Result<WrittenDraft, ApiError> {
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
fn shown_path(app: &App, written: &WrittenDraft) -> String {
    let path = written.path.strip_prefix(&app.config.dir).unwrap_or(&written.path);
    path.display().to_string()
}

/// The page for people, its style, and its forms. They answer in the language of the browser and
/// lead to the sign-in who is not signed in.
pub(super) fn pages() -> Router<App> {
    Router::new()
        .route("/reports", get(report_page))
        .route("/reports/draft", post(draft_form))
        .route("/reports/drafts", post(write_from_form).get(written_page))
}

/// Somebody who may see the page, or where to go instead.
async fn visitor(app: &App, headers: &HeaderMap) -> Result<Caller, Response> {
    match app.access.caller(headers).await {
        Ok(caller) if caller.role >= ROLE => Ok(caller),
        Ok(caller) => {
            let message = format!(
                "This needs the role {}; \"{}\" has the role {}.",
                ROLE.name(),
                caller.name,
                caller.role.name()
            );
            Err(ApiError::new(Code::Forbidden, message).into_response())
        }
        Err(error) if error.code() == Code::Unauthorized => {
            Err(Redirect::to("/console?next=/reports").into_response())
        }
        Err(error) => Err(error.into_response()),
    }
}

/// The parameters of the page: those of a report, and the language of the page itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PageQuery {
    from: Option<String>,
    to: Option<String>,
    days: Option<String>,
    channel: Option<String>,
    queue: Option<String>,
    language: Option<String>,
    lang: Option<String>,
}

impl PageQuery {
    fn view(self, app: &App, headers: &HeaderMap) -> View {
        let Self { from, to, mut days, channel, queue, language, lang } = self;
        // The form of the page keeps the ready period beside the fields for days.
        let typed =
            |field: &Option<String>| field.as_ref().is_some_and(|day| !day.trim().is_empty());
        if typed(&from) || typed(&to) {
            days = None;
        }
        let chosen = lang.as_deref().and_then(Language::from_code);
        let page_language = chosen.unwrap_or_else(|| preferred(headers));
        View {
            language: page_language,
            chosen: chosen.is_some(),
            ask: Ask { from, to, days, channel, queue, language },
            queues: app.reports.queues(page_language),
        }
    }
}

async fn report_page(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
) -> Result<Response, Response> {
    visitor(&app, &headers).await?;
    let view = query.view(&app, &headers);
    let answer = async {
        let asked = app.reports.understand(&view.ask)?;
        let report = app.reports.report(&view.ask).await?;
        Ok(page(&report, &asked, &view))
    };
    match answer.await {
        Ok(text) => Ok(html(StatusCode::OK, text)),
        Err(error @ (ReportError::Store(_) | ReportError::Failed(_))) => {
            Err(ApiError::from(error).into_response())
        }
        Err(error) => {
            let text = problem_page(&error, &view);
            Ok(html(ApiError::from(error).code().status(), text))
        }
    }
}

/// A form of a page: the draft, and the language of the page.
#[derive(Deserialize)]
struct PageForm {
    #[serde(flatten)]
    draft: DraftForm,
    #[serde(default)]
    lang: Option<String>,
}

impl PageForm {
    fn view(&self, app: &App, headers: &HeaderMap) -> View {
        PageQuery { lang: self.lang.clone(), ..PageQuery::default() }.view(app, headers)
    }
}

async fn draft_form(
    State(app): State<App>,
    headers: HeaderMap,
    Form(form): Form<PageForm>,
) -> Result<Response, Response> {
    visitor(&app, &headers).await?;
    let view = form.view(&app, &headers);
    Ok(html(StatusCode::OK, draft_page(&form.draft, None, &view)))
}

async fn write_from_form(
    State(app): State<App>,
    headers: HeaderMap,
    Form(form): Form<PageForm>,
) -> Result<Response, Response> {
    let caller = visitor(&app, &headers).await?;
    let view = form.view(&app, &headers);
    let draft = Draft {
        title: form.draft.title.clone(),
        language: Language::from_code(&form.draft.language).unwrap_or(view.language),
        intents: form.draft.intent_list(),
        questions: form.draft.question_list(),
        text: Some(form.draft.text.trim().to_owned()),
    };
    match write(&app, &caller, draft).await {
        // A page that is loaded again must not write again.
        Ok(written) => {
            let place = format!(
                "/reports/drafts?id={}&language={}&lang={}",
                written.id,
                form.draft.language,
                view.language.code()
            );
            let place = HeaderValue::from_str(&place)
                .map_err(|error| ApiError::internal(&error).into_response())?;
            Ok((StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response())
        }
        Err(error) => {
            let text = draft_page(&form.draft, Some(error.message()), &view);
            Ok(html(error.code().status(), text))
        }
    }
}

/// Which draft was written.
#[derive(Deserialize)]
struct WrittenQuery {
    id: String,
    language: Language,
    lang: Option<String>,
}

async fn written_page(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<WrittenQuery>,
) -> Result<Response, Response> {
    visitor(&app, &headers).await?;
    let WrittenQuery { id, language, lang } = query;
    let view = PageQuery { lang, ..PageQuery::default() }.view(&app, &headers);
    // Only what a draft can be called: the address comes from outside.
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let path = app.config.knowledge.dir.join(language.code()).join(format!("{id}.md"));
    if !id.bytes().all(is_name) || !path.is_file() {
        return Err(ApiError::from(Code::ArticleNotFound).into_response());
    }
    let path = shown_path(&app, &WrittenDraft { id, path });
    Ok(html(StatusCode::OK, draft_written_page(&path, &view)))
}

fn html(status: StatusCode, text: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        // Without a referrer, browsers do not tell either from which page a form was sent.
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    (status, headers, text).into_response()
}

/// The first language of the browser that the page speaks, by its weights; English otherwise.
fn preferred(headers: &HeaderMap) -> Language {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut best: Option<(f32, Language)> = None;
    for part in wanted.split(',') {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight =
            parameters.trim().strip_prefix("q=").map_or(Some(1.0), |text| text.parse().ok());
        let code = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        if let (Some(language), Some(weight)) = (Language::from_code(&code), weight)
            && weight > best.map_or(0.0, |(weight, _)| weight)
        {
            best = Some((weight, language));
        }
    }
    best.map_or(Language::En, |(_, language)| language)
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
