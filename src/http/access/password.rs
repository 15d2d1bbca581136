//! How is a password kept? As argon2id with the crate's parameters: 19 MiB, 2 passes, 1 lane, those of
//! OWASP's password storage cheat sheet.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};

/// Shortest password taken, in characters (NIST SP 800-63B, section 5.1.1).
const SHORTEST: usize = 8;

/// Longest password taken, in bytes: hashing more costs time for nothing.
const LONGEST: usize = 1024;

/// Why a password was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is too short or far too long.
    #[error("a password has 8 characters or more, and 1024 bytes at most")]
    Length,
    /// Hashing failed.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// The hash of a password in PHC form, with a salt of its own. Takes some 20 ms of processor time.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Err(PasswordError::Length);
    }
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
}

/// Whether the password is the one of this hash. Without a hash it takes as long and says no, so
/// that the time does not tell which names exist.
pub(super) fn is_password(password: &str, hash: Option<&str>) -> bool {
    let Some(known) = hash.and_then(|hash| PasswordHash::new(hash).ok()) else {
        // The work is what counts.
        let _ = hash_password("nobody's password");
        return false;
    };
    password.len() <= LONGEST
        && Argon2::default().verify_password(password.as_bytes(), &known).is_ok()
}
