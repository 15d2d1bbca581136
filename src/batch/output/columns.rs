//! Which columns does the output have, and what stands in them?

use serde_json::Value;

use crate::batch::RowResult;

/// A column of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultColumn {
    /// Row of the input, from 1.
    Row,
    /// Language of the message.
    Language,
    /// Its intent; none out of scope.
    Intent,
    /// How sure the intent is.
    Confidence,
    /// Probability that any of the known intents is meant.
    InScope,
    /// The next best intents.
    Alternatives,
    /// Mood of the writer.
    Sentiment,
    /// How sure the mood is.
    SentimentConfidence,
    /// Complexity tier.
    Tier,
    /// How sure the tier is.
    TierConfidence,
    /// The human queue.
    Queue,
    /// Rank within the queue.
    Priority,
    /// Numbers, dates, addresses and devices.
    Entities,
    /// The article that would have answered.
    Article,
    /// How sure that answer would have been.
    ArticleConfidence,
    /// Row that begins the group of near-duplicates.
    DuplicateOf,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words, or compact JSON where a table cannot hold a list.
    Text,
    /// A probability.
    Share,
    /// A number of a row or tier.
    Whole,
}

impl ResultColumn {
    /// All columns in their order.
    pub const ALL: [Self; 16] = [
        Self::Row,
        Self::Language,
        Self::Intent,
        Self::Confidence,
        Self::InScope,
        Self::Alternatives,
        Self::Sentiment,
        Self::SentimentConfidence,
        Self::Tier,
        Self::TierConfidence,
        Self::Queue,
        Self::Priority,
        Self::Entities,
        Self::Article,
        Self::ArticleConfidence,
        Self::DuplicateOf,
    ];

    /// The name in the header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Language => "language",
            Self::Intent => "intent",
            Self::Confidence => "confidence",
            Self::InScope => "in_scope",
            Self::Alternatives => "alternatives",
            Self::Sentiment => "sentiment",
            Self::SentimentConfidence => "sentiment_confidence",
            Self::Tier => "tier",
            Self::TierConfidence => "tier_confidence",
            Self::Queue => "queue",
            Self::Priority => "priority",
            Self::Entities => "entities",
            Self::Article => "article",
            Self::ArticleConfidence => "article_confidence",
            Self::DuplicateOf => "duplicate_of",
        }
    }

    /// The column with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Row | Self::Tier | Self::DuplicateOf => Kind::Whole,
            Self::Confidence
            | Self::InScope
            | Self::SentimentConfidence
            | Self::TierConfidence
            | Self::ArticleConfidence => Kind::Share,
            _ => Kind::Text,
        }
    }

    /// The value of a row; null where there is none.
    pub(super) fn value(self, row: &RowResult) -> serde_json::Result<Value> {
        let read = &row.classification;
        let text = |text: &str| Value::from(text);
        let value = match self {
            Self::Row => Some(row.number.into()),
            Self::Language => Some(text(read.language.code())),
            Self::Intent => read.intent.as_ref().map(|intent| text(&intent.name)),
            Self::Confidence => read.intent.as_ref().map(|intent| share(intent.confidence)),
            Self::InScope => read.in_scope.map(share),
            Self::Alternatives => Some(serde_json::to_value(&read.alternatives)?),
            Self::Sentiment => read.sentiment.as_ref().map(|score| text(score.name.name())),
            Self::SentimentConfidence => read.sentiment.as_ref().map(|s| share(s.confidence)),
            Self::Tier => read.tier.as_ref().map(|tier| tier.level.into()),
            Self::TierConfidence => read.tier.as_ref().map(|tier| share(tier.confidence)),
            Self::Queue => row.queue.as_deref().map(text),
            // Without queues there is no rank in one.
            Self::Priority => row.queue.as_ref().map(|_| text(row.priority.name())),
            Self::Entities => Some(serde_json::to_value(&read.entities)?),
            Self::Article => row.article.as_ref().map(|article| text(&article.id)),
            Self::ArticleConfidence => row.article.as_ref().map(|a| share(a.confidence)),
            Self::DuplicateOf => row.duplicate_of.map(Value::from),
        };
        Ok(value.unwrap_or(Value::Null))
    }
}

/// A probability with four places: more say nothing, and make files larger.
fn share(probability: f32) -> Value {
    Value::from((f64::from(probability) * 1e4).round() / 1e4)
}

/// A value as text of a table: what a text says, compact JSON otherwise, blank for null.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
