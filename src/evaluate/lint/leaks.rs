//! Which rows stand in the training files as well, and what are the figures worth without them?

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::{LabelledFile, Located, Place, labels, located, near, normalised};
use crate::evaluate::metrics::{Estimate, rounded};
use crate::evaluate::{DataFile, Prediction, Report, ReportError, ReportOptions};
use crate::train::LabelledRow;

/// Figures that are also told without the leaked rows.
const FIGURES: [&str; 10] = [
    "intent_accuracy",
    "intent_accuracy_overall",
    "intent_macro_f1",
    "out_of_scope_recall",
    "in_scope_rejected",
    "tier_accuracy",
    "sentiment_accuracy",
    "sentiment_macro_f1",
    "answers_right",
    "queue_accuracy",
];

/// Rows that stand in the training files as well.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeakReport {
    /// The training files.
    pub train: Vec<DataFile>,
    /// From which overlap on two texts count as nearly the same.
    #[serde(serialize_with = "rounded")]
    pub similarity: f64,
    /// Rows whose text stands there, case, punctuation, spelling of umlauts and digits aside.
    pub exact: usize,
    /// Rows of which nearly the same text stands there.
    pub near: usize,
    /// Every leaked row, the most alike first.
    pub rows: Vec<Leak>,
    /// Rows that did not leak.
    pub kept: usize,
    /// Main figures on the rows that did not leak, by name.
    pub without: BTreeMap<String, Estimate>,
}

/// A row that stands in a training file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leak {
    /// Number of the row, counted from 1 over all files.
    pub row: usize,
    /// The row's own identifier, if it has one.
    pub id: Option<String>,
    /// The message.
    pub text: String,
    /// The most similar training row.
    pub train: Place,
    /// How far the two overlap; 1 where they are the same.
    #[serde(serialize_with = "rounded")]
    pub similarity: f64,
    /// Kinds of label in which the two differ.
    pub differs: Vec<&'static str>,
}

impl LeakReport {
    /// Looks for the rows in the training files and judges the others alone. Texts that overlap by
    /// at least `similarity` (see [`super::LintOptions`]) count as nearly the same.
    pub fn new(
        train: &[LabelledFile],
        rows: &[LabelledRow],
        predictions: &[Prediction],
        options: &ReportOptions,
        similarity: f64,
    ) -> Result<Self, ReportError> {
        let leaks = leaks(train, rows, similarity);
        let leaked: BTreeSet<usize> = leaks.iter().map(|leak| leak.row).collect();
        let (kept, kept_predictions): (Vec<LabelledRow>, Vec<Prediction>) = rows
            .iter()
            .zip(predictions)
            .zip(1..)
            .filter(|(_, number)| !leaked.contains(number))
            .map(|((row, prediction), _)| (row.clone(), prediction.clone()))
            .unzip();
        let mut without = BTreeMap::new();
        if !kept.is_empty() {
            let options = ReportOptions { targets: Vec::new(), ..options.clone() };
            without = Report::build(&kept, &kept_predictions, &options)?.estimates();
            without.retain(|name, _| FIGURES.contains(&name.as_str()));
        }
        let exact = leaks.iter().filter(|leak| leak.similarity >= 1.0).count();
        Ok(Self {
            train: Vec::new(),
            similarity,
            exact,
            near: leaks.len() - exact,
            rows: leaks,
            kept: kept.len(),
            without,
        })
    }
}

/// Every row that a training file holds, exactly or nearly, with the most similar row there.
fn leaks(train: &[LabelledFile], rows: &[LabelledRow], similarity: f64) -> Vec<Leak> {
    let train = located(train);
    let mut origins: HashMap<String, Located> = HashMap::new();
    for one in &train {
        origins.entry(normalised(&one.row.text)).or_insert(*one);
    }
    let plain: Vec<String> = rows.iter().map(|row| normalised(&row.text)).collect();
    let near = nearest(&origins, &plain, similarity);
    let mut leaks: Vec<Leak> = rows
        .iter()
        .zip(&plain)
        .zip(1..)
        .filter_map(|((row, text), number)| {
            let (similarity, origin) = match origins.get(text) {
                Some(origin) => (1.0, origin),
                None => near.get(text.as_str()).map(|(alike, of)| (*alike, &origins[*of]))?,
            };
            Some(Leak {
                row: number,
                id: row.id.clone(),
                text: row.text.clone(),
                train: origin.place(),
                similarity,
                differs: labels::differences(&[row, origin.row]),
            })
        })
        .collect();
    leaks.sort_by(|left, right| right.similarity.total_cmp(&left.similarity));
    leaks
}

/// The nearest training text of each text that has one.
fn nearest<'a>(
    origins: &'a HashMap<String, Located>,
    plain: &'a [String],
    similarity: f64,
) -> HashMap<&'a str, (f64, &'a str)> {
    let trained: BTreeSet<&str> = origins.keys().map(String::as_str).collect();
    let tested: BTreeSet<&str> =
        plain.iter().map(String::as_str).filter(|text| !trained.contains(text)).collect();
    let texts: Vec<&str> = trained.iter().chain(&tested).copied().collect();
    let mut nearest: HashMap<&str, (f64, &str)> = HashMap::new();
    // Pairs come with the most similar first; the trained texts stand before the tested ones.
    for pair in near::pairs(&texts, similarity) {
        if pair.left < trained.len() && pair.right >= trained.len() {
            nearest.entry(texts[pair.right]).or_insert((pair.similarity, texts[pair.left]));
        }
    }
    nearest
}
