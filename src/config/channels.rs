//! What did the operator set for telephone, mail and helpdesks? A channel without its table is off.

use serde::Deserialize;

mod mail;

pub use mail::MailConfig;

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
}
