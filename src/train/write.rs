//! How does a trained encoder become a pack? Quantised, calibrated on rows that no weight was fitted
//! on, and written.

use sha2::{Digest, Sha256};

use super::calibrate::{self, of_head};
use super::finetune::{accuracy, describe};
use super::labels::{Task, tier_floor};
use super::probe::{HeadVariables, Scaling};
use super::scope::{self, Known, Unseen};
use super::workshop::{Trained, Workshop};
use super::{LabelledRow, Quality, RowsError, TrainError};
use crate::classifier::{Classifier, FORMAT, Head, Logits, Manifest, Pack, TrainingRecord};
use crate::encoder::{
    Bert, EncoderError, Q4_GROUP, QuantisedQ4, QuantisedQ8, StoredTensor, Weights,
};

/// A trained encoder as it will be shipped, and what it makes of the rows.
struct Finished {
    weights: Weights,
    /// Vectors of a sample of the training rows.
    pooled: Vec<Vec<f32>>,
    /// Vectors of the validation rows.
    check: Vec<Vec<f32>>,
    /// Head outputs of the validation rows.
    outputs: Vec<Logits>,
}

impl Workshop<'_> {
    /// Quantises, calibrates and writes the pack.
    pub(super) fn write(
        &self,
        trained: &Trained,
        quality: Quality,
    ) -> Result<Manifest, TrainError> {
        let shipped = self.finish(trained)?;
        let judged = match &trained.judge {
            Some(judge) => &self.finish(judge)?,
            None => &shipped,
        };
        let task = |tasks: &'_ [Task], name: &str| tasks.iter().position(|task| task.name == name);
        let sample = self.sample();
        let mut weights = shipped.weights.clone();
        let mut scope = None;
        if let Some(intent) = task(&self.learn.tasks, "intent") {
            let learned = self.learn.tasks[intent].only(&sample);
            let unseen = Unseen {
                pooled: &judged.check,
                outputs: &judged.outputs,
                intent: &self.check.tasks[intent],
                scope: task(&self.check.tasks, "scope").map(|place| &self.check.tasks[place]),
            };
            let known = Known { pooled: &judged.pooled, intent: &learned };
            if let Some(found) = scope::fit(&known, &unseen, &self.device)? {
                scope = Some(found.calibration);
                let known = Known { pooled: &shipped.pooled, intent: &learned };
                if let Some(distance) = found.distance {
                    scope::typicality(&known, distance).store(&mut weights);
                }
            }
        }
        let centre = Scaling::measure(&shipped.pooled).mean;
        let shape = vec![centre.len()];
        weights.insert("head.search.centre", StoredTensor::Float { shape, values: centre });
        let mut manifest = Manifest {
            format: FORMAT,
            name: self
                .options
                .out
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into()),
            languages: languages(&self.rows),
            prefix: self.base.prefix.clone(),
            heads: calibrate::heads(&self.learn.tasks, &self.check.tasks, &judged.outputs),
            scope,
            tier_floor: tier_floor(&self.rows, &self.options.out_of_scope),
            answering: None,
            training: self.record(quality)?,
            figures: std::collections::BTreeMap::new(),
            files: std::collections::BTreeMap::new(),
        };
        let Workshop { base, options, .. } = self;
        Pack::save(&mut manifest, &base.config, &weights, &base.tokenizer_path, &options.out)?;
        Classifier::load(&options.out)?;
        report(&self.check.tasks, &judged.outputs);
        Ok(manifest)
    }

    fn finish(&self, trained: &Trained) -> Result<Finished, TrainError> {
        let mut weights = quantise(&trained.weights);
        let encoder = Bert::new(&self.base.config, &weights, &self.device)?;
        let label = "measuring the trained encoder";
        let pooled = self.pooled_rows(&encoder, &self.learn, &self.sample(), label)?;
        let check = self.shards.pooled(&encoder, &self.check.sequences, label)?;
        store_heads(&mut weights, &self.learn.tasks, &trained.heads, &trained.scaling)?;
        let width = self.base.config.hidden_size;
        let heads = self
            .learn
            .tasks
            .iter()
            .map(|task| Ok((task.name, Head::load(&weights, task.name, task.outputs(), width)?)))
            .collect::<Result<Vec<_>, EncoderError>>()?;
        let read = |vector: &Vec<f32>| {
            heads.iter().map(|(name, head)| ((*name).to_owned(), head.logits(vector))).collect()
        };
        let outputs = check.iter().map(read).collect();
        Ok(Finished { weights, pooled, check, outputs })
    }

    fn record(&self, quality: Quality) -> Result<TrainingRecord, TrainError> {
        let mut hash = Sha256::new();
        for path in self.options.data.iter().chain(&self.options.valid) {
            hash.update(
                std::fs::read(path)
                    .map_err(|source| RowsError::Read { path: path.clone(), source })?,
            );
        }
        Ok(TrainingRecord {
            created: jiff::Timestamp::now()
                .round(jiff::Unit::Second)
                .map_or_else(|_| String::new(), |time| time.to_string()),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            rows: self.rows.len(),
            validation_rows: self.valid.len(),
            data_sha256: format!("{:x}", hash.finalize()),
            seed: self.options.seed,
            quality: format!("{quality:?}").to_lowercase(),
            base: self.base.label.clone(),
        })
    }
}

/// Linears and word embeddings that lie on the 4-bit grid stay there, exactly; other matrices go to
/// 8 bit with a scale a row; norms, biases and positions stay floats.
pub(super) fn quantise(weights: &Weights) -> Weights {
    let mut quantised = Weights::default();
    for (name, tensor) in weights.iter() {
        quantised.insert(name, quantise_tensor(name, tensor));
    }
    quantised
}

fn quantise_tensor(name: &str, tensor: &StoredTensor) -> StoredTensor {
    let StoredTensor::Float { shape, values } = tensor else { return tensor.clone() };
    let matrix = name.ends_with("word_embeddings.weight")
        || (name.starts_with("encoder.") && name.ends_with(".weight") && shape.len() == 2);
    if !matrix {
        return tensor.clone();
    }
    let columns = shape[1];
    if columns.is_multiple_of(Q4_GROUP) {
        let coarse = QuantisedQ4::quantise(values, columns);
        let exact = coarse.to_f32().iter().zip(values).all(|(coarse, value)| {
            // The checkpoint itself was rounded to f16.
            (coarse - value).abs() <= value.abs() * 1e-3 + 1e-7
        });
        if exact {
            return StoredTensor::Q4(coarse);
        }
    }
    StoredTensor::Q8(QuantisedQ8::quantise(values, columns))
}

/// Folds the scaling into the heads' weights, so that they read the pooled vector directly.
pub(super) fn store_heads(
    weights: &mut Weights,
    tasks: &[Task],
    heads: &[HeadVariables],
    scaling: &Scaling,
) -> Result<(), TrainError> {
    for (task, head) in tasks.iter().zip(heads) {
        let mut bias = head.bias.to_vec1::<f32>()?;
        let mut matrix = Vec::new();
        for (row, bias) in head.weight.to_vec2::<f32>()?.iter().zip(&mut bias) {
            for ((weight, mean), spread) in row.iter().zip(&scaling.mean).zip(&scaling.spread) {
                let folded = weight / spread;
                *bias -= folded * mean;
                matrix.push(folded);
            }
        }
        Head { outputs: task.outputs(), weight: matrix, bias }.store(weights, task.name);
    }
    Ok(())
}

fn languages(rows: &[LabelledRow]) -> Vec<String> {
    let codes: std::collections::BTreeSet<&str> =
        rows.iter().filter_map(|row| row.lang).map(crate::domain::Language::code).collect();
    codes.into_iter().map(str::to_owned).collect()
}

fn report(tasks: &[Task], outputs: &[Logits]) {
    let accuracies: Vec<f64> =
        tasks.iter().map(|task| accuracy(&of_head(outputs, task.name), &task.targets)).collect();
    eprintln!("validation accuracy: {}", describe(tasks, &accuracies));
}
