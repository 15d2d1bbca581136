//! What did the operator set for telephone, mail and helpdesks? A channel without its table is off.

mod chatwoot;
mod mail;
mod webhooks;
mod zammad;
mod zendesk;

use ipnet::IpNet;
use reqwest::Url;
use serde::{Deserialize, Deserializer, de};

pub use chatwoot::ChatwootConfig;
pub use mail::MailConfig;
pub use webhooks::{SigningKey, WebhookConfig};
pub use zammad::ZammadConfig;
pub use zendesk::ZendeskConfig;

/// What reaches the service on other ways than its own HTTP interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelsConfig {
    /// How outside systems reach the service, such as `https://lotse.example`: their signatures are
    /// checked against it.
    #[serde(default)]
    pub public_url: Option<String>,
    /// E-mail.
    #[serde(default)]
    pub mail: Option<MailConfig>,
    /// Networks that are not public and are called all the same, such as `10.0.0.0/8`.
    #[serde(default, deserialize_with = "networks")]
    pub allow_private: Vec<IpNet>,
    /// The agent bot of a Chatwoot.
    #[serde(default)]
    pub chatwoot: Option<ChatwootConfig>,
    /// Tickets in a Zendesk.
    #[serde(default)]
    pub zendesk: Option<ZendeskConfig>,
    /// Tickets in a Zammad.
    #[serde(default)]
    pub zammad: Option<ZammadConfig>,
    /// Programs that are told of events.
    #[serde(default)]
    pub webhooks: Vec<WebhookConfig>,
}

/// An address that begins with `https://` or `http://`.
fn web_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = String::deserialize(deserializer)?;
    // The text may hold a password: it is not said again.
    Url::parse(&text)
        .ok()
        .filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host())
        .ok_or_else(|| {
            de::Error::custom(
                "this is no address of the web; write one such as \"https://example.org\"",
            )
        })
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let parse = |text: String| {
        text.parse().map_err(|_| {
            de::Error::custom(format!(
                "\"{text}\" is no network; write one such as \"10.0.0.0/8\" or \"192.168.1.7/32\""
            ))
        })
    };
    Vec::<String>::deserialize(deserializer)?.into_iter().map(parse).collect()
}
