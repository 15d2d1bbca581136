//! Which approved article answers this? Parse, index (BM25 and vectors), search, lint.
//!
//! [`parse`] turns one file into an article or names all of its mistakes. [`Knowledge`] is what a
//! folder held at one moment, indexed, and never changes; [`KnowledgeBase`] follows the folder and
//! hands out the latest one. [`check`] is the lint without an index.

mod base;
mod bm25;
mod cache;
mod draft;
mod explain;
mod front_matter;
mod library;
mod lint;
mod parse;
mod phrasings;
mod problem;
mod search;
mod terms;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use base::{KnowledgeBase, KnowledgeSettings, Status};
pub use bm25::TermScore;
pub use cache::VectorCache;
pub use draft::{DraftError, NewDraft, WrittenDraft, write_draft};
pub use explain::Explanation;
pub use parse::{ArticleLines, ParsedArticle, parse};
pub use problem::{Problem, Severity};
pub use search::Knowledge;

use crate::classifier::Classifier;
use crate::domain::Article;

/// Turns texts into vectors of length 1, whose dot product tells how alike two texts are.
pub trait Embed: Send + Sync {
    /// Vectors of questions or messages, in order.
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String>;
}

impl Embed for Classifier {
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String> {
        self.vectors(texts).map_err(|error| error.to_string())
    }
}

/// An article found for a message, with the scores that put it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The article.
    pub article: Arc<Article>,
    /// Whether the article may be said: it is approved and its day of review has not passed. An
    /// agent may still read one that is not.
    pub usable: bool,
    /// Fused score; hits come in falling order of it.
    pub score: f32,
    /// BM25 score of the words in common, scaled so that messages compare: 0 to 1.
    pub bm25: f32,
    /// Cosine between the message and the article's nearest phrasing (questions, title, body).
    pub cosine: f32,
    /// Probability mass of the article's intents in the message's classification, 0 to 1.
    pub intent: f32,
    /// Probability, learned from labelled messages, that this article answers the message in full.
    pub learned: f32,
}

/// Why there is no knowledge at all. A file with a mistake is a [`Problem`] instead.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The folder is missing or cannot be listed.
    #[error(
        "cannot read the knowledge folder {path}: {source}. Give the folder that holds de/ and en/"
    )]
    Folder {
        /// The folder asked for.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The model made no usable vectors of the articles' phrasings.
    #[error("embedding the articles failed: {0}. Check the model with `lotse model verify`")]
    Embed(String),
    /// The thread that follows the folder could not be started.
    #[error("cannot start the thread that follows the knowledge folder: {0}")]
    Thread(io::Error),
}

/// The articles of a knowledge folder and everything wrong with them, without any index. Intents
/// are checked where the known ones are given. Dates count in the system's time zone.
pub fn check(
    folder: &Path,
    known_intents: Option<&BTreeSet<String>>,
) -> Result<(Vec<Arc<Article>>, Vec<Problem>), KnowledgeError> {
    Ok(library::Library::open(folder)?.articles(known_intents, today()))
}

/// Today's date in the system's time zone.
fn today() -> jiff::civil::Date {
    jiff::Zoned::now().date()
}
