//! Which article were messages like this one answered with? A head over article ids and "none",
//! fitted on labelled rows over the vectors of a finished pack.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};

use super::calibrate;
use super::labels::Task;
use super::probe::{Scaling, fit_head};
use super::{LabelledRow, TrainError, store_heads};
use crate::classifier::{Classifier, Head, HeadInfo, Logits, NO_ARTICLE, Pack, softmax};
use crate::text::{PreparedText, prepare};

/// Name of the head.
const NAME: &str = "article";

/// Fewest training rows of an article that make it a label.
const FEWEST_ROWS: usize = 5;

/// Pulls towards zero that are tried; the one with the least loss on the validation rows is kept.
const SHRINKAGES: [f64; 4] = [0.6, 3.0, 15.0, 60.0];

/// Rows with their vectors.
struct Read {
    pooled: Vec<Vec<f32>>,
    /// Ids of the articles that answer the row.
    articles: Vec<Vec<String>>,
}

/// Fits the head and puts it into the pack in `directory`.
pub(super) fn fit(
    directory: &Path,
    rows: &[LabelledRow],
    valid: &[LabelledRow],
) -> Result<(), TrainError> {
    let device = Device::Cpu;
    let classifier = Classifier::load(directory)?;
    let (rows, valid) = (read(&classifier, rows)?, read(&classifier, valid)?);
    let labels = labels(&rows);
    let task = task(&labels, &rows);
    let width = rows.pooled.first().map_or(0, Vec::len);
    let scaling = Scaling::measure(&rows.pooled);
    let matrix = Tensor::from_vec(rows.pooled.concat(), (rows.pooled.len(), width), &device)?;
    let scaled = scaling.apply(&matrix)?;
    let valid_task = self::task(&labels, &valid);
    let mut pack = Pack::load(directory)?;
    let mut best: Option<(f64, Head, f32)> = None;
    for shrinkage in SHRINKAGES {
        let head = fit_head(&scaled, &task, shrinkage, &device)?;
        store_heads(&mut pack.weights, std::slice::from_ref(&task), &[head], &scaling)?;
        let head = Head::load(&pack.weights, NAME, labels.len(), width)?;
        let outputs: Vec<Logits> = valid
            .pooled
            .iter()
            .map(|pooled| BTreeMap::from([(NAME.to_owned(), head.logits(pooled))]))
            .collect();
        let temperature = calibrate::temperature(&outputs, &valid_task);
        let loss = loss(&outputs, &valid_task, temperature);
        eprintln!("article head, shrinkage {shrinkage}: validation loss {loss:.4}");
        if best.as_ref().is_none_or(|(least, _, _)| loss < *least) {
            best = Some((loss, head, temperature));
        }
    }
    let Some((_, head, temperature)) = best else { return Ok(()) };
    head.store(&mut pack.weights, NAME);
    pack.manifest.heads.insert(NAME.to_owned(), HeadInfo { labels, temperature });
    let tokenizer = directory.join("tokenizer.json");
    Pack::save(&mut pack.manifest, &pack.config, &pack.weights, &tokenizer, directory)?;
    Ok(())
}

/// Vectors of the rows that say which articles answer them.
fn read(classifier: &Classifier, rows: &[LabelledRow]) -> Result<Read, TrainError> {
    let (texts, articles): (Vec<PreparedText>, Vec<Vec<String>>) = rows
        .iter()
        .filter_map(|row| Some((prepare(&row.text, row.lang), row.articles.clone()?)))
        .unzip();
    Ok(Read { pooled: classifier.pooled_vectors(&texts)?, articles })
}

/// Articles with enough rows, and "none".
fn labels(rows: &Read) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for first in rows.articles.iter().filter_map(|articles| articles.first()) {
        *counts.entry(first).or_default() += 1;
    }
    let frequent = counts.into_iter().filter(|(_, count)| *count >= FEWEST_ROWS);
    std::iter::once(NO_ARTICLE.to_owned()).chain(frequent.map(|(id, _)| id.to_owned())).collect()
}

fn task(labels: &[String], rows: &Read) -> Task {
    let place = |id: &str| labels.iter().position(|label| label == id).map(|place| place as u32);
    let targets = rows
        .articles
        .iter()
        .map(|articles| place(articles.first().map_or(NO_ARTICLE, String::as_str)))
        .collect();
    Task { name: NAME, labels: labels.to_vec(), targets, weight: 1.0 }
}

/// Mean negative log-likelihood.
fn loss(outputs: &[Logits], task: &Task, temperature: f32) -> f64 {
    let losses: Vec<f64> = outputs
        .iter()
        .zip(&task.targets)
        .filter_map(|(logits, target)| {
            let share = softmax(&logits[NAME], temperature)[(*target)? as usize];
            Some(-f64::from(share.max(1e-12).ln()))
        })
        .collect();
    losses.iter().sum::<f64>() / losses.len().max(1) as f64
}
