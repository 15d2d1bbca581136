//! Which tensor is which? Brings a checkpoint's tensors into the names and shapes of
//! [`crate::encoder::Bert`].

use super::WORDS;
use super::family::{Family, Shape};
use crate::encoder::{EncoderError, StoredTensor, Weights};

const POSITIONS: &str = "embeddings.position_embeddings.weight";
const SEGMENTS: &str = "embeddings.token_type_embeddings.weight";

/// Parts of a layer: our name, DistilBERT's, and the shape of its weight in terms of the hidden
/// (`H`) and the feed-forward (`F`) width. Each has a weight and a bias.
const PARTS: [(&str, &str, &str); 8] = [
    ("attention.self.query", "attention.q_lin", "HH"),
    ("attention.self.key", "attention.k_lin", "HH"),
    ("attention.self.value", "attention.v_lin", "HH"),
    ("attention.output.dense", "attention.out_lin", "HH"),
    ("attention.output.LayerNorm", "sa_layer_norm", "H"),
    ("intermediate.dense", "ffn.lin1", "FH"),
    ("output.dense", "ffn.lin2", "HF"),
    ("output.LayerNorm", "output_layer_norm", "H"),
];

/// A checkpoint's tensors in our layout.
pub(super) struct Arranged {
    pub(super) weights: Weights,
    /// How many tensors of the checkpoint went into them.
    pub(super) read: usize,
    /// Names of those that did not: poolers, heads of language models, position ids.
    pub(super) ignored: Vec<String>,
    /// Rows of the token-type embeddings.
    pub(super) segments: usize,
}

/// Takes the encoder out of `source`.
pub(super) fn arrange(source: Weights, shape: &Shape) -> Result<Arranged, EncoderError> {
    let mut taker = Taker { prefix: prefix(&source)?, source, read: 0 };
    let (config, family) = (&shape.config, shape.family);
    let (hidden, wide) = (config.hidden_size, config.intermediate_size);
    let mut weights = Weights::default();
    let mut put = |name: &str, shape: Vec<usize>, values: Vec<f32>| {
        weights.insert(name, StoredTensor::Float { shape, values });
    };

    let dimensions = vec![config.vocab_size, hidden];
    put(WORDS, dimensions.clone(), taker.take(WORDS, &dimensions)?);
    let rows = config.max_position_embeddings;
    let all = taker.take(POSITIONS, &[shape.first_position + rows, hidden])?;
    put(POSITIONS, vec![rows, hidden], all[shape.first_position * hidden..].to_vec());
    let (segments, values) = match family {
        Family::DistilBert => (1, vec![0.0; hidden]),
        Family::Bert | Family::Roberta => {
            let segments = taker.rows(SEGMENTS).unwrap_or(1);
            (segments, taker.take(SEGMENTS, &[segments, hidden])?)
        }
    };
    put(SEGMENTS, vec![segments, hidden], values);
    for end in ["weight", "bias"] {
        let name = format!("embeddings.LayerNorm.{end}");
        put(&name, vec![hidden], taker.take(&name, &[hidden])?);
    }
    for layer in 0..config.num_hidden_layers {
        for (ours, distilled, dimensions) in PARTS {
            let dimensions: Vec<usize> =
                dimensions.chars().map(|c| if c == 'F' { wide } else { hidden }).collect();
            let theirs = match family {
                Family::DistilBert => format!("transformer.layer.{layer}.{distilled}"),
                Family::Bert | Family::Roberta => format!("encoder.layer.{layer}.{ours}"),
            };
            let ours = format!("encoder.layer.{layer}.{ours}");
            let bias = dimensions[..1].to_vec();
            for (end, dimensions) in [("weight", dimensions), ("bias", bias)] {
                let values = taker.take(&format!("{theirs}.{end}"), &dimensions)?;
                put(&format!("{ours}.{end}"), dimensions, values);
            }
        }
    }
    let ignored = taker.source.iter().map(|(name, _)| name.to_owned()).collect();
    Ok(Arranged { weights, read: taker.read, ignored, segments })
}

/// What stands before the names of the encoder's tensors: nothing, or the name of the class that
/// saved them (`bert.`, `distilbert.`, `roberta.`, …).
fn prefix(source: &Weights) -> Result<String, EncoderError> {
    let problem = |problem: &str| EncoderError::Tensor {
        name: WORDS.to_owned(),
        problem: problem.to_owned(),
    };
    let mut found = source.iter().filter_map(|(name, _)| name.strip_suffix(WORDS));
    let first = found.next().ok_or_else(|| problem("is missing, under any prefix"))?;
    match found.next() {
        None => Ok(first.to_owned()),
        Some(_) => Err(problem("is there twice: the checkpoint holds several encoders")),
    }
}

/// Takes tensors out of a checkpoint, so that what is left was ignored.
struct Taker {
    source: Weights,
    prefix: String,
    read: usize,
}

impl Taker {
    /// Name of a tensor in the checkpoint. Those converted from the first TensorFlow checkpoints
    /// call the weight and bias of a norm gamma and beta.
    fn name(&self, name: &str) -> String {
        let full = format!("{}{name}", self.prefix);
        if self.has(&full) {
            return full;
        }
        let old = full
            .replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta");
        if self.has(&old) { old } else { full }
    }

    fn has(&self, name: &str) -> bool {
        self.source.iter().any(|(other, _)| other == name)
    }

    /// Rows of a tensor, if it is there.
    fn rows(&self, name: &str) -> Option<usize> {
        let name = self.name(name);
        let (_, tensor) = self.source.iter().find(|(other, _)| *other == name)?;
        tensor.shape().first().copied()
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncoderError> {
        let name = self.name(name);
        self.source.get(&name, shape)?;
        self.read += 1;
        let values = match self.source.remove(&name) {
            Some(StoredTensor::Float { values, .. }) => values,
            Some(quantised) => quantised.to_f32(),
            None => Vec::new(),
        };
        if values.iter().any(|value| !value.is_finite()) {
            let problem = "holds infinities or values that are no numbers".to_owned();
            return Err(EncoderError::Tensor { name, problem });
        }
        Ok(values)
    }
}
