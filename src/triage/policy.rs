use serde::{Deserialize, Serialize};

use super::confidence::FEATURES;
use crate::classifier::Answering;

/// The limits of automatic answers: section `[policy]` of `lotse.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Share of automatic answers that may be wrong, 0 to 1. The model pack's curve turns it into
    /// a threshold of the answer confidence; with 0 nothing is answered.
    pub risk: f32,
    /// How sure it must be that the risk is kept, 0 to 1. Set, only a threshold counts that the
    /// model pack's certificate promises for it; without such a certificate nothing is answered.
    pub risk_confidence: Option<f32>,
    /// Lowest answer confidence, 0 to 1; set, it takes the place of the threshold for `risk`.
    pub answer_threshold: Option<f32>,
    /// Lowest fused score of an article that is said, 0 to 1.
    pub article_score: f32,
    /// A message whose probability of tier 3 reaches this is not answered.
    pub tier_three_limit: f32,
    /// A message read as negative with at least this confidence is not answered.
    pub negative_limit: f32,
    /// Intents that get a fixed courteous reply.
    pub smalltalk_intents: Vec<String>,
    /// Probability mass of those intents from which it is smalltalk.
    pub smalltalk_confidence: f32,
    /// Intents that ask for a person.
    pub person_intents: Vec<String>,
    /// Probability mass of those intents from which a person is asked for.
    pub person_confidence: f32,
    /// Articles are close, and a question back is worth it, where the second one's fused score is
    /// at least this share of the best one's.
    pub clarify_article_ratio: f32,
    /// Intents are close where the best one leads by no more than this.
    pub clarify_intent_margin: f32,
    /// Lowest answer confidence at which a question back is worth the customer's time.
    pub clarify_confidence: f32,
    /// Lowest probability that an article can answer the message at all, for a question back.
    pub clarify_answerable: f32,
    /// Answers on one topic in one conversation after which a person takes over.
    pub answers_per_topic: usize,
    /// The model pack's learned confidence of automatic answers. Without it nothing is answered.
    #[serde(skip)]
    pub answering: Option<Answering>,
}

impl Default for Policy {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            risk: 0.02,
            risk_confidence: None,
            answer_threshold: None,
            article_score: 0.3,
            tier_three_limit: 0.35,
            negative_limit: 0.85,
            smalltalk_intents: names(&["greeting", "goodbye", "praise"]),
            smalltalk_confidence: 0.5,
            person_intents: names(&["contact_human_agent"]),
            person_confidence: 0.5,
            clarify_article_ratio: 0.85,
            clarify_intent_margin: 0.25,
            clarify_confidence: 0.25,
            clarify_answerable: 0.5,
            answers_per_topic: 2,
            answering: None,
        }
    }
}

/// A setting that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A share or probability outside 0 to 1.
    #[error("policy.{name} is {value}: give a number from 0 to 1")]
    Share {
        /// Name of the setting.
        name: &'static str,
        /// What was given.
        value: String,
    },
    /// The fused score of an article cannot be below 0.
    #[error("policy.article_score is {0}: give 0 (no limit) or more")]
    ArticleScore(String),
    /// With 0, the first answer would already be one too many.
    #[error(
        "policy.answers_per_topic is 0: give 1 or more, or set policy.risk = 0 to answer nothing"
    )]
    AnswersPerTopic,
    /// The pack was fitted on features that this program does not compute.
    #[error(
        "the model pack weighs the unknown feature `{0}` of automatic answers: train the pack with \
         this version of lotse"
    )]
    UnknownFeature(String),
}

impl Policy {
    /// The policy with the learned confidence of a model pack.
    #[must_use]
    pub fn with_answering(mut self, answering: Option<Answering>) -> Self {
        self.answering = answering;
        self
    }

    /// Lowest answer confidence at which an article is said: as configured; else as the pack's
    /// certificate promises it, where `risk_confidence` asks for one; else as the pack's curve
    /// derives it from `risk`. None: nothing is answered.
    pub fn threshold(&self) -> Option<f32> {
        let answering = self.answering.as_ref()?;
        self.answer_threshold.or_else(|| match self.risk_confidence {
            Some(confidence) => answering.certified_threshold(self.risk, confidence),
            None => answering.threshold(self.risk),
        })
    }

    /// Refuses settings that make no sense.
    pub fn validate(&self) -> Result<(), PolicyError> {
        let shares = [
            ("risk", Some(self.risk)),
            ("risk_confidence", self.risk_confidence),
            ("answer_threshold", self.answer_threshold),
            ("tier_three_limit", Some(self.tier_three_limit)),
            ("negative_limit", Some(self.negative_limit)),
            ("smalltalk_confidence", Some(self.smalltalk_confidence)),
            ("person_confidence", Some(self.person_confidence)),
            ("clarify_article_ratio", Some(self.clarify_article_ratio)),
            ("clarify_intent_margin", Some(self.clarify_intent_margin)),
            ("clarify_confidence", Some(self.clarify_confidence)),
            ("clarify_answerable", Some(self.clarify_answerable)),
        ];
        for (name, value) in shares {
            if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
                return Err(PolicyError::Share { name, value: value.to_string() });
            }
        }
        if !self.article_score.is_finite() || self.article_score < 0.0 {
            return Err(PolicyError::ArticleScore(self.article_score.to_string()));
        }
        if self.answers_per_topic == 0 {
            return Err(PolicyError::AnswersPerTopic);
        }
        let unknown = |name: &&String| !FEATURES.contains(&name.as_str());
        match self.answering.iter().flat_map(|answering| answering.weights.keys()).find(unknown) {
            Some(name) => Err(PolicyError::UnknownFeature(name.clone())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_default_is_valid() {
        assert_eq!(Policy::default().validate(), Ok(()));
        assert_eq!(Policy::default().threshold(), None);
    }

    #[test]
    fn nonsense_is_refused_with_its_name() {
        let error = Policy { risk: 2.0, ..Policy::default() }.validate().expect_err("risk 2");
        assert_eq!(error.to_string(), "policy.risk is 2: give a number from 0 to 1");
        let not_a_number = Policy { negative_limit: f32::NAN, ..Policy::default() };
        assert!(not_a_number.validate().is_err());
        let answering = Answering {
            weights: BTreeMap::from([("moon_phase".to_owned(), 1.0)]),
            ..Answering::default()
        };
        let error = Policy::default().with_answering(Some(answering)).validate();
        assert_eq!(error, Err(PolicyError::UnknownFeature("moon_phase".to_owned())));
    }

    #[test]
    fn unknown_keys_are_refused() {
        let error = toml::from_str::<Policy>("riks = 0.1").expect_err("misspelt");
        assert!(error.to_string().contains("riks"), "{error}");
    }
}
