//! What every request passes: counting, a deadline, admission, and headers that keep pages safe.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;
use super::error::{ApiError, Code};
use crate::observe;

/// Names a request in answer and log, so that a report of a user leads to the line.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Browsers load nothing for an answer of the interface; pages bring their own policy.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Counts and logs each request, and gives it an id.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = uuid::Uuid::now_v7().simple().to_string();
    let method = request.method().clone();
    // The pattern, not the address: identifiers would make a time series each.
    let route =
        request.extensions().get::<MatchedPath>().map_or("(none)", |path| path.as_str()).to_owned();
    let span = tracing::info_span!("request", id, %method, route);
    let mut response = tracing::Instrument::instrument(next.run(request), span.clone()).await;
    let (status, elapsed) = (response.status().as_u16(), started.elapsed());
    span.in_scope(|| tracing::debug!(status, seconds = elapsed.as_secs_f64(), "answered"));
    metrics::histogram!(observe::HTTP_REQUEST_SECONDS, "route" => route.clone())
        .record(elapsed.as_secs_f64());
    metrics::counter!(
        observe::HTTP_REQUESTS_TOTAL,
        "route" => route, "method" => method.to_string(), "status" => status.to_string(),
    )
    .increment(1);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    response
}

/// Answers in time, whatever happens behind.
pub(super) async fn deadline(State(app): State<App>, request: Request, next: Next) -> Response {
    let limit = app.config.server.request_timeout;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::from(Code::DeadlineExceeded).into_response(),
    }
}

/// Lets a request that reads messages in while there is room, and refuses it at once otherwise:
/// before its body is read, so that a rush costs neither memory nor time.
pub(super) async fn admit(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let report = app.readiness.report();
    if report.stopping {
        return Err(Code::Stopping.into());
    }
    let Ok(_permit) = Arc::clone(&app.admission).try_acquire_owned() else {
        metrics::counter!(observe::HTTP_REFUSED_TOTAL).increment(1);
        return Err(Code::Overloaded.into());
    };
    Ok(next.run(request).await)
}

/// A panic in a handler is a defect; the caller gets an answer nevertheless.
#[expect(clippy::needless_pass_by_value, reason = "the layer that calls it hands it over")]
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let reason = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned());
    ApiError::internal(&reason).into_response()
}

/// Keeps browsers from guessing types, framing pages, and keeping answers.
pub(super) async fn safe_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let defaults = [
        (CONTENT_SECURITY_POLICY, NOTHING),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(value);
    }
    response
}
