//! `routing.toml` as it is written: every table and key, nothing checked beyond their kinds.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::value::Datetime;

use crate::domain::{Channel, Language, Priority, Sentiment};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// IANA name of the zone of all opening hours.
    pub timezone: Spanned<String>,
    /// Days on which every queue is closed.
    #[serde(default)]
    pub holidays: Vec<Spanned<Datetime>>,
    /// Named opening hours: weekday or range of weekdays to periods.
    #[serde(default)]
    pub hours: BTreeMap<String, Spanned<BTreeMap<String, Spanned<String>>>>,
    /// First-response targets by channel.
    pub targets: BTreeMap<Channel, Target>,
    /// First-response target of urgent tickets on every channel, where it is sooner.
    #[serde(default)]
    pub urgent: Option<Target>,
    /// Human queues.
    #[serde(rename = "queue")]
    pub queues: Vec<Queue>,
    /// Words that rules ask for.
    #[serde(default, rename = "topic")]
    pub topics: Vec<Topic>,
    /// How a wish for a person finds its topic.
    #[serde(default)]
    pub person: Option<Person>,
    /// Rules for the queue, first match wins.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Rules for the priority, first match wins.
    #[serde(default, rename = "priority")]
    pub priorities: Vec<PriorityRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    /// Such as `60s`, `15 min` or `4h`.
    pub first_response: Spanned<String>,
    /// Whether the clock stands still while the queue is closed.
    #[serde(default)]
    pub clock: Clock,
}

/// When the clock of a target runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Clock {
    /// Around the clock.
    #[default]
    Always,
    /// In the queue's opening hours.
    Opening,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Queue {
    pub name: Spanned<String>,
    /// What people call it, by language.
    #[serde(default)]
    pub title: BTreeMap<Language, String>,
    /// What the queue takes, for people.
    #[serde(default)]
    pub takes: String,
    /// Languages spoken there; all if absent.
    #[serde(default)]
    pub languages: Option<Vec<Language>>,
    /// Name of its opening hours; around the clock if absent.
    #[serde(default)]
    pub hours: Option<Spanned<String>>,
    /// Other opening hours on single channels.
    #[serde(default)]
    pub channel_hours: BTreeMap<Channel, Spanned<String>>,
    /// Where telephone systems put callers through to.
    #[serde(default)]
    pub phone: Option<Spanned<OneOrMany>>,
    /// Address that mail of the queue is sent from or passed on to.
    #[serde(default)]
    pub email: Option<Spanned<String>>,
}

/// A single text, or a list of them: `phone = "tel:…"`, `phone = ["tel:…", "sip:…"]`.
#[derive(Debug)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `serde(untagged)`, which loses the places of the items.
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = OneOrMany;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMany, A::Error> {
                let mut many = Vec::new();
                while let Some(item) = items.next_element()? {
                    many.push(item);
                }
                Ok(OneOrMany::Many(many))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Topic {
    pub name: Spanned<String>,
    pub words: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub intents: Vec<Spanned<String>>,
    pub alternative_from: Spanned<f32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub name: Spanned<String>,
    pub queue: Spanned<String>,
    /// The rule is passed over while its queue is closed.
    #[serde(default)]
    pub only_while_open: bool,
    #[serde(default)]
    pub when: Conditions,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriorityRule {
    pub name: Spanned<String>,
    pub priority: Priority,
    #[serde(default)]
    pub when: Conditions,
}

/// What must hold for a rule, all of it; a list holds if any of its items does.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Conditions {
    pub intents: Option<Vec<Spanned<String>>>,
    pub tiers: Option<Vec<Spanned<u8>>>,
    pub sentiments: Option<Vec<Sentiment>>,
    pub languages: Option<Vec<Language>>,
    pub channels: Option<Vec<Channel>>,
    /// Topics of which at least one is named.
    pub topics: Option<Vec<Spanned<String>>>,
    /// Topics of which none is named.
    pub without_topics: Vec<Spanned<String>>,
    pub danger: Option<bool>,
}
