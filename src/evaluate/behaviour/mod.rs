//! Does the reading stay where it must, and move where it must, when a message is changed?
//!
//! Behavioural tests after Ribeiro et al. 2020 ("Beyond Accuracy", CheckList): invariance to what
//! does not matter, and direction where something is added that does. They need no labels: a
//! reading is compared with that of the changed message. The changes differ from those of the
//! training's augmentation wherever they are lists of words.

mod changes;
mod phrases;
mod tests;

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::Serialize;

use super::metrics::{Estimate, proportion};
use crate::classifier::{Classifier, ClassifierError};
use crate::domain::{Classification, Language, Sentiment};
use crate::text::{PreparedText, prepare};
use crate::train::LabelledRow;
use tests::{Eligible, TESTS, Test};

/// Failures of one test that are shown.
const EXAMPLES: usize = 12;

/// Messages read in one encoder pass.
const PASS: usize = 8;

/// How to test.
#[derive(Clone, Debug)]
pub struct BehaviourOptions {
    /// Most rows that each test changes, drawn by chance.
    pub rows: usize,
    /// Seed of the draw and of the changes.
    pub seed: u64,
    /// Intent label of rows that are out of scope: nothing is added to them.
    pub out_of_scope: String,
    /// Intents of small talk: nothing is added to them either, it would change what they are.
    pub smalltalk: Vec<String>,
}

impl Default for BehaviourOptions {
    fn default() -> Self {
        let report = super::ReportOptions::default();
        Self { rows: 100, seed: 1, out_of_scope: report.out_of_scope, smalltalk: report.smalltalk }
    }
}

/// What the behavioural tests found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BehaviourReport {
    /// Most rows of one test.
    pub rows: usize,
    /// Seed of the draw and of the changes.
    pub seed: u64,
    /// Share of failed cases over all tests.
    pub failed: Option<Estimate>,
    /// The tests, in a fixed order. One without a fitting row has no cases.
    pub tests: Vec<BehaviourTest>,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BehaviourTest {
    /// Its name in figures: `behaviour_NAME_failed`.
    pub name: &'static str,
    /// What is done to a message.
    pub title: &'static str,
    /// What must hold then.
    pub expectation: Expectation,
    /// The same in words.
    pub expected: &'static str,
    /// Messages changed.
    pub cases: usize,
    /// Messages where it did not hold.
    pub failures: usize,
    /// Share of those.
    pub failed: Option<Estimate>,
    /// The same by language code.
    pub by_language: BTreeMap<String, Estimate>,
    /// Failures by what changed: `intent`, `tier`, `sentiment`. A message may count for several.
    pub by_head: BTreeMap<String, usize>,
    /// Some of the failures.
    pub examples: Vec<BehaviourExample>,
}

/// What must hold of the reading after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// Intent (out of scope being one), tier and sentiment stay.
    AllSame,
    /// The intent stays.
    IntentSame,
    /// The tier does not fall.
    TierNotLower,
    /// The sentiment does not become more positive.
    SentimentNotMorePositive,
}

/// A message whose reading did not do what it must.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BehaviourExample {
    /// Number of the row, counted from 1 over all files.
    pub row: usize,
    /// The row's own identifier, if it has one.
    pub id: Option<String>,
    /// Its language.
    pub language: Language,
    /// The message as it was read first.
    pub before: String,
    /// The changed message.
    pub after: String,
    /// What changed: `intent: get_invoice → check_invoice`.
    pub changed: Vec<String>,
}

/// One message and its change.
struct Trial<'a> {
    row: &'a Eligible<'a>,
    before: String,
    after: String,
}

/// Runs all tests. `progress` is called after each with its name.
pub fn behave(
    classifier: &Classifier,
    rows: &[LabelledRow],
    options: &BehaviourOptions,
    mut progress: impl FnMut(&str),
) -> Result<BehaviourReport, ClassifierError> {
    let mut random = StdRng::seed_from_u64(options.seed);
    let mut eligible: Vec<Eligible> =
        rows.iter().zip(1..).map(|(row, number)| Eligible::new(row, number, options)).collect();
    eligible.shuffle(&mut random);
    let mut known: BTreeMap<String, Classification> = BTreeMap::new();
    let mut tests = Vec::new();
    for (index, test) in TESTS.iter().enumerate() {
        let trials: Vec<Trial> = eligible
            .iter()
            .filter_map(|row| {
                // Each case has its own chance, so that other rows change nothing about it.
                let seed =
                    options.seed.wrapping_mul(1_000_003) ^ ((index << 32) + row.number) as u64;
                let mut random = StdRng::seed_from_u64(seed);
                let (before, after) = (test.change)(row, &mut random)?;
                (before != after).then_some(Trial { row, before, after })
            })
            .take(options.rows)
            .collect();
        read(classifier, &trials, &mut known)?;
        tests.push(judge(test, &trials, &known));
        progress(test.name);
    }
    let sum = |count: fn(&BehaviourTest) -> usize| tests.iter().map(count).sum();
    let failed = proportion(sum(|test| test.failures), sum(|test| test.cases));
    Ok(BehaviourReport { rows: options.rows, seed: options.seed, failed, tests })
}

/// Reads what is not known yet, messages of like length together.
fn read(
    classifier: &Classifier,
    trials: &[Trial],
    known: &mut BTreeMap<String, Classification>,
) -> Result<(), ClassifierError> {
    let mut texts: Vec<(&str, PreparedText)> = trials
        .iter()
        .flat_map(|trial| {
            let language = Some(trial.row.language);
            [&trial.before, &trial.after].map(|text| (text.as_str(), prepare(text, language)))
        })
        .filter(|(text, _)| !known.contains_key(*text))
        .collect();
    texts.sort_by(|left, right| {
        left.1.cleaned.len().cmp(&right.1.cleaned.len()).then_with(|| left.0.cmp(right.0))
    });
    texts.dedup_by(|left, right| left.0 == right.0);
    let read: Vec<Vec<(String, Classification)>> = texts
        .par_chunks(PASS)
        .map(|chunk| {
            let prepared: Vec<PreparedText> = chunk.iter().map(|(_, text)| text.clone()).collect();
            let readings = classifier.read(&prepared)?;
            let texts = chunk.iter().map(|(text, _)| (*text).to_owned());
            Ok(texts.zip(readings.into_iter().map(|reading| reading.classification)).collect())
        })
        .collect::<Result<_, ClassifierError>>()?;
    known.extend(read.into_iter().flatten());
    Ok(())
}

fn judge(test: &Test, trials: &[Trial], known: &BTreeMap<String, Classification>) -> BehaviourTest {
    let mut by_head: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_language: BTreeMap<Language, (usize, usize)> = BTreeMap::new();
    let mut examples = Vec::new();
    for trial in trials {
        let changed = broken(test.expectation, &known[&trial.before], &known[&trial.after]);
        let (failures, cases) = by_language.entry(trial.row.language).or_default();
        *failures += usize::from(!changed.is_empty());
        *cases += 1;
        if changed.is_empty() {
            continue;
        }
        for (head, _) in &changed {
            *by_head.entry((*head).to_owned()).or_default() += 1;
        }
        examples.push(BehaviourExample {
            row: trial.row.number,
            id: trial.row.row.id.clone(),
            language: trial.row.language,
            before: trial.before.clone(),
            after: trial.after.clone(),
            changed: changed.iter().map(|(head, how)| format!("{head}: {how}")).collect(),
        });
    }
    let failures = examples.len();
    examples.truncate(EXAMPLES);
    BehaviourTest {
        name: test.name,
        title: test.title,
        expectation: test.expectation,
        expected: test.expectation.words(),
        cases: trials.len(),
        failures,
        failed: proportion(failures, trials.len()),
        by_language: by_language
            .into_iter()
            .filter_map(|(language, (failures, cases))| {
                Some((language.code().to_owned(), proportion(failures, cases)?))
            })
            .collect(),
        by_head,
        examples,
    }
}

/// The heads that break the expectation, each with what became of it.
fn broken(
    expectation: Expectation,
    before: &Classification,
    after: &Classification,
) -> Vec<(&'static str, String)> {
    let intent = |reading: &Classification| {
        reading.intent.as_ref().map_or("out of scope", |score| score.name.as_str()).to_owned()
    };
    let tier = |reading: &Classification| reading.tier.as_ref().map(|tier| tier.level);
    let mood = |reading: &Classification| reading.sentiment.as_ref().map(|mood| mood.name);
    let level = |tier: Option<u8>| tier.map_or("none".to_owned(), |tier| tier.to_string());
    let name = |mood: Option<Sentiment>| mood.map_or("none", Sentiment::name);
    let heads = [
        (
            "intent",
            match expectation {
                Expectation::AllSame | Expectation::IntentSame => intent(before) != intent(after),
                _ => false,
            },
            format!("{} → {}", intent(before), intent(after)),
        ),
        (
            "tier",
            match expectation {
                Expectation::AllSame => tier(before) != tier(after),
                Expectation::TierNotLower => tier(after) < tier(before),
                _ => false,
            },
            format!("{} → {}", level(tier(before)), level(tier(after))),
        ),
        (
            "sentiment",
            match expectation {
                Expectation::AllSame => mood(before) != mood(after),
                // Moods are ordered from negative to positive.
                Expectation::SentimentNotMorePositive => mood(after) > mood(before),
                _ => false,
            },
            format!("{} → {}", name(mood(before)), name(mood(after))),
        ),
    ];
    heads.into_iter().filter(|(_, broken, _)| *broken).map(|(head, _, how)| (head, how)).collect()
}

impl Expectation {
    /// The expectation in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::AllSame => "intent, tier and sentiment stay",
            Self::IntentSame => "the intent stays",
            Self::TierNotLower => "the tier does not fall",
            Self::SentimentNotMorePositive => "the sentiment gets no more positive",
        }
    }
}
