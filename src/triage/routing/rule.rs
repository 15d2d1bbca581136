//! Does this rule apply, does it make a later one useless, and why not?

use std::collections::BTreeSet;

use crate::domain::{Channel, Language, Sentiment};

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
        let named = self.without_topics.iter().find(|name| any_topic(name))?;
        Some(format!("words of topic {named}"))
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
    }
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
