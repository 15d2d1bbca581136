//! Which sites may hold the widget? Browsers ask before a page of another address may call; cookies
//! never travel, so that such a page is known by its key alone.

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::AccessConfig;

/// Browsers remember the answer for this long.
const REMEMBERED: Duration = Duration::from_hours(1);

/// For the routes that customers' browsers call.
pub(super) fn layer(access: &AccessConfig) -> CorsLayer {
    let origins = if access.widget_origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        let known = access.widget_origins.iter();
        AllowOrigin::list(known.filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, HeaderName::from_static("last-event-id")])
        .expose_headers([RETRY_AFTER])
        .max_age(REMEMBERED)
}
