use jiff::Timestamp;

use crate::domain::Role;

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// What customers and colleagues see. Case does not tell two names apart.
    pub name: String,
    /// What the person may do: agent, lead or admin.
    pub role: Role,
    /// Hash of the password, argon2id in PHC form.
    pub password_hash: String,
    /// What the person can do, for tickets that ask for skills; nothing on record means everything.
    pub skills: Vec<String>,
    /// When the person was added.
    pub created_at: Timestamp,
}

/// Somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token, see [`super::hash_key`].
    pub hash: String,
    /// Who it is.
    pub name: String,
    /// What the user of this name may do; none if there is no such user, as in an open demo.
    pub role: Option<Role>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// When an agent was last there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The agent.
    pub agent: String,
    /// Last sign of life.
    pub seen_at: Timestamp,
}
