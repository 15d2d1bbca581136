//! What became of the checkpoint? Counts, sizes, and how near the imported encoder's vectors are to
//! the original's.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::tokenizer_file::{Retained, TokenizerFile};
use super::{Checkpoint, Encoded, Source, cosine};
use crate::encoder::Pooling;

/// Files whose sizes are compared.
const FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

/// What an import did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportReport {
    /// What the checkpoint calls itself.
    pub model_type: String,
    /// Encoder layers.
    pub layers: usize,
    /// Width of the encoder.
    pub hidden_size: usize,
    /// Tokens that it reads of one text.
    pub positions: usize,
    /// How token vectors become one.
    pub pooling: Pooling,
    /// Put before every text.
    pub prefix: String,
    /// Tensors that became part of the base.
    pub tensors_read: usize,
    /// Names of those that did not.
    pub tensors_ignored: Vec<String>,
    /// Pieces of the vocabulary before.
    pub pieces_before: usize,
    /// Pieces kept.
    pub pieces_after: usize,
    /// Size of configuration, tokenizer and weights before, in bytes.
    pub bytes_before: u64,
    /// The same of the base pack.
    pub bytes_after: u64,
    /// How near its vectors are to the original's.
    pub agreement: Agreement,
}

/// The original and the imported encoder on the same texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// Texts compared.
    pub texts: usize,
    /// Texts that both split into the same pieces.
    pub same_pieces: usize,
    /// Mean of the cosines of both pooled vectors.
    pub mean: f64,
    /// The least of them.
    pub least: f64,
}

impl Agreement {
    /// Compares what both encoders made of the same texts; `old_ids` are the ids that the imported
    /// pieces had before.
    pub(super) fn between(before: &Encoded, after: &Encoded, old_ids: &[u32]) -> Self {
        let texts = before.vectors.len();
        let cosines: Vec<f64> = before
            .vectors
            .iter()
            .zip(&after.vectors)
            .map(|(before, after)| cosine(before, after))
            .collect();
        let same = |(before, after): &(&Vec<u32>, &Vec<u32>)| {
            before.len() == after.len()
                && before.iter().zip(*after).all(|(old, new)| old_ids[*new as usize] == *old)
        };
        Self {
            texts,
            same_pieces: before.ids.iter().zip(&after.ids).filter(same).count(),
            mean: cosines.iter().sum::<f64>() / texts as f64,
            least: cosines.iter().copied().fold(f64::INFINITY, f64::min),
        }
    }
}

impl ImportReport {
    pub(super) fn begin(
        checkpoint: &Checkpoint,
        source: &Source,
        vocabulary: &TokenizerFile,
        retained: &Retained,
    ) -> Self {
        Self {
            model_type: checkpoint.model_type.clone(),
            layers: checkpoint.config.num_hidden_layers,
            hidden_size: checkpoint.config.hidden_size,
            positions: checkpoint.config.max_position_embeddings,
            pooling: checkpoint.config.pooling,
            prefix: checkpoint.prefix.clone(),
            tensors_read: checkpoint.tensors_read,
            tensors_ignored: checkpoint.tensors_ignored.clone(),
            pieces_before: vocabulary.len(),
            pieces_after: retained.old_ids.len(),
            bytes_before: bytes(&source.directory),
            bytes_after: 0,
            agreement: Agreement::default(),
        }
    }

    pub(super) fn finish(self, agreement: Agreement, out: &Path) -> Self {
        Self { agreement, bytes_after: bytes(out), ..self }
    }

    /// What the pack records of its import.
    pub(super) fn figures(&self) -> BTreeMap<String, f64> {
        [
            ("import_pieces_before", self.pieces_before as f64),
            ("import_pieces_after", self.pieces_after as f64),
            ("import_cosine_mean", self.agreement.mean),
            ("import_cosine_least", self.agreement.least),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}

/// Size of a checkpoint's files together.
fn bytes(directory: &Path) -> u64 {
    let sizes = FILES.iter().filter_map(|file| directory.join(file).metadata().ok());
    sizes.map(|metadata| metadata.len()).sum()
}
