use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, de};

use crate::config::Secret;
use crate::domain::Language;

/// What callers hear, whatever the telephone system.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceConfig {
    /// Language of the greeting.
    pub language: Language,
    /// Language of the greeting by the number that was called, `+49…`.
    #[serde(default)]
    pub numbers: BTreeMap<String, Language>,
    /// The operator's greeting.
    #[serde(default)]
    pub greeting: BTreeMap<Language, String>,
    /// Words of which speech recognition is less sure are asked for once more.
    pub low_confidence: f32,
    /// Language with region, such as `de-DE`.
    pub locales: BTreeMap<Language, String>,
}

/// Calls of Twilio, or of `SignalWire`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioConfig {
    /// The account's token, with which its requests are signed.
    pub auth_token: Secret,
    /// Names of voices.
    #[serde(default)]
    pub voices: BTreeMap<Language, String>,
}

/// Calls of Telnyx.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelnyxConfig {
    /// The account's Ed25519 key, with whose other half its requests are signed.
    #[serde(deserialize_with = "public_key")]
    pub public_key: [u8; 32],
    /// Names of voices.
    #[serde(default)]
    pub voices: BTreeMap<Language, String>,
}

fn public_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = STANDARD.decode(text.trim()).ok();
    bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).ok_or_else(|| {
        de::Error::custom(
            "this is no public key of Telnyx: its portal shows it as 44 characters of base64",
        )
    })
}
