//! What does this message say? A model pack reads messages: intent, sentiment and tier, each with
//! a calibrated confidence, and the vector that the knowledge search uses.
//!
//! [`Classifier`] is a loaded pack; [`ClassifierService`] batches the requests of a server over
//! worker threads, [`Readers`] read many texts at once; [`Manifest`] is the pack's `lotse.json`.

mod heads;
mod manifest;
mod pack;
mod readers;
mod reading;
mod repeated;
mod service;
mod typicality;

pub use heads::{Head, dot, log_sum_exp, normalise, sigmoid, softmax};
pub use manifest::{
    Answering, Certificate, FORMAT, HeadInfo, Manifest, Ranking, RiskPoint, ScopeCalibration,
    TrainingRecord,
};
pub(crate) use pack::save_manifest;
pub use pack::{Pack, PackSummary, verify};
pub use readers::Readers;
pub(crate) use reading::NO_ARTICLE;
pub use reading::{Classifier, Logits, Reading};
pub use service::{ClassifierService, ServiceError, ServiceSettings, Timings};
pub use typicality::Typicality;

use crate::encoder::EncoderError;

/// What can go wrong with a model pack.
#[derive(Debug, thiserror::Error)]
pub enum ClassifierError {
    /// The directory is not there or holds no pack.
    #[error(
        "no model pack at {path}: {problem}. Pass --model with a directory that holds lotse.json, \
         config.json, tokenizer.json and model.safetensors"
    )]
    Missing {
        /// Where it was looked for.
        path: std::path::PathBuf,
        /// What is missing.
        problem: String,
    },
    /// A file differs from what the pack says of itself.
    #[error("model pack {path} is damaged: {problem}. Fetch or train the pack again")]
    Damaged {
        /// The pack.
        path: std::path::PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The pack was made for another version of the program.
    #[error("model pack {path} has format {found}; this program reads format {FORMAT}")]
    Format {
        /// The pack.
        path: std::path::PathBuf,
        /// The format it has.
        found: u64,
    },
    /// The encoder refused.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// A thread of [`Readers`] ended before its time.
    #[error("{0}; the log says why")]
    Stopped(&'static str),
}
