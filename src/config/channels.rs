//! What did the operator set for telephone, mail and helpdesks? A channel without its table is off.

mod agi;
mod chatwoot;
mod mail;
mod voice;
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

pub use agi::AgiConfig;
pub use voice::{TelnyxConfig, TwilioConfig, VoiceConfig};

/// What reaches the service on other ways than its own HTTP interface.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelsConfig {
    /// How outside systems reach the service, such as `https://lotse.example`: their signatures are
    /// checked against it.
    #[serde(default)]
    pub public_url: Option<String>,
    /// What callers hear, whatever the telephone system.
    pub voice: VoiceConfig,
    /// Calls of Twilio, or of `SignalWire`, which speaks the same.
    #[serde(default)]
    pub twilio: Option<TwilioConfig>,
    /// Calls of Telnyx.
    #[serde(default)]
    pub telnyx: Option<TelnyxConfig>,
    /// Calls of Amazon Connect, and of Lex V2.
    #[serde(default)]
    pub amazon: Option<AmazonConfig>,
    /// Calls of Asterisk.
    #[serde(default)]
    pub agi: Option<AgiConfig>,
    /// Messages of programs made for Rasa's REST channel.
    #[serde(default)]
    pub rasa: Option<RasaConfig>,
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

/// Amazon's contact centre needs no settings: its calls bring a key of the role `channel`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmazonConfig {}

/// Rasa's channel needs no settings: its calls bring a key of the role `channel`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RasaConfig {}
