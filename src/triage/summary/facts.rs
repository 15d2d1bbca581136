//! Which numbers, dates and devices did the customer name, and where?

use crate::domain::{Author, EntityKind, Fact, Language, Turn};
use crate::text;

/// Facts shown at most.
const MOST: usize = 12;

/// Kinds in the order of their worth to an agent.
const ORDER: [EntityKind; 10] = [
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
    /// The same in standard spelling: "n l one nine three seven two" is NL-19372.
    pub value: String,
}

/// How much a fact of this kind adds to a sentence.
pub(super) fn worth(kind: EntityKind) -> f32 {
    match kind {
        EntityKind::OrderNumber | EntityKind::InvoiceNumber | EntityKind::TrackingNumber => 1.2,
        EntityKind::Amount | EntityKind::CustomerNumber | EntityKind::Date => 0.8,
        EntityKind::Device | EntityKind::Phone | EntityKind::Email | EntityKind::Iban => 0.4,
    }
}

/// Facts of the customer's turns, the most useful kinds first, each at its first mention.
pub(super) fn find(turns: &[(usize, &Turn)], language: Language) -> Vec<Named> {
    let mut facts: Vec<Named> = Vec::new();
    for (number, turn) in turns.iter().filter(|(_, turn)| turn.from == Author::Customer) {
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
            // A reading from elsewhere may belong to other words than these.
            if !known && !entity.text.trim().is_empty() && turn.text.contains(&entity.text) {
                let fact = Fact { kind: entity.kind, text: entity.text, turn: *number };
                facts.push(Named { fact, value });
            }
        }
    }
    let place = |named: &Named| ORDER.iter().position(|kind| *kind == named.fact.kind);
    facts.sort_by_key(place);
    facts.truncate(MOST);
    facts
}
