//! Who am I? Signing in and out, for people at a browser.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::App;
use super::error::ApiError;
use super::extract::Json;
use crate::domain::{Caller, Role};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// Name, in any case.
    name: String,
    /// Password; none in an open demo.
    #[serde(default)]
    password: String,
}

/// Who somebody is.
#[derive(Serialize, ToSchema)]
pub(super) struct Myself {
    /// What customers and colleagues see.
    name: String,
    /// What this person may do.
    role: Role,
    /// Whether this is an open demo, where any name will do.
    open: bool,
    /// Number of the latest event: begin listening after it.
    last_event: i64,
}

async fn myself(app: &App, caller: Caller) -> Result<axum::Json<Myself>, ApiError> {
    let Caller { name, role } = caller;
    let last_event = app.store.last_event().await?;
    Ok(axum::Json(Myself { name, role, open: app.access.is_open(), last_event }))
}

/// Signs somebody in: the answer sets a cookie that pages of this address send from then on.
#[utoipa::path(
    post,
    path = "/v1/session",
    tag = "people",
    request_body = SignIn,
    responses((status = OK, body = Myself))
)]
pub(super) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Json(person): Json<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let signed_in = app.access.sign_in(&person.name, &person.password, &headers).await?;
    app.signs.saw(&app.desk, &signed_in.caller.name).await;
    let cookie = set_cookie(&signed_in.cookie)?;
    Ok(([(SET_COOKIE, cookie)], myself(&app, signed_in.caller).await?))
}

/// Who the caller is.
#[utoipa::path(
    get,
    path = "/v1/session",
    tag = "people",
    responses((status = OK, body = Myself))
)]
pub(super) async fn who_am_i(
    State(app): State<App>,
    caller: Caller,
) -> Result<axum::Json<Myself>, ApiError> {
    myself(&app, caller).await
}

/// Signs the person out.
#[utoipa::path(
    delete,
    path = "/v1/session",
    tag = "people",
    responses((status = NO_CONTENT, description = "The session has ended"))
)]
pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let cookie = app.access.sign_out(&headers).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, set_cookie(&cookie)?)]))
}

fn set_cookie(cookie: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_str(cookie).map_err(|error| ApiError::internal(&error))
}
