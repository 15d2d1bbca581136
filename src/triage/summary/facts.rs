//! Which numbers, dates and devices did the customer name, and where?

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::{Author, EntityKind, Fact, Language, Turn};
use crate::text;
use crate::triage::words::{any_of, plain};

/// Facts shown at most.
const MOST: usize = 12;

/// Kinds in the order of their worth to an agent.
const ORDER: [EntityKind; 11] = [
    EntityKind::CallbackNumber,
    EntityKind::OrderNumber,
    EntityKind::InvoiceNumber,
    EntityKind::CustomerNumber,
    EntityKind::TrackingNumber,
    EntityKind::Device,
    EntityKind::Amount,
    EntityKind::Date,
    EntityKind::Phone,
    EntityKind::Email,
    EntityKind::Iban,
];

/// A fact with the spelling that systems know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// What the agent sees: the words as written, and their turn.
    pub fact: Fact,
    /// The customer took it back: "no, the other order".
    pub superseded: bool,
    /// The same in standard spelling: "n l one nine three seven two" is NL-19372.
    pub value: String,
}

/// A correction comes in the same turn or in one of so many after.
const CORRECTION_TURNS: usize = 2;
/// Words before and after a number in which a correction shows.
const CORRECTION_WORDS: usize = 7;

static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    any_of(&[
        "moment nein|ach nee|nee moment|nein halt|halt nein|nein die|nicht die|sondern|verwechselt",
        "vertippt|verschrieben|falsche|(?:mein|meine|meinte) ich|ich mein|ich meine|ich meinte|korrektur",
        "i mean|i meant|meant|sorry|wrong|mistake|correction|typo|no wait|wait no|not the|mixed up",
    ])
    .expect("the patterns are constants, and a test uses them")
});

/// Whether a number of this kind names a case.
fn is_number(kind: EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::OrderNumber
            | EntityKind::InvoiceNumber
            | EntityKind::CustomerNumber
            | EntityKind::TrackingNumber
    )
}

/// Whether the words around a number say that it takes the place of another.
fn corrects(turn: &str, number: &str) -> bool {
    let Some((before, after)) = turn.split_once(number) else { return false };
    let before: Vec<&str> = before.split_whitespace().rev().take(CORRECTION_WORDS).collect();
    let before: Vec<&str> = before.into_iter().rev().collect();
    let after: Vec<&str> = after.split_whitespace().take(CORRECTION_WORDS).collect();
    CORRECTION.is_match(&plain(&before.join(" "))) || CORRECTION.is_match(&plain(&after.join(" ")))
}

/// How much a fact of this kind adds to a sentence.
pub(super) fn worth(kind: EntityKind) -> f32 {
    match kind {
        EntityKind::CallbackNumber
        | EntityKind::OrderNumber
        | EntityKind::InvoiceNumber
        | EntityKind::TrackingNumber => 1.2,
        EntityKind::Amount | EntityKind::CustomerNumber | EntityKind::Date => 0.8,
        EntityKind::Device | EntityKind::Phone | EntityKind::Email | EntityKind::Iban => 0.4,
    }
}

/// Facts of the customer's turns, the most useful kinds first, each at its first mention.
pub(super) fn find(turns: &[(usize, &Turn)], language: Language) -> Vec<Named> {
    let mut facts = find_of(Author::Customer, turns, language);
    let place = |named: &Named| ORDER.iter().position(|kind| *kind == named.fact.kind);
    facts.sort_by_key(place);
    facts.truncate(MOST);
    facts
}

/// Facts of one author's turns, in their order, each at its first mention.
pub(super) fn find_of(author: Author, turns: &[(usize, &Turn)], language: Language) -> Vec<Named> {
    let mut facts: Vec<Named> = Vec::new();
    for (number, turn) in turns.iter().filter(|(_, turn)| turn.from == author) {
        let found = match &turn.classification {
            Some(classification) => classification.entities.clone(),
            None => text::prepare(&turn.text, Some(language)).entities,
        };
        for entity in found {
            // A device keeps the customer's word; the catalogue's may be in another language.
            let value = entity.value.filter(|_| entity.kind != EntityKind::Device);
            let value = value.unwrap_or_else(|| entity.text.clone());
            let known = facts.iter().any(|named| {
                named.fact.kind == entity.kind && named.value.to_lowercase() == value.to_lowercase()
            });
            // A reading from elsewhere may belong to other words than these; the number of a caller
            // who wants to be called back stands in no words.
            let is_said = turn.text.contains(&entity.text)
                || (entity.kind == EntityKind::CallbackNumber && entity.end == 0);
            if !known && !entity.text.trim().is_empty() && is_said {
                let fact = Fact { kind: entity.kind, text: entity.text, turn: *number };
                let corrected = is_number(fact.kind) && corrects(&turn.text, &fact.text);
                for earlier in facts.iter_mut().filter(|_| corrected) {
                    earlier.superseded |= earlier.fact.kind == fact.kind
                        && *number - earlier.fact.turn <= CORRECTION_TURNS;
                }
                facts.push(Named { fact, value, superseded: false });
            }
        }
    }
    facts
}
