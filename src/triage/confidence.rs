//! How sure is it that the best article is a full and right answer?
//!
//! A logistic model over named features of the classification and the knowledge hits. Training
//! fits its weights by calling the same [`features`] (see [`Answering`]).

use crate::classifier::{Answering, sigmoid};
use crate::domain::{Classification, Sentiment};
use crate::knowledge::Hit;

/// Logits are cut at this magnitude: beyond it a probability says no more than "certain".
const LOGIT_LIMIT: f32 = 6.0;

/// Names of all features, in the order of [`features`].
pub const FEATURES: [&str; 19] = [
    "score",
    "cosine",
    "bm25",
    "intent_mass",
    "learned",
    "learned_logit",
    "learned_none",
    "score_margin",
    "cosine_margin",
    "covers_intent",
    "answerable",
    "top_intent",
    "intent_margin",
    "in_scope",
    "tier_one",
    "tier_two",
    "tier_three",
    "negative",
    "positive",
];

/// The hit that would be said: the best one that is approved, unexpired and in the language of
/// the message.
pub(super) fn top_usable<'a>(classification: &Classification, hits: &'a [Hit]) -> Option<&'a Hit> {
    hits.iter().find(|hit| hit.usable && hit.article.language == classification.language)
}

/// The named features of a message and its hits; none without a usable hit.
///
/// | name | meaning |
/// | --- | --- |
/// | `score`, `cosine`, `bm25`, `intent_mass` | of the top usable hit, as in [`Hit`] |
/// | `learned`, `learned_logit` | probability that labelled messages like this one were answered with the top hit, and its logit cut at ±6 |
/// | `learned_none` | probability that they were answered with no article |
/// | `score_margin`, `cosine_margin` | top usable hit less the best hit on another article; negative where an article that may not be said fits better |
/// | `covers_intent` | 1 if the article names the best intent |
/// | `answerable` | logit of [`Classification::answerable`], cut at ±6; 0 without that head |
/// | `top_intent`, `intent_margin` | confidence of the best intent, and its lead over the second |
/// | `in_scope` | as in [`Classification::in_scope`]; 1 without it |
/// | `tier_one`, `tier_two`, `tier_three` | tier probabilities; 0 without a tier head |
/// | `negative`, `positive` | sentiment probabilities, see [`sentiment_share`] |
pub fn features(
    classification: &Classification,
    hits: &[Hit],
) -> Option<[(&'static str, f32); FEATURES.len()]> {
    let top = top_usable(classification, hits)?;
    let others = || hits.iter().filter(|hit| hit.article.id != top.article.id);
    let best_other = |value: fn(&Hit) -> f32| others().map(value).fold(0.0, f32::max);
    let best_intent = classification.best_intent();
    let covers = best_intent.is_some_and(|intent| top.article.intents.contains(&intent.name));
    let tiers = classification.tier.as_ref().map_or([0.0; 3], |tier| tier.probabilities);
    let values = [
        top.score,
        top.cosine,
        top.bm25,
        top.intent,
        top.learned,
        logit(top.learned),
        1.0 - classification.articles.iter().map(|score| score.confidence).sum::<f32>(),
        top.score - best_other(|hit| hit.score),
        top.cosine - best_other(|hit| hit.cosine),
        if covers { 1.0 } else { 0.0 },
        classification.answerable.map_or(0.0, logit),
        best_intent.map_or(0.0, |intent| intent.confidence),
        intent_margin(classification),
        classification.in_scope.unwrap_or(1.0),
        tiers[0],
        tiers[1],
        tiers[2],
        sentiment_share(classification, Sentiment::Negative),
        sentiment_share(classification, Sentiment::Positive),
    ];
    Some(std::array::from_fn(|index| (FEATURES[index], values[index])))
}

/// Calibrated probability that the top usable hit answers the message in full and rightly; 0
/// without such a hit. Features that `answering` has no weight for count nothing.
pub fn answer_confidence(
    classification: &Classification,
    hits: &[Hit],
    answering: &Answering,
) -> f32 {
    let Some(features) = features(classification, hits) else { return 0.0 };
    let weighted: f32 = features
        .iter()
        .filter_map(|(name, value)| answering.weights.get(*name).map(|weight| weight * value))
        .sum();
    sigmoid(answering.bias + weighted)
}

/// Lead of the best intent over the second, 0 to 1; the best intent's confidence if it is alone.
pub(super) fn intent_margin(classification: &Classification) -> f32 {
    let mut confidences = classification
        .intent
        .iter()
        .chain(&classification.alternatives)
        .map(|score| score.confidence);
    let first = confidences.next().unwrap_or(0.0);
    first - confidences.next().unwrap_or(0.0)
}

/// Probability of one sentiment, 0 without a sentiment head. A classification tells only the most
/// probable one; what is left is shared evenly by the other two.
pub(super) fn sentiment_share(classification: &Classification, sentiment: Sentiment) -> f32 {
    match &classification.sentiment {
        Some(score) if score.name == sentiment => score.confidence,
        Some(score) => (1.0 - score.confidence) / 2.0,
        None => 0.0,
    }
}

fn logit(probability: f32) -> f32 {
    (probability / (1.0 - probability)).ln().clamp(-LOGIT_LIMIT, LOGIT_LIMIT)
}
