use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::{Channel, Language, Sentiment};

/// A labelled message, one JSON object a line. Every label may be missing; unknown fields are
/// ignored, so that files of other tools can be used as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelledRow {
    /// The message.
    pub text: String,
    /// Intent name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Complexity tier, 1 to 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<u8>,
    /// Mood of the writer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
    /// Main language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Language>,
    /// Where it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Articles of the knowledge base that answer the message in full; the first is the best. An
    /// empty list says that none does; a missing field says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub articles: Option<Vec<String>>,
    /// Queue that takes the message if a person must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Identifier of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl LabelledRow {
    /// Whether an article answers the message in full; none where the row does not say.
    pub fn answerable(&self) -> Option<bool> {
        self.articles.as_ref().map(|articles| !articles.is_empty())
    }
}

/// Why a file of labelled rows cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// A line is not a labelled row.
    #[error("{path}, line {line}: {problem}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The file holds no row.
    #[error("{path} holds no labelled row; expected one JSON object a line with a field `text`")]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// Reads one file of labelled rows, plain or compressed by gzip. Blank lines are passed over.
pub fn read_rows(path: &Path) -> Result<Vec<LabelledRow>, RowsError> {
    let bytes =
        read_bytes(path).map_err(|source| RowsError::Read { path: path.to_owned(), source })?;
    let mut rows = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let problem =
            |problem: String| RowsError::Line { path: path.to_owned(), line: index + 1, problem };
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let row: LabelledRow =
            serde_json::from_slice(line).map_err(|error| problem(error.to_string()))?;
        if row.text.trim().is_empty() {
            return Err(problem("`text` is blank".to_owned()));
        }
        if row.tier.is_some_and(|tier| !(1..=3).contains(&tier)) {
            return Err(problem("`tier` must be 1, 2 or 3".to_owned()));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(RowsError::Empty { path: path.to_owned() });
    }
    Ok(rows)
}

fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let bytes = std::fs::read(path)?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
    Ok(plain)
}

/// Reads several files as one set.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<LabelledRow>, RowsError> {
    let mut rows = Vec::new();
    for path in paths {
        rows.extend(read_rows(path)?);
    }
    Ok(rows)
}
