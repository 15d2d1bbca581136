//! What is the matter called, and what could the agent do next?

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::facts::Named;
use crate::domain::{Classification, Decision, EntityKind, Language};

static STEPS: LazyLock<Steps> = LazyLock::new(|| {
    toml::from_str(include_str!("steps.toml"))
        .expect("the file is part of the program, and a test below reads it")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    aside: Vec<String>,
    intents: BTreeMap<String, Step>,
    general: BTreeMap<General, Phrase>,
    ask_first: BTreeMap<EntityKind, Phrase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    label: Phrase,
    next: Phrase,
    needs: Option<EntityKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum General {
    TierOne,
    TierTwo,
    TierThree,
    Danger,
    CallBack,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    de: String,
    en: String,
}

impl Phrase {
    fn get(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

/// What can be put into a step, with the kind of fact that fills it.
const PLACEHOLDERS: [(&str, EntityKind); 7] = [
    ("{order}", EntityKind::OrderNumber),
    ("{invoice}", EntityKind::InvoiceNumber),
    ("{customer}", EntityKind::CustomerNumber),
    ("{device}", EntityKind::Device),
    ("{email}", EntityKind::Email),
    // The number to call back on comes first, where there is one.
    ("{phone}", EntityKind::CallbackNumber),
    ("{phone}", EntityKind::Phone),
];

/// Numbers by which a case can be found.
const IDENTIFIERS: [EntityKind; 4] = [
    EntityKind::OrderNumber,
    EntityKind::InvoiceNumber,
    EntityKind::CustomerNumber,
    EntityKind::TrackingNumber,
];

/// The name of an intent for people; none for an intent that this program does not know.
pub(super) fn label(intent: &str, language: Language) -> Option<&'static str> {
    STEPS.intents.get(intent).map(|step| step.label.get(language))
}

/// Whether an intent only leads to the matter or away from it.
pub(super) fn is_aside(intent: &str) -> bool {
    STEPS.aside.iter().any(|name| name == intent)
}

/// The number that tells the case apart from others: the last one named of the first kind that
/// was named at all.
pub(super) fn identifier(facts: &[Named]) -> Option<&str> {
    IDENTIFIERS.into_iter().find_map(|kind| last(facts, kind))
}

/// A short phrase for what the agent could do next. `intent` is the matter of the conversation,
/// `reading` that of its latest message.
pub(super) fn next_step(
    intent: Option<&str>,
    reading: Option<&Classification>,
    facts: &[Named],
    decision: Option<&Decision>,
    language: Language,
) -> String {
    let general = |kind| STEPS.general.get(&kind).map_or("", |phrase| phrase.get(language));
    let has = |code| decision.is_some_and(|decision| decision.has_reason(code));
    if has("danger") {
        return general(General::Danger).to_owned();
    }
    let asked_for = last(facts, EntityKind::CallbackNumber).is_some();
    let calls_back = asked_for || has("person_wanted") && last(facts, EntityKind::Phone).is_some();
    let step = intent.and_then(|intent| STEPS.intents.get(intent));
    let phrase = match step {
        _ if calls_back => general(General::CallBack),
        Some(step) => step.next.get(language),
        None => general(match reading.and_then(|reading| reading.tier.as_ref()) {
            Some(tier) if tier.level == 1 => General::TierOne,
            Some(tier) if tier.level == 3 => General::TierThree,
            _ => General::TierTwo,
        }),
    };
    let next = fill(phrase, facts);
    let missing = step
        .filter(|_| !calls_back && identifier(facts).is_none())
        .and_then(|step| STEPS.ask_first.get(&step.needs?));
    missing.map_or("", |phrase| phrase.get(language)).to_owned() + &next
}

/// A phrase with its placeholders filled, and without brackets that hold one that cannot be.
fn fill(phrase: &str, facts: &[Named]) -> String {
    let mut filled = phrase.to_owned();
    for (placeholder, kind) in PLACEHOLDERS {
        if let Some(named) = last(facts, kind) {
            filled = filled.replace(placeholder, named);
        }
    }
    while let Some((before, rest)) = filled.split_once('[') {
        let (inner, after) = rest.split_once(']').unwrap_or((rest, ""));
        let inner = if inner.contains('{') { "" } else { inner };
        filled = format!("{before}{inner}{after}");
    }
    filled
}

fn last(facts: &[Named], kind: EntityKind) -> Option<&str> {
    let of_kind = facts.iter().filter(|named| named.fact.kind == kind && !named.superseded);
    of_kind.max_by_key(|named| named.fact.turn).map(|named| named.value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Fact;

    fn fact(kind: EntityKind, text: &str, turn: usize) -> Named {
        let fact = Fact { kind, text: text.to_owned(), turn };
        Named { fact, value: text.to_owned(), superseded: false }
    }

    #[test]
    fn every_step_is_short_and_every_placeholder_known() {
        for (name, step) in &STEPS.intents {
            for language in Language::ALL {
                let next = step.next.get(language);
                assert!(next.split_whitespace().count() <= 14, "{name}: {next}");
                assert!(step.label.get(language).split_whitespace().count() <= 4, "{name}");
                let all: Vec<Named> =
                    PLACEHOLDERS.iter().map(|(_, kind)| fact(*kind, "K-1", 0)).collect();
                for facts in [&[][..], &all] {
                    let filled = fill(next, facts);
                    assert!(!filled.contains(['{', '[', ']']), "{name}: {filled}");
                    assert!(!filled.contains("  "), "{name}: {filled}");
                }
            }
            if let Some(kind) = step.needs {
                assert!(STEPS.ask_first.contains_key(&kind), "{name}");
            }
        }
        assert_eq!(STEPS.general.len(), 5);
    }

    #[test]
    fn steps_name_the_case() {
        let numbers = [
            fact(EntityKind::OrderNumber, "NL-11111", 0),
            fact(EntityKind::OrderNumber, "NL-20481", 2),
        ];
        let step = |intent, facts: &[Named]| next_step(intent, None, facts, None, Language::De);
        let track = "Bestellung NL-20481 prüfen und Liefertermin nennen";
        assert_eq!(step(Some("track_order"), &numbers), track);
        let ask = "Bestellnummer erfragen, dann: Bestellung prüfen und Liefertermin nennen";
        assert_eq!(step(Some("track_order"), &[]), ask);
        let customer = [fact(EntityKind::CustomerNumber, "K-883201", 0)];
        let found = "Bestellung prüfen und Liefertermin nennen";
        assert_eq!(step(Some("track_order"), &customer), found);
        assert_eq!(step(Some("own_intent"), &numbers), "Vorgang prüfen und antworten");
        assert_eq!(label("own_intent", Language::De), None);
    }
}
