//! What is counted while rows stream by?

mod finish;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::repeats::RepeatCounts;
use super::timeline::DayCounts;
use super::{Promise, Sample, SampledRow};
use crate::batch::RowResult;
use crate::domain::{EntityKind, Language, Priority, Sentiment};

/// Characters of a text that is shown.
const SHOWN: usize = 300;
/// An intent below this confidence is unsure: the row may be about something else.
const UNSURE: f32 = 0.5;
/// Days that are counted; rows of further days count as undated. More than fifty years, so that
/// only a column of numbers that are no days comes near it.
const MOST_DAYS: usize = 20_000;
/// Rows of a matter on one day from which an example is kept.
const EXAMPLE_FROM: u32 = 5;
/// Examples that are kept.
const MOST_EXAMPLES: usize = 20_000;
/// Stands for numbers and addresses of customers.
const MASK: &str = "•••";

/// What a tally has to know beforehand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TallySettings {
    /// The file that is worked through, as the page names it.
    pub input: String,
    /// Name of the model pack.
    pub model: String,
    /// Day on which the report is made.
    pub made_on: Option<Date>,
    /// How far the bot may answer, see [`Promise::of`].
    pub promise: Option<Promise>,
    /// Minutes that agents spend on a ticket.
    pub minutes_per_ticket: Option<f64>,
    /// Titles of the articles, by identifier.
    pub articles: BTreeMap<String, BTreeMap<Language, String>>,
    /// What people call the queues, by name.
    pub queues: BTreeMap<String, String>,
    /// Rows without a fitting intent that are kept to be put together: at most so many.
    pub sample: usize,
    /// Draws the sample; the same seed gives the same report.
    pub seed: u64,
}

impl Default for TallySettings {
    fn default() -> Self {
        Self {
            input: String::new(),
            model: String::new(),
            made_on: None,
            promise: None,
            minutes_per_ticket: None,
            articles: BTreeMap::new(),
            queues: BTreeMap::new(),
            sample: 20_000,
            seed: 1,
        }
    }
}

/// Everything counted so far. Its memory does not grow with the rows: with the usual sample at most
/// some 30 MB, less as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tally {
    settings: TallySettings,
    rows: u64,
    undated: u64,
    languages: BTreeMap<Language, u64>,
    sentiments: BTreeMap<Sentiment, u64>,
    tiers: BTreeMap<u8, u64>,
    queues: BTreeMap<String, QueueCounts>,
    articles: BTreeMap<String, ArticleCounts>,
    /// Positions of the intents in `intents` and in the days.
    numbers: BTreeMap<String, u16>,
    intents: Vec<IntentCounts>,
    without_intent: IntentCounts,
    days: BTreeMap<Date, Day>,
    examples: usize,
    repeats: RepeatCounts,
    out_of_scope: u64,
    sample: Sample,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct IntentCounts {
    rows: u64,
    answered: u64,
    negative: u64,
    tier_three: u64,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct QueueCounts {
    rows: u64,
    pressing: u64,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct ArticleCounts {
    rows: u64,
    confidence: f64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Day {
    counts: DayCounts,
    /// Rows by number of the intent.
    intents: Vec<u32>,
    /// The surest row of an intent, for a likely incident.
    examples: BTreeMap<u16, Example>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Example {
    confidence: f32,
    text: String,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(settings: TallySettings) -> Self {
        let sample = Sample::new(settings.sample, settings.seed);
        Self {
            settings,
            rows: 0,
            undated: 0,
            languages: BTreeMap::new(),
            sentiments: BTreeMap::new(),
            tiers: BTreeMap::new(),
            queues: BTreeMap::new(),
            articles: BTreeMap::new(),
            numbers: BTreeMap::new(),
            intents: Vec::new(),
            without_intent: IntentCounts::default(),
            days: BTreeMap::new(),
            examples: 0,
            repeats: RepeatCounts::default(),
            out_of_scope: 0,
            sample,
        }
    }

    /// Rows counted so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows so far that the bot could have answered.
    pub fn answered(&self) -> u64 {
        self.articles.values().map(|article| article.rows).sum()
    }

    /// Counts a row.
    pub fn add(&mut self, row: &RowResult) {
        let read = &row.classification;
        self.rows += 1;
        *self.languages.entry(read.language).or_default() += 1;
        if let Some(sentiment) = &read.sentiment {
            *self.sentiments.entry(sentiment.name).or_default() += 1;
        }
        if let Some(tier) = &read.tier {
            *self.tiers.entry(tier.level).or_default() += 1;
        }
        match (&row.article, &row.queue) {
            (Some(article), _) => {
                let counts = self.articles.entry(article.id.clone()).or_default();
                counts.rows += 1;
                counts.confidence += f64::from(article.confidence);
            }
            (None, Some(queue)) => {
                let counts = self.queues.entry(queue.clone()).or_default();
                counts.rows += 1;
                counts.pressing += u64::from(row.priority >= Priority::High);
            }
            (None, None) => {}
        }
        let intent = read.intent.as_ref().map(|intent| self.number(&intent.name));
        let counts = match intent {
            Some(number) => &mut self.intents[usize::from(number)],
            None => &mut self.without_intent,
        };
        counts.rows += 1;
        counts.answered += u64::from(row.article.is_some());
        counts.negative += u64::from(is_negative(row));
        counts.tier_three += u64::from(read.tier.as_ref().is_some_and(|tier| tier.level == 3));
        self.add_to_day(row, intent);
        self.repeats.add(row);
        self.add_to_sample(row);
    }

    /// The number of an intent; a new one for a name that was not seen before. A pack has at most
    /// some thousand intents.
    fn number(&mut self, name: &str) -> u16 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u16::try_from(self.intents.len()).unwrap_or(u16::MAX);
        if usize::from(number) == self.intents.len() {
            self.intents.push(IntentCounts::default());
        }
        self.numbers.insert(name.to_owned(), number);
        number
    }

    fn add_to_day(&mut self, row: &RowResult, intent: Option<u16>) {
        let full = self.days.len() >= MOST_DAYS;
        let Some(date) = row.date.filter(|date| !full || self.days.contains_key(date)) else {
            self.undated += 1;
            return;
        };
        let day = self.days.entry(date).or_default();
        day.counts.add(row);
        let (Some(number), Some(score)) = (intent, &row.classification.intent) else { return };
        let place = usize::from(number);
        if day.intents.len() <= place {
            day.intents.resize(place + 1, 0);
        }
        day.intents[place] += 1;
        if day.intents[place] < EXAMPLE_FROM {
            return;
        }
        let known = day.examples.get(&number);
        if known.is_none_or(|known| score.confidence > known.confidence) {
            self.examples += usize::from(known.is_none());
            let text = clipped(&masked(row));
            day.examples.insert(number, Example { confidence: score.confidence, text });
        }
        if self.examples > MOST_EXAMPLES {
            self.forget_usual_examples();
        }
    }

    /// Forgets the half of the examples that stand for the most usual days of their intents.
    fn forget_usual_examples(&mut self) {
        let days = self.days.len() as f64;
        let usual: Vec<f64> = self.intents.iter().map(|intent| intent.rows as f64 / days).collect();
        let ratio = |day: &Day, number: u16| {
            f64::from(day.intents[usize::from(number)]) / usual[usize::from(number)]
        };
        let mut ratios: Vec<f64> = self
            .days
            .values()
            .flat_map(|day| day.examples.keys().map(move |number| ratio(day, *number)))
            .collect();
        let middle = ratios.len() / 2;
        let (_, median, _) = ratios.select_nth_unstable_by(middle, f64::total_cmp);
        let median = *median;
        for day in self.days.values_mut() {
            let kept: Vec<u16> = day
                .examples
                .keys()
                .copied()
                .filter(|number| ratio(day, *number) > median)
                .collect();
            day.examples.retain(|number, _| kept.contains(number));
        }
        self.examples = self.days.values().map(|day| day.examples.len()).sum();
    }

    fn add_to_sample(&mut self, row: &RowResult) {
        let read = &row.classification;
        // Without an intent head there is nothing that a row could lie outside of.
        let out_of_scope = read.intent.is_none() && read.in_scope.is_some();
        let unsure = read.intent.as_ref().is_some_and(|intent| intent.confidence < UNSURE);
        self.out_of_scope += u64::from(out_of_scope);
        if !(out_of_scope || unsure) || row.embedding.is_empty() {
            return;
        }
        self.sample.offer(row.number, || {
            let nearest = read.best_intent().map(|intent| intent.name.clone());
            SampledRow::new(row.number, read.language, clipped(&masked(row)), &row.embedding)
                .placed(nearest, out_of_scope)
        });
    }
}

/// Whether a row is in a negative mood.
pub(super) fn is_negative(row: &RowResult) -> bool {
    row.classification.sentiment.as_ref().is_some_and(|mood| mood.name == Sentiment::Negative)
}

/// The text without the numbers and addresses that tell who wrote it: a report is passed on.
pub(super) fn masked(row: &RowResult) -> String {
    let mut text = row.text.clone();
    for entity in &row.classification.entities {
        let tells_nobody =
            matches!(entity.kind, EntityKind::Date | EntityKind::Amount | EntityKind::Device);
        for written in std::iter::once(&entity.text).chain(&entity.value) {
            if !tells_nobody && !written.is_empty() {
                text = text.replace(written.as_str(), MASK);
            }
        }
    }
    text
}

/// The beginning of a text, in one line.
pub(super) fn clipped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
