//! What does a file of dialogues with references hold?

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::{Author, Language};

/// A dialogue with what a person wrote of it, one JSON object a line. Unknown fields are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialogue {
    /// Identifier, for the list of missed facts.
    pub id: String,
    /// Language of the dialogue; figures are given for each.
    pub language: Language,
    /// The turns, oldest first.
    pub turns: Vec<DialogueTurn>,
    /// The summary that a person wrote.
    pub reference: String,
    /// What a summary must hold.
    pub facts: Vec<KeyFact>,
}

/// One turn of a dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogueTurn {
    /// Who spoke.
    pub from: Author,
    /// The words.
    pub text: String,
}

/// A fact that an agent needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFact {
    /// The fact in short.
    pub fact: String,
    /// Forms of which one must stand in a summary; see [`super::holds`].
    pub forms: Vec<String>,
}

/// Why a file of dialogues cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DialoguesError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// A line is no dialogue.
    #[error("{path}, line {line}: {problem}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The file holds no dialogue.
    #[error(
        "{path} holds no dialogue; expected one JSON object a line: \
         {{\"id\", \"language\", \"turns\", \"reference\", \"facts\"}}"
    )]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// Reads a file of dialogues. Blank lines are passed over.
pub fn read_dialogues(path: &Path) -> Result<Vec<Dialogue>, DialoguesError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| DialoguesError::Read { path: path.to_owned(), source })?;
    let mut dialogues = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let problem =
            |problem| DialoguesError::Line { path: path.to_owned(), line: index + 1, problem };
        let dialogue: Dialogue =
            serde_json::from_str(line).map_err(|error| problem(error.to_string()))?;
        let missing = if !dialogue.turns.iter().any(|turn| turn.from == Author::Customer) {
            "no turn is from the customer"
        } else if dialogue.reference.trim().is_empty() {
            "`reference` is blank"
        } else if dialogue.facts.is_empty() {
            "`facts` is empty"
        } else if dialogue.facts.iter().any(|fact| fact.forms.is_empty()) {
            "a fact has no `forms`"
        } else {
            dialogues.push(dialogue);
            continue;
        };
        return Err(problem(missing.to_owned()));
    }
    if dialogues.is_empty() {
        return Err(DialoguesError::Empty { path: path.to_owned() });
    }
    Ok(dialogues)
}
