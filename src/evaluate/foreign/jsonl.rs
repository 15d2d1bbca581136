//! How is a line of JSON read? Flat fields, or the objects that `lotse classify` and Rasa write.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::record::{Record, confidence, sentiment, tier};
use crate::domain::Language;

/// A line as it may be written.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    text: Option<String>,
    language: Option<String>,
    /// Absent, null, a name, or an object.
    #[serde(default, deserialize_with = "present")]
    intent: Option<Value>,
    confidence: Option<f64>,
    in_scope: Option<f64>,
    #[serde(default)]
    alternatives: Vec<Scored>,
    sentiment: Option<Label>,
    sentiment_confidence: Option<f64>,
    tier: Option<Label>,
    tier_confidence: Option<f64>,
}

/// A label alone, or with its confidence.
#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Name(String),
    Number(u64),
    Scored(Scored),
}

#[derive(Deserialize)]
struct Scored {
    #[serde(alias = "level")]
    name: Value,
    confidence: Option<f64>,
}

/// A field that is there, even if it is null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// All lines that are not blank; an error is the line's number and what is wrong with it.
pub(super) fn read(content: &[u8]) -> Result<Vec<Record>, (usize, String)> {
    content
        .split(|byte| *byte == b'\n')
        .zip(1..)
        .filter(|(line, _)| !line.iter().all(u8::is_ascii_whitespace))
        .map(|(line, number)| {
            let parsed: Line = serde_json::from_slice(line)
                .map_err(|error| (number, format!("cannot be read as JSON: {error}")))?;
            record(parsed, number).map_err(|problem| (number, problem))
        })
        .collect()
}

fn record(line: Line, number: usize) -> Result<Record, String> {
    let says_intent = line.intent.is_some();
    let (name, own) = match line.intent.unwrap_or_default() {
        Value::Null => (None, None),
        Value::String(name) => (Some(name), None),
        object @ Value::Object(_) => {
            let scored: Scored = serde_json::from_value(object)
                .map_err(|_| "`intent` needs a `name` and a `confidence`".to_owned())?;
            (plain(&scored.name), scored.confidence)
        }
        other => return Err(format!("`intent` is {other}; write a name, or null for none")),
    };
    let intent = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let best = line.alternatives.first().filter(|_| intent.is_none());
    let stated = own.or(line.confidence).or_else(|| best.and_then(|best| best.confidence));
    let (mood, mood_confidence) = label(line.sentiment);
    let (level, level_confidence) = label(line.tier);
    let checked =
        |field: &str, value: Option<f64>| value.map(|value| confidence(field, value)).transpose();
    Ok(Record {
        line: number,
        id: plain(&line.id),
        text: line.text,
        language: line.language.as_deref().and_then(Language::from_code),
        says_intent,
        best_intent: best.and_then(|best| plain(&best.name)),
        intent,
        intent_confidence: checked("confidence", stated)?,
        in_scope: checked("in_scope", line.in_scope)?,
        sentiment: mood.map(|name| sentiment(&name)).transpose()?,
        sentiment_confidence: checked(
            "sentiment_confidence",
            mood_confidence.or(line.sentiment_confidence),
        )?,
        tier: level.map(|level| tier(&level)).transpose()?,
        tier_confidence: checked("tier_confidence", level_confidence.or(line.tier_confidence))?,
    })
}

fn label(label: Option<Label>) -> (Option<String>, Option<f64>) {
    match label {
        None => (None, None),
        Some(Label::Name(name)) => (Some(name), None),
        Some(Label::Number(number)) => (Some(number.to_string()), None),
        Some(Label::Scored(scored)) => (plain(&scored.name), scored.confidence),
    }
}

/// A name or number as text; none of anything else.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
