use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Entity, Language};

/// What one message says, as read in one encoder pass. Every confidence is calibrated: of all
/// messages that get 0.8, about 80 % are right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Classification {
    /// Main language of the message.
    pub language: Language,
    /// The intent, or null when the message is out of scope (or the pack has no intent head).
    pub intent: Option<IntentScore>,
    /// Calibrated probability that any of the pack's intents is meant; null without an intent head.
    pub in_scope: Option<f32>,
    /// The next best intents; the best ones where `intent` is null.
    pub alternatives: Vec<IntentScore>,
    /// Mood of the writer; null when the pack has no sentiment head.
    pub sentiment: Option<SentimentScore>,
    /// Complexity tier; null when the pack has no tier head.
    pub tier: Option<TierScore>,
    /// Probability that a general article can answer the message in full, without a look into the
    /// customer's own records; null when the pack has no such head. Used by the decision, and shown
    /// in its reasons.
    #[serde(default, skip_serializing)]
    pub answerable: Option<f32>,
    /// Articles that the labelled messages of the training answered such a message with; empty when
    /// the pack has no such head. Used by the knowledge search.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    pub articles: Vec<ArticleScore>,
    /// Numbers, dates, addresses and devices named in the message.
    pub entities: Vec<Entity>,
}

impl Classification {
    /// The best intent whether or not the message is in scope.
    pub fn best_intent(&self) -> Option<&IntentScore> {
        self.intent.as_ref().or_else(|| self.alternatives.first())
    }

    /// Probability of the intent called `name` among those listed, 0 when it is not listed.
    pub fn probability_of(&self, name: &str) -> f32 {
        self.intent
            .iter()
            .chain(&self.alternatives)
            .find(|score| score.name == name)
            .map_or(0.0, |score| score.confidence)
    }
}

/// An intent with its calibrated confidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IntentScore {
    /// Intent name as in the training rows.
    pub name: String,
    /// Calibrated probability, 0 to 1.
    pub confidence: f32,
}

/// An article with the calibrated probability that it answers a message in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArticleScore {
    /// Article identifier.
    pub id: String,
    /// Calibrated probability, 0 to 1.
    pub confidence: f32,
}

/// Mood of the writer.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Sentiment {
    /// Annoyed, angry, disappointed, worried, or reports harm.
    Negative,
    /// A plain question, request or report.
    Neutral,
    /// Pleased, thanks or praises beyond a polite formula.
    Positive,
}

impl Sentiment {
    /// All sentiments, in the order of the sentiment head's outputs.
    pub const ALL: [Self; 3] = [Self::Negative, Self::Neutral, Self::Positive];

    /// The name used in JSON and in labelled rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Positive => "positive",
        }
    }

    /// The sentiment with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sentiment| sentiment.name() == name)
    }
}

/// A sentiment with its calibrated confidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SentimentScore {
    /// The most probable sentiment.
    pub name: Sentiment,
    /// Its calibrated probability, 0 to 1.
    pub confidence: f32,
}

/// A complexity tier with its calibrated confidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TierScore {
    /// 1 standard question, 2 needs knowledge or a record, 3 needs judgement or a specialist.
    pub level: u8,
    /// Its calibrated probability, 0 to 1.
    pub confidence: f32,
    /// Probabilities of tiers 1, 2 and 3; the decision asks how likely tier 3 is.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    pub probabilities: [f32; 3],
}
