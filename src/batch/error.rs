use std::path::PathBuf;

use crate::classifier::ClassifierError;

/// Why a backlog was not worked through to its end.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The input cannot be opened or read any further.
    #[error("cannot read {name}: {problem}")]
    Read {
        /// The input.
        name: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Columns asked for are not there.
    #[error(
        "{name} has no column {}. Its columns are: {}. Name those with the customer's words by \
         --text",
        missing.join(", "),
        columns.join(", ")
    )]
    NoColumn {
        /// The input.
        name: String,
        /// What was asked for.
        missing: Vec<String>,
        /// What there is.
        columns: Vec<String>,
    },
    /// The output or a file beside it cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The output is there already.
    #[error("{} is there already: {advice}", path.display())]
    Exists {
        /// The output.
        path: PathBuf,
        /// What to do.
        advice: &'static str,
    },
    /// What a run was interrupted in does not fit to this call.
    #[error("cannot go on with {}: {problem}", path.display())]
    Resume {
        /// The output.
        path: PathBuf,
        /// What differs, and what to do.
        problem: String,
    },
    /// A setting makes no sense.
    #[error("{0}")]
    Setting(String),
    /// The encoder failed.
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
    /// Rows cannot be put into the output's format.
    #[error("cannot write rows as {format}: {problem}")]
    Format {
        /// The format.
        format: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A thread of the run ended before its time.
    #[error("{0}; the log says why")]
    Stopped(&'static str),
}

impl BatchError {
    /// An error of reading the input `name`.
    pub(super) fn read(name: &str, problem: impl std::fmt::Display) -> Self {
        Self::Read { name: name.to_owned(), problem: problem.to_string() }
    }

    /// An error of writing the file `path`.
    pub(super) fn write(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }
}
