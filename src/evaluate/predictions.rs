//! What did a model say of a row?

use crate::domain::{Action, Classification, IntentScore, Language, SentimentScore, TierScore};

/// What a model, or another system, said of one labelled row. Whatever it does not say is `None`,
/// and the figures that would need it are left out of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Language it read the message in.
    pub language: Language,
    /// The intent it stands by; none where it rejects the message as out of scope.
    pub intent: Option<IntentScore>,
    /// The most probable intent, whether or not the message was rejected.
    pub best_intent: Option<IntentScore>,
    /// Probability of being in scope.
    pub in_scope: Option<f32>,
    /// Mood of the writer.
    pub sentiment: Option<SentimentScore>,
    /// Complexity tier.
    pub tier: Option<TierScore>,
    /// What would be done with the message; none for a system that only classifies.
    pub action: Option<Action>,
    /// The best article, whether or not it would be sent: the curve of risk against coverage needs
    /// those that were held back as well.
    pub article: Option<String>,
    /// Probability that `article` is a full and right answer; 0 without an article.
    pub answer_confidence: f32,
    /// Whether every rule but the threshold of the answer confidence lets `article` be sent: the
    /// threshold alone then decides.
    pub open_to_answer: bool,
    /// The queue it would go to if a person had to take it.
    pub queue: Option<String>,
}

impl Prediction {
    /// What a classification says, without any decision.
    pub fn from_classification(classification: &Classification) -> Self {
        Self {
            language: classification.language,
            intent: classification.intent.clone(),
            best_intent: classification.best_intent().cloned(),
            in_scope: classification.in_scope,
            sentiment: classification.sentiment.clone(),
            tier: classification.tier.clone(),
            action: None,
            article: None,
            answer_confidence: 0.0,
            open_to_answer: false,
            queue: None,
        }
    }

    /// Whether the message was answered automatically.
    pub fn answered(&self) -> bool {
        self.action == Some(Action::Answer)
    }

    /// Every stated probability with its name.
    pub(super) fn probabilities(&self) -> impl Iterator<Item = (&'static str, f32)> {
        [
            ("intent", self.intent.as_ref().map(|score| score.confidence)),
            ("best intent", self.best_intent.as_ref().map(|score| score.confidence)),
            ("in scope", self.in_scope),
            ("sentiment", self.sentiment.as_ref().map(|score| score.confidence)),
            ("tier", self.tier.as_ref().map(|score| score.confidence)),
            ("answer", Some(self.answer_confidence)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}
