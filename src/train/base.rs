use std::path::{Path, PathBuf};

use super::TrainError;
use crate::classifier::Pack;
use crate::encoder::{EncoderConfig, TextTokenizer, Weights};

/// Files of a checkpoint in the Hugging Face layout.
const FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

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
    /// Finds and loads a base: a model pack, a checkpoint directory, or a name on the hub (its
    /// cache and `HF_ENDPOINT` are respected).
    pub(super) fn resolve(name: &str, prefix: Option<&str>) -> Result<Self, TrainError> {
        let path = Path::new(name);
        let (directory, label) = if path.is_dir() {
            (path.to_owned(), path.file_name().map_or(name.into(), |n| n.to_string_lossy()).into())
        } else if looks_like_hub_name(name) {
            (fetch(name)?, name.to_owned())
        } else {
            return Err(TrainError::NoBase { name: name.to_owned() });
        };
        let prefix = match prefix {
            Some(prefix) => prefix.to_owned(),
            None if directory.join("lotse.json").is_file() => {
                Pack::load(&directory)?.manifest.prefix
            }
            // The E5 family was trained with a prefix; a checkpoint does not say so itself.
            None if label.to_lowercase().contains("e5") => "query: ".to_owned(),
            None => String::new(),
        };
        Ok(Self {
            config: EncoderConfig::read(&directory.join("config.json"))?,
            weights: Weights::read(&directory.join("model.safetensors"))?,
            tokenizer: TextTokenizer::read(&directory.join("tokenizer.json"))?,
            tokenizer_path: directory.join("tokenizer.json"),
            prefix,
            label,
        })
    }
}

/// `owner/name`, or a bare name without a path's signs.
fn looks_like_hub_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    parts.len() <= 2
        && parts.iter().all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        })
}

fn fetch(name: &str) -> Result<PathBuf, TrainError> {
    let failed = |file: &str, problem: String| TrainError::Hub {
        name: name.to_owned(),
        file: file.to_owned(),
        problem,
    };
    let api = hf_hub::api::sync::ApiBuilder::from_env()
        .with_progress(false)
        .build()
        .map_err(|error| failed("", error.to_string()))?;
    let repository = api.model(name.to_owned());
    let mut directory = PathBuf::new();
    for file in FILES {
        let path = repository.get(file).map_err(|error| failed(file, error.to_string()))?;
        path.parent().unwrap_or(Path::new(".")).clone_into(&mut directory);
    }
    Ok(directory)
}
