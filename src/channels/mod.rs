//! How does each channel speak?
//!
//! Every channel only translates: what comes in becomes an [`Incoming`] for the desk ([`receive`]),
//! and the [`Outcome`] is turned into the channel's own format; what goes out becomes deliveries
//! that [`outgoing`] carries out. No channel takes a decision, and none knows SQL. A channel whose
//! table is not in `lotse.toml` is off.

pub mod agi;
pub(crate) mod amazon;
pub mod chatwoot;
mod handover;
mod helpdesks;
pub mod mail;
pub mod outgoing;
pub(crate) mod rasa;
pub mod tickets;
pub(crate) mod voice;
pub mod webhooks;

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::domain::{Channel, Incoming, Outcome};
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
    /// Mails cannot be sent.
    #[error(transparent)]
    Mail(#[from] mail::OutboxError),
    /// Nothing outside can be called.
    #[error(transparent)]
    Outside(#[from] OutsideError),
}

/// All systems outside that are told of what happens here, as configured.
pub fn destinations(app: &App) -> Result<Vec<Arc<dyn Destination>>, ChannelError> {
    let mut destinations: Vec<Arc<dyn Destination>> = Vec::new();
    helpdesks::add(app, &mut destinations)?;
    if let Some(inbox) = mail::inbox(app)
        && let Some(outbox) = mail::Outbox::new(inbox)?
    {
        destinations.push(Arc::new(outbox));
    }
    Ok(destinations)
}

/// Starts what looks for messages by itself. Ends when the service does.
pub fn start(app: &App) -> JoinSet<()> {
    let mut running = JoinSet::new();
    if let Some(maildir) = mail::inbox(app).and_then(mail::Maildir::new) {
        running.spawn(maildir.follow(app.shutdown.clone()));
    }
    running
}

/// Takes a customer's message in, and counts it.
pub(crate) async fn receive(app: &App, incoming: Incoming) -> Result<Outcome, ApiError> {
    let channel = incoming.channel;
    let outcome = app.desk.receive(incoming).await?;
    count(channel, &outcome);
    Ok(outcome)
}

/// Counts a message that was taken in.
fn count(channel: Channel, outcome: &Outcome) {
    metrics::counter!(
        observe::MESSAGES_TOTAL,
        "channel" => channel.name(), "action" => outcome.decision.action.name(),
    )
    .increment(1);
}
