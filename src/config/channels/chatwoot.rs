use std::collections::BTreeMap;

use reqwest::Url;
use serde::Deserialize;

use super::web_address;
use crate::config::Secret;

/// A Chatwoot whose agent bot the service is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatwootConfig {
    /// Address of the installation.
    #[serde(deserialize_with = "web_address")]
    pub base_url: Url,
    /// Access token of the agent bot.
    pub token: Secret,
    /// Access token of an agent, for what a bot may not do: labels before Chatwoot of June 2026, and
    /// looking whether a message has arrived.
    #[serde(default)]
    pub user_token: Option<Secret>,
    /// Signs the agent bot's events.
    pub webhook_secret: Secret,
    /// Accounts served; empty for all.
    #[serde(default)]
    pub accounts: Vec<u64>,
    /// Inboxes served; empty for all.
    #[serde(default)]
    pub inboxes: Vec<u64>,
    /// Team by queue.
    #[serde(default)]
    pub teams: BTreeMap<String, u64>,
}
