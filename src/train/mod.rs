//! How is a model pack made? Labelled rows and a base encoder become a directory that
//! [`Classifier`](crate::classifier::Classifier) loads.
//!
//! [`train`] goes top-down: read the rows (`workshop`), fit the heads on the base's vectors
//! (`probe`), train the encoder with them (`finetune`; `few` where rows are few, `distil` for a
//! smaller encoder), then quantise, calibrate on the validation rows and write (`write`).

mod adam;
mod answering;
mod articles;
mod base;
mod calibrate;
mod distil;
mod few;
mod finetune;
mod folds;
mod labels;
mod logistic;
mod probe;
mod rows;
mod scope;
mod shards;
mod whitening;
mod workshop;
mod write;

use std::path::PathBuf;
use std::time::Instant;

pub use answering::{fit_answering, texts_sha256};
pub use folds::{FoldPlan, FoldReadings, FoldStep, HeldOutReading, train_in_folds};
pub use labels::OUT_OF_SCOPE;
pub use rows::{LabelledRow, RowsError, read_all, read_rows};

use self::finetune::Plan;
use self::workshop::Workshop;
use self::write::store_heads;
use crate::classifier::{ClassifierError, Manifest};
use crate::encoder::EncoderError;
use crate::import::ImportError;

/// How much of the model is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Quality {
    /// `few` where most intents have 25 rows or fewer, else `full`.
    Auto,
    /// Heads on the base encoder as it is: seconds to a minute.
    Fast,
    /// For 5 to 20 rows an intent: heads alone or encoder and heads, whichever reads held-back rows
    /// better, then trained on all rows.
    Few,
    /// The whole encoder with the heads: about a minute a thousand rows on two cores.
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
    /// Pack whose readings the new encoder is drawn towards.
    pub teacher: Option<PathBuf>,
    /// Layers that the new encoder keeps of the base's; none for all.
    pub layers: Option<usize>,
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
    /// A file of the run cannot be written.
    #[error("cannot write {}: {source}. Free some space or choose another --out", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// candle refused.
    #[error("computing failed: {0}")]
    Compute(#[from] candle_core::Error),
}

/// Trains a pack and writes it to `options.out`.
pub fn train(options: &TrainOptions) -> Result<Manifest, TrainError> {
    let began = Instant::now();
    let workshop = Workshop::open(options)?;
    let quality = workshop.quality();
    let trained = match quality {
        Quality::Few => workshop.few()?,
        Quality::Full => workshop.tuned(&workshop.plan(&Plan::default()))?,
        Quality::Fast | Quality::Auto => workshop.heads_alone()?,
    };
    let mut manifest = workshop.write(&trained, quality)?;
    if let Some(knowledge) = &options.knowledge {
        let answering = fit_answering(&options.out, &workshop.rows, &workshop.valid, knowledge)?;
        manifest.answering = Some(answering);
    }
    eprintln!("trained in {:.0} s", began.elapsed().as_secs_f64());
    Ok(manifest)
}
