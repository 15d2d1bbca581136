//! How does each channel speak? Every channel only translates: what comes in becomes an `Incoming`
//! for [`crate::desk::Desk::receive`], what goes out becomes deliveries that [`outgoing`] carries
//! out. No channel takes a decision, and none knows SQL.

pub mod chatwoot;
mod handover;
mod helpdesks;
pub mod outgoing;
pub mod tickets;
pub mod webhooks;

use std::sync::Arc;

use crate::domain::{Incoming, Outcome};
use crate::http::App;
use crate::http::error::ApiError;
use crate::observe;
use outgoing::{Destination, OutsideError};

/// Why the channels cannot be started as they are configured.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// A setting cannot be used.
    #[error("{setting}: {problem}")]
    Setting {
        /// Name of the setting.
        setting: String,
        /// What is wrong with it, and what to do.
        problem: OutsideError,
    },
    /// Nothing outside can be called.
    #[error(transparent)]
    Outside(#[from] OutsideError),
}

/// All systems outside that are told of what happens here, as configured.
pub fn destinations(app: &App) -> Result<Vec<Arc<dyn Destination>>, ChannelError> {
    let mut destinations: Vec<Arc<dyn Destination>> = Vec::new();
    helpdesks::add(app, &mut destinations)?;
    Ok(destinations)
}

/// Takes a customer's message in, and counts it.
pub(crate) async fn receive(app: &App, incoming: Incoming) -> Result<Outcome, ApiError> {
    let channel = incoming.channel;
    let outcome = app.desk.receive(incoming).await?;
    metrics::counter!(
        observe::MESSAGES_TOTAL,
        "channel" => channel.name(), "action" => outcome.decision.action.name(),
    )
    .increment(1);
    Ok(outcome)
}
