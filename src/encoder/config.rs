use std::path::Path;

use serde::{Deserialize, Serialize};

use super::EncoderError;

/// Shape of a BERT encoder, as `config.json` of a Hugging Face checkpoint gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncoderConfig {
    /// Kind of model; `bert` is understood.
    #[serde(default = "bert")]
    pub model_type: String,
    /// Width of the hidden states.
    pub hidden_size: usize,
    /// Width of the feed-forward layers.
    pub intermediate_size: usize,
    /// Number of layers.
    pub num_hidden_layers: usize,
    /// Attention heads a layer.
    pub num_attention_heads: usize,
    /// Token positions that have an embedding.
    pub max_position_embeddings: usize,
    /// Pieces of the vocabulary.
    pub vocab_size: usize,
    /// Segment embeddings; only the first is used.
    #[serde(default = "one")]
    pub type_vocab_size: usize,
    /// Added to the variance under the root of a layer norm.
    #[serde(default = "default_epsilon")]
    pub layer_norm_eps: f64,
    /// Activation; `gelu` (by the error function) is understood.
    #[serde(default = "gelu")]
    pub hidden_act: String,
    /// Names of the classes that other tools would open this checkpoint with.
    #[serde(default = "architectures")]
    pub architectures: Vec<String>,
    /// How the vectors of a text's tokens become one vector.
    #[serde(default)]
    pub pooling: Pooling,
}

/// How the last hidden states of a text become one vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// Mean over all tokens.
    #[default]
    Mean,
    /// The first token alone.
    Cls,
}

fn bert() -> String {
    "bert".to_owned()
}
fn gelu() -> String {
    "gelu".to_owned()
}
fn one() -> usize {
    1
}
fn default_epsilon() -> f64 {
    1e-12
}
fn architectures() -> Vec<String> {
    vec!["BertModel".to_owned()]
}

impl EncoderConfig {
    /// Reads and checks a `config.json`.
    pub fn read(path: &Path) -> Result<Self, EncoderError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| EncoderError::Read { path: path.to_owned(), source })?;
        let damaged = |problem: String| EncoderError::Damaged { path: path.to_owned(), problem };
        let config: Self =
            serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if config.model_type != "bert" {
            return Err(damaged(format!(
                "model_type `{}` is not supported; use a BERT checkpoint",
                config.model_type
            )));
        }
        config.check().map_err(damaged)?;
        Ok(config)
    }

    /// Tells why [`Bert`](super::Bert) cannot compute an encoder of this shape.
    pub fn check(&self) -> Result<(), String> {
        if self.hidden_act != "gelu" {
            return Err(format!("hidden_act `{}` is not supported", self.hidden_act));
        }
        if self.num_attention_heads == 0
            || !self.hidden_size.is_multiple_of(self.num_attention_heads)
        {
            return Err(format!(
                "hidden_size {} cannot be split into {} heads",
                self.hidden_size, self.num_attention_heads
            ));
        }
        Ok(())
    }

    /// Width of one attention head.
    pub fn head_size(&self) -> usize {
        self.hidden_size / self.num_attention_heads
    }
}
