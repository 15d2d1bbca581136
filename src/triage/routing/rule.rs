//! Does this rule apply, does it make a later one useless, and why not?

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;

use crate::domain::{Channel, Language, Sentiment};
use crate::triage::hours::{Weekdays, Window};

/// What rules look at in one message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen<'a> {
    /// The intent, and the one that a wish for a person stands for.
    pub intents: Vec<&'a str>,
    pub tier: Option<u8>,
    pub sentiment: Option<Sentiment>,
    pub language: Language,
    pub channel: Channel,
    /// Topics whose words the message names.
    pub topics: BTreeSet<&'a str>,
    pub danger: bool,
    /// What the company knows of the customer.
    pub attributes: &'a BTreeMap<String, String>,
    /// What the clock on the wall says.
    pub local: DateTime,
}

/// The checked conditions of a rule: all must hold, a list holds if any of its items does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Condition {
    pub intents: Option<Vec<String>>,
    pub tiers: Option<Vec<u8>>,
    pub sentiments: Option<Vec<Sentiment>>,
    pub languages: Option<Vec<Language>>,
    pub channels: Option<Vec<Channel>>,
    pub topics: Option<Vec<String>>,
    pub without_topics: Vec<String>,
    pub danger: Option<bool>,
    /// Names with the values of which one must be there.
    pub attributes: BTreeMap<String, Vec<String>>,
    pub between: Option<Window>,
    pub weekdays: Option<Weekdays>,
}

impl Condition {
    /// Whether every message meets the condition.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first condition that `seen` does not meet, for a person to read; none if all are met.
    pub(super) fn mismatch(&self, seen: &Seen) -> Option<String> {
        if self.danger.is_some_and(|danger| danger != seen.danger) {
            let why = if seen.danger { "it speaks of danger" } else { "it speaks of no danger" };
            return Some(why.to_owned());
        }
        let intents = || match seen.intents.join(" or ") {
            none if none.is_empty() => "out of scope".to_owned(),
            intents => intents,
        };
        let any_intent = |name: &String| seen.intents.contains(&name.as_str());
        let any_topic = |name: &String| seen.topics.contains(name.as_str());
        if self.intents.as_ref().is_some_and(|names| !names.iter().any(any_intent)) {
            return Some(format!("the intent is {}", intents()));
        }
        if lacks(self.tiers.as_ref(), seen.tier.as_ref()) {
            return Some(
                seen.tier.map_or("no tier".to_owned(), |tier| format!("the tier is {tier}")),
            );
        }
        if lacks(self.sentiments.as_ref(), seen.sentiment.as_ref()) {
            let name = seen.sentiment.map_or("unknown", Sentiment::name);
            return Some(format!("the sentiment is {name}"));
        }
        if lacks(self.languages.as_ref(), Some(&seen.language)) {
            return Some(format!("the language is {}", seen.language));
        }
        if lacks(self.channels.as_ref(), Some(&seen.channel)) {
            return Some(format!("the channel is {}", seen.channel.name()));
        }
        if let Some(topics) = self.topics.as_ref().filter(|names| !names.iter().any(any_topic)) {
            return Some(format!("no words of topic {}", topics.join(" or ")));
        }
        if let Some(named) = self.without_topics.iter().find(|name| any_topic(name)) {
            return Some(format!("words of topic {named}"));
        }
        self.attribute_mismatch(seen.attributes).or_else(|| self.time_mismatch(seen.local))
    }

    fn attribute_mismatch(&self, known: &BTreeMap<String, String>) -> Option<String> {
        let is_met = |name: &String, values: &[String]| {
            known.get(name).is_some_and(|known| values.iter().any(|value| is_same(value, known)))
        };
        let (name, _) = self.attributes.iter().find(|(name, values)| !is_met(name, values))?;
        Some(match known.get(name) {
            Some(value) => format!("the attribute {name} is {value}"),
            None => format!("the attribute {name} is unknown"),
        })
    }

    fn time_mismatch(&self, local: DateTime) -> Option<String> {
        if self.weekdays.as_ref().is_some_and(|days| !days.contains(local)) {
            return Some(format!("it is {}", local.strftime("%A")));
        }
        let window = self.between.filter(|window| !window.contains(local))?;
        Some(format!("it is {}, not between {window}", local.strftime("%H:%M")))
    }

    /// Whether every message that meets `later` meets this condition too.
    pub(super) fn covers(&self, later: &Self) -> bool {
        within(later.intents.as_ref(), self.intents.as_ref())
            && within(later.tiers.as_ref(), self.tiers.as_ref())
            && within(later.sentiments.as_ref(), self.sentiments.as_ref())
            && within(later.languages.as_ref(), self.languages.as_ref())
            && within(later.channels.as_ref(), self.channels.as_ref())
            && within(later.topics.as_ref(), self.topics.as_ref())
            && self.without_topics.iter().all(|name| later.without_topics.contains(name))
            && (self.danger.is_none() || self.danger == later.danger)
            && self.attributes.iter().all(|(name, wide)| {
                let narrow = later.attributes.get(name);
                narrow.is_some_and(|narrow| {
                    narrow.iter().all(|value| wide.iter().any(|other| is_same(value, other)))
                })
            })
            && match (self.between, later.between) {
                (None, _) => true,
                (Some(wide), Some(narrow)) => wide.covers(narrow),
                (Some(_), None) => false,
            }
            && match (&self.weekdays, &later.weekdays) {
                (None, _) => true,
                (Some(wide), Some(narrow)) => wide.covers(narrow),
                (Some(_), None) => false,
            }
    }
}

/// Whether two values of an attribute are the same: case and blanks around them do not tell.
fn is_same(left: &str, right: &str) -> bool {
    left.trim().to_lowercase() == right.trim().to_lowercase()
}

/// Whether `wanted` asks for something that `found` is not.
fn lacks<T: PartialEq>(wanted: Option<&Vec<T>>, found: Option<&T>) -> bool {
    wanted.is_some_and(|wanted| found.is_none_or(|found| !wanted.contains(found)))
}

/// Whether all that `narrow` lets through passes `wide` as well.
fn within<T: PartialEq>(narrow: Option<&Vec<T>>, wide: Option<&Vec<T>>) -> bool {
    match (narrow, wide) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(narrow), Some(wide)) => narrow.iter().all(|item| wide.contains(item)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiers(tiers: &[u8]) -> Condition {
        Condition { tiers: Some(tiers.to_vec()), ..Condition::default() }
    }

    #[test]
    fn a_wider_condition_covers_a_narrower_one() {
        let any = Condition::default();
        assert!(any.is_empty() && any.covers(&tiers(&[3])));
        assert!(!tiers(&[3]).covers(&any));
        assert!(tiers(&[2, 3]).covers(&tiers(&[3])));
        assert!(!tiers(&[2]).covers(&tiers(&[2, 3])));
        let calm = Condition { without_topics: vec!["legal".to_owned()], ..Condition::default() };
        assert!(any.covers(&calm) && !calm.covers(&any) && calm.covers(&calm));
    }
}
