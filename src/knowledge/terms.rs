//! Which words of a text count for the search? Those of [`Analyser`], which knows the words of the
//! articles and so splits the compounds of messages into them.

use crate::domain::Article;
use crate::text::stem::Analyser;

/// An analyser that knows the words of these articles.
pub(super) fn analyser<'a>(articles: impl Iterator<Item = &'a Article>) -> Analyser {
    Analyser::new(articles.flat_map(|article| {
        let questions = article.questions.iter().map(String::as_str);
        [article.title.as_str(), article.body.as_str()].into_iter().chain(questions)
    }))
}
