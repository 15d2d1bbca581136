//! `routing.toml` as it is written: every table and key, nothing checked beyond their kinds.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::{Spanned, Value};

use crate::domain::{Channel, Language, Priority, Sentiment};

/// Named opening hours: weekdays to periods, and `holidays`.
pub(super) type Week = BTreeMap<String, Spanned<OneOrMany<Value>>>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// IANA name of the zone of all opening hours.
    pub timezone: Spanned<String>,
    /// Days on which every queue is closed: Länder and days.
    #[serde(default)]
    pub holidays: Option<Spanned<OneOrMany<Value>>>,
    /// Named opening hours: weekday or range of weekdays to periods; `holidays` to holidays.
    #[serde(default)]
    pub hours: BTreeMap<String, Spanned<Week>>,
    /// First-response targets by channel.
    pub targets: BTreeMap<Channel, ChannelTarget>,
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

/// The targets of a channel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelTarget {
    /// Such as `60s`, `15 min` or `4h`.
    pub first_response: Spanned<String>,
    #[serde(default)]
    pub clock: Option<Spanned<String>>,
    /// Another one for tickets of normal and low priority.
    #[serde(default)]
    pub normal: Option<Target>,
    /// Others by the network on which a message came in: the attribute `network`.
    #[serde(default)]
    pub network: BTreeMap<String, NetworkTarget>,
}

/// The targets of one network of a channel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkTarget {
    pub first_response: Spanned<String>,
    #[serde(default)]
    pub clock: Option<Spanned<String>>,
    #[serde(default)]
    pub normal: Option<Target>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    pub first_response: Spanned<String>,
    /// When the clock runs: `always`, `opening` (in the queue's hours), or the name of hours.
    #[serde(default)]
    pub clock: Option<Spanned<String>>,
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
    /// What its people can do besides, for rules that ask for skills.
    #[serde(default)]
    pub skills: Vec<Spanned<String>>,
    /// Where new tickets go while too many wait here, or for too long.
    #[serde(default)]
    pub overflow: Option<Overflow>,
    /// Whether its people call back those who came while it was closed.
    #[serde(default)]
    pub call_back: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Overflow {
    pub to: Spanned<String>,
    /// Longest wait, in opening time.
    #[serde(default)]
    pub after: Option<Spanned<String>>,
    /// Most waiting tickets.
    #[serde(default)]
    pub waiting: Option<Spanned<u32>>,
    /// Only tickets of these channels count and are sent away; all if absent.
    #[serde(default)]
    pub channels: Option<Vec<Channel>>,
}

/// A single text, or a list: `phone = "tel:…"`, `phone = ["tel:…", "sip:…"]`.
#[derive(Debug)]
pub(super) enum OneOrMany<T = String> {
    One(String),
    Many(Vec<Spanned<T>>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `serde(untagged)`, which loses the places of the items.
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a text or a list")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMany<T>, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMany<T>, A::Error> {
                let mut many = Vec::new();
                while let Some(item) = items.next_element()? {
                    many.push(item);
                }
                Ok(OneOrMany::Many(many))
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
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
    /// The queue; without one, the first that has the skills.
    #[serde(default)]
    pub queue: Option<Spanned<String>>,
    /// What whoever takes the ticket must be able to do.
    #[serde(default)]
    pub skills: Vec<Spanned<String>>,
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
    /// What the company knows of the customer, `{ vip = "true" }`: all must hold, a list holds if
    /// any of its items does.
    pub attributes: BTreeMap<String, Spanned<OneOrMany>>,
    /// Time of day, `18:00-08:00`.
    pub between: Option<Spanned<String>>,
    /// Days, `saturday` or `monday-friday`.
    pub weekdays: Option<Spanned<OneOrMany>>,
}
