//! What kind of network is it? Reads a foreign `config.json` as a shape that our encoder computes,
//! or says why it cannot.

use std::path::Path;

use serde::Deserialize;

use super::ImportError;
use crate::encoder::{EncoderConfig, EncoderError, Pooling};

/// How a family names its tensors and counts its positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// `transformers.models.bert`.
    Bert,
    /// `transformers.models.distilbert`: other names, no token types.
    DistilBert,
    /// `transformers.models.roberta` and those built on it: named as BERT, but the first token sits
    /// at position `padding_idx + 1`.
    Roberta,
}

/// What sets the better known other families apart.
const REFUSED: [(&str, &str); 12] = [
    ("albert", "all its layers share one set of weights and its embeddings are factorised"),
    ("deberta", "its attention knows relative positions"),
    ("deberta-v2", "its attention knows relative positions"),
    ("mpnet", "its attention knows relative positions"),
    ("electra", "its embeddings may be projected and its tensors are laid out differently"),
    ("modernbert", "its positions are rotations and its layers are gated"),
    ("nomic_bert", "its positions are rotations and its layers are gated"),
    ("xlm-roberta-xl", "its layers normalise before instead of after"),
    ("t5", "it is an encoder-decoder with relative positions"),
    ("mt5", "it is an encoder-decoder with relative positions"),
    ("gpt2", "it reads from left to right only"),
    ("llama", "it reads from left to right only"),
];

/// The keys of `config.json` that matter, under BERT's and DistilBERT's names.
#[derive(Deserialize)]
struct RawConfig {
    #[serde(alias = "dim")]
    hidden_size: usize,
    #[serde(alias = "hidden_dim")]
    intermediate_size: usize,
    #[serde(alias = "n_layers")]
    num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    num_attention_heads: usize,
    max_position_embeddings: usize,
    vocab_size: usize,
    #[serde(alias = "activation")]
    hidden_act: Option<String>,
    layer_norm_eps: Option<f64>,
    position_embedding_type: Option<String>,
    pad_token_id: Option<usize>,
}

/// A foreign configuration in our terms.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) family: Family,
    /// What the checkpoint calls itself.
    pub(super) model_type: String,
    /// As the encoder will be told; positions already without those before the first token.
    pub(super) config: EncoderConfig,
    /// Rows of the position embeddings before the first token's.
    pub(super) first_position: usize,
}

impl Shape {
    pub(super) fn read(path: &Path, pooling: Pooling) -> Result<Self, ImportError> {
        let damaged = |problem: String| EncoderError::Damaged { path: path.to_owned(), problem };
        let text = std::fs::read_to_string(path)
            .map_err(|source| EncoderError::Read { path: path.to_owned(), source })?;
        let json: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        let Some(model_type) = json.get("model_type").and_then(serde_json::Value::as_str) else {
            return Err(damaged(
                "it names no model_type; add \"model_type\": \"bert\", \"distilbert\", \"roberta\" \
                 or \"xlm-roberta\", whichever it is"
                    .to_owned(),
            )
            .into());
        };
        let refused = |reason: &str| ImportError::Architecture {
            path: path.to_owned(),
            model_type: model_type.to_owned(),
            reason: reason.to_owned(),
        };
        let family = match model_type {
            "bert" => Family::Bert,
            "distilbert" => Family::DistilBert,
            "roberta" | "xlm-roberta" | "camembert" => Family::Roberta,
            other => {
                let known = REFUSED.iter().find(|(name, _)| *name == other);
                return Err(refused(known.map_or("its architecture is not known", |(_, r)| r)));
            }
        };
        let raw: RawConfig =
            serde_json::from_value(json.clone()).map_err(|error| damaged(error.to_string()))?;
        if let Some(kind) = raw.position_embedding_type.as_deref()
            && kind != "absolute"
        {
            return Err(refused(&format!("its position_embedding_type is `{kind}`")));
        }
        let first_position = match family {
            Family::Roberta => raw.pad_token_id.unwrap_or(1) + 1,
            Family::Bert | Family::DistilBert => 0,
        };
        let positions = raw
            .max_position_embeddings
            .checked_sub(first_position)
            .filter(|positions| *positions > 1)
            .ok_or_else(|| damaged("max_position_embeddings leaves no room for text".to_owned()))?;
        let config = EncoderConfig {
            model_type: "bert".to_owned(),
            hidden_size: raw.hidden_size,
            intermediate_size: raw.intermediate_size,
            num_hidden_layers: raw.num_hidden_layers,
            num_attention_heads: raw.num_attention_heads,
            max_position_embeddings: positions,
            vocab_size: raw.vocab_size,
            type_vocab_size: 1,
            layer_norm_eps: raw.layer_norm_eps.unwrap_or(1e-12),
            hidden_act: raw.hidden_act.unwrap_or_else(|| "gelu".to_owned()),
            architectures: vec!["BertModel".to_owned()],
            pooling,
        };
        config.check().map_err(|reason| refused(&reason))?;
        Ok(Self { family, model_type: model_type.to_owned(), config, first_position })
    }
}
