//! What does a window of rows say, and what would be done with each of them?

use jiff::civil::Date;

use super::input::Record;
use super::output::Layout;
use super::picker::{Picked, Picker};
use super::windows::Numbered;
use super::{BatchError, Rejection, RowResult};
use crate::classifier::{Classifier, Readers, Reading};
use crate::domain::{Action, ArticleScore, Channel, Priority};
use crate::text::{PreparedText, prepare_on};
use crate::triage::{Decider, answer_confidence};

use super::output::Finished;

/// A row of a window once it has been looked at.
pub(super) enum Seen {
    /// It was read.
    Finished(Box<Finished>),
    /// It could not be read.
    Rejected(u64, Rejection),
    /// An earlier run has it; only its words are wanted.
    Known(u64, String),
}

/// Reads windows.
pub(super) struct WindowReader<'a> {
    pub readers: &'a Readers,
    pub classifier: &'a Classifier,
    pub decider: Option<&'a Decider>,
    pub picker: &'a Picker,
    /// The output's columns, if rows with others cannot be carried through.
    pub layout: Option<&'a Layout>,
    pub channel: Channel,
    pub today: Date,
}

/// A row that is ready for the encoder.
struct Ready {
    number: u64,
    record: Record,
    picked: Picked,
    text: PreparedText,
}

impl WindowReader<'_> {
    /// Looks at the rows of a window; those up to the number `known` have been done before.
    pub(super) fn read(&self, window: Vec<Numbered>, known: u64) -> Result<Vec<Seen>, BatchError> {
        let numbers: Vec<u64> = window.iter().map(|(number, _)| *number).collect();
        let prepared = self.readers.each(window.len(), |index| self.prepare(&window[index]))?;
        let mut seen = Vec::with_capacity(window.len());
        let mut ready = Vec::with_capacity(window.len());
        for ((number, (_, record)), prepared) in numbers.iter().zip(window).zip(prepared) {
            match (record, prepared) {
                (Ok(record), Ok((picked, text))) if *number > known => {
                    ready.push(Ready { number: *number, record, picked, text });
                }
                (_, Ok((_, text))) => seen.push(Seen::Known(*number, text.cleaned)),
                (_, Err(_)) if *number <= known => {}
                (_, Err(rejection)) => seen.push(Seen::Rejected(*number, rejection)),
            }
        }
        let texts: Vec<&PreparedText> = ready.iter().map(|row| &row.text).collect();
        let results = self
            .readers
            .read(self.classifier, &texts, |index, reading| self.result(&ready[index], reading))?;
        seen.extend(ready.into_iter().zip(results).map(|(row, result)| {
            Seen::Finished(Box::new(Finished { record: row.record, result }))
        }));
        seen.sort_by_key(|seen| match seen {
            Seen::Finished(finished) => finished.result.number,
            Seen::Rejected(number, _) | Seen::Known(number, _) => *number,
        });
        Ok(seen)
    }

    fn prepare(&self, (_, record): &Numbered) -> Result<(Picked, PreparedText), Rejection> {
        let record = record.as_ref().map_err(Clone::clone)?;
        if let Some(layout) = self.layout
            && let Some(name) = record.other_than(|name| layout.carries(name))
        {
            let message = format!(
                "the first rows have no column {name}, so there is no place for it; say by --columns \
                 which are carried through, or write jsonl"
            );
            return Err(Rejection::new("unknown_column", message));
        }
        let picked = self.picker.pick(record)?;
        let text = prepare_on(&picked.text, None, picked.date.unwrap_or(self.today));
        Ok((picked, text))
    }

    fn result(&self, row: &Ready, reading: Reading) -> RowResult {
        let mut result = RowResult {
            number: row.number,
            queue: None,
            priority: Priority::Normal,
            article: None,
            duplicate_of: None,
            date: row.picked.date,
            text: row.text.cleaned.clone(),
            embedding: Vec::new(),
            classification: reading.classification.clone(),
        };
        if let Some(decider) = self.decider {
            let decided = decider.decide(&row.text, &reading, self.channel, self.today);
            let answers =
                decided.verdict.decision.action == Action::Answer && !row.picked.for_people;
            let article = decided.verdict.article.filter(|_| answers);
            result.article = article.map(|article| ArticleScore {
                id: article.id.clone(),
                confidence: decider.policy.answering.as_ref().map_or(0.0, |answering| {
                    answer_confidence(&reading.classification, &decided.hits, answering)
                }),
            });
            result.queue = Some(decided.route.queue);
            result.priority = decided.route.priority;
        }
        result.embedding = reading.embedding;
        result
    }
}
