//! Who calls, and may they? Callers are known by the SHA-256 of a bearer key, from `lotse.toml` or
//! from the store, people by the cookie of their sign-in; where there are neither keys nor users, a
//! service on loopback may be an open demo.

mod attempts;
mod password;
mod sign_in;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use subtle::ConstantTimeEq;

use attempts::Attempts;
pub use password::{PasswordError, hash_password};

use super::App;
use super::error::{ApiError, Code};
use crate::config::Config;
use crate::domain::{Caller, Role};
use crate::store::{Store, StoreError, hash_key};

/// A key that the store confirmed is not looked up again for this long; a revoked one is refused
/// after that.
const REMEMBERED: Duration = Duration::from_secs(10);

/// Keys remembered at most.
const MOST_REMEMBERED: usize = 10_000;

/// Why the service must not start as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Others could reach a service that lets everyone do everything.
    #[error(
        "server.listen is {0}, which other machines can reach, and there are neither keys nor users, so \
         that anyone could read and write everything. Add an administrator with `lotse user add \
         NAME --role admin`, or listen on 127.0.0.1"
    )]
    OpenToOthers(SocketAddr),
    /// Nobody could do anything.
    #[error(
        "there are neither keys nor users, and access.open_demo is false, so that every call would \
         be refused. Add an administrator with `lotse user add NAME --role admin`"
    )]
    ClosedToAll,
    /// The store did not tell its keys.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The keys, and what to do where there are none.
pub struct Access {
    configured: Vec<(Caller, String)>,
    store: Arc<dyn Store>,
    remembered: Mutex<HashMap<String, (Caller, Instant)>>,
    attempts: Attempts,
    /// Held while a password is hashed.
    hashing: Arc<tokio::sync::Mutex<()>>,
    open: bool,
}

impl Access {
    /// Reads which keys there are and refuses what would leave the service open to others.
    pub async fn new(config: &Config, store: Arc<dyn Store>) -> Result<Self, AccessError> {
        let configured: Vec<(Caller, String)> = config
            .access
            .keys
            .iter()
            .map(|key| {
                let caller = Caller { name: key.name.clone(), role: key.role };
                (caller, key.sha256.to_ascii_lowercase())
            })
            .collect();
        let stored = store.keys().await?;
        let keyless = configured.is_empty()
            && stored.iter().all(|key| key.revoked_at.is_some())
            && store.users().await?.is_empty();
        let listen = config.server.listen;
        if keyless && !listen.ip().is_loopback() {
            return Err(AccessError::OpenToOthers(listen));
        }
        if keyless && !config.access.open_demo {
            return Err(AccessError::ClosedToAll);
        }
        Ok(Self {
            configured,
            store,
            remembered: Mutex::default(),
            attempts: Attempts::default(),
            hashing: Arc::default(),
            open: keyless,
        })
    }

    /// Whether everyone who reaches the service may do everything.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Who sends these headers.
    pub async fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        if self.open {
            return self.guest(headers).await;
        }
        match bearer_key(headers) {
            Some(key) => self.holder(key).await,
            None => match self.signed_in(headers).await? {
                Some(caller) => check_same_origin(headers).map(|()| caller),
                None => Err(Code::Unauthorized.into()),
            },
        }
    }

    /// Who comes to an open demo: somebody who signed in with some name, or somebody without one.
    /// Whoever asks to be no more than a widget is no more than that, on whatever page of this
    /// machine it stands.
    async fn guest(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        if bearer_key(headers) == Some(Role::Widget.name()) {
            check_local_page(headers)?;
            return Ok(Caller { name: "demo".to_owned(), role: Role::Widget });
        }
        check_same_machine(headers)?;
        let caller = self.signed_in(headers).await?;
        Ok(caller.unwrap_or_else(|| Caller { name: "demo".to_owned(), role: Role::Admin }))
    }

    /// Who holds this key.
    async fn holder(&self, key: &str) -> Result<Caller, ApiError> {
        let hash = hash_key(key);
        if let Some(caller) = self.configured_caller(&hash).or_else(|| self.remembered(&hash)) {
            return Ok(caller);
        }
        let Some(key) = self.store.key(&hash).await?.filter(|key| key.revoked_at.is_none()) else {
            let message = "This key is not known, or it was revoked. Check it for missing letters, \
                           or ask the operator for another.";
            return Err(ApiError::new(Code::Unauthorized, message));
        };
        let caller = Caller { name: key.name, role: key.role };
        self.remember(hash, &caller);
        Ok(caller)
    }

    /// Compares with every configured key in full, so that the time tells nothing about them.
    fn configured_caller(&self, hash: &str) -> Option<Caller> {
        let mut found = None;
        for (caller, known) in &self.configured {
            if bool::from(known.as_bytes().ct_eq(hash.as_bytes())) {
                found = Some(caller);
            }
        }
        found.cloned()
    }

    fn remembered(&self, hash: &str) -> Option<Caller> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let (caller, since) = remembered.get(hash)?;
        (since.elapsed() < REMEMBERED).then(|| caller.clone())
    }

    fn remember(&self, hash: String, caller: &Caller) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.retain(|_, (_, since)| since.elapsed() < REMEMBERED);
        }
        remembered.insert(hash, (caller.clone(), Instant::now()));
    }
}

fn bearer_key(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim()).filter(|key| !key.is_empty())
}

/// Takes a key that comes as the password of a user, whose name does not matter, as mail providers
/// send it that know addresses alone: `https://any:KEY@lotse.example/…`.
pub(super) async fn password_as_key(mut request: Request, next: Next) -> Response {
    if let Some(bearer) = request.headers().get(AUTHORIZATION).and_then(basic_as_bearer) {
        request.headers_mut().insert(AUTHORIZATION, bearer);
    }
    next.run(request).await
}

fn basic_as_bearer(value: &HeaderValue) -> Option<HeaderValue> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (_, key) = pair.split_once(':')?;
    let mut bearer = HeaderValue::from_str(&format!("Bearer {key}")).ok()?;
    bearer.set_sensitive(true);
    Some(bearer)
}

/// An open demo answers only to browsers and programs of its own machine: neither a foreign web
/// page (its requests carry another `Origin`) nor a foreign name that points at 127.0.0.1 (another
/// `Host`) may use the visitor's browser to reach it.
fn check_same_machine(headers: &HeaderMap) -> Result<(), ApiError> {
    if !is_forwarded(headers) && is_local(headers, HOST) && is_same_origin(headers) {
        return Ok(());
    }
    let message = "An open demo answers only on its own machine, to pages that it served itself. \
                   Open it as http://localhost or http://127.0.0.1, or configure keys.";
    Err(ApiError::new(Code::Forbidden, message))
}

/// The widget may stand on any page of the same machine.
fn check_local_page(headers: &HeaderMap) -> Result<(), ApiError> {
    if !is_forwarded(headers) && is_local(headers, HOST) && is_local(headers, ORIGIN) {
        return Ok(());
    }
    let message = "The widget of an open demo works on pages of its own machine only. Configure a \
                   key with the role widget for others.";
    Err(ApiError::new(Code::Forbidden, message))
}

/// A cookie counts only on pages of this address: another page must not act in somebody's name.
fn check_same_origin(headers: &HeaderMap) -> Result<(), ApiError> {
    if is_same_origin(headers) {
        return Ok(());
    }
    let message =
        "Who is signed in may act on pages of this address only; other programs use a key.";
    Err(ApiError::new(Code::Forbidden, message))
}

fn is_same_origin(headers: &HeaderMap) -> bool {
    !headers.contains_key(ORIGIN) || authority(headers, ORIGIN) == authority(headers, HOST)
}

/// Whether a proxy passed the request on: then its `Host` says nothing of where it comes from.
fn is_forwarded(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-forwarded-host"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// Whether the header names this machine, or is not there.
fn is_local(headers: &HeaderMap, name: HeaderName) -> bool {
    !headers.contains_key(&name)
        || authority(headers, name).is_some_and(|authority| is_loopback_name(authority.host()))
}

fn authority(headers: &HeaderMap, name: HeaderName) -> Option<Authority> {
    let text = headers.get(name)?.to_str().ok()?;
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    text.parse::<Authority>().ok()
}

fn is_loopback_name(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Lets a request on when its caller has at least this role, and hands the [`Caller`] on.
pub(super) async fn require(
    State((app, role)): State<(App, Role)>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let caller = app.access.caller(request.headers()).await?;
    if caller.role < role {
        let message = format!(
            "This needs the role {}; \"{}\" has the role {}.",
            role.name(),
            caller.name,
            caller.role.name()
        );
        let details = json!({ "role": caller.role, "needed": role });
        return Err(ApiError::new(Code::Forbidden, message).with_details(details));
    }
    if role >= Role::Agent {
        app.signs.saw(&app.desk, &caller.name).await;
    }
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        // Put there by `require`, which every route of the interface is behind.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Code::Unauthorized.into())
    }
}
