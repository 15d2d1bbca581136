use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::bm25::{Bag, Index};
use super::cache::VectorCache;
use super::library::Library;
use super::phrasings::{self, Phrasings};
use super::problem::Problem;
use super::terms;
use super::{Embed, Hit, KnowledgeError};
use crate::classifier::Ranking;
use crate::domain::{Article, ArticleStatus, Classification, Language};
use crate::text::PreparedText;
use crate::text::stem::Analyser;

/// How much an occurrence of a word counts, by where it stands.
const TITLE_WEIGHT: f32 = 2.0;
const QUESTION_WEIGHT: f32 = 1.0;
const BODY_WEIGHT: f32 = 0.5;

/// The articles of a folder at one moment, indexed for search.
pub struct Knowledge {
    articles: BTreeMap<Language, BTreeMap<String, Arc<Article>>>,
    sections: BTreeMap<Language, Section>,
    ranking: Ranking,
}

/// The approved articles of one language, numbered in the order of their ids.
pub(super) struct Section {
    pub(super) articles: Vec<Arc<Article>>,
    pub(super) analyser: Analyser,
    pub(super) index: Index,
    pub(super) phrasings: Phrasings,
    /// Numbers of the intents that articles name.
    intents: HashMap<String, usize>,
    /// The intents of each article.
    article_intents: Vec<Vec<usize>>,
}

/// The scores of one article before they become a [`Hit`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) number: usize,
    pub(super) score: f32,
    pub(super) bm25: f32,
    pub(super) cosine: f32,
    pub(super) intent: f32,
    pub(super) learned: f32,
}

impl Candidate {
    /// The order of hits. Numbers follow the ids, so comparing them settles a tie by id.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.number.cmp(&other.number))
    }
}

impl Knowledge {
    /// Reads and indexes a knowledge folder (the one that holds `de/` and `en/`). Files with
    /// mistakes are left out and named among the problems.
    pub fn load(folder: &Path, embed: &dyn Embed) -> Result<(Self, Vec<Problem>), KnowledgeError> {
        Self::load_cached(folder, embed, &mut VectorCache::in_memory())
    }

    /// As [`Knowledge::load`], with vectors of an earlier load used again.
    pub fn load_cached(
        folder: &Path,
        embed: &dyn Embed,
        cache: &mut VectorCache,
    ) -> Result<(Self, Vec<Problem>), KnowledgeError> {
        let (articles, problems) = Library::open(folder)?.articles(None, super::today());
        Ok((Self::new(articles, embed, cache)?, problems))
    }

    /// Indexes articles, no two with the same id and language.
    pub fn new(
        articles: Vec<Arc<Article>>,
        embed: &dyn Embed,
        cache: &mut VectorCache,
    ) -> Result<Self, KnowledgeError> {
        let mut by_language: BTreeMap<Language, BTreeMap<String, Arc<Article>>> = BTreeMap::new();
        for article in articles {
            by_language.entry(article.language).or_default().insert(article.id.clone(), article);
        }
        let approved: BTreeMap<Language, Vec<Arc<Article>>> = by_language
            .iter()
            .map(|(language, articles)| {
                let approved = articles
                    .values()
                    .filter(|article| article.status == ArticleStatus::Approved)
                    .cloned()
                    .collect();
                (*language, approved)
            })
            .collect();
        let phrasings: Vec<Vec<String>> =
            approved.values().flatten().map(|article| phrasings::texts(article)).collect();
        let mut vectors = cache.vectors(&phrasings.concat(), embed)?.into_iter();
        let mut counts = phrasings.iter().map(Vec::len);
        let sections = approved
            .into_iter()
            .map(|(language, articles)| {
                let mut phrasings = Phrasings::default();
                for count in counts.by_ref().take(articles.len()) {
                    phrasings.push(vectors.by_ref().take(count));
                }
                (language, Section::new(language, articles, phrasings))
            })
            .collect();
        Ok(Self { articles: by_language, sections, ranking: Ranking::default() })
    }

    /// The same knowledge with other weights of the fusion.
    #[must_use]
    pub fn with_ranking(self, ranking: Ranking) -> Self {
        Self { ranking, ..self }
    }

    /// The weights of the fusion.
    pub fn ranking(&self) -> Ranking {
        self.ranking
    }

    /// The article with this id, drafts and expired ones included.
    pub fn article(&self, id: &str, language: Language) -> Option<Arc<Article>> {
        self.articles.get(&language)?.get(id).cloned()
    }

    /// All articles, by language and id, drafts and expired ones included.
    pub fn articles(&self) -> impl Iterator<Item = &Arc<Article>> {
        self.articles.values().flat_map(BTreeMap::values)
    }

    /// The best `k` approved articles in the message's language, the best first; articles with the
    /// same score in the order of their ids. `embedding` is the message's vector; an empty one
    /// leaves the search to words and intent.
    pub fn search(
        &self,
        text: &PreparedText,
        embedding: &[f32],
        classification: &Classification,
        k: usize,
    ) -> Vec<Hit> {
        self.search_on(super::today(), text, embedding, classification, k)
    }

    /// As [`Knowledge::search`], as if it were `today`.
    pub fn search_on(
        &self,
        today: Date,
        text: &PreparedText,
        embedding: &[f32],
        classification: &Classification,
        k: usize,
    ) -> Vec<Hit> {
        let Some(section) = self.sections.get(&text.language) else { return Vec::new() };
        let mut candidates = self.candidates(section, text, embedding, classification);
        if k < candidates.len() {
            candidates.select_nth_unstable_by(k, Candidate::compare);
            candidates.truncate(k);
        }
        candidates.sort_unstable_by(Candidate::compare);
        candidates.into_iter().map(|candidate| section.hit(candidate, today)).collect()
    }

    pub(super) fn section(&self, language: Language) -> Option<&Section> {
        self.sections.get(&language)
    }

    /// The scores of all articles of a section, in the order of their numbers.
    pub(super) fn candidates(
        &self,
        section: &Section,
        text: &PreparedText,
        embedding: &[f32],
        classification: &Classification,
    ) -> Vec<Candidate> {
        let terms = section.analyser.terms(&text.cleaned, text.language);
        let bm25 = section.index.scores(&terms);
        let cosines = section.phrasings.cosines(embedding);
        let intents = section.intent_masses(classification);
        bm25.into_iter()
            .zip(cosines)
            .zip(intents)
            .enumerate()
            .map(|(number, ((bm25, cosine), intent))| {
                let learned = section.learned(number, classification);
                let score = self.ranking.fuse(bm25, cosine, intent, learned);
                Candidate { number, score, bm25, cosine, intent, learned }
            })
            .collect()
    }
}

impl Section {
    fn new(language: Language, articles: Vec<Arc<Article>>, phrasings: Phrasings) -> Self {
        let analyser = terms::analyser(articles.iter().map(Arc::as_ref));
        let mut questions = Vec::new();
        let mut bags = Vec::with_capacity(articles.len());
        for article in &articles {
            let mut bag = Bag::default();
            bag.add(&analyser.terms(&article.title, language), TITLE_WEIGHT);
            for question in &article.questions {
                let terms = analyser.terms(question, language);
                bag.add(&terms, QUESTION_WEIGHT);
                questions.push(terms);
            }
            let body = analyser.terms(&phrasings::plain(&article.body), language);
            bag.add(&body, BODY_WEIGHT);
            bags.push(bag);
        }
        let mut intents: HashMap<String, usize> = HashMap::new();
        let article_intents = articles
            .iter()
            .map(|article| {
                let mut numbers: Vec<usize> = article
                    .intents
                    .iter()
                    .map(|intent| {
                        let next = intents.len();
                        *intents.entry(intent.clone()).or_insert(next)
                    })
                    .collect();
                // An intent named twice must not count twice.
                numbers.sort_unstable();
                numbers.dedup();
                numbers
            })
            .collect();
        Self {
            articles,
            analyser,
            index: Index::new(&bags, &questions),
            phrasings,
            intents,
            article_intents,
        }
    }

    /// Of every article the probability that one of its intents is meant.
    fn intent_masses(&self, classification: &Classification) -> Vec<f32> {
        let mut probabilities = vec![0.0; self.intents.len()];
        for score in classification.intent.iter().chain(&classification.alternatives) {
            if let Some(number) = self.intents.get(&score.name) {
                probabilities[*number] = score.confidence;
            }
        }
        self.article_intents
            .iter()
            .map(|intents| intents.iter().map(|number| probabilities[*number]).sum())
            .collect()
    }

    /// Only the few articles that the classification names have a probability.
    fn learned(&self, number: usize, classification: &Classification) -> f32 {
        let id = &self.articles[number].id;
        let named = classification.articles.iter().find(|score| score.id == *id);
        named.map_or(0.0, |score| score.confidence)
    }

    pub(super) fn hit(&self, candidate: Candidate, today: Date) -> Hit {
        let article = Arc::clone(&self.articles[candidate.number]);
        Hit {
            usable: article.is_usable(today),
            article,
            score: candidate.score,
            bm25: candidate.bm25,
            cosine: candidate.cosine,
            intent: candidate.intent,
            learned: candidate.learned,
        }
    }
}
