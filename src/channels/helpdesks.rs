//! Which helpdesks and programs are called over HTTP?

use std::sync::Arc;

use reqwest::Url;

use super::ChannelError;
use super::chatwoot::Chatwoot;
use super::outgoing::{Destination, Networks, Outside};
use super::tickets::{Zammad, Zendesk};
use super::webhooks::Webhook;
use crate::desk::system_clock;
use crate::http::App;

/// Helpdesks and programs that are called over HTTP.
pub(super) fn add(
    app: &App,
    destinations: &mut Vec<Arc<dyn Destination>>,
) -> Result<(), ChannelError> {
    let channels = &app.config.channels;
    let any = channels.chatwoot.is_some()
        || channels.zendesk.is_some()
        || channels.zammad.is_some()
        || !channels.webhooks.is_empty();
    if !any {
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

/// Refuses at the start what could never be called.
fn require_permitted(outside: &Outside, setting: String, url: &Url) -> Result<(), ChannelError> {
    outside.check(url).map_err(|problem| ChannelError::Setting { setting, problem })
}

/// An address below another one, wherever that other one lies.
pub(super) fn under(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}
