//! How is a table read? The first line names the columns; an empty cell says nothing, except that
//! an empty intent rejects the message.

use super::record::{Record, confidence, sentiment, tier};
use crate::domain::Language;

/// The columns that are read; others are passed over.
const COLUMNS: [&str; 10] = [
    "id",
    "text",
    "language",
    "intent",
    "confidence",
    "in_scope",
    "sentiment",
    "sentiment_confidence",
    "tier",
    "tier_confidence",
];

/// Reads a table whose columns are parted by commas, semicolons or tabs, whichever the first line
/// has most of. An error is the line's number and what is wrong with it.
pub(super) fn read(content: &[u8]) -> Result<Vec<Record>, (usize, String)> {
    let first = String::from_utf8_lossy(content.split(|byte| *byte == b'\n').next().unwrap_or(b""));
    let delimiter = [',', ';', '\t']
        .into_iter()
        .max_by_key(|mark| (first.matches(*mark).count(), *mark == ','))
        .map_or(b',', |mark| mark as u8);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::Headers)
        .from_reader(content);
    let unreadable = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        (line as usize, format!("cannot be read as CSV: {error}"))
    };
    let header = reader.headers().map_err(unreadable)?.clone();
    let place = |name: &str| header.iter().position(|found| found.eq_ignore_ascii_case(name));
    if ["intent", "sentiment", "tier"].iter().all(|name| place(name).is_none()) {
        let problem = format!(
            "the first line must name the columns, `intent`, `sentiment` or `tier` among them; \
             known are {}",
            COLUMNS.join(", ")
        );
        return Err((1, problem));
    }
    reader
        .records()
        .map(|row| {
            let row = row.map_err(unreadable)?;
            let number = row.position().map_or(0, csv::Position::line) as usize;
            let cell = |name: &str| {
                let cell = row.get(place(name)?)?;
                (!cell.trim().is_empty()).then(|| cell.to_owned())
            };
            record(&cell, place("intent").is_some(), number).map_err(|problem| (number, problem))
        })
        .collect()
}

fn record(
    cell: &dyn Fn(&str) -> Option<String>,
    says_intent: bool,
    line: usize,
) -> Result<Record, String> {
    let share = |field: &str| {
        cell(field)
            .map(|value| {
                let number = value.trim().replace(',', ".").parse::<f64>();
                let number = number.map_err(|_| format!("`{field}` is `{value}`, not a number"))?;
                confidence(field, number)
            })
            .transpose()
    };
    Ok(Record {
        line,
        id: cell("id").map(|id| id.trim().to_owned()),
        text: cell("text"),
        language: cell("language").and_then(|code| Language::from_code(code.trim())),
        says_intent,
        intent: cell("intent").map(|name| name.trim().to_owned()),
        best_intent: None,
        intent_confidence: share("confidence")?,
        in_scope: share("in_scope")?,
        sentiment: cell("sentiment").map(|name| sentiment(&name)).transpose()?,
        sentiment_confidence: share("sentiment_confidence")?,
        tier: cell("tier").map(|level| tier(&level)).transpose()?,
        tier_confidence: share("tier_confidence")?,
    })
}
