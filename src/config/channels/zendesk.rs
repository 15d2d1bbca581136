use std::collections::BTreeMap;

use reqwest::Url;
use serde::Deserialize;

use super::web_address;
use crate::config::Secret;

/// A Zendesk in which people work on the tickets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZendeskConfig {
    /// Such as `https://company.zendesk.com`.
    #[serde(deserialize_with = "web_address")]
    pub base_url: Url,
    /// E-mail address of the agent to whom the token belongs.
    pub email: String,
    /// API token.
    pub token: Secret,
    /// Group by queue.
    #[serde(default)]
    pub groups: BTreeMap<String, u64>,
}
