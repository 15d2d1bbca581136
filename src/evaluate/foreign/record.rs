use crate::domain::{Language, Sentiment};

/// One line of a file of predictions. Whatever the line does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Line in the file, counted from 1.
    pub line: usize,
    /// Identifier of the labelled row.
    pub id: Option<String>,
    /// The message.
    pub text: Option<String>,
    /// Language it was read in.
    pub language: Option<Language>,
    /// Whether the line speaks of the intent at all; without an intent it then rejects the message.
    pub says_intent: bool,
    /// The intent delivered; none where the message is rejected as out of scope.
    pub intent: Option<String>,
    /// The most probable intent of a rejected message, where the system names it.
    pub best_intent: Option<String>,
    /// Confidence of the intent, 0 to 1.
    pub intent_confidence: Option<f32>,
    /// Probability of being in scope, 0 to 1.
    pub in_scope: Option<f32>,
    /// Mood.
    pub sentiment: Option<Sentiment>,
    /// Confidence of the mood, 0 to 1.
    pub sentiment_confidence: Option<f32>,
    /// Complexity tier; one that does not exist counts as wrong.
    pub tier: Option<u8>,
    /// Confidence of the tier, 0 to 1.
    pub tier_confidence: Option<f32>,
}

/// A confidence between 0 and 1, or what is wrong with it.
pub(super) fn confidence(field: &str, value: f64) -> Result<f32, String> {
    if (0.0..=1.0).contains(&value) {
        return Ok(value as f32);
    }
    let hint = if (1.0..=100.0).contains(&value) { "; divide percentages by 100" } else { "" };
    Err(format!("`{field}` is {value}; it must lie between 0 and 1{hint}"))
}

/// The mood with this name, in any case.
pub(super) fn sentiment(name: &str) -> Result<Sentiment, String> {
    Sentiment::ALL
        .into_iter()
        .find(|sentiment| sentiment.name().eq_ignore_ascii_case(name.trim()))
        .ok_or_else(|| {
            format!("unknown sentiment `{name}`; write one of negative, neutral, positive")
        })
}

/// A tier as a number.
pub(super) fn tier(value: &str) -> Result<u8, String> {
    value.trim().parse().map_err(|_| format!("unknown tier `{value}`; write 1, 2 or 3"))
}
