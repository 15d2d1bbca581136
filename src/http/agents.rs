//! Who works here, and what can a message be corrected to?

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::error::ApiError;
use crate::desk::Colleague;
use crate::domain::{Language, Sentiment};
use crate::triage::intent_name;

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
    /// Identifiers of intents.
    pub intents: Vec<String>,
    /// What the intents are called, by language; those that the program knows.
    pub names: BTreeMap<String, BTreeMap<&'static str, &'static str>>,
    /// Tiers.
    pub tiers: Vec<u8>,
    /// Sentiments.
    pub sentiments: Vec<Sentiment>,
}

impl KnownLabels {
    /// The labels of a model that tells these intents apart.
    pub fn new(intents: Vec<String>) -> Self {
        let names = intents
            .iter()
            .map(|intent| {
                let in_language =
                    |language: Language| Some((language.code(), intent_name(intent, language)?));
                let names = [Language::De, Language::En].into_iter().filter_map(in_language);
                (intent.clone(), names.collect())
            })
            .collect();
        Self { intents, names, tiers: vec![1, 2, 3], sentiments: Sentiment::ALL.to_vec() }
    }
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
