//! How well do the words of a message fit an article? An inverted index with BM25 scores.
//!
//! BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond"
//! (2009), with the fields of an article joined into one weighted bag of words before saturation
//! (Robertson, Zaragoza, Taylor: "Simple BM25 Extension to Multiple Weighted Fields", 2004), and
//! the never negative inverse document frequency of Lucene:
//!
//! ```text
//! idf(t)      = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5))
//! tf(t, d)    = Σ over fields: weight · occurrences of t in the field
//! impact(t,d) = tf / (tf + k1 · (1 - b + b · length(d) / average length))
//! score(q, d) = Σ over distinct terms t of q: idf(t) · impact(t, d)
//! ```
//!
//! The factor k1 + 1 of the original is left out: it changes no order, and without it an impact
//! stays below 1. Impacts are computed when the index is built, so that a search adds up numbers.

use std::collections::{BTreeMap, HashMap};

/// Saturation of repeated words.
const K1: f32 = 1.2;
/// How much a long article is held against it.
const B: f32 = 0.75;

/// The words of one article, each with its weight: the sum over its occurrences.
#[derive(Clone, Debug, Default)]
pub(super) struct Bag(BTreeMap<String, f32>);

impl Bag {
    /// Adds the terms of a field, each occurrence counted with `weight`.
    pub(super) fn add(&mut self, terms: &[String], weight: f32) {
        for term in terms {
            *self.0.entry(term.clone()).or_default() += weight;
        }
    }

    fn length(&self) -> f32 {
        self.0.values().sum()
    }
}

/// An inverted index over numbered articles.
#[derive(Debug, Default)]
pub(super) struct Index {
    articles: usize,
    /// Best possible score of a usual question, see [`Index::scale`].
    usual_best: f32,
    terms: HashMap<String, Postings>,
}

#[derive(Debug)]
struct Postings {
    idf: f32,
    /// Articles that hold the term, in rising order.
    impacts: Vec<(u32, f32)>,
}

/// What one term of a message adds to an article's score.
#[derive(Clone, Debug, PartialEq)]
pub struct TermScore {
    /// The term, as stemmed.
    pub term: String,
    /// How rare it is: inverse document frequency.
    pub idf: f32,
    /// How much the article is about it, 0 to 1.
    pub impact: f32,
    /// What it adds to the scaled score, before that is capped at 1.
    pub share: f32,
}

impl Index {
    /// Indexes articles; their position becomes their number. `questions` are terms of usual
    /// messages.
    pub(super) fn new(bags: &[Bag], questions: &[Vec<String>]) -> Self {
        let total: f32 = bags.iter().map(Bag::length).sum();
        let average = (total / bags.len().max(1) as f32).max(f32::MIN_POSITIVE);
        let mut terms: HashMap<String, Postings> = HashMap::new();
        for (number, bag) in (0_u32..).zip(bags) {
            let norm = K1 * (1.0 - B + B * bag.length() / average);
            for (term, frequency) in &bag.0 {
                let impact = frequency / (frequency + norm);
                terms
                    .entry(term.clone())
                    .or_insert_with(|| Postings { idf: 0.0, impacts: Vec::new() })
                    .impacts
                    .push((number, impact));
            }
        }
        let mut index = Self { articles: bags.len(), terms, usual_best: 1.0 };
        let articles = index.articles;
        for postings in index.terms.values_mut() {
            postings.idf = inverse_document_frequency(articles, postings.impacts.len());
        }
        let bests: f32 = questions.iter().map(|terms| index.best(&distinct(terms))).sum();
        if bests > 0.0 {
            index.usual_best = bests / questions.len() as f32;
        }
        index
    }

    /// Score of every article for a message, scaled to 0 to 1 by [`Index::scale`].
    pub(super) fn scores(&self, terms: &[String]) -> Vec<f32> {
        let mut scores = vec![0.0; self.articles];
        let terms = distinct(terms);
        let scale = self.scale(&terms);
        for postings in terms.iter().filter_map(|term| self.terms.get(*term)) {
            let weight = scale * postings.idf;
            for (article, impact) in &postings.impacts {
                scores[*article as usize] += weight * impact;
            }
        }
        for score in &mut scores {
            *score = score.min(1.0);
        }
        scores
    }

    /// What each term adds to the score of one article, the greatest share first.
    pub(super) fn explain(&self, terms: &[String], article: usize) -> Vec<TermScore> {
        let terms = distinct(terms);
        let scale = self.scale(&terms);
        let mut scores: Vec<TermScore> = terms
            .iter()
            .map(|term| {
                let idf = self.idf(term);
                let impact = self.terms.get(*term).map_or(0.0, |postings| {
                    postings
                        .impacts
                        .binary_search_by_key(&article, |(number, _)| *number as usize)
                        .map_or(0.0, |position| postings.impacts[position].1)
                });
                TermScore { term: (*term).to_owned(), idf, impact, share: scale * idf * impact }
            })
            .collect();
        scores.sort_by(|left, right| {
            right.share.total_cmp(&left.share).then_with(|| left.term.cmp(&right.term))
        });
        scores
    }

    /// What makes scores of different messages comparable: `1 / √(best(message) · best(question))`.
    /// The best possible score of some terms is the sum of their idf, reached by an article that
    /// repeats them without end; terms that no article holds count in it, so that a message about
    /// something else scores low everywhere. `best(question)` is the mean over the articles' own
    /// questions.
    ///
    /// The root stands between two ways that both fail: divided by its own best score, a long
    /// message that tells a story around its question scores low on the right article; divided by
    /// a constant, it scores high on wrong ones.
    fn scale(&self, terms: &[&str]) -> f32 {
        1.0 / (self.best(terms) * self.usual_best).sqrt().max(f32::MIN_POSITIVE)
    }

    fn best(&self, terms: &[&str]) -> f32 {
        terms.iter().map(|term| self.idf(term)).sum()
    }

    fn idf(&self, term: &str) -> f32 {
        self.terms
            .get(term)
            .map_or_else(|| inverse_document_frequency(self.articles, 0), |postings| postings.idf)
    }
}

fn distinct(terms: &[String]) -> Vec<&str> {
    let mut distinct: Vec<&str> = terms.iter().map(String::as_str).collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

fn inverse_document_frequency(articles: usize, with_term: usize) -> f32 {
    let (articles, with_term) = (articles as f32, with_term as f32);
    (1.0 + (articles - with_term + 0.5) / (with_term + 0.5)).ln()
}
