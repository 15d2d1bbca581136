use std::collections::BTreeMap;

use reqwest::Url;
use serde::Deserialize;

use super::web_address;
use crate::config::Secret;

/// A Zammad in which people work on the tickets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZammadConfig {
    /// Address of the installation.
    #[serde(deserialize_with = "web_address")]
    pub base_url: Url,
    /// Access token of an agent.
    pub token: Secret,
    /// Group by queue.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// Group of all other queues.
    pub group: String,
    /// E-mail address of the customer under whom tickets of unknown customers stand: Zammad takes no
    /// ticket without one.
    pub unknown_customer: String,
}
