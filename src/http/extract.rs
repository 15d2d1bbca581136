//! Reads bodies, queries and paths, and answers mistakes in them with a code of the table: the
//! framework's own refusals are plain text.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::json;

use super::App;
use super::error::{ApiError, Code};

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(Code::UnsupportedMediaType.into());
        }
        let RawBody(body) = RawBody::from_request(request, app).await?;
        parse(&body).map(Self)
    }
}

/// A body as it came, for signatures are made over its bytes.
pub(crate) struct RawBody(pub(crate) Bytes);

impl FromRequest<App> for RawBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        read_body(request, app, app.config.server.body_limit_bytes).await.map(Self)
    }
}

/// The parameters of an address, `?name=value`.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(super) struct Query<T>(pub T);

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        let problem = std::error::Error::source(&rejection)
            .map_or_else(|| rejection.body_text(), ToString::to_string)
            .replace('`', "\"");
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
/// nothing of a body that says beforehand that it is longer; in the time that a body has.
pub(crate) async fn read_body(
    request: Request,
    app: &App,
    limit: usize,
) -> Result<Bytes, ApiError> {
    tokio::time::timeout(app.config.server.body_timeout, read_at_most(request, limit))
        .await
        .map_err(|_| ApiError::from(Code::BodyTooSlow))?
}

/// That a body is larger than `limit` bytes.
pub(crate) fn too_large(limit: usize) -> ApiError {
    let message = format!("The body is larger than {limit} bytes. Send less at once.");
    ApiError::new(Code::BodyTooLarge, message).with_details(json!({ "limit_bytes": limit }))
}

async fn read_at_most(request: Request, limit: usize) -> Result<Bytes, ApiError> {
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    Bytes::from_request(request, &()).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            too_large(limit)
        }
        _ => Code::BodyIncomplete.into(),
    })
}

/// Reads a value from a JSON object and says as exactly as possible what is wrong with it.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        ApiError::from(Code::InvalidUtf8).with_details(json!({ "byte": error.valid_up_to() }))
    })?;
    // Some senders put a byte order mark first.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A list of the right length would pass for an object.
    if !text.trim_start().starts_with('{') {
        is_json_text(text)?;
        return Err(ApiError::new(Code::WrongType, "The body is not a JSON object. Send one."));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let (path, error) = (error.path().to_string(), error.into_inner());
        let problem = error.to_string();
        // A number in the place of a name is reported as a mistake of form.
        let looks_like_form = problem.starts_with("expected value") && is_json_text(text).is_ok();
        if error.is_data() || looks_like_form {
            wrong_value(&path, &problem)
        } else {
            not_json(&error)
        }
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

fn is_json_text(text: &str) -> Result<(), ApiError> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| not_json(&error))
}

fn not_json(error: &serde_json::Error) -> ApiError {
    let problem = without_position(&error.to_string());
    let message = format!("The body is not JSON: {problem}. Send one JSON object.");
    let details = json!({ "line": error.line(), "column": error.column() });
    ApiError::new(Code::InvalidJson, message).with_details(details)
}

/// Explains a value that does not fit. The library tells the kinds of mistakes apart in its texts
/// only; a test holds each of them.
fn wrong_value(path: &str, problem: &str) -> ApiError {
    let problem = without_position(problem);
    let named = problem.split('`').nth(1).unwrap_or_default();
    let expected = problem.split_once("expected ").map_or("nothing", |(_, expected)| expected);
    let expected = expected.replace('`', "\"").replace("one of ", "");
    let within = |name: &str| match path {
        "." => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    let (code, field, message) = if problem.starts_with("missing field") {
        let field = within(named);
        (Code::MissingField, field.clone(), format!("The field {field} is missing. Add it."))
    } else if problem.starts_with("unknown field") {
        let message = format!("There is no field {path}. There are {expected}.");
        (Code::UnknownField, path.to_owned(), message)
    } else if problem.starts_with("duplicate field") {
        let field = within(named);
        (Code::DuplicateField, field.clone(), format!("The field {field} is there twice."))
    } else if problem.starts_with("unknown variant") {
        let code = match path.rsplit('.').next() {
            Some("channel") => Code::UnknownChannel,
            Some("language") => Code::UnknownLanguage,
            _ => Code::UnknownValue,
        };
        let message = format!("The field {path} cannot be \"{named}\". Use {expected}.");
        (code, path.to_owned(), message)
    } else {
        (Code::WrongType, path.to_owned(), wrong_type(path, &problem, &expected))
    };
    ApiError::new(code, message).with_details(json!({ "field": field }))
}

/// What is said of ``invalid type: integer `42`, expected a string``.
fn wrong_type(path: &str, problem: &str, expected: &str) -> String {
    let found = problem.split_once(": ").and_then(|(_, rest)| rest.split_once(", expected"));
    let expected = match expected {
        "u8" | "usize" | "i64" => "a whole number in range",
        other if other.starts_with("struct") => "an object",
        other => other,
    };
    match found {
        Some((found, _)) => {
            let found = found.replace('`', "");
            format!("The field {path} holds {found}; {expected} belongs there.")
        }
        None => format!("The field {path} has a value of the wrong type."),
    }
}

/// The library's text without its own position, which is given in `details`.
fn without_position(problem: &str) -> String {
    problem.split(" at line ").next().unwrap_or_default().to_owned()
}
