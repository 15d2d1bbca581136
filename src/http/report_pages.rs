//! The page of the reports, and the forms that begin an article.

use axum::extract::State;
use axum::http::header::{
    ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::App;
use super::error::{ApiError, Code};
use super::extract::Query;
use super::reports::{Draft, ROLE, shown_path, write};
use crate::domain::{Caller, Language};
use crate::knowledge::WrittenDraft;
use crate::reports::{
    Ask, DraftForm, ReportError, View, draft_page, draft_written_page, page, problem_page,
};
use crate::web::PAGE_POLICY;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

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
