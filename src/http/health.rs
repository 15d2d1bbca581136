//! Is the service alive, and can it work now?

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::error::{ApiError, Code};
use crate::observe::ReadinessReport;

/// The answer of `GET /healthz`.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `alive`.
    #[schema(example = "alive")]
    status: &'static str,
    /// Version of the program.
    version: &'static str,
}

/// Says that the process answers. Restart it when this does not come.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = OK, body = Health)))]
pub(super) async fn alive() -> Json<Health> {
    Json(Health { status: "alive", version: env!("CARGO_PKG_VERSION") })
}

/// Says whether messages can be worked on: model, store and knowledge are ready. Send no messages
/// while this answers 503.
#[utoipa::path(get, path = "/readyz", tag = "service", responses((status = OK, body = ReadinessReport)))]
pub(super) async fn ready(State(app): State<App>) -> Result<Json<ReadinessReport>, ApiError> {
    let report = app.readiness.report();
    if report.ready {
        return Ok(Json(report));
    }
    let parts = [
        (report.model, "the model is not loaded"),
        (report.store, "the store does not answer"),
        (report.knowledge, "there is no article that may be said"),
        (!report.stopping, "the service is going down"),
    ];
    let problems: Vec<&str> =
        parts.into_iter().filter(|(good, _)| !good).map(|(_, text)| text).collect();
    let message = format!("Not ready: {}.", problems.join(", "));
    let details = serde_json::to_value(report).map_err(|error| ApiError::internal(&error))?;
    Err(ApiError::new(Code::NotReady, message).with_details(details))
}
