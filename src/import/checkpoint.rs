//! What is in the checkpoint? Its encoder in our layout, its tokenizer, and how it is meant to be
//! used: pooling and prefix.

use std::path::Path;

use serde_json::Value;

use super::family::Shape;
use super::layout::arrange;
use super::{ImportError, Source};
use crate::encoder::{EncoderConfig, EncoderError, Pooling, TextTokenizer, Weights};

/// A foreign checkpoint as our encoder reads it: nothing pruned, nothing quantised.
pub struct Checkpoint {
    /// Shape of the encoder, with the pooling that the checkpoint asks for.
    pub config: EncoderConfig,
    /// Tensors in the encoder's layout.
    pub weights: Weights,
    /// The tokenizer, without truncation and padding.
    pub tokenizer: TextTokenizer,
    /// Put before every text.
    pub prefix: String,
    /// What the checkpoint calls itself, such as `xlm-roberta`.
    pub model_type: String,
    /// Tensors that went into the weights.
    pub tensors_read: usize,
    /// Names of those that did not.
    pub tensors_ignored: Vec<String>,
}

impl Checkpoint {
    /// Reads a checkpoint of the BERT family. `prefix` is put before every text; by default what
    /// the checkpoint's own prompts say, `query: ` for the E5 family, or nothing.
    pub fn read(source: &Source, prefix: Option<&str>) -> Result<Self, ImportError> {
        // What cannot be read for its kind is told before a missing file is.
        let path = source.directory.join("config.json");
        if path.is_file() {
            Shape::read(&path, Pooling::Mean)?;
        }
        source.check_files()?;
        let pooling = pooling(&source.directory)?;
        let mut shape = Shape::read(&path, pooling)?;
        let path = source.directory.join("model.safetensors");
        let arranged = arrange(Weights::read(&path)?, &shape).map_err(|error| match error {
            EncoderError::Tensor { name, problem } => {
                ImportError::File { path, problem: format!("tensor {name} {problem}") }
            }
            other => other.into(),
        })?;
        shape.config.type_vocab_size = arranged.segments;
        let prefix = match prefix {
            Some(prefix) => prefix.to_owned(),
            None => own_prefix(source)?,
        };
        Ok(Self {
            tokenizer: TextTokenizer::read(&source.tokenizer())?
                .limited(shape.config.max_position_embeddings),
            config: shape.config,
            weights: arranged.weights,
            prefix,
            model_type: shape.model_type,
            tensors_read: arranged.read,
            tensors_ignored: arranged.ignored,
        })
    }
}

/// A JSON file that a checkpoint may lack.
fn optional_json(path: &Path) -> Result<Option<Value>, EncoderError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(EncoderError::Read { path: path.to_owned(), source }),
    };
    serde_json::from_str(&text).map(Some).map_err(|error| EncoderError::Damaged {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

/// Pooling as `sentence_transformers.models.Pooling` saves it: a flag a kind, or the kind's name.
/// A checkpoint without it is pooled by mean.
fn pooling(directory: &Path) -> Result<Pooling, ImportError> {
    let path = directory.join("1_Pooling").join("config.json");
    let Some(json) = optional_json(&path)? else { return Ok(Pooling::Mean) };
    let mut modes: Vec<&str> = Vec::new();
    if let Some(mode) = json.get("pooling_mode").and_then(Value::as_str) {
        modes.push(mode);
    } else if let Some(flags) = json.as_object() {
        let set = flags.iter().filter(|(_, flag)| flag.as_bool() == Some(true));
        modes.extend(set.filter_map(|(name, _)| name.strip_prefix("pooling_mode_")));
    }
    match modes[..] {
        ["mean_tokens" | "mean"] => Ok(Pooling::Mean),
        ["cls_token" | "cls"] => Ok(Pooling::Cls),
        _ => Err(ImportError::File {
            path,
            problem: format!(
                "pooling by `{}` is not supported; mean_tokens and cls_token alone are",
                modes.join(" + ")
            ),
        }),
    }
}

/// The prefix that a checkpoint was trained with, where it is known.
fn own_prefix(source: &Source) -> Result<String, EncoderError> {
    let path = source.directory.join("config_sentence_transformers.json");
    if let Some(json) = optional_json(&path)?
        && let Some(prompt) = json.pointer("/prompts/query").and_then(Value::as_str)
    {
        return Ok(prompt.to_owned());
    }
    // The E5 family was trained with a prefix; its first checkpoints do not say so themselves.
    let e5 = source.label.to_lowercase().contains("e5");
    Ok(if e5 { "query: ".to_owned() } else { String::new() })
}
