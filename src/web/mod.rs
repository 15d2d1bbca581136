//! What do people see? The chat widget and the agents' console, part of the program and loaded from
//! nowhere else; and at `/` the operator's own site, if there is one.

mod assets;

use std::path::Path as FilePath;

use axum::Router;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// A page's own files and nothing else; neither scripts nor styles within the page.
pub const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; media-src 'self'; manifest-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'",
);

/// Browsers keep a file but ask each time whether it is still the same.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves the widget, the console and their files, and the folder `site` of the operator's directory
/// at `/`; without one, `/` leads to the console. `not_found` answers addresses without a file.
pub fn router(dir: &FilePath, not_found: fn() -> Response) -> Router {
    let pages = Router::new()
        .route("/widget.js", get(widget))
        .route("/console", get(async |headers: HeaderMap| assets::CONSOLE.answer(&headers)));
    // A route each: whatever else lies under /assets is the operator's own.
    let pages = assets::ALL.iter().fold(pages, |pages, asset| {
        let path = format!("/assets/{}/{}", asset.folder, asset.name);
        pages.route(&path, get(async |headers: HeaderMap| asset.answer(&headers)))
    });
    let site = dir.join("site");
    if site.join("index.html").is_file() {
        pages.fallback_service(own_site(&site, not_found))
    } else {
        pages.route("/", get(Redirect::temporary("/console"))).fallback(async move || not_found())
    }
}

/// Any site may load the widget.
async fn widget(headers: HeaderMap) -> Response {
    let mut response = assets::WIDGET.answer(&headers);
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let shared = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(shared, HeaderValue::from_static("cross-origin"));
    response
}

fn own_site(site: &FilePath, not_found: fn() -> Response) -> Router {
    let files = ServeDir::new(site)
        .call_fallback_on_method_not_allowed(true)
        .fallback(Router::new().fallback(async move || not_found()));
    Router::new()
        .fallback_service(files)
        .layer(SetResponseHeaderLayer::if_not_present(CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, ASK_EACH_TIME))
}

/// A file that is part of the program.
struct Asset {
    folder: &'static str,
    name: &'static str,
    content_type: &'static str,
    contents: &'static str,
}

impl Asset {
    /// The file with its hash, so that a browser that has it asks only whether it is still the same.
    fn answer(&self, request: &HeaderMap) -> Response {
        let hash = Sha256::digest(self.contents.as_bytes());
        let tag = format!("\"{:x}\"", u64::from_be_bytes(std::array::from_fn(|index| hash[index])));
        let known =
            request.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.contents.into_response()
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CONTENT_SECURITY_POLICY, PAGE_POLICY);
        headers.insert(CACHE_CONTROL, ASK_EACH_TIME);
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(ETAG, tag);
        }
        response
    }
}
