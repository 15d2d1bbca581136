//! Who works here, and what can a message be corrected to?

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::error::ApiError;
use crate::desk::Colleague;
use crate::domain::Sentiment;

/// Everybody who can take a ticket.
#[derive(Serialize, ToSchema)]
pub(super) struct Agents {
    agents: Vec<Colleague>,
}

/// Everybody who can take a ticket, by name.
#[utoipa::path(get, path = "/v1/agents", tag = "agents", responses((status = OK, body = Agents)))]
pub(super) async fn list_agents(State(app): State<App>) -> Result<axum::Json<Agents>, ApiError> {
    Ok(axum::Json(Agents { agents: app.desk.colleagues().await? }))
}

/// What the model can read out of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnownLabels {
    /// Names of intents.
    pub intents: Vec<String>,
    /// Tiers.
    pub tiers: Vec<u8>,
    /// Sentiments.
    pub sentiments: Vec<Sentiment>,
}

/// What a message can be corrected to.
#[utoipa::path(
    get,
    path = "/v1/labels",
    tag = "agents",
    responses((status = OK, body = KnownLabels))
)]
pub(super) async fn list_labels(State(app): State<App>) -> axum::Json<KnownLabels> {
    axum::Json((*app.labels).clone())
}
