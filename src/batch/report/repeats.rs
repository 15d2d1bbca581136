//! Which messages came again and again?
//!
//! The groups that most rows belong to, in bounded memory: when there are too many, the rarer half is
//! forgotten and starts anew, so that a group may be told too small, never too large.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tally::{clipped, masked};
use crate::batch::RowResult;
use crate::domain::Language;
use crate::reports::Share;

/// Groups that are counted at the same time.
const COUNTED: usize = 10_000;
/// Groups that are told.
const TOLD: usize = 8;
/// Fewest rows of a group that is told.
const FEWEST: u64 = 3;

/// Counts of the groups of near-duplicates.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct RepeatCounts {
    /// Rows that repeat an earlier one.
    rows: u64,
    /// Later rows of a group, by the number of its first.
    groups: BTreeMap<u64, Group>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Group {
    rows: u64,
    language: Language,
    text: String,
}

/// Rows that repeat an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Repeats {
    /// Rows, among all; the first row of each group is not counted.
    pub rows: Share,
    /// The largest groups.
    pub largest: Vec<Repeated>,
}

/// A message that came again and again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Repeated {
    /// Number of the first row.
    pub first: u64,
    /// Rows, the first one included.
    pub rows: usize,
    /// Language of the rows.
    pub language: Language,
    /// One of the later rows.
    pub example: String,
}

impl RepeatCounts {
    pub(super) fn add(&mut self, row: &RowResult) {
        let Some(first) = row.duplicate_of else { return };
        self.rows += 1;
        let group = self.groups.entry(first).or_insert_with(|| Group {
            rows: 0,
            language: row.classification.language,
            text: clipped(&masked(row)),
        });
        group.rows += 1;
        if self.groups.len() > COUNTED {
            let mut counts: Vec<u64> = self.groups.values().map(|group| group.rows).collect();
            let (_, median, _) = counts.select_nth_unstable(COUNTED / 2);
            let median = *median;
            self.groups.retain(|_, group| group.rows > median);
        }
    }

    pub(super) fn finish(&self, all: usize) -> Repeats {
        let mut largest: Vec<Repeated> = self
            .groups
            .iter()
            .filter(|(_, group)| group.rows + 1 >= FEWEST)
            .map(|(first, group)| Repeated {
                first: *first,
                rows: group.rows as usize + 1,
                language: group.language,
                example: group.text.clone(),
            })
            .collect();
        largest.sort_by_key(|group| (std::cmp::Reverse(group.rows), group.first));
        largest.truncate(TOLD);
        Repeats { rows: Share::of(self.rows as usize, all), largest }
    }
}
