//! Which labels are probably wrong?
//!
//! The idea of confident learning (Northcutt, Jiang and Chuang 2021): a row is doubtful where
//! another label is given it with at least the confidence that rows of that label usually get.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cases::Case;
use crate::domain::Language;
use crate::evaluate::metrics::rounded;

/// Rows of a label that must be recognised before its usual confidence means anything.
const ENOUGH: usize = 3;

/// Below this confidence a system does not contradict a label, however unsure it usually is.
const LEAST: f32 = 0.5;

/// A row whose label is probably wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suspect {
    /// `intent` (out of scope being one), `tier` or `sentiment`.
    pub head: &'static str,
    /// Number of the row, counted from 1 over all files.
    pub row: usize,
    /// The row's own identifier, if it has one.
    pub id: Option<String>,
    /// The message.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// What the row says.
    pub gold: String,
    /// What was predicted.
    pub predicted: String,
    /// How sure the system was of it.
    #[serde(serialize_with = "rounded")]
    pub confidence: f64,
    /// Mean confidence of the rows that carry the predicted label and were given it.
    #[serde(serialize_with = "rounded")]
    pub usual: f64,
}

/// One row's label, and what a head gave it with which confidence.
struct Row<'a> {
    case: &'a Case<'a>,
    gold: String,
    given: String,
    confidence: f32,
}

/// Label, what was given instead or alike, and how surely.
type Given = (String, String, f32);

/// Doubtful rows of all heads, by head, the most doubtful first.
pub(super) fn suspects(cases: &[Case]) -> Vec<Suspect> {
    let of = |head, given: &dyn Fn(&Case) -> Option<Given>| {
        let given = cases.iter().filter(|case| case.states(head)).filter_map(|case| {
            let (gold, given, confidence) = given(case)?;
            Some(Row { case, gold, given, confidence })
        });
        of_head(head, &given.collect::<Vec<_>>())
    };
    [
        of("intent", &intent),
        of("tier", &|case| {
            let (gold, given) = case.tier_pair()?;
            Some((gold.to_string(), given.to_string(), case.tier()?.confidence))
        }),
        of("sentiment", &|case| {
            let (gold, given) = case.sentiment_pair()?;
            Some((gold.name().to_owned(), given.name().to_owned(), case.sentiment()?.confidence))
        }),
    ]
    .concat()
}

/// The delivered intent, out of scope being one, with its confidence.
fn intent(case: &Case) -> Option<Given> {
    let (gold, given) = case.delivered_pair()?;
    let confidence = if case.rejected()? {
        1.0 - case.prediction.in_scope.or_else(|| case.intent_score())?
    } else {
        case.prediction.intent.as_ref()?.confidence
    };
    Some((gold.to_owned(), given.to_owned(), confidence))
}

fn of_head(head: &'static str, rows: &[Row]) -> Vec<Suspect> {
    let mut recognised: BTreeMap<&str, (usize, f32)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.gold == row.given) {
        let (count, sum) = recognised.entry(&row.given).or_default();
        *count += 1;
        *sum += row.confidence;
    }
    let mut found: Vec<Suspect> = rows
        .iter()
        .filter(|row| row.gold != row.given && row.confidence >= LEAST)
        .filter_map(|row| {
            let (count, sum) = *recognised.get(row.given.as_str())?;
            let usual = sum / count as f32;
            (count >= ENOUGH && row.confidence >= usual).then(|| Suspect {
                head,
                row: row.case.number,
                id: row.case.row.id.clone(),
                text: row.case.row.text.clone(),
                language: row.case.language(),
                gold: row.gold.clone(),
                predicted: row.given.clone(),
                confidence: f64::from(row.confidence),
                usual: f64::from(usual),
            })
        })
        .collect();
    let excess = |suspect: &Suspect| suspect.confidence - suspect.usual;
    found.sort_by(|left, right| {
        excess(right).total_cmp(&excess(left)).then_with(|| left.row.cmp(&right.row))
    });
    found
}
