//! Do the labels agree with each other?

use std::collections::{BTreeMap, BTreeSet};

use super::{FileCounts, Finding, FindingKind, LabelledFile, LintOptions, Located};
use crate::train::LabelledRow;

/// Rows of an intent from which its usual tiers can be told.
const ENOUGH_ROWS: usize = 20;

/// A tier that fewer than this share of an intent's rows have is doubtful.
const USUAL_SHARE: f64 = 0.05;

/// What a file holds.
pub(super) fn counts(file: &LabelledFile) -> FileCounts {
    fn tally<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, usize> {
        let mut tally = BTreeMap::new();
        for key in keys {
            *tally.entry(key).or_default() += 1;
        }
        tally
    }
    let rows = file.rows;
    FileCounts {
        name: file.name.to_owned(),
        rows: rows.len(),
        languages: tally(
            rows.iter().map(|row| row.lang.map_or("none", |language| language.code()).to_owned()),
        ),
        intents: tally(rows.iter().filter_map(|row| row.intent.clone())),
        tiers: tally(rows.iter().filter_map(|row| row.tier)),
        sentiments: tally(rows.iter().filter_map(|row| Some(row.sentiment?.name().to_owned()))),
        answerable: rows.iter().filter(|row| row.answerable() == Some(true)).count(),
    }
}

/// The kinds of label in which rows differ. A row that lacks a label contradicts nobody.
pub(super) fn differences(rows: &[&LabelledRow]) -> Vec<&'static str> {
    fn differ<T: Ord>(labels: impl Iterator<Item = Option<T>>) -> bool {
        labels.flatten().collect::<BTreeSet<_>>().len() > 1
    }
    [
        ("intents", differ(rows.iter().map(|row| row.intent.as_ref()))),
        ("tiers", differ(rows.iter().map(|row| row.tier))),
        ("sentiments", differ(rows.iter().map(|row| row.sentiment))),
        ("articles", differ(rows.iter().map(|row| row.articles.as_ref()))),
        ("queues", differ(rows.iter().map(|row| row.queue.as_ref()))),
    ]
    .into_iter()
    .filter_map(|(what, differs)| differs.then_some(what))
    .collect()
}

/// Equal texts with different labels.
pub(super) fn conflicts(same: &BTreeMap<String, Vec<Located>>) -> Vec<Finding> {
    same.values()
        .filter_map(|rows| {
            let labelled: Vec<&LabelledRow> = rows.iter().map(|located| located.row).collect();
            let differs = differences(&labelled);
            (!differs.is_empty()).then(|| Finding {
                kind: FindingKind::Conflict,
                message: format!("different {}", differs.join(" and ")),
                places: rows.iter().map(Located::place).collect(),
            })
        })
        .collect()
}

/// Tiers that the intent does not allow, or that hardly fit it, and tier 3 with an article.
pub(super) fn tiers(rows: &[Located], options: &LintOptions) -> Vec<Finding> {
    let usual = usual_floors(rows);
    let mut findings = Vec::new();
    for located in rows {
        let Some(tier) = located.row.tier else { continue };
        let mut find = |kind, message| {
            findings.push(Finding { kind, message, places: vec![located.place()] });
        };
        if tier == 3 && located.row.answerable() == Some(true) {
            find(FindingKind::AnsweredTier3, "tier 3 with an article".to_owned());
        }
        let Some(intent) = &located.row.intent else { continue };
        let known = options.tier_floor.get(intent);
        if let Some(floor) = known.filter(|floor| tier < **floor) {
            let message = format!("tier {tier} of {intent}, whose lowest is {floor}");
            find(FindingKind::BelowFloor, message);
        }
        if let (None, Some(floor)) = (known, usual.get(intent.as_str()).filter(|f| tier < **f)) {
            let message = format!("tier {tier} of {intent}, whose rows are mostly {floor} or more");
            find(FindingKind::DoubtfulTier, message);
        }
    }
    findings
}

/// The lowest tier that more than a few rows of an intent have, for intents with enough rows.
fn usual_floors<'a>(rows: &[Located<'a>]) -> BTreeMap<&'a str, u8> {
    let mut tiers: BTreeMap<&str, BTreeMap<u8, usize>> = BTreeMap::new();
    for located in rows {
        if let (Some(intent), Some(tier)) = (&located.row.intent, located.row.tier) {
            *tiers.entry(intent).or_default().entry(tier).or_default() += 1;
        }
    }
    tiers
        .into_iter()
        .filter_map(|(intent, counts)| {
            let all: usize = counts.values().sum();
            if all < ENOUGH_ROWS {
                return None;
            }
            let usual = |count: usize| count as f64 >= USUAL_SHARE * all as f64;
            let floor = counts.iter().find(|(_, count)| usual(**count)).map(|(tier, _)| *tier)?;
            Some((intent, floor))
        })
        .collect()
}

/// Intents with too few rows in a file, those that it lacks altogether included.
pub(super) fn thin_classes(files: &[FileCounts], options: &LintOptions) -> Vec<Finding> {
    let intents: BTreeSet<&String> = files.iter().flat_map(|file| file.intents.keys()).collect();
    let mut findings = Vec::new();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| !file.intents.is_empty()) {
        let least = if index == 0 { options.least_training } else { options.least_other };
        for intent in &intents {
            // A file without any out-of-scope row is a choice, not an oversight.
            let rows = file.intents.get(*intent).copied().unwrap_or(0);
            if rows < least && !(rows == 0 && **intent == options.out_of_scope) {
                findings.push(Finding {
                    kind: FindingKind::ThinClass,
                    message: format!("{}: {rows} of {intent}, at least {least} wanted", file.name),
                    places: Vec::new(),
                });
            }
        }
    }
    findings
}
