use super::search::Knowledge;
use super::{Hit, TermScore, phrasings};
use crate::domain::{Classification, IntentScore};
use crate::text::PreparedText;

/// Why an article stands where it stands in the search for a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The article with its scores.
    pub hit: Hit,
    /// Its place among the articles of the language, from 1.
    pub rank: usize,
    /// Number of articles that were compared.
    pub of: usize,
    /// What each term of the message adds, the greatest share first.
    pub terms: Vec<TermScore>,
    /// The article's phrasing that is nearest to the message.
    pub nearest: Option<String>,
    /// The article's intents with their probabilities.
    pub intents: Vec<IntentScore>,
}

impl Knowledge {
    /// Explains the score and the rank of one article. None if the message's language has no
    /// approved article with this id.
    pub fn explain(
        &self,
        text: &PreparedText,
        embedding: &[f32],
        classification: &Classification,
        id: &str,
    ) -> Option<Explanation> {
        let section = self.section(text.language)?;
        let number =
            section.articles.binary_search_by(|article| article.id.as_str().cmp(id)).ok()?;
        let candidates = self.candidates(section, text, embedding, classification);
        let own = candidates[number];
        let better = candidates.iter().filter(|other| other.compare(&own).is_lt());
        let article = &section.articles[number];
        let terms = section.analyser.terms(&text.cleaned, text.language);
        let nearest = section.phrasings.nearest(number, embedding).map(|(position, _)| position);
        Some(Explanation {
            rank: 1 + better.count(),
            of: candidates.len(),
            terms: section.index.explain(&terms, number),
            nearest: nearest
                .and_then(|position| phrasings::texts(article).into_iter().nth(position)),
            intents: article
                .intents
                .iter()
                .map(|intent| IntentScore {
                    name: intent.clone(),
                    confidence: classification.probability_of(intent),
                })
                .collect(),
            hit: section.hit(own, super::today()),
        })
    }
}
