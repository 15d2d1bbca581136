use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use serde::{Deserialize, Deserializer, de};

use super::web_address;
use crate::config::Secret;

/// Shortest and longest key that the standard allows, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// A program that is told of events by Standard Webhooks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Its name here.
    pub name: String,
    /// Where events are sent.
    #[serde(deserialize_with = "web_address")]
    pub url: Url,
    /// Signs what is sent; several while one is replaced by another.
    #[serde(deserialize_with = "keys")]
    pub secret: Vec<SigningKey>,
    /// Types of events, such as `ticket.opened`, or all of a kind: `message`, `conversation`,
    /// `ticket`, `note`.
    pub events: Vec<String>,
}

/// The key within a secret `whsec_…`.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Vec<u8>);

impl SigningKey {
    /// The key of a secret; what is wrong with it otherwise.
    pub fn parse(secret: &str) -> Result<Self, String> {
        let key = secret.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        key.filter(|key| KEY_BYTES.contains(&key.len())).map(Self).ok_or_else(|| {
            format!(
                "this is no secret; write {PREFIX} and 24 to 64 bytes in base64, made by \
                 `echo {PREFIX}$(head -c 32 /dev/urandom | base64 -w 0)`"
            )
        })
    }

    /// The key itself.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(Secret),
    More(Vec<Secret>),
}

fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SigningKey>, D::Error> {
    let secrets = match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(secret) => vec![secret],
        OneOrMore::More(secrets) => secrets,
    };
    if secrets.is_empty() {
        return Err(de::Error::custom("there is no secret; give at least one"));
    }
    secrets
        .iter()
        .map(|secret| SigningKey::parse(secret.reveal()).map_err(de::Error::custom))
        .collect()
}
