//! What is written here? Cleaning (quotes, signatures), language and entities of one message.

use crate::domain::{Entity, Language};

/// A message made ready for reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedText {
    /// The message as sent.
    pub original: String,
    /// What the writer says now: quoted history, signature and legal footers cut away, white
    /// space folded. Never blank when `original` is not.
    pub cleaned: String,
    /// Main language.
    pub language: Language,
    /// Entities, in the order of the text; positions count characters of `original`.
    pub entities: Vec<Entity>,
}

/// Makes a message ready for reading.
pub fn prepare(text: &str, language: Option<Language>) -> PreparedText {
    PreparedText {
        original: text.to_owned(),
        cleaned: text.to_owned(),
        language: language.unwrap_or(Language::De),
        entities: Vec::new(),
    }
}
