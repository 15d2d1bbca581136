//! What does a backlog tell?
//!
//! [`Tally`] counts while rows stream by, in bounded memory, and can be stored between two rows.
//! [`Tally::finish`] makes a [`Report`] of it: what there is, what the bot could have answered,
//! [`incidents()`] and [`clusters()`] of what no intent covers. [`page()`] shows it.

mod clusters;
mod incidents;
mod page;
mod promise;
mod repeats;
mod sample;
mod tally;
mod timeline;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::{Language, Sentiment};
use crate::reports::Share;

pub use clusters::{Cluster, ClusterExample, Clusters, clusters};
pub use incidents::{Course, Daily, Incident, Incidents, incidents, upper_tail};
pub use page::page;
pub use promise::{Certified, Promise, Tested};
pub use repeats::{Repeated, Repeats};
pub use sample::{Sample, SampledRow};
pub use tally::{Tally, TallySettings};
pub use timeline::{Pace, Point, Timeline};

/// Everything that the page shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The file that was worked through, as it was named.
    pub input: String,
    /// Name of the model pack.
    pub model: String,
    /// Day on which the report was made.
    pub made_on: Option<Date>,
    /// Rows that were read.
    pub rows: usize,
    /// First and last day of the rows, as far as they have one.
    pub days: Option<(Date, Date)>,
    /// Rows without a day.
    pub undated: usize,
    /// Rows by language, among all.
    pub languages: BTreeMap<Language, Share>,
    /// Rows by mood, among those whose mood is known.
    pub sentiments: BTreeMap<Sentiment, Share>,
    /// Rows by tier, among those whose tier is known.
    pub tiers: BTreeMap<u8, Share>,
    /// Rows by intent, the most frequent first; those that no intent covers are among them.
    pub intents: Vec<IntentFigures>,
    /// What the bot could have answered.
    pub answers: Answers,
    /// Human queues of the rows that the bot would not have answered, the fullest first; empty
    /// without routing rules.
    pub queues: Vec<QueueFigures>,
    /// Rows over time; none where rows have no days.
    pub timeline: Option<Timeline>,
    /// Rows that repeat an earlier one.
    pub repeats: Repeats,
    /// Days on which a matter came up far more often than usual.
    pub incidents: Incidents,
    /// What no intent covers.
    pub clusters: Clusters,
}

impl Report {
    /// The language of most rows; German where both are as frequent.
    pub fn majority_language(&self) -> Language {
        let rows = |language: &Language| self.languages.get(language).map_or(0, |share| share.part);
        if rows(&Language::En) > rows(&Language::De) { Language::En } else { Language::De }
    }
}

/// Rows about one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntentFigures {
    /// The intent; none for rows that no intent covers.
    pub intent: Option<String>,
    /// Its rows, among all rows.
    pub rows: Share,
    /// Among them: the bot could have answered.
    pub answered: Share,
    /// Among them: in a negative mood.
    pub negative: Share,
    /// Among them: of tier 3.
    pub tier_three: Share,
}

/// What the bot could have answered by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
    /// Rows, among all rows.
    pub answered: Share,
    /// So many of these answers would have been wrong, by the calibrated confidence of each.
    pub wrong_expected: f64,
    /// How far it may answer; none without a knowledge base.
    pub promise: Option<Promise>,
    /// Minutes of agents that the answers would have spared; none where nobody said how long a
    /// ticket takes.
    pub minutes: Option<Minutes>,
    /// The answers by article, the most frequent first.
    pub articles: Vec<ArticleFigures>,
}

/// Time spared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Minutes {
    /// As the operator said.
    pub per_ticket: f64,
    /// For all answers.
    pub all: f64,
}

/// Rows that one article answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArticleFigures {
    /// Its identifier.
    pub id: String,
    /// Its titles, as far as they are known.
    pub titles: BTreeMap<Language, String>,
    /// Rows, among all that could have been answered.
    pub rows: Share,
    /// Mean calibrated confidence that it is a full and right answer.
    pub confidence: f64,
}

/// Rows that one human queue gets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueueFigures {
    /// Its name.
    pub queue: String,
    /// What people call it, where the routing rules say so.
    pub title: Option<String>,
    /// Rows, among all that the bot would not have answered.
    pub rows: Share,
    /// Among them: of high or urgent priority.
    pub pressing: Share,
}
