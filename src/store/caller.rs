use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::domain::Role;

/// A caller's key, as it is kept: never the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whose key it is; shown as the agent's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// SHA-256 of the key, see [`hash_key`].
    pub hash: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// SHA-256 of a key in lower-case hexadecimal. Keys are long random strings, so that a slow hash
/// made for passwords would protect nothing more.
pub fn hash_key(key: &str) -> String {
    format!("{:x}", Sha256::digest(key.as_bytes()))
}

/// Whether the customer found an answer of the bot helpful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helpful {
    /// The conversation.
    pub conversation_id: String,
    /// The bot's turn.
    pub turn_id: String,
    /// Whether it helped.
    pub helpful: bool,
    /// When that was said.
    pub at: Timestamp,
}

/// A customer's rating of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rating {
    /// The conversation.
    pub conversation_id: String,
    /// 1 very dissatisfied to 5 very satisfied.
    pub score: u8,
    /// In the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// When it was given.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}
