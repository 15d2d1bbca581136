//! Reads bodies, queries and paths, and answers mistakes in them with a code of the table: the
//! framework's own refusals are plain text.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::App;
use super::error::{ApiError, Code};

/// A JSON body.
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(Code::UnsupportedMediaType.into());
        }
        let limits = &app.config.server;
        let reading = read_body(request, limits.body_limit_bytes);
        let body = tokio::time::timeout(limits.body_timeout, reading)
            .await
            .map_err(|_| ApiError::from(Code::BodyTooSlow))??;
        parse(&body).map(Self)
    }
}

/// The parameters of an address, `?name=value`.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(super) struct Query<T>(pub T);

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        let problem = std::error::Error::source(&rejection)
            .map_or_else(|| rejection.body_text(), ToString::to_string);
        Self::new(
            Code::InvalidQuery,
            format!("The query of the address cannot be read: {problem}."),
        )
    }
}

/// The variable parts of a path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(super) struct Path<T>(pub T);

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Code::InvalidPath.into()
    }
}

/// `application/json`, or any type that ends in `+json`.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// Reads at most `limit` bytes (the router sets the same limit for the extractor used here), and
/// nothing of a body that says beforehand that it is longer.
async fn read_body(request: Request, limit: usize) -> Result<Bytes, ApiError> {
    let too_large = || {
        let message = format!("The body is larger than {limit} bytes. Send less at once.");
        ApiError::new(Code::BodyTooLarge, message).with_details(json!({ "limit_bytes": limit }))
    };
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    Bytes::from_request(request, &()).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => too_large(),
        _ => Code::BodyIncomplete.into(),
    })
}

/// Reads a value from JSON and says as exactly as possible what is wrong with it.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        ApiError::from(Code::InvalidUtf8).with_details(json!({ "byte": error.valid_up_to() }))
    })?;
    // Some senders put a byte order mark first.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let field = error.path().to_string();
        explain(&field, error.inner())
    })?;
    deserializer.end().map_err(|error| explain(".", &error))?;
    Ok(value)
}

fn explain(field: &str, error: &serde_json::Error) -> ApiError {
    let position = json!({ "line": error.line(), "column": error.column() });
    let problem = error.to_string();
    // The library's own position is given in `details`.
    let problem = problem.split(" at line ").next().unwrap_or_default();
    if !error.is_data() {
        let message = format!("The body is not JSON: {problem}. Send one JSON object.");
        return ApiError::new(Code::InvalidJson, message).with_details(position);
    }
    let place = if field == "." { "The body".to_owned() } else { format!("The field {field}") };
    // The library tells the kinds of mistakes apart in its texts only; a test holds each of them.
    let (code, advice) = if problem.starts_with("unknown field") {
        (Code::UnknownField, "Leave it out or correct its name.")
    } else if problem.starts_with("missing field") {
        (Code::MissingField, "Add it.")
    } else if problem.starts_with("unknown variant") {
        match field.rsplit('.').next() {
            Some("channel") => (Code::UnknownChannel, "Use one of those."),
            Some("language") => (Code::UnknownLanguage, "Use one of those, or leave it out."),
            _ => (Code::UnknownValue, "Use one of those."),
        }
    } else {
        (Code::WrongType, "Correct its value.")
    };
    let message = format!("{place}: {}. {advice}", problem.replace('`', "\""));
    ApiError::new(code, message).with_details(json!({ "field": field }))
}
