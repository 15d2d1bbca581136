//! Mails that a mail provider or a mail server posts as they came.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use serde_json::json;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{InboxError, Receipt, inbox};
use crate::http::App;
use crate::http::error::{ApiError, Code};
use crate::http::extract::{read_body, too_large};

/// Mails that are held in memory at the same time: they are large.
const AT_ONCE: usize = 8;

/// Fields of a form in which providers send the mail as it came.
const FIELDS: [&str; 3] = ["email", "body-mime", "message"];

/// Room for the form around a mail.
const FORM_BYTES: usize = 64 * 1024;

/// The routes of this channel.
pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    let limit = limit(app) + FORM_BYTES;
    OpenApiRouter::new()
        .routes(routes!(post_mail))
        .layer(DefaultBodyLimit::max(limit))
        .layer(Extension(Arc::new(Semaphore::new(AT_ONCE))))
}

fn limit(app: &App) -> usize {
    app.config.channels.mail.as_ref().map_or(0, |mail| mail.limit_bytes)
}

/// Takes in an e-mail as it came.
///
/// The body is the mail itself, as `message/rfc822` or `application/octet-stream`, or a form
/// (`multipart/form-data`) with the mail in the field `email`, `body-mime` or `message`, as mail
/// providers post it. The same mail twice is recorded once. A mail that a machine wrote is not
/// answered: `taken` is false and `reason` says why; one that may be a machine's goes to people, and
/// the bot says nothing. Answers go out by SMTP.
///
/// The key may come as the password of a user of any name as well: providers are given
/// `https://any:KEY@lotse.example/channels/mail`.
#[utoipa::path(
    post,
    path = "/channels/mail",
    tag = "channels",
    request_body(content = String, content_type = "message/rfc822"),
    responses((status = OK, body = Receipt))
)]
async fn post_mail(
    State(app): State<App>,
    Extension(room): Extension<Arc<Semaphore>>,
    request: Request,
) -> Result<Json<Receipt>, ApiError> {
    let Some(inbox) = inbox(&app) else {
        let message = "The channel mail is off. Turn it on in lotse.toml: a table [channels.mail] \
                       with address = \"…\".";
        return Err(ApiError::new(Code::ChannelOff, message));
    };
    // Closed by nobody.
    let _place = room.acquire().await.map_err(|error| ApiError::internal(&error))?;
    let raw = raw_mail(request, &app).await?;
    Ok(Json(inbox.take(raw).await?))
}

/// The mail in the body of a request.
async fn raw_mail(request: Request, app: &App) -> Result<Vec<u8>, ApiError> {
    let limit = limit(app);
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let raw = match kind.to_ascii_lowercase().as_str() {
        "message/rfc822" | "message/global" | "application/octet-stream" => {
            read_body(request, app, limit).await?.to_vec()
        }
        "multipart/form-data" => {
            let reading = of_form(request, app, limit);
            tokio::time::timeout(app.config.server.body_timeout, reading)
                .await
                .map_err(|_| ApiError::from(Code::BodyTooSlow))??
        }
        _ => {
            let message = "The body must be an e-mail. Send it with the header Content-Type: \
                           message/rfc822, or as a form in the field email.";
            return Err(ApiError::new(Code::UnsupportedMediaType, message));
        }
    };
    if raw.len() > limit { Err(too_large(limit)) } else { Ok(raw) }
}

async fn of_form(request: Request, app: &App, limit: usize) -> Result<Vec<u8>, ApiError> {
    let broken = |status: StatusCode| match status {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(limit),
        _ => Code::BodyIncomplete.into(),
    };
    let mut form = Multipart::from_request(request, app)
        .await
        .map_err(|rejection| broken(rejection.into_response().status()))?;
    while let Some(field) = form.next_field().await.map_err(|error| broken(error.status()))? {
        if field.name().is_some_and(|name| FIELDS.contains(&name)) {
            let bytes = field.bytes().await.map_err(|error| broken(error.status()))?;
            return Ok(bytes.to_vec());
        }
    }
    let message = "The form has no mail in it. Send the mail as it came in the field email; with \
                   SendGrid turn on \"raw, full MIME message\", with Mailgun let the address end \
                   with mime.";
    Err(ApiError::new(Code::MissingField, message).with_details(json!({ "field": "email" })))
}

impl From<InboxError> for ApiError {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::NotAMail(problem) => {
                Self::new(Code::InvalidMail, capital(&problem.to_string()))
            }
            InboxError::Desk(error) => error.into(),
        }
    }
}

/// A message of another file as a sentence.
fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        format!("{}{}.", first.to_uppercase(), characters.as_str())
    })
}
