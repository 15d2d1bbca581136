//! Where the time of a request went, for the header `Server-Timing`, which browsers show.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};

use crate::observe::Step;

/// Durations of the steps.
pub(super) struct ServerTiming(pub(super) Vec<(Step, Duration)>);

impl IntoResponseParts for ServerTiming {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let entries: Vec<String> = self
            .0
            .iter()
            .map(|(step, duration)| {
                format!("{};dur={:.2}", step.name(), duration.as_secs_f64() * 1e3)
            })
            .collect();
        if let Ok(value) = HeaderValue::from_str(&entries.join(", ")) {
            parts.headers_mut().insert(HeaderName::from_static("server-timing"), value);
        }
        Ok(parts)
    }
}
