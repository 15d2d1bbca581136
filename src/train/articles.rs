//! Which article were messages like this one answered with? A head over article ids and "none",
//! fitted on labelled rows over the vectors of a finished pack.

use std::path::Path;

use candle_core::{Device, Tensor};

use super::calibrate;
use super::labels::{OUT_OF_SCOPE, Task, Vocabulary};
use super::probe::{Scaling, fit_head};
use super::{LabelledRow, TrainError, store_heads};
use crate::classifier::{Classifier, Head, HeadInfo, NO_ARTICLE, Pack};
use crate::text::{PreparedText, prepare};

/// Name of the head.
const NAME: &str = "article";

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
    let labels = Vocabulary::of(rows, OUT_OF_SCOPE).articles;
    let (rows, valid) = (read(&classifier, rows)?, read(&classifier, valid)?);
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
        let outputs: Vec<Vec<f32>> =
            valid.pooled.iter().map(|pooled| head.logits(pooled)).collect();
        let (temperature, loss) = calibrate::temperature(&outputs, &valid_task.targets);
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

fn task(labels: &[String], rows: &Read) -> Task {
    let place = |id: &str| labels.iter().position(|label| label == id).map(|place| place as u32);
    let targets = rows
        .articles
        .iter()
        .map(|articles| place(articles.first().map_or(NO_ARTICLE, String::as_str)))
        .collect();
    Task { name: NAME, labels: labels.to_vec(), targets, weight: 1.0 }
}
