//! How does each channel speak? Every channel only translates: what comes in becomes an `Incoming`
//! for [`crate::desk::Desk::receive`], what goes out becomes deliveries that [`outgoing`] carries
//! out. No channel takes a decision, and none knows SQL.

pub mod outgoing;
pub mod webhooks;

use std::sync::Arc;

use reqwest::Url;

use crate::desk::system_clock;
use crate::http::App;
use outgoing::{Destination, Networks, Outside, OutsideError};
use webhooks::Webhook;

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
    let channels = &app.config.channels;
    let mut destinations: Vec<Arc<dyn Destination>> = Vec::new();
    if channels.webhooks.is_empty() {
        return Ok(destinations);
    }
    let networks = Networks::with(&channels.allow_private);
    let outside = Outside::new(networks)?;
    for webhook in &channels.webhooks {
        let setting = format!("channels.webhooks[{}].url", webhook.name);
        require_permitted(&outside, setting, &webhook.url)?;
        destinations.push(Webhook::new(webhook.clone(), outside.clone(), system_clock()));
    }
    Ok(destinations)
}

/// Refuses at the start what could never be called.
fn require_permitted(outside: &Outside, setting: String, url: &Url) -> Result<(), ChannelError> {
    outside.check(url).map_err(|problem| ChannelError::Setting { setting, problem })
}
