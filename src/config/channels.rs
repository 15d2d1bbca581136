//! What did the operator set for telephone, mail and helpdesks? A channel without its table is off.

mod agi;
mod voice;

use serde::Deserialize;

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
}

/// Amazon's contact centre needs no settings: its calls bring a key of the role `channel`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmazonConfig {}

/// Rasa's channel needs no settings: its calls bring a key of the role `channel`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RasaConfig {}
