//! Which words of a text count for the search?
//!
//! The one place where the index meets the analysis of words.

use std::collections::BTreeSet;

use rust_stemmers::{Algorithm, Stemmer};

use crate::domain::{Article, Language};

/// Stand-in with the signatures of `text::stem::Analyser`: lower case, folded umlauts, stems.
pub(super) struct Analyser;

impl Analyser {
    pub(super) fn new(_known_words: impl IntoIterator<Item = String>) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the analyser that replaces this one has known words")]
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

/// An analyser that splits compounds into the words of these articles.
pub(super) fn analyser<'a>(articles: impl Iterator<Item = &'a Article>) -> Analyser {
    let mut words = BTreeSet::new();
    for article in articles {
        let questions = article.questions.iter().map(String::as_str);
        for text in [article.title.as_str(), article.body.as_str()].into_iter().chain(questions) {
            words.extend(
                text.split(|c: char| !c.is_alphabetic())
                    .filter(|word| !word.is_empty())
                    .map(str::to_lowercase),
            );
        }
    }
    Analyser::new(words)
}
