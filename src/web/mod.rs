//! What do people see? Files of the page at `/`, part of the program, loaded from nowhere else.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

/// The page's own files and nothing else; neither scripts nor styles within the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'";

const INDEX: &str = include_str!("page/index.html");
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, type and contents of every file that the page loads.
const ASSETS: [(&str, &str, &str); 9] = [
    ("style.css", "text/css; charset=utf-8", include_str!("page/style.css")),
    ("flag.svg", "image/svg+xml", include_str!("page/flag.svg")),
    ("page.js", SCRIPT, include_str!("page/page.js")),
    ("conversation.js", SCRIPT, include_str!("page/conversation.js")),
    ("reading.js", SCRIPT, include_str!("page/reading.js")),
    ("markdown.js", SCRIPT, include_str!("page/markdown.js")),
    ("texts.js", SCRIPT, include_str!("page/texts.js")),
    ("api.js", SCRIPT, include_str!("page/api.js")),
    ("dom.js", SCRIPT, include_str!("page/dom.js")),
];

/// Serves the page. With `open`, it says that everyone may do everything; otherwise it asks for a
/// key. `not_found` answers names of files that do not exist.
pub fn router(open: bool, not_found: fn() -> Response) -> Router {
    let access = if open { "open" } else { "keys" };
    let page =
        INDEX.replace("{{access}}", access).replace("{{version}}", env!("CARGO_PKG_VERSION"));
    Router::new()
        .route("/", get(index).with_state(page))
        .route("/assets/{name}", get(asset).with_state(not_found))
}

async fn index(State(page): State<String>, headers: HeaderMap) -> Response {
    file(&headers, "text/html; charset=utf-8", &page)
}

async fn asset(
    State(not_found): State<fn() -> Response>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, content_type, contents)) => file(&headers, content_type, contents),
        None => not_found(),
    }
}

/// A file with its hash, so that a browser that has it asks only whether it is still the same.
fn file(request: &HeaderMap, content_type: &'static str, contents: &str) -> Response {
    let hash = Sha256::digest(contents.as_bytes());
    let tag = format!("\"{:x}\"", u64::from_be_bytes(std::array::from_fn(|index| hash[index])));
    let known = request.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        contents.to_owned().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}
