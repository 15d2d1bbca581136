//! Which words of a text count for the search? The one place where the index meets the analysis of
//! words: `Analyser` has the signatures of `text::stem::Analyser`, which splits compounds too.

use rust_stemmers::{Algorithm, Stemmer};

use crate::domain::{Article, Language};

/// Lower case, folded umlauts, stems.
pub(super) struct Analyser;

impl Analyser {
    pub(super) fn new<'w>(_known_words: impl IntoIterator<Item = &'w str>) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "an analyser that splits compounds has known words")]
    pub(super) fn terms(&self, text: &str, language: Language) -> Vec<String> {
        let stemmer = Stemmer::create(match language {
            Language::De => Algorithm::German,
            Language::En => Algorithm::English,
        });
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| {
                let stem = stemmer.stem(word);
                stem.replace('ä', "a").replace('ö', "o").replace('ü', "u").replace('ß', "ss")
            })
            .collect()
    }
}

/// An analyser that knows the words of these articles.
pub(super) fn analyser<'a>(articles: impl Iterator<Item = &'a Article>) -> Analyser {
    Analyser::new(articles.flat_map(|article| {
        let questions = article.questions.iter().map(String::as_str);
        [article.title.as_str(), article.body.as_str()].into_iter().chain(questions)
    }))
}
