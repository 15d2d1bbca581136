use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::path::Path;

use super::{
    Answering, ClassifierError, Head, Manifest, Pack, ScopeCalibration, Typicality, log_sum_exp,
    normalise, sigmoid, softmax,
};
use crate::domain::{
    ArticleScore, Classification, IntentScore, Sentiment, SentimentScore, TierScore,
};
use crate::encoder::{Backend, Encoder, EncoderError, TextTokenizer};
use crate::text::PreparedText;

/// Intents listed beside the first.
const ALTERNATIVES: usize = 4;

/// Articles less probable than this are not told.
const NEGLIGIBLE: f32 = 0.002;

/// Label of the article head for messages that no article answers.
pub(crate) const NO_ARTICLE: &str = "none";

/// What one encoder pass tells of one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Intent, sentiment, tier, entities.
    pub classification: Classification,
    /// Vector of length 1 for the knowledge search.
    pub embedding: Vec<f32>,
}

/// Raw outputs of all heads for one message, by head name; what calibration is fitted on.
pub type Logits = BTreeMap<String, Vec<f32>>;

/// A model pack ready to read messages.
pub struct Classifier {
    manifest: Manifest,
    tokenizer: TextTokenizer,
    encoder: Encoder,
    heads: BTreeMap<String, Head>,
    /// Mean of the pooled vectors of the training rows. Taken away before vectors are compared:
    /// the raw vectors all point much the same way.
    centre: Vec<f32>,
    typicality: Option<Typicality>,
}

impl Classifier {
    /// Loads and verifies a pack, for the fastest backend.
    pub fn load(directory: &Path) -> Result<Self, ClassifierError> {
        Self::load_for(directory, Backend::default())
    }

    /// Loads and verifies a pack whose encoder is computed by `backend`.
    pub fn load_for(directory: &Path, backend: Backend) -> Result<Self, ClassifierError> {
        Self::from_pack(Pack::load(directory)?, backend)
    }

    pub(super) fn from_pack(pack: Pack, backend: Backend) -> Result<Self, ClassifierError> {
        let width = pack.config.hidden_size;
        let encoder = Encoder::new(&pack.config, &pack.weights, backend)?;
        let mut heads = BTreeMap::new();
        for (name, info) in &pack.manifest.heads {
            let outputs = if info.labels.len() == 2 { 1 } else { info.labels.len() };
            heads.insert(name.clone(), Head::load(&pack.weights, name, outputs, width)?);
        }
        let centre = pack.weights.get("head.search.centre", &[width])?.to_f32();
        let typicality = Typicality::load(&pack.weights, width)?;
        let Pack { manifest, tokenizer, .. } = pack;
        Ok(Self { manifest, tokenizer, encoder, heads, centre, typicality })
    }

    /// What the pack says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The learned confidence of automatic answers, if the pack has one.
    pub fn answering(&self) -> Option<&Answering> {
        self.manifest.answering.as_ref()
    }

    /// Reads messages, each in one encoder pass shared by all heads and the search vector.
    pub fn read(
        &self,
        texts: &[impl Borrow<PreparedText>],
    ) -> Result<Vec<Reading>, ClassifierError> {
        let cleaned: Vec<&str> = texts.iter().map(|text| text.borrow().cleaned.as_str()).collect();
        let pooled = self.pooled(&cleaned)?;
        let pairs = texts.iter().zip(pooled);
        Ok(pairs.map(|(text, pooled)| self.interpret(text.borrow(), pooled)).collect())
    }

    /// What computes the encoder.
    pub fn backend(&self) -> Backend {
        self.encoder.backend()
    }

    /// Token ids of a message, as the encoder is given them.
    pub fn token_ids(&self, text: &PreparedText) -> Result<Vec<u32>, ClassifierError> {
        Ok(self.tokenise(&text.cleaned)?)
    }

    /// Vectors as the heads see them.
    pub(crate) fn pooled_vectors(
        &self,
        texts: &[PreparedText],
    ) -> Result<Vec<Vec<f32>>, ClassifierError> {
        let cleaned: Vec<&str> = texts.iter().map(|text| text.cleaned.as_str()).collect();
        Ok(self.pooled(&cleaned)?)
    }

    /// Search vectors of length 1 of texts that are no messages, such as an article's questions.
    pub fn vectors(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ClassifierError> {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let pooled = self.pooled(&texts)?;
        Ok(pooled.into_iter().map(|vector| self.search_vector(vector)).collect())
    }

    fn search_vector(&self, mut pooled: Vec<f32>) -> Vec<f32> {
        pooled.iter_mut().zip(&self.centre).for_each(|(value, centre)| *value -= centre);
        normalise(&mut pooled);
        pooled
    }

    /// Pooled vectors `[texts][hidden_size]`.
    fn pooled(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError> {
        let sequences =
            texts.iter().map(|text| self.tokenise(text)).collect::<Result<Vec<_>, _>>()?;
        self.encode(&sequences)
    }

    fn tokenise(&self, text: &str) -> Result<Vec<u32>, EncoderError> {
        self.tokenizer.encode(&self.manifest.prefix, text)
    }

    /// Pooled vectors `[sequences][hidden_size]` of token ids.
    pub(super) fn encode(&self, sequences: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EncoderError> {
        self.encoder.pooled_all(sequences, |_| {})
    }

    fn head_logits(&self, pooled: &[f32]) -> Logits {
        self.heads.iter().map(|(name, head)| (name.clone(), head.logits(pooled))).collect()
    }

    /// What the heads make of a text's pooled vector.
    pub(super) fn interpret(&self, text: &PreparedText, pooled: Vec<f32>) -> Reading {
        let logits = self.head_logits(&pooled);
        let probabilities = |name: &str| {
            Some(softmax(logits.get(name)?, self.manifest.heads.get(name)?.temperature))
        };
        let intents = probabilities("intent");
        let in_scope = self.manifest.scope.as_ref().map(|scope| {
            let distance = self.typicality.as_ref().map_or(0.0, |known| known.distance(&pooled));
            scope.probability(&logits, distance)
        });
        let (intent, alternatives) = self.rank_intents(intents.as_deref(), in_scope);
        let classification = Classification {
            language: text.language,
            intent,
            in_scope,
            alternatives,
            sentiment: probabilities("sentiment").map(|shares| best_sentiment(&shares)),
            tier: probabilities("tier")
                .map(|shares| self.best_tier(&shares, intents.as_deref(), in_scope)),
            answerable: logits
                .get("answerable")
                .map(|logit| sigmoid(logit[0] / self.manifest.heads["answerable"].temperature)),
            articles: self.likely_articles(probabilities("article")),
            entities: text.entities.clone(),
        };
        Reading { classification, embedding: self.search_vector(pooled) }
    }

    /// Articles of the learned head that are not negligible.
    fn likely_articles(&self, shares: Option<Vec<f32>>) -> Vec<ArticleScore> {
        let Some(shares) = shares else { return Vec::new() };
        self.manifest.heads["article"]
            .labels
            .iter()
            .zip(shares)
            .filter(|(id, share)| *share >= NEGLIGIBLE && *id != NO_ARTICLE)
            .map(|(id, confidence)| ArticleScore { id: id.clone(), confidence })
            .collect()
    }

    fn rank_intents(
        &self,
        shares: Option<&[f32]>,
        in_scope: Option<f32>,
    ) -> (Option<IntentScore>, Vec<IntentScore>) {
        let Some(shares) = shares else { return (None, Vec::new()) };
        let labels = &self.manifest.heads["intent"].labels;
        let mut ranked: Vec<IntentScore> = labels
            .iter()
            .zip(shares)
            .map(|(name, confidence)| IntentScore { name: name.clone(), confidence: *confidence })
            .collect();
        ranked.sort_by(|left, right| right.confidence.total_cmp(&left.confidence));
        let threshold = self.manifest.scope.map_or(0.0, |scope| scope.threshold);
        if in_scope.is_some_and(|probability| probability < threshold) {
            ranked.truncate(ALTERNATIVES);
            return (None, ranked);
        }
        ranked.truncate(ALTERNATIVES + 1);
        let best = ranked.remove(0);
        (Some(best), ranked)
    }

    /// Tier probabilities with what the intents allow: `P(tier) ∝ P_head(tier) · P(floor ≤ tier)`.
    fn best_tier(
        &self,
        shares: &[f32],
        intents: Option<&[f32]>,
        in_scope: Option<f32>,
    ) -> TierScore {
        let mut probabilities = [0.0; 3];
        for (label, share) in self.manifest.heads["tier"].labels.iter().zip(shares) {
            if let Some(slot) = label
                .parse::<usize>()
                .ok()
                .and_then(|level| probabilities.get_mut(level.wrapping_sub(1)))
            {
                *slot = *share;
            }
        }
        if let Some(intents) = intents {
            let labels = &self.manifest.heads["intent"].labels;
            let scope = in_scope.unwrap_or(1.0);
            for (level, probability) in probabilities.iter_mut().enumerate() {
                let allowed: f32 = labels
                    .iter()
                    .zip(intents)
                    .filter(|(name, _)| {
                        usize::from(self.manifest.tier_floor.get(*name).copied().unwrap_or(1))
                            <= level + 1
                    })
                    .map(|(_, share)| share)
                    .sum();
                *probability *= scope * allowed + (1.0 - scope);
            }
            let total: f32 = probabilities.iter().sum();
            if total > 0.0 {
                for probability in &mut probabilities {
                    *probability /= total;
                }
            }
        }
        let (index, confidence) = argmax(&probabilities);
        TierScore { level: index as u8 + 1, confidence, probabilities }
    }
}

impl ScopeCalibration {
    /// Probability of being in scope from one message's raw head outputs and its distance from what
    /// training has seen.
    pub fn probability(&self, logits: &Logits, distance: f32) -> f32 {
        let [logit, energy, maximum] = Self::scores(logits);
        let sum = self.logit * logit + self.energy * energy + self.maximum * maximum;
        sigmoid(self.bias + sum + self.distance * distance)
    }

    /// Scope logit, energy and greatest probability of the intents.
    pub fn scores(logits: &Logits) -> [f32; 3] {
        let scope = logits.get("scope").map_or(0.0, |outputs| outputs[0]);
        let (energy, maximum) = logits
            .get("intent")
            .map_or((0.0, 0.0), |outputs| (log_sum_exp(outputs), argmax(&softmax(outputs, 1.0)).1));
        [scope, energy, maximum]
    }
}

fn best_sentiment(shares: &[f32]) -> SentimentScore {
    let (index, confidence) = argmax(shares);
    SentimentScore { name: Sentiment::ALL[index], confidence }
}

fn argmax(values: &[f32]) -> (usize, f32) {
    values.iter().copied().enumerate().fold((0, f32::NEG_INFINITY), |best, (index, value)| {
        if value > best.1 { (index, value) } else { best }
    })
}
