//! From token ids to vectors. The only folder that knows candle's tensors of a transformer.
//!
//! [`Bert`] is the one definition of the network: training and its inference run the same code over
//! packed tokens. [`FastBert`] computes the same on a CPU with products of bytes; [`Encoder`] chooses
//! between them. [`Weights`] reads and writes them, quantised or not; [`TextTokenizer`] makes
//! token ids.

#[allow(
    clippy::inline_always,
    reason = "what runs in a wide loop must be compiled with its vectors"
)]
mod attention;
mod backend;
mod bert;
mod config;
#[allow(
    clippy::inline_always,
    reason = "what runs in a wide loop must be compiled with its vectors"
)]
mod dropout;
#[allow(
    clippy::inline_always,
    reason = "what runs in a wide loop must be compiled with its vectors"
)]
mod fast;
#[allow(
    clippy::inline_always,
    reason = "what runs in a wide loop must be compiled with its vectors"
)]
mod fused;
mod packed;
mod quantise;
mod tokens;
mod weights;

pub use backend::{Backend, Encoder};
pub use bert::{Bert, Mode};
pub use config::{EncoderConfig, Pooling};
pub use dropout::Dropout;
pub use fast::FastBert;
pub use packed::PackedBatch;
pub use quantise::{Q4_GROUP, QuantisedQ4, QuantisedQ8};
pub use tokens::{MAX_TOKENS, TextTokenizer};
pub use weights::{StoredTensor, Weights};

/// What can go wrong between a checkpoint's files and a vector.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// A file is missing or cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// A file is there and is not what it should be.
    #[error("{path} is damaged or of an unknown kind: {problem}")]
    Damaged {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A tensor is missing or has another shape than the configuration says.
    #[error("tensor {name}: {problem}")]
    Tensor {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// candle refused an operation.
    #[error("computing the encoder failed: {0}")]
    Compute(#[from] candle_core::Error),
    /// A product of bytes was refused.
    #[error("multiplying bytes failed: {0}")]
    Product(String),
    /// The tokenizer refused a text.
    #[error("tokenising failed: {0}")]
    Tokenise(String),
}
