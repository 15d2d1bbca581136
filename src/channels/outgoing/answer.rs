use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::outside::chain;
use super::{Delivered, OutsideError};
use crate::store::StoreError;

/// Read of an answer's body at most.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Quoted of an answer that says what is wrong.
const QUOTED_CHARS: usize = 300;

/// Nobody is waited for longer than this, whatever `Retry-After` says.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// What another system answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// How long it asks to wait.
    pub retry_after: Option<Duration>,
    /// The body, as far as it came and not longer than two megabytes.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The call never left: nothing was done.
    #[error("{0}")]
    NotSent(String),
    /// The call left, and it is not known whether anything was done.
    #[error("{0}")]
    Unknown(String),
}

impl From<OutsideError> for Failure {
    fn from(error: OutsideError) -> Self {
        Self::NotSent(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::NotSent(error.to_string())
    }
}

impl From<Failure> for Delivered {
    fn from(failure: Failure) -> Self {
        Self::Later { after: None, error: failure.to_string() }
    }
}

impl Answer {
    /// Makes the call.
    pub async fn to(request: RequestBuilder) -> Result<Self, Failure> {
        let response = request.send().await.map_err(failure)?;
        let (status, retry_after) = (response.status(), retry_after(&response, Timestamp::now()));
        Ok(Self { status, retry_after, body: body(response).await })
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// What an answer of the helpdesk `name` means for a delivery; `advice` is for one that refuses
    /// the call for good.
    pub fn delivered(&self, name: &str, advice: &str) -> Delivered {
        if self.status.is_success() {
            return Delivered::Done;
        }
        let error = format!("{name} answered {}", self.quoted());
        let after = self.retry_after;
        match self.status.as_u16() {
            429 | 502 | 503 | 504 => Delivered::Busy { after, error },
            408 | 409 | 423 | 425 | 500.. => Delivered::Later { after, error },
            300..400 => Delivered::Never {
                error: format!("{error}. Redirects are not followed: correct its address"),
            },
            _ => Delivered::Never { error: format!("{error}. {advice}") },
        }
    }

    /// Status and beginning of the body, on one line.
    pub fn quoted(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let words: Vec<&str> = body.split_whitespace().collect();
        let text: String = words.join(" ").chars().take(QUOTED_CHARS).collect();
        if text.is_empty() { self.status.to_string() } else { format!("{}: {text}", self.status) }
    }
}

/// The address may hold a secret: it is left out.
fn failure(error: reqwest::Error) -> Failure {
    let (never_sent, timed_out) = (error.is_connect() || error.is_builder(), error.is_timeout());
    let text = chain(&error.without_url());
    match (never_sent, timed_out) {
        (true, _) => Failure::NotSent(format!("no connection: {text}")),
        (false, true) => Failure::Unknown("no answer in time".to_owned()),
        (false, false) => Failure::Unknown(format!("the connection broke: {text}")),
    }
}

/// What came of the body: the status has said already what became of the call.
async fn body(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            body.truncate(MOST_BYTES);
            break;
        }
    }
    body
}

/// `Retry-After`, in seconds or as a date.
fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    wait(text, now)
}

fn wait(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.is_finite());
    let wait = match seconds {
        Some(seconds) => SignedDuration::from_secs_f64(seconds.clamp(0.0, 1e9)),
        None => jiff::fmt::rfc2822::parse(text).ok()?.timestamp().duration_since(now),
    };
    Some(Duration::try_from(wait).unwrap_or_default().min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_and_bounded() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().expect("a time");
        let seconds = |text| wait(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 1.5 "), Some(1));
        assert_eq!(seconds("Mon, 23 Nov 2026 12:01:00 GMT"), Some(60));
        assert_eq!(seconds("Mon, 23 Nov 2026 11:00:00 GMT"), Some(0));
        assert_eq!(seconds("-5"), Some(0));
        assert_eq!(seconds("999999999999999999999"), Some(86_400));
        for nonsense in ["", "soon", "NaN", "1970"] {
            assert_ne!(seconds(nonsense), Some(60), "{nonsense}");
        }
        assert_eq!(seconds("soon"), None);
    }
}
