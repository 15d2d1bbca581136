//! How does each channel speak? Every channel only translates: what comes in becomes an `Incoming`
//! for [`crate::desk::Desk::receive`], what goes out becomes deliveries that [`outgoing`] carries
//! out. No channel takes a decision, and none knows SQL.

pub mod mail;
pub mod outgoing;

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::http::App;
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
    if let Some(inbox) = mail::inbox(app)
        && let Some(outbox) = mail::Outbox::new(inbox)?
    {
        destinations.push(Arc::new(outbox));
    }
    Ok(destinations)
}

/// Starts what listens or looks for messages by itself. Ends when the service does.
pub fn start(app: &App) -> JoinSet<()> {
    let mut running = JoinSet::new();
    if let Some(maildir) = mail::inbox(app).and_then(mail::Maildir::new) {
        running.spawn(maildir.follow(app.shutdown.clone()));
    }
    running
}
