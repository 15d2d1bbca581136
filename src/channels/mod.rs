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
pub mod outgoing;
pub(crate) mod rasa;
pub mod tickets;
pub(crate) mod voice;
pub mod webhooks;

use std::sync::Arc;

use reqwest::Url;

use crate::desk::system_clock;
use crate::domain::{Incoming, Outcome};
use crate::http::App;
use crate::http::error::ApiError;
use crate::observe;
use chatwoot::Chatwoot;
use outgoing::{Destination, Networks, Outside, OutsideError};
use tickets::{Zammad, Zendesk};
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
    let mut destinations: Vec<Arc<dyn Destination>> = Vec::new();
    helpdesks(app, &mut destinations)?;
    Ok(destinations)
}

/// Helpdesks and programs that are called over HTTP.
fn helpdesks(app: &App, destinations: &mut Vec<Arc<dyn Destination>>) -> Result<(), ChannelError> {
    let channels = &app.config.channels;
    let helpdesks = channels.chatwoot.is_some()
        || channels.zendesk.is_some()
        || channels.zammad.is_some()
        || !channels.webhooks.is_empty();
    if !helpdesks {
        return Ok(());
    }
    let networks = Networks::with(&channels.allow_private);
    let outside = Outside::new(networks)?;
    if let Some(chatwoot) = &channels.chatwoot {
        warn_of_unknown(app, "channels.chatwoot.teams", chatwoot.teams.keys());
        require_permitted(&outside, "channels.chatwoot.base_url".to_owned(), &chatwoot.base_url)?;
        let store = Arc::clone(&app.store);
        destinations.push(Arc::new(Chatwoot::new(chatwoot.clone(), outside.clone(), store)));
    }
    if let Some(zendesk) = &channels.zendesk {
        warn_of_unknown(app, "channels.zendesk.groups", zendesk.groups.keys());
        require_permitted(&outside, "channels.zendesk.base_url".to_owned(), &zendesk.base_url)?;
        let store = Arc::clone(&app.store);
        destinations.push(Arc::new(Zendesk::new(zendesk.clone(), outside.clone(), store)));
    }
    if let Some(zammad) = &channels.zammad {
        warn_of_unknown(app, "channels.zammad.groups", zammad.groups.keys());
        require_permitted(&outside, "channels.zammad.base_url".to_owned(), &zammad.base_url)?;
        let store = Arc::clone(&app.store);
        destinations.push(Arc::new(Zammad::new(zammad.clone(), outside.clone(), store)));
    }
    for webhook in &channels.webhooks {
        let setting = format!("channels.webhooks[{}].url", webhook.name);
        require_permitted(&outside, setting, &webhook.url)?;
        destinations.push(Webhook::new(webhook.clone(), outside.clone(), system_clock()));
    }
    Ok(())
}

/// Tells of queues that are not there: their teams would never get anything. The queues may change
/// while the service runs, so that this is no error.
fn warn_of_unknown<'a>(app: &App, setting: &str, queues: impl Iterator<Item = &'a String>) {
    let routing = (app.routing)();
    for queue in queues {
        if !routing.queues().iter().any(|known| known.name == *queue) {
            tracing::warn!(setting, queue, "there is no such queue in routing.toml");
        }
    }
}

/// An address below another one, wherever that other one lies.
fn under(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
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

/// Refuses at the start what could never be called.
fn require_permitted(outside: &Outside, setting: String, url: &Url) -> Result<(), ChannelError> {
    outside.check(url).map_err(|problem| ChannelError::Setting { setting, problem })
}
