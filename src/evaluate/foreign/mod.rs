//! What did another system say of these rows? A file of its predictions, JSONL or CSV, is read,
//! matched to the labelled rows and judged as a model pack is.
//!
//! Start with [`ForeignFile::read`] and [`ForeignFile::match_rows`].

mod jsonl;
mod matching;
mod record;
mod table;

use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Prediction;

pub use record::Record;

/// Predictions of another system as they stand in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignFile {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of its content.
    pub sha256: String,
    /// One record a row, in the order of the file.
    pub records: Vec<Record>,
}

/// Predictions in the order of the labelled rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched {
    /// One for each labelled row.
    pub predictions: Vec<Prediction>,
    /// How they were found, and what is odd about them.
    pub summary: MatchSummary,
}

/// How a file of predictions fits the labelled rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MatchSummary {
    /// The file.
    pub file: String,
    /// Its predictions.
    pub predictions: usize,
    /// By what rows were found: `id`, `text` or `order`.
    pub matched_by: String,
    /// Predictions that belong to no labelled row; they count for nothing.
    pub unused: usize,
    /// Intents that no labelled row carries: each such prediction counts as wrong.
    pub unknown_intents: Vec<UnknownIntent>,
    /// Heads whose confidence the file does not state (`intent`, `sentiment`, `tier`): figures of
    /// their confidence are left out.
    pub without_confidence: Vec<String>,
}

/// An intent that no labelled row carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnknownIntent {
    /// Its name.
    pub name: String,
    /// Predictions that name it.
    pub count: usize,
    /// Line of the first of them.
    pub line: usize,
}

/// Labelled rows of one file, for messages that name a row.
#[derive(Clone, Copy, Debug)]
pub struct RowsOf<'a> {
    /// The file's name.
    pub name: &'a str,
    /// Its rows.
    pub rows: &'a [crate::train::LabelledRow],
}

/// Why a file of predictions cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// A line is no prediction.
    #[error("{path}, line {line}: {problem}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// The file as a whole does not fit.
    #[error("{path}: {problem}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        problem: String,
    },
}

impl ForeignFile {
    /// Reads a file: CSV where its name ends in `.csv` or `.tsv`, otherwise JSONL.
    pub fn read(path: &Path) -> Result<Self, ForeignError> {
        let bytes = std::fs::read(path)
            .map_err(|source| ForeignError::Read { path: path.to_owned(), source })?;
        let extension = path.extension().and_then(|extension| extension.to_str());
        let table = extension.is_some_and(|extension| {
            ["csv", "tsv"].iter().any(|known| extension.eq_ignore_ascii_case(known))
        });
        let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let records = if table { table::read(content) } else { jsonl::read(content) };
        let records = records.map_err(|(line, problem)| line_error(path, line, problem))?;
        if records.is_empty() {
            let problem = "holds no prediction; expected one a line, for example \
                           {\"id\": \"7\", \"intent\": \"get_invoice\", \"confidence\": 0.9}";
            return Err(ForeignError::File { path: path.to_owned(), problem: problem.to_owned() });
        }
        let sha256 = format!("{:x}", Sha256::digest(&bytes));
        let file = Self { path: path.to_owned(), sha256, records };
        file.check()?;
        Ok(file)
    }

    /// A system says either of every row what mood or tier it has, or of none: otherwise it could
    /// pass over the hard ones. So with confidences.
    fn check(&self) -> Result<(), ForeignError> {
        let intents = self.records.iter().any(|record| record.says_intent);
        let sentiments = self.records.iter().any(|record| record.sentiment.is_some());
        let tiers = self.records.iter().any(|record| record.tier.is_some());
        if !(intents || sentiments || tiers) {
            let problem = "says nothing of any row; give at least one of `intent`, `sentiment` \
                           and `tier`";
            return Err(self.problem(problem.to_owned()));
        }
        let [intent, sentiment, tier, in_scope] = [
            self.records.iter().any(|record| record.intent_confidence.is_some()),
            self.records.iter().any(|record| record.sentiment_confidence.is_some()),
            self.records.iter().any(|record| record.tier_confidence.is_some()),
            self.records.iter().any(|record| record.in_scope.is_some()),
        ];
        for record in &self.records {
            let needs = [
                (intents && !record.says_intent, "intent"),
                (sentiments && record.sentiment.is_none(), "sentiment"),
                (tiers && record.tier.is_none(), "tier"),
                // A rejection may come without a confidence: it then counts as a sure one.
                (
                    intent && record.intent.is_some() && record.intent_confidence.is_none(),
                    "confidence",
                ),
                (sentiment && record.sentiment_confidence.is_none(), "sentiment_confidence"),
                (tier && record.tier_confidence.is_none(), "tier_confidence"),
                (in_scope && record.in_scope.is_none(), "in_scope"),
            ];
            if let Some((_, field)) = needs.into_iter().find(|(missing, _)| *missing) {
                let nothing = if field == "intent" { " (null where none fits)" } else { "" };
                let problem = format!(
                    "lacks `{field}`, which other lines have; give it on every line or on none\
                     {nothing}"
                );
                return Err(line_error(&self.path, record.line, problem));
            }
        }
        Ok(())
    }

    fn problem(&self, problem: String) -> ForeignError {
        ForeignError::File { path: self.path.clone(), problem }
    }
}

fn line_error(path: &Path, line: usize, problem: String) -> ForeignError {
    ForeignError::Line { path: path.to_owned(), line, problem }
}
