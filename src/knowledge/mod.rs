//! Which approved article answers this? Parse, index (BM25 and vectors), search, lint.

use std::sync::Arc;

use crate::domain::Article;

/// Turns texts into vectors of length 1, whose dot product tells how alike two texts are.
pub trait Embed: Send + Sync {
    /// Vectors of questions or messages, in order.
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String>;
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
    /// Share of the best possible BM25 score, 0 to 1.
    pub bm25: f32,
    /// Cosine between the message and the article's nearest phrasing (questions, title, body).
    pub cosine: f32,
    /// Probability mass of the article's intents in the message's classification, 0 to 1.
    pub intent: f32,
}
