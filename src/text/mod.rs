//! What is written here? Cleaning (quotes, signatures), language and entities of one message.

use jiff::Zoned;
use jiff::civil::Date;

use crate::domain::{Entity, EntityKind, Language};

pub mod clean;
pub mod entities;
pub mod essence;
pub mod language;
pub mod letters;
pub(crate) mod markdown;
pub mod markup;
pub mod stem;
pub mod umlauts;
mod words;

/// A message made ready for reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedText {
    /// The message as sent.
    pub original: String,
    /// What the writer says now: quoted history, signature and legal footers cut away, white
    /// space folded; numbers that are spelled in words stand as they are written. Never blank when
    /// `original` is not.
    pub cleaned: String,
    /// Main language.
    pub language: Language,
    /// Entities, in the order of the text; positions count characters of `original`.
    pub entities: Vec<Entity>,
}

/// Makes a message ready for reading. Relative dates count from today in the system's time zone.
pub fn prepare(text: &str, language: Option<Language>) -> PreparedText {
    prepare_on(text, language, Zoned::now().date())
}

/// Makes a message ready for reading that was written on the given day.
pub fn prepare_on(text: &str, language: Option<Language>, today: Date) -> PreparedText {
    let cleaned = clean::clean(text);
    let language = language.unwrap_or_else(|| language::detect(&cleaned));
    let mut entities = entities::find(text, language, today);
    drop_quoted(text, &mut entities);
    let cleaned = with_written_numbers(cleaned, &entities);
    PreparedText { original: text.to_owned(), cleaned, language, entities }
}

/// The text with numbers as they are written where a transcript spells them: "en el zwei null vier
/// acht eins" is `NL-20481`. A row of number words says nothing to a reader who looks for a topic.
fn with_written_numbers(mut cleaned: String, entities: &[Entity]) -> String {
    for entity in entities {
        let is_number = matches!(
            entity.kind,
            EntityKind::OrderNumber
                | EntityKind::CustomerNumber
                | EntityKind::InvoiceNumber
                | EntityKind::Phone
        );
        let is_spelled = !entity.text.contains(|sign: char| sign.is_ascii_digit());
        if let (true, true, Some(value)) = (is_number, is_spelled, &entity.value) {
            cleaned = cleaned.replacen(&entity.text, value, 1);
        }
    }
    cleaned
}

/// Of quoted history only the numbers that say what it is about are facts of this message; the
/// dates and addresses there are those of the mails.
fn drop_quoted(text: &str, entities: &mut Vec<Entity>) {
    let quoted = clean::quoted(text);
    if quoted.is_empty() || entities.is_empty() {
        return;
    }
    let byte_of: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
    entities.retain(|entity| {
        let is_number = matches!(
            entity.kind,
            EntityKind::OrderNumber
                | EntityKind::CustomerNumber
                | EntityKind::InvoiceNumber
                | EntityKind::TrackingNumber
        );
        let start = byte_of.get(entity.start).copied().unwrap_or(text.len());
        is_number || !quoted.iter().any(|range| range.contains(&start))
    });
}
