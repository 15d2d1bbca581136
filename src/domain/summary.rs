use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{EntityKind, Sentiment};

/// What a human needs to know before the first word: at most 90 words of text, made of the
/// conversation's own words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// One line for the queue list.
    pub headline: String,
    /// The summary as running text.
    pub text: String,
    /// What the customer wants, in the customer's words.
    pub wish: String,
    /// Numbers, dates and devices, each with the turn that said so.
    pub facts: Vec<Fact>,
    /// What was already tried or answered.
    pub tried: Vec<String>,
    /// What happened before, and elsewhere: one line for each earlier contact, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// Mood now and its trend.
    pub mood: Mood,
    /// What the agent could do next.
    pub next_step: String,
    /// Articles that may help the agent.
    pub articles: Vec<SuggestedArticle>,
}

/// A fact with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fact {
    /// What it is.
    pub kind: EntityKind,
    /// The words as written.
    pub text: String,
    /// Index of the turn, from 0, that holds these words.
    pub turn: usize,
}

/// Mood of the customer over the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mood {
    /// Mood in the latest customer turn.
    pub now: Sentiment,
    /// `better`, `steady` or `worse` than at the beginning.
    pub trend: String,
}

impl Default for Mood {
    fn default() -> Self {
        Self { now: Sentiment::Neutral, trend: "steady".to_owned() }
    }
}

/// An article offered to the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuggestedArticle {
    /// Article identifier.
    pub id: String,
    /// Its title.
    pub title: String,
}
