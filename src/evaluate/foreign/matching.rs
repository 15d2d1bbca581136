//! Which prediction belongs to which labelled row?

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    ForeignError, ForeignFile, MatchSummary, Matched, Record, RowsOf, UnknownIntent, line_error,
};
use crate::domain::{Classification, IntentScore, SentimentScore, TierScore};
use crate::evaluate::Prediction;
use crate::text::prepare;
use crate::train::LabelledRow;

/// Rows that an error names.
const NAMED: usize = 5;

/// A labelled row with the words that name it.
struct Place<'a> {
    file: &'a str,
    number: usize,
    row: &'a LabelledRow,
}

impl Place<'_> {
    fn name(&self) -> String {
        let id = self.row.id.as_ref().map_or(String::new(), |id| format!(" ({id})"));
        format!("{} row {}{id}", self.file, self.number)
    }
}

impl ForeignFile {
    /// The predictions in the order of the labelled rows: found by `id`, where any id of the file
    /// is one of the rows'; else by their text; else by their order, where there are as many. Every
    /// row needs a prediction: a system must not pass over the hard ones. `out_of_scope` is the
    /// label of rows that are out of scope.
    pub fn match_rows(
        &self,
        files: &[RowsOf],
        out_of_scope: &str,
    ) -> Result<Matched, ForeignError> {
        let places: Vec<Place> = files
            .iter()
            .flat_map(|file| {
                file.rows.iter().zip(1..).map(|(row, number)| Place {
                    file: file.name,
                    number,
                    row,
                })
            })
            .collect();
        let (matched_by, found) = self.find(&places)?;
        let missing: Vec<String> = places
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none())
            .map(|(place, _)| place.name())
            .collect();
        if !missing.is_empty() {
            let more = if missing.len() > NAMED { " and others" } else { "" };
            return Err(self.problem(format!(
                "has no prediction for {} of {} labelled rows, looked up by {matched_by}: {}{more}. \
                 Add them; where the system gave no intent, write null (JSONL) or nothing (CSV)",
                missing.len(),
                places.len(),
                missing.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "),
            )));
        }
        let found: Vec<usize> = found.into_iter().flatten().collect();
        let used: BTreeSet<usize> = found.iter().copied().collect();
        let known: BTreeSet<&str> = places
            .iter()
            .filter_map(|place| place.row.intent.as_deref())
            .chain([out_of_scope])
            .collect();
        let summary = MatchSummary {
            file: self.path.display().to_string(),
            predictions: self.records.len(),
            matched_by: matched_by.to_owned(),
            unused: self.records.len() - used.len(),
            unknown_intents: self.unknown(&used, &known),
            without_confidence: self.without_confidence(),
        };
        let predictions = places
            .iter()
            .zip(&found)
            .map(|(place, record)| prediction(place.row, &self.records[*record], out_of_scope))
            .collect();
        Ok(Matched { predictions, summary })
    }

    /// By what rows are found, and the record of each.
    fn find(&self, places: &[Place]) -> Result<(&'static str, Vec<Option<usize>>), ForeignError> {
        let ids: Vec<Option<String>> = places.iter().map(|place| place.row.id.clone()).collect();
        let own: Vec<Option<String>> =
            self.records.iter().map(|record| record.id.clone()).collect();
        if unique(&ids) && meet(&ids, &own) {
            return Ok(("id", self.by_key("id", &ids, &own)?));
        }
        let texts: Vec<Option<String>> =
            places.iter().map(|place| Some(plain(&place.row.text))).collect();
        let own: Vec<Option<String>> =
            self.records.iter().map(|record| record.text.as_deref().map(plain)).collect();
        if meet(&texts, &own) {
            return Ok(("text", self.by_key("text", &texts, &own)?));
        }
        if self.records.len() == places.len() {
            return Ok(("order", (0..places.len()).map(Some).collect()));
        }
        Err(self.problem(format!(
            "cannot be matched: no `id` and no `text` is one of the labelled rows', and {} \
             predictions for {} rows cannot be matched by order. Copy `id` or `text` of each row \
             into the file",
            self.records.len(),
            places.len(),
        )))
    }

    /// Rows with the same key share one prediction, or take as many as they are in order.
    fn by_key(
        &self,
        what: &str,
        wanted: &[Option<String>],
        own: &[Option<String>],
    ) -> Result<Vec<Option<usize>>, ForeignError> {
        let mut records: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, key) in own.iter().enumerate() {
            if let Some(key) = key {
                records.entry(key).or_default().push(index);
            }
        }
        let mut rows: HashMap<&str, usize> = HashMap::new();
        for key in wanted.iter().flatten() {
            *rows.entry(key).or_default() += 1;
        }
        let doubled = |list: &Vec<usize>| list.len() > 1;
        let wrong = own.iter().flatten().find(|key| {
            let count = rows.get(key.as_str()).copied().unwrap_or(0);
            records
                .get(key.as_str())
                .is_some_and(|list| doubled(list) && count > 0 && list.len() != count)
        });
        if let Some(key) = wrong {
            let lines: Vec<usize> =
                records[key.as_str()].iter().map(|index| self.records[*index].line).collect();
            let problem =
                format!("the same {what} as in line {}; keep one prediction a row", lines[0]);
            return Err(line_error(&self.path, lines[1], problem));
        }
        let mut taken: HashMap<&str, usize> = HashMap::new();
        Ok(wanted
            .iter()
            .map(|key| {
                let key = key.as_deref()?;
                let list = records.get(key)?;
                let next = taken.entry(key).or_default();
                let record = list.get(*next).or_else(|| list.last()).copied();
                *next += 1;
                record
            })
            .collect())
    }

    fn unknown(&self, used: &BTreeSet<usize>, known: &BTreeSet<&str>) -> Vec<UnknownIntent> {
        let mut unknown: BTreeMap<&str, UnknownIntent> = BTreeMap::new();
        for record in used.iter().map(|index| &self.records[*index]) {
            let Some(name) = record.intent.as_deref().filter(|name| !known.contains(name)) else {
                continue;
            };
            let first = || UnknownIntent { name: name.to_owned(), count: 0, line: record.line };
            unknown.entry(name).or_insert_with(first).count += 1;
        }
        unknown.into_values().collect()
    }

    fn without_confidence(&self) -> Vec<String> {
        let says = |says: &dyn Fn(&Record) -> bool| self.records.iter().any(says);
        [
            (
                "intent",
                says(&|record| record.intent.is_some()),
                says(&|record| record.intent_confidence.is_some()),
            ),
            (
                "sentiment",
                says(&|record| record.sentiment.is_some()),
                says(&|record| record.sentiment_confidence.is_some()),
            ),
            (
                "tier",
                says(&|record| record.tier.is_some()),
                says(&|record| record.tier_confidence.is_some()),
            ),
        ]
        .into_iter()
        .filter(|(_, label, confidence)| *label && !confidence)
        .map(|(name, _, _)| name.to_owned())
        .collect()
    }
}

/// Whether no two keys are the same.
fn unique(keys: &[Option<String>]) -> bool {
    let mut seen = BTreeSet::new();
    keys.iter().flatten().all(|key| seen.insert(key))
}

/// Whether any key stands on both sides.
fn meet(left: &[Option<String>], right: &[Option<String>]) -> bool {
    let left: BTreeSet<&String> = left.iter().flatten().collect();
    right.iter().flatten().any(|key| left.contains(key))
}

/// A text without what a way through a table may change: blanks around it, and line ends.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// A record as a prediction. A label without a confidence counts as a sure one; figures of its
/// confidence are left out of the report.
fn prediction(row: &LabelledRow, record: &Record, out_of_scope: &str) -> Prediction {
    let confidence = record.intent_confidence.unwrap_or(1.0);
    let score = |name: &str| IntentScore { name: name.to_owned(), confidence };
    let rejected = record.says_intent && record.intent.is_none();
    let best = record.best_intent.as_deref().unwrap_or(out_of_scope);
    Prediction::from_classification(&Classification {
        language: record.language.unwrap_or_else(|| prepare(&row.text, None).language),
        intent: record.intent.as_deref().map(score),
        in_scope: record.in_scope,
        alternatives: rejected.then(|| score(best)).into_iter().collect(),
        sentiment: record.sentiment.map(|name| SentimentScore {
            name,
            confidence: record.sentiment_confidence.unwrap_or(1.0),
        }),
        tier: record.tier.map(|level| TierScore {
            level,
            confidence: record.tier_confidence.unwrap_or(1.0),
            probabilities: [0.0; 3],
        }),
        answerable: None,
        articles: Vec::new(),
        entities: Vec::new(),
    })
}
