//! Which labels are told apart, and which are confused?

use std::collections::BTreeMap;

use serde::Serialize;

use super::rounded;

/// Share of pairs that agree; none without pairs.
pub fn accuracy<T: PartialEq>(pairs: &[(T, T)]) -> Option<f64> {
    if pairs.is_empty() {
        return None;
    }
    let right = pairs.iter().filter(|(gold, predicted)| gold == predicted).count();
    Some(right as f64 / pairs.len() as f64)
}

/// How one label fares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelScore {
    /// The label.
    pub label: String,
    /// Rows that carry it.
    pub support: usize,
    /// Rows that were given it.
    pub predicted: usize,
    /// Rows that carry it and were given it.
    pub right: usize,
    /// Share of right ones among those given it; 0 if none was.
    #[serde(serialize_with = "rounded")]
    pub precision: f64,
    /// Share of right ones among those that carry it; 0 if none does.
    #[serde(serialize_with = "rounded")]
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    #[serde(serialize_with = "rounded")]
    pub f1: f64,
    /// The label that its rows were most often given instead.
    pub confused_with: Option<Confusion>,
}

/// Rows of one label that were given another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// The label they carry.
    pub gold: String,
    /// The label they were given.
    pub predicted: String,
    /// How many.
    pub count: usize,
}

/// Pairs of gold and predicted label, ready to be counted whole or resampled.
#[derive(Clone, Debug, Default)]
pub struct Confusions {
    labels: Vec<String>,
    pairs: Vec<(usize, usize)>,
}

/// Counts of one label: carried, given, both.
#[derive(Clone, Copy, Default)]
struct Tally {
    support: usize,
    predicted: usize,
    right: usize,
}

impl Tally {
    /// `2 · right / (support + predicted)`, the harmonic mean of precision and recall; none for a
    /// label that occurs nowhere.
    fn f1(self) -> Option<f64> {
        let both = self.support + self.predicted;
        (both > 0).then(|| 2.0 * self.right as f64 / both as f64)
    }
}

impl Confusions {
    /// Takes pairs (gold, predicted).
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let named: Vec<(&str, &str)> = pairs.into_iter().collect();
        let mut labels: Vec<&str> =
            named.iter().flat_map(|(gold, given)| [*gold, *given]).collect();
        labels.sort_unstable();
        labels.dedup();
        let indices: BTreeMap<&str, usize> =
            labels.iter().enumerate().map(|(index, label)| (*label, index)).collect();
        let pairs = named.iter().map(|(gold, given)| (indices[gold], indices[given])).collect();
        Self { labels: labels.into_iter().map(str::to_owned).collect(), pairs }
    }

    /// Number of pairs.
    pub fn rows(&self) -> usize {
        self.pairs.len()
    }

    /// Pairs that agree.
    pub fn right(&self) -> usize {
        self.pairs.iter().filter(|(gold, given)| gold == given).count()
    }

    /// Mean F1 over the labels that occur among gold or predicted, as scikit-learn does it.
    pub fn macro_f1(&self) -> Option<f64> {
        self.mean_f1(self.pairs.iter().copied())
    }

    /// [`Confusions::macro_f1`] on some of the pairs, by index; an index may come several times.
    pub fn macro_f1_of(&self, rows: &[usize]) -> Option<f64> {
        self.mean_f1(rows.iter().map(|row| self.pairs[*row]))
    }

    fn mean_f1(&self, pairs: impl Iterator<Item = (usize, usize)>) -> Option<f64> {
        let (count, sum) = self
            .tallies(pairs)
            .into_iter()
            .filter_map(Tally::f1)
            .fold((0, 0.0), |(count, sum), f1| (count + 1, sum + f1));
        (count > 0).then(|| sum / f64::from(count))
    }

    fn tallies(&self, pairs: impl Iterator<Item = (usize, usize)>) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.labels.len()];
        for (gold, given) in pairs {
            tallies[gold].support += 1;
            tallies[given].predicted += 1;
            tallies[gold].right += usize::from(gold == given);
        }
        tallies
    }

    /// Every label that occurs, the worst F1 first; among equals the one with more rows.
    pub fn scores(&self) -> Vec<LabelScore> {
        let confused = self.confused();
        let mut scores: Vec<LabelScore> = self
            .tallies(self.pairs.iter().copied())
            .into_iter()
            .zip(&self.labels)
            .map(|(tally, label)| LabelScore {
                label: label.clone(),
                support: tally.support,
                predicted: tally.predicted,
                right: tally.right,
                precision: share(tally.right, tally.predicted),
                recall: share(tally.right, tally.support),
                f1: tally.f1().unwrap_or(0.0),
                confused_with: confused.iter().find(|pair| pair.gold == *label).cloned(),
            })
            .collect();
        scores.sort_by(|left, right| {
            left.f1.total_cmp(&right.f1).then_with(|| right.support.cmp(&left.support))
        });
        scores
    }

    /// Pairs of different labels with their counts, the most frequent first.
    pub fn confused(&self) -> Vec<Confusion> {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for pair in self.pairs.iter().filter(|(gold, given)| gold != given) {
            *counts.entry(*pair).or_default() += 1;
        }
        let mut confused: Vec<Confusion> = counts
            .into_iter()
            .map(|((gold, given), count)| Confusion {
                gold: self.labels[gold].clone(),
                predicted: self.labels[given].clone(),
                count,
            })
            .collect();
        confused.sort_by_key(|pair| std::cmp::Reverse(pair.count));
        confused
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
