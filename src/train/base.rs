use std::path::PathBuf;

use super::TrainError;
use crate::classifier::Pack;
use crate::encoder::{EncoderConfig, TextTokenizer, Weights};
use crate::import::{Checkpoint, Source};

/// The encoder that training starts from.
pub(super) struct Base {
    pub(super) config: EncoderConfig,
    pub(super) weights: Weights,
    pub(super) tokenizer: TextTokenizer,
    pub(super) tokenizer_path: PathBuf,
    pub(super) prefix: String,
    /// What the operator called it, for the model card.
    pub(super) label: String,
}

impl Base {
    /// Finds and loads a base: a model pack, or a checkpoint of the BERT family in a directory or on
    /// the hub (its cache and `HF_ENDPOINT` are respected), whose vocabulary stays whole.
    pub(super) fn resolve(name: &str, prefix: Option<&str>) -> Result<Self, TrainError> {
        let source =
            Source::locate(name)?.ok_or_else(|| TrainError::NoBase { name: name.to_owned() })?;
        let tokenizer_path = source.tokenizer();
        if source.is_pack() {
            let pack = Pack::load(&source.directory)?;
            return Ok(Self {
                config: pack.config,
                weights: pack.weights,
                tokenizer: pack.tokenizer,
                tokenizer_path,
                prefix: prefix.map_or(pack.manifest.prefix, str::to_owned),
                label: source.label,
            });
        }
        let checkpoint = Checkpoint::read(&source, prefix)?;
        Ok(Self {
            config: checkpoint.config,
            weights: checkpoint.weights,
            tokenizer: checkpoint.tokenizer,
            tokenizer_path,
            prefix: checkpoint.prefix,
            label: source.label,
        })
    }
}
