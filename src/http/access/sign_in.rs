//! Who signs in, and until when? A session is a random token in a cookie that scripts cannot read;
//! the store keeps only its hash.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use jiff::{SignedDuration, Timestamp};
use rand::Rng as _;

use super::{Access, password};
use crate::domain::{Caller, Role};
use crate::http::error::{ApiError, Code};
use crate::store::{Session, hash_key};

/// Name of the cookie.
const NAME: &str = "lotse_session";

/// A working day with some overtime.
const LASTS: SignedDuration = SignedDuration::from_hours(12);

/// Longest name of a person.
const NAME_CHARS: usize = 64;

/// A new session: who it is, and the cookie for the browser.
pub(in crate::http) struct SignedIn {
    pub(in crate::http) caller: Caller,
    pub(in crate::http) cookie: String,
}

impl Access {
    /// Signs somebody in. In an open demo any name will do, without a password.
    pub(in crate::http) async fn sign_in(
        &self,
        name: &str,
        password: &str,
        headers: &HeaderMap,
    ) -> Result<SignedIn, ApiError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS || name.contains(char::is_control) {
            return Err(ApiError::new(Code::InvalidRequest, "A name has 1 to 64 characters."));
        }
        let caller = if self.open {
            super::check_same_machine(headers)?;
            Caller { name: name.to_owned(), role: Role::Admin }
        } else {
            super::check_same_origin(headers)?;
            self.known_user(name, password).await?
        };
        let token: [u128; 2] = rand::rng().random();
        let token = format!("{:032x}{:032x}", token[0], token[1]);
        let session = Session {
            hash: hash_key(&token),
            name: caller.name.clone(),
            role: None,
            expires_at: Timestamp::now() + LASTS,
        };
        self.store.add_session(&session).await?;
        Ok(SignedIn { caller, cookie: cookie(&token, LASTS.as_secs(), headers) })
    }

    async fn known_user(&self, name: &str, password: &str) -> Result<Caller, ApiError> {
        let user = self.store.user(name).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let password = password.to_owned();
        // One after the other, also when a caller goes away: each takes 19 MiB and a core.
        let turn = Arc::clone(&self.hashing).lock_owned().await;
        if let Some(seconds) = self.attempts.wait(name) {
            return Err(ApiError::from(Code::TooManyAttempts).retry_after(seconds));
        }
        // Counted before it is known to be wrong, so that no guess is free.
        self.attempts.failed(name);
        let hashing = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            password::is_password(&password, hash.as_deref())
        });
        let is_right = hashing.await.map_err(|error| ApiError::internal(&error))?;
        match user {
            Some(user) if is_right => {
                self.attempts.succeeded(name);
                Ok(Caller { name: user.name, role: user.role })
            }
            _ => Err(Code::WrongPassword.into()),
        }
    }

    /// Ends the session of these headers; gives the cookie that makes the browser forget it.
    pub(in crate::http) async fn sign_out(&self, headers: &HeaderMap) -> Result<String, ApiError> {
        if let Some(token) = token(headers) {
            self.store.end_session(&hash_key(token)).await?;
        }
        Ok(cookie("", 0, headers))
    }

    /// Who is signed in, if anybody.
    pub(super) async fn signed_in(&self, headers: &HeaderMap) -> Result<Option<Caller>, ApiError> {
        let Some(token) = token(headers) else { return Ok(None) };
        let session = self.store.session(&hash_key(token), Timestamp::now()).await?;
        // In an open demo everybody may do everything; elsewhere a name without a user is nobody.
        Ok(session.and_then(|session| {
            let role = if self.open { Some(Role::Admin) } else { session.role };
            role.map(|role| Caller { name: session.name, role })
        }))
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
        .filter(|token| !token.is_empty())
}

/// Behind a proxy that speaks TLS, the cookie goes over TLS only.
fn cookie(token: &str, seconds: i64, headers: &HeaderMap) -> String {
    let is_secure = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{NAME}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}
