//! How is a model pack made? Labelled rows and a base encoder become a directory that
//! [`Classifier`](crate::classifier::Classifier) loads.
//!
//! [`train`] goes top-down: read the rows, fit the heads on the base's vectors, train the encoder
//! with them (`full`), quantise, calibrate on the validation rows, write.

mod adam;
mod answering;
mod articles;
mod augment;
mod base;
mod calibrate;
mod finetune;
mod labels;
mod logistic;
mod probe;
mod rows;

use std::path::PathBuf;

use candle_core::{Device, Tensor};
use sha2::{Digest, Sha256};

pub use answering::fit_answering;
pub use labels::OUT_OF_SCOPE;
pub use rows::{LabelledRow, RowsError, read_all, read_rows};

use self::base::Base;
use self::finetune::{Material, Plan, finetune};
use self::labels::Task;
use self::probe::{HeadVariables, SHRINKAGE, Scaling, fit_head};
use crate::classifier::{
    Classifier, ClassifierError, FORMAT, Head, Logits, Manifest, Pack, TrainingRecord,
};
use crate::encoder::{
    Bert, EncoderError, QuantisedQ4, QuantisedQ8, StoredTensor, TextTokenizer, Weights,
};
use crate::import::ImportError;

/// Share of the rows kept for validation when no file of them is given.
const HELD_BACK: usize = 6;

/// Fewest validation rows that calibration is fitted on.
const FEWEST_VALIDATION_ROWS: usize = 10;

/// How much of the model is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Quality {
    /// Heads on the base encoder as it is: seconds to a minute.
    Fast,
    /// The whole encoder with the heads: about two minutes a thousand rows on two cores.
    Full,
}

/// What to train.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// Training rows.
    pub data: Vec<PathBuf>,
    /// Validation rows; a sixth of the training rows is held back where none are given.
    pub valid: Vec<PathBuf>,
    /// Pack, checkpoint directory or hub name.
    pub base: String,
    /// Put before every text; by default what the base asks for.
    pub prefix: Option<String>,
    /// Directory to write.
    pub out: PathBuf,
    /// Label of rows that are out of scope.
    pub out_of_scope: String,
    /// Start of all random numbers.
    pub seed: u64,
    /// How much is trained.
    pub quality: Quality,
    /// Knowledge folder for which the confidence of automatic answers is fitted; needs validation
    /// rows that name their articles.
    pub knowledge: Option<PathBuf>,
    /// Passes over the rows when the encoder is trained; none for the default.
    pub epochs: Option<usize>,
    /// Rows a step when the encoder is trained; none for the default.
    pub batch: Option<usize>,
    /// Highest learning rate when the encoder is trained; none for the default.
    pub rate: Option<f64>,
}

/// Why no pack was made.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A file of rows cannot be used.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// No base of that name.
    #[error(
        "no base called {name}: --base takes a model pack, a checkpoint directory, or a hub name \
         such as intfloat/multilingual-e5-small"
    )]
    NoBase {
        /// What was asked for.
        name: String,
    },
    /// The base is a checkpoint that cannot be fetched or read.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The rows do not carry what training needs.
    #[error("{0}")]
    Labels(String),
    /// The base or the written pack is unusable.
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
    /// The encoder refused.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// candle refused.
    #[error("computing failed: {0}")]
    Compute(#[from] candle_core::Error),
}

/// Trains a pack and writes it to `options.out`.
pub fn train(options: &TrainOptions) -> Result<Manifest, TrainError> {
    let device = Device::Cpu;
    let (rows, valid) = load_rows(options)?;
    let base = Base::resolve(&options.base, options.prefix.as_deref())?;
    let intents = labels::intents(&rows, &options.out_of_scope);
    let tasks = labels::trainable(labels::tasks(&rows, &options.out_of_scope, &intents));
    if tasks.is_empty() {
        return Err(TrainError::Labels(
            "no label has 10 rows and two values: give more rows with `intent`, `sentiment` or \
             `tier`"
                .to_owned(),
        ));
    }
    let names: Vec<&str> = tasks.iter().map(|task| task.name).collect();
    let valid_tasks: Vec<Task> = labels::tasks(&valid, &options.out_of_scope, &intents)
        .into_iter()
        .filter(|task| names.contains(&task.name))
        .collect();
    let counted = tasks.iter().map(|task| (task.name, task.labels.len()));
    eprintln!(
        "{} training rows, {} validation rows; heads: {}",
        rows.len(),
        valid.len(),
        counted.map(|(name, n)| format!("{name} ({n})")).collect::<Vec<_>>().join(", ")
    );

    let texts = cleaned(&rows);
    let sequences = tokenise(&base.tokenizer, &base.prefix, &texts)?;
    let valid_sequences = tokenise(&base.tokenizer, &base.prefix, &cleaned(&valid))?;
    let encoder = Bert::new(&base.config, &base.weights, &device)?;
    let pooled = pooled_with_progress(&encoder, &sequences, "reading the training rows")?;
    let mut scaling = Scaling::measure(&pooled);
    let width = base.config.hidden_size;
    let matrix = Tensor::from_vec(pooled.concat(), (rows.len(), width), &device)?;
    let scaled = scaling.apply(&matrix)?;
    let mut heads = tasks
        .iter()
        .map(|task| fit_head(&scaled, task, SHRINKAGE, &device))
        .collect::<Result<Vec<_>, _>>()?;

    let mut weights = base.weights.clone();
    if options.quality == Quality::Full {
        let default = Plan::default();
        let plan = Plan {
            epochs: options.epochs.unwrap_or(default.epochs),
            batch: options.batch.unwrap_or(default.batch),
            rate: options.rate.unwrap_or(default.rate),
            ..default
        };
        let material = Material {
            base: &base,
            texts: &texts,
            tasks: &tasks,
            valid: &valid_sequences,
            valid_tasks: &valid_tasks,
            scaling: &scaling,
            plan,
        };
        let tuned = finetune(&material, heads, options.seed, &device)?;
        for (name, value) in tuned.encoder {
            let shape = value.dims().to_vec();
            let values = value.flatten_all()?.to_vec1::<f32>()?;
            weights.insert(&name, StoredTensor::Float { shape, values });
        }
        heads = tuned.heads;
    }
    let mut weights = quantise(&weights);
    let encoder = Bert::new(&base.config, &weights, &device)?;
    if options.quality == Quality::Full {
        // The centre of the search vectors is that of the encoder as it is now; the heads keep the
        // scaling that they were trained with.
        let pooled = pooled_with_progress(&encoder, &sequences, "measuring the trained encoder")?;
        store_heads(&mut weights, &tasks, &heads, &scaling)?;
        scaling = Scaling::measure(&pooled);
    } else {
        store_heads(&mut weights, &tasks, &heads, &scaling)?;
    }
    let centre = StoredTensor::Float { shape: vec![width], values: scaling.mean };
    weights.insert("head.search.centre", centre);

    let outputs = head_outputs(&encoder, &weights, &tasks, &valid_sequences)?;
    let scope = tasks
        .iter()
        .zip(&valid_tasks)
        .find(|(task, _)| task.name == "scope")
        .and_then(|(_, valid)| calibrate::scope(&outputs, valid));
    let mut manifest = Manifest {
        format: FORMAT,
        name: options.out.file_name().map_or_else(String::new, |n| n.to_string_lossy().into()),
        languages: languages(&rows),
        prefix: base.prefix.clone(),
        heads: calibrate::heads(&tasks, &valid_tasks, &outputs),
        scope,
        tier_floor: labels::tier_floor(&rows, &options.out_of_scope),
        answering: None,
        training: record(options, &base, rows.len(), valid.len())?,
        figures: std::collections::BTreeMap::new(),
        files: std::collections::BTreeMap::new(),
    };
    Pack::save(&mut manifest, &base.config, &weights, &base.tokenizer_path, &options.out)?;
    Classifier::load(&options.out)?;
    report(&valid_tasks, &outputs);
    if let Some(knowledge) = &options.knowledge {
        manifest.answering = Some(fit_answering(&options.out, &rows, &valid, knowledge)?);
    }
    Ok(manifest)
}

fn load_rows(options: &TrainOptions) -> Result<(Vec<LabelledRow>, Vec<LabelledRow>), TrainError> {
    let mut rows = read_all(&options.data)?;
    let valid = if options.valid.is_empty() {
        // Every sixth row in the order of a hash: the same rows for the same data, every time.
        rows.sort_by_key(|row| Sha256::digest(row.text.as_bytes()).to_vec());
        let (valid, kept): (Vec<_>, Vec<_>) =
            rows.into_iter().enumerate().partition(|(index, _)| index % HELD_BACK == 0);
        rows = kept.into_iter().map(|(_, row)| row).collect();
        valid.into_iter().map(|(_, row)| row).collect()
    } else {
        read_all(&options.valid)?
    };
    if valid.len() < FEWEST_VALIDATION_ROWS {
        return Err(TrainError::Labels(format!(
            "{} validation rows are too few to calibrate on; give at least \
             {FEWEST_VALIDATION_ROWS}",
            valid.len()
        )));
    }
    Ok((rows, valid))
}

/// The rows' texts as messages are read: without quotes and signatures.
fn cleaned(rows: &[LabelledRow]) -> Vec<String> {
    rows.iter().map(|row| crate::text::prepare(&row.text, row.lang).cleaned).collect()
}

fn tokenise(
    tokenizer: &TextTokenizer,
    prefix: &str,
    texts: &[String],
) -> Result<Vec<Vec<u32>>, TrainError> {
    texts.iter().map(|text| Ok(tokenizer.encode(prefix, text)?)).collect()
}

fn pooled_with_progress(
    encoder: &Bert,
    sequences: &[Vec<u32>],
    label: &'static str,
) -> Result<Vec<Vec<f32>>, TrainError> {
    let progress = indicatif::ProgressBar::new(sequences.len() as u64).with_message(label);
    let pooled = encoder.pooled_all(sequences, |done| progress.inc(done as u64))?;
    progress.finish_and_clear();
    Ok(pooled)
}

/// Linears and word embeddings that lie on the 4-bit grid stay there, exactly; other matrices go to
/// 8 bit with a scale a row; norms, biases and positions stay floats.
fn quantise(weights: &Weights) -> Weights {
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
    if columns.is_multiple_of(crate::encoder::Q4_GROUP) {
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
fn store_heads(
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

/// Raw head outputs of the validation rows, from the weights as they will be shipped.
fn head_outputs(
    encoder: &Bert,
    weights: &Weights,
    tasks: &[Task],
    sequences: &[Vec<u32>],
) -> Result<Vec<Logits>, TrainError> {
    let width = encoder.config().hidden_size;
    let heads = tasks
        .iter()
        .map(|task| Ok((task.name, Head::load(weights, task.name, task.outputs(), width)?)))
        .collect::<Result<Vec<_>, EncoderError>>()?;
    let pooled = pooled_with_progress(encoder, sequences, "reading the validation rows")?;
    Ok(pooled
        .iter()
        .map(|vector| {
            heads.iter().map(|(name, head)| ((*name).to_owned(), head.logits(vector))).collect()
        })
        .collect())
}

fn languages(rows: &[LabelledRow]) -> Vec<String> {
    let codes: std::collections::BTreeSet<&str> =
        rows.iter().filter_map(|row| row.lang).map(crate::domain::Language::code).collect();
    codes.into_iter().map(str::to_owned).collect()
}

fn record(
    options: &TrainOptions,
    base: &Base,
    rows: usize,
    validation_rows: usize,
) -> Result<TrainingRecord, TrainError> {
    let mut hash = Sha256::new();
    for path in options.data.iter().chain(&options.valid) {
        hash.update(
            std::fs::read(path).map_err(|source| RowsError::Read { path: path.clone(), source })?,
        );
    }
    Ok(TrainingRecord {
        created: jiff::Timestamp::now()
            .round(jiff::Unit::Second)
            .map_or_else(|_| String::new(), |time| time.to_string()),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        rows,
        validation_rows,
        data_sha256: format!("{:x}", hash.finalize()),
        seed: options.seed,
        quality: match options.quality {
            Quality::Fast => "fast".to_owned(),
            Quality::Full => "full".to_owned(),
        },
        base: base.label.clone(),
    })
}

fn report(tasks: &[Task], outputs: &[Logits]) {
    let accuracies: Vec<f64> = tasks
        .iter()
        .map(|task| {
            let logits: Vec<Vec<f32>> =
                outputs.iter().map(|logits| logits[task.name].clone()).collect();
            finetune::accuracy(&logits, &task.targets)
        })
        .collect();
    eprintln!("validation accuracy: {}", finetune::describe(tasks, &accuracies));
}
