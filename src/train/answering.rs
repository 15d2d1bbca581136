//! How sure is an automatic answer, and from which confidence on is the configured risk kept?
//!
//! Fitted on validation rows that name their articles: the pack reads each row, the knowledge base
//! is searched, and a logistic model learns when the article on top is a right one.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::logistic::Logistic;
use super::{LabelledRow, TrainError, articles};
use crate::classifier::{Answering, Classifier, Ranking, Reading, RiskPoint, save_manifest};
use crate::domain::{Action, Classification};
use crate::knowledge::{Hit, Knowledge};
use crate::text::{PreparedText, prepare};
use crate::triage::{History, Policy, decide, features};

/// Parts into which the rows are cut, so that each row's confidence comes from a model that has not
/// seen it.
const FOLDS: usize = 10;

/// Pull of the weights towards zero.
const RIDGE: f64 = 2.0;

/// Articles compared for a message.
const CANDIDATES: usize = 20;

/// Fewest rows that the confidence is fitted on.
const FEWEST_ROWS: usize = 50;

/// One validation row on its way to an answer.
struct Case<'a> {
    row: &'a LabelledRow,
    text: PreparedText,
    reading: Reading,
}

/// Fits the article head on `rows`, ranking and answer confidence on `valid`, for the pack in
/// `directory`, writes them into it, and returns the confidence.
pub fn fit_answering(
    directory: &Path,
    rows: &[LabelledRow],
    valid: &[LabelledRow],
    knowledge: &Path,
) -> Result<Answering, TrainError> {
    articles::fit(directory, rows, valid)?;
    let classifier = Classifier::load(directory)?;
    let rows: Vec<&LabelledRow> = valid.iter().filter(|row| row.articles.is_some()).collect();
    if rows.len() < FEWEST_ROWS {
        return Err(TrainError::Labels(format!(
            "{} rows say which articles answer them; the confidence of answers needs at least \
             {FEWEST_ROWS} (field `articles`, [] where none does)",
            rows.len()
        )));
    }
    let texts: Vec<PreparedText> = rows.iter().map(|row| prepare(&row.text, row.lang)).collect();
    let readings = classifier.read(&texts)?;
    let cases: Vec<Case> = rows
        .into_iter()
        .zip(texts)
        .zip(readings)
        .map(|((row, text), reading)| Case { row, text, reading })
        .collect();
    let (knowledge, _) = Knowledge::load(knowledge, &classifier)
        .map_err(|error| TrainError::Labels(error.to_string()))?;
    let ranking = fit_ranking(&knowledge, &cases);
    let knowledge = knowledge.with_ranking(ranking);
    let mut answering = fit_confidence(&knowledge, &cases, ranking);
    answering.rows_sha256 = texts_sha256(valid);
    let mut manifest = classifier.manifest().clone();
    manifest.answering = Some(answering.clone());
    save_manifest(&manifest, directory)?;
    Ok(answering)
}

/// SHA-256 over the texts of rows, by which rows that something was fitted on are known again.
pub fn texts_sha256(rows: &[LabelledRow]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        // The length keeps texts apart that only differ in where one ends.
        hash.update((row.text.len() as u64).to_le_bytes());
        hash.update(row.text.as_bytes());
    }
    format!("{:x}", hash.finalize())
}

fn search(knowledge: &Knowledge, case: &Case) -> Vec<Hit> {
    let Reading { classification, embedding } = &case.reading;
    knowledge.search(&case.text, embedding, classification, CANDIDATES)
}

fn is_right(row: &LabelledRow, hit: &Hit) -> bool {
    row.articles.as_ref().is_some_and(|articles| articles.contains(&hit.article.id))
}

/// Weights under which the right article stands on top with the greatest likelihood (a softmax over
/// the candidates of each answerable row), by gradient ascent; scaled to sum to 1.
fn fit_ranking(knowledge: &Knowledge, cases: &[Case]) -> Ranking {
    const STEPS: usize = 500;
    const RATE: f64 = 2.0;
    let lists: Vec<Vec<([f64; 4], bool)>> = cases
        .iter()
        .map(|case| {
            search(knowledge, case)
                .iter()
                .map(|hit| {
                    let values = [hit.bm25, hit.cosine, hit.intent, hit.learned];
                    (values.map(|value| f64::from(value.max(0.0))), is_right(case.row, hit))
                })
                .collect::<Vec<_>>()
        })
        .filter(|list| list.iter().any(|(_, right)| *right))
        .collect();
    if lists.is_empty() {
        return Ranking::default();
    }
    let mut weights = [5.0_f64; 4];
    for _ in 0..STEPS {
        let mut gradient = [0.0_f64; 4];
        for list in &lists {
            let shares = shares(list.iter().map(|(values, _)| dot(&weights, values)));
            let right: f64 =
                list.iter().zip(&shares).filter(|((_, right), _)| *right).map(|(_, s)| s).sum();
            for ((values, is_right), share) in list.iter().zip(&shares) {
                let wanted = if *is_right { share / right.max(1e-12) } else { 0.0 };
                for (slot, value) in gradient.iter_mut().zip(values) {
                    *slot += (wanted - share) * value;
                }
            }
        }
        for (weight, slot) in weights.iter_mut().zip(gradient) {
            *weight = (*weight + RATE * slot / lists.len() as f64).max(0.01);
        }
    }
    let total: f64 = weights.iter().sum();
    let [bm25, cosine, intent, learned] = weights.map(|weight| (weight / total) as f32);
    Ranking { bm25, cosine, intent, learned }
}

fn dot(weights: &[f64; 4], values: &[f64; 4]) -> f64 {
    weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
}

fn shares(scores: impl Iterator<Item = f64>) -> Vec<f64> {
    let scores: Vec<f64> = scores.collect();
    let greatest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = scores.iter().map(|score| (score - greatest).exp()).sum();
    scores.iter().map(|score| (score - greatest).exp() / total).collect()
}

/// Fits the logistic model on all rows with a candidate, and the curve of risk on those that every
/// other rule of the decision would let through, each judged by a model that has not seen it.
fn fit_confidence(knowledge: &Knowledge, cases: &[Case], ranking: Ranking) -> Answering {
    let open = Policy { answer_threshold: Some(0.0), ..Policy::default() }
        .with_answering(Some(Answering { ranking, ..Answering::default() }));
    let mut names: Vec<&'static str> = Vec::new();
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let mut right = Vec::new();
    let mut let_through = Vec::new();
    for case in cases {
        let hits = search(knowledge, case);
        let classification: &Classification = &case.reading.classification;
        let Some(values) = features(classification, &hits) else { continue };
        names = values.iter().map(|(name, _)| *name).collect();
        rows.push(values.iter().map(|(_, value)| f64::from(*value)).collect());
        let top = hits.iter().find(|hit| hit.usable);
        right.push(top.is_some_and(|hit| is_right(case.row, hit)));
        let verdict = decide(classification, &hits, &History::new(&case.text.cleaned), &open);
        let_through.push(verdict.decision.action == Action::Answer);
    }
    let confidences = cross_fitted(&rows, &right);
    let judged: Vec<(f64, bool)> = confidences
        .into_iter()
        .zip(&right)
        .zip(&let_through)
        .filter(|(_, through)| **through)
        .map(|((confidence, right), _)| (confidence, *right))
        .collect();
    let model = Logistic::fit(&rows, &right, RIDGE);
    Answering {
        ranking,
        bias: model.bias as f32,
        weights: names
            .into_iter()
            .map(str::to_owned)
            .zip(model.weights.iter().map(|weight| *weight as f32))
            .collect(),
        curve: curve(judged),
        rows_sha256: String::new(),
        certificate: None,
    }
}

fn cross_fitted(rows: &[Vec<f64>], right: &[bool]) -> Vec<f64> {
    let mut confidences = vec![0.0; rows.len()];
    for fold in 0..FOLDS {
        let inside = |index: &usize| index % FOLDS != fold;
        let (features, targets): (Vec<Vec<f64>>, Vec<bool>) =
            (0..rows.len()).filter(inside).map(|index| (rows[index].clone(), right[index])).unzip();
        let model = Logistic::fit(&features, &targets, RIDGE);
        for index in (0..rows.len()).filter(|index| !inside(index)) {
            confidences[index] = model.probability(&rows[index]);
        }
    }
    confidences
}

/// Answered and wrong rows at every confidence that a row has, highest first.
fn curve(mut judged: Vec<(f64, bool)>) -> Vec<RiskPoint> {
    judged.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut wrong = 0;
    judged
        .iter()
        .enumerate()
        .map(|(index, (confidence, right))| {
            wrong += u32::from(!right);
            RiskPoint { threshold: *confidence as f32, answered: index as u32 + 1, wrong }
        })
        .collect()
}
