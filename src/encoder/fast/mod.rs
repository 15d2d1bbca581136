//! How is a message encoded as fast as this processor can?
//!
//! [`FastBert`] computes what [`Bert`](super::Bert) defines, for inference alone: weights and rows
//! as bytes with sums in 32 bits ([`linear`]), everything else in f32, over packed tokens without
//! padding, in memory that is used again and again. One pass runs on one thread; several workers
//! encode several passes. `tests/encoder.rs` holds it against the candle model, the evaluation shows
//! what it costs in accuracy.

mod attention;
mod bytes;
mod linear;
mod portable;
mod rows;
#[cfg(target_arch = "x86_64")]
mod vnni;

use std::sync::{Mutex, PoisonError};

use self::linear::Linear;
use super::fused::wide;
use super::packed::in_passes;
use super::{EncoderConfig, EncoderError, PackedBatch, Pooling, StoredTensor, Weights};

/// Tokens of one pass: enough that the weights are read seldom, few enough that what a layer makes
/// of them stays near the core.
const PASS_TOKENS: usize = 256;

/// A BERT encoder for inference, its linear layers at 8 bit.
pub struct FastBert {
    config: EncoderConfig,
    words: StoredTensor,
    /// Position and segment embeddings, summed: `[positions][hidden]`.
    places: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    /// Memory of passes that are over.
    memories: Mutex<Vec<Memory>>,
}

struct Layer {
    /// Query, key and value side by side.
    joined: Linear,
    attention: Linear,
    attention_norm: Norm,
    intermediate: Linear,
    output: Linear,
    output_norm: Norm,
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

/// What one pass needs.
#[derive(Default)]
struct Memory {
    linear: linear::Memory,
    attention: attention::Memory,
    /// `[tokens][hidden]`.
    hidden: Vec<f32>,
    /// `[tokens][3 * hidden]`.
    joined: Vec<f32>,
    /// `[tokens][hidden]`.
    context: Vec<f32>,
    /// `[tokens][hidden]`.
    added: Vec<f32>,
    /// `[tokens][intermediate]`.
    wide: Vec<f32>,
}

impl Norm {
    fn load(weights: &Weights, name: &str, config: &EncoderConfig) -> Result<Self, EncoderError> {
        let get = |part: &str| {
            weights.get(&format!("{name}.{part}"), &[config.hidden_size]).map(StoredTensor::to_f32)
        };
        Ok(Self {
            weight: get("weight")?,
            bias: get("bias")?,
            epsilon: config.layer_norm_eps as f32,
        })
    }

    /// `rows = norm(rows + added)`.
    fn apply(&self, rows: &mut [f32], added: &[f32]) {
        rows::add_and_norm(rows, added, [&self.weight, &self.bias], self.epsilon);
    }
}

impl Layer {
    fn load(
        weights: &Weights,
        index: usize,
        config: &EncoderConfig,
        portable: bool,
    ) -> Result<Self, EncoderError> {
        let (hidden, wide) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let linear = |parts: &[&str], shape: [usize; 2]| {
            let names: Vec<String> = parts.iter().map(|part| name(part)).collect();
            Linear::load(weights, &names, shape, portable)
        };
        let attended = ["query", "key", "value"].map(|part| format!("attention.self.{part}"));
        Ok(Self {
            joined: linear(&attended.each_ref().map(String::as_str), [hidden, hidden])?,
            attention: linear(&["attention.output.dense"], [hidden, hidden])?,
            attention_norm: Norm::load(weights, &name("attention.output.LayerNorm"), config)?,
            intermediate: linear(&["intermediate.dense"], [wide, hidden])?,
            output: linear(&["output.dense"], [hidden, wide])?,
            output_norm: Norm::load(weights, &name("output.LayerNorm"), config)?,
        })
    }
}

impl FastBert {
    /// Packs the encoder's weights for this processor.
    pub fn new(config: &EncoderConfig, weights: &Weights) -> Result<Self, EncoderError> {
        Self::build(config, weights, false)
    }

    /// As [`Self::new`], with the products that run on any processor, to check those.
    pub fn portable(config: &EncoderConfig, weights: &Weights) -> Result<Self, EncoderError> {
        Self::build(config, weights, true)
    }

    fn build(
        config: &EncoderConfig,
        weights: &Weights,
        portable: bool,
    ) -> Result<Self, EncoderError> {
        let hidden = config.hidden_size;
        let words =
            weights.get("embeddings.word_embeddings.weight", &[config.vocab_size, hidden])?.clone();
        let mut places = weights
            .get(
                "embeddings.position_embeddings.weight",
                &[config.max_position_embeddings, hidden],
            )?
            .to_f32();
        let segments = weights
            .get("embeddings.token_type_embeddings.weight", &[config.type_vocab_size, hidden])?
            .to_f32();
        for place in places.chunks_exact_mut(hidden) {
            place.iter_mut().zip(&segments).for_each(|(value, segment)| *value += segment);
        }
        let layers = (0..config.num_hidden_layers)
            .map(|index| Layer::load(weights, index, config, portable))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            config: config.clone(),
            words,
            places,
            norm: Norm::load(weights, "embeddings.LayerNorm", config)?,
            layers,
            memories: Mutex::default(),
        })
    }

    /// Shape of the encoder.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// Pooled vectors `[sequences][hidden_size]` for any number of sequences, those of similar
    /// length encoded together; `progress` is told how many were done by each pass.
    pub fn pooled_all(
        &self,
        sequences: &[Vec<u32>],
        progress: impl FnMut(usize),
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        in_passes(sequences, PASS_TOKENS, progress, |batch| self.pooled(batch))
    }

    /// Pooled vectors of one pass, in the order in which the sequences were given.
    fn pooled(&self, batch: &PackedBatch) -> Result<Vec<Vec<f32>>, EncoderError> {
        let memories = || self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = memories().pop().unwrap_or_default();
        let result = self.encode(batch, &mut memory);
        memories().push(memory);
        result
    }

    fn encode(
        &self,
        batch: &PackedBatch,
        memory: &mut Memory,
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        let mut rows = batch.tokens();
        self.embed(batch, &mut memory.hidden);
        for (index, layer) in self.layers.iter().enumerate() {
            self.attend(layer, batch, memory)?;
            let is_last = index + 1 == self.layers.len();
            if is_last && self.config.pooling == Pooling::Cls {
                // Nobody asks for the other tokens any more.
                rows = batch.keep_first(self.config.hidden_size, &mut memory.hidden);
                batch.keep_first(self.config.hidden_size, &mut memory.context);
            }
            layer.finish(rows, memory)?;
        }
        let hidden = self.config.hidden_size;
        Ok(match self.config.pooling {
            Pooling::Cls => {
                batch.in_given_order(memory.hidden.chunks_exact(hidden), <[f32]>::to_vec)
            }
            Pooling::Mean => batch.in_given_order(
                batch
                    .sequences()
                    .map(|place| &memory.hidden[place.start * hidden..place.end * hidden]),
                |rows| mean(rows, hidden),
            ),
        })
    }

    /// Sum of word, position and segment embeddings, normalised: `[tokens][hidden]`.
    fn embed(&self, batch: &PackedBatch, hidden: &mut Vec<f32>) {
        let width = self.config.hidden_size;
        hidden.clear();
        for id in &batch.ids {
            self.words.append_row((*id as usize).min(self.config.vocab_size - 1), hidden);
        }
        for (row, position) in hidden.chunks_exact_mut(width).zip(&batch.positions) {
            let place = &self.places[*position as usize * width..][..width];
            self.norm.apply(row, place);
        }
    }

    /// What every token takes from the others of its sequence, into `memory.context`.
    fn attend(
        &self,
        layer: &Layer,
        batch: &PackedBatch,
        memory: &mut Memory,
    ) -> Result<(), EncoderError> {
        let Memory { linear, attention, hidden, joined, context, .. } = memory;
        layer.joined.apply(hidden, batch.tokens(), linear, joined)?;
        context.resize(hidden.len(), 0.0);
        wide(
            #[inline(always)]
            || {
                let heads = self.config.num_attention_heads;
                attention::attend(joined, &batch.runs, heads, attention, context);
            },
        );
        Ok(())
    }
}

impl Layer {
    /// From the context to the layer's result, in `memory.hidden`.
    fn finish(&self, rows: usize, memory: &mut Memory) -> Result<(), EncoderError> {
        let Memory { linear, hidden, context, added, wide, .. } = memory;
        self.attention.apply(context, rows, linear, added)?;
        self.attention_norm.apply(hidden, added);
        self.intermediate.apply(hidden, rows, linear, wide)?;
        rows::gelu(wide);
        self.output.apply(wide, rows, linear, added)?;
        self.output_norm.apply(hidden, added);
        Ok(())
    }
}

/// Mean of rows `[count][width]`.
fn mean(rows: &[f32], width: usize) -> Vec<f32> {
    let factor = width as f32 / rows.len() as f32;
    let mut mean = vec![0.0; width];
    for row in rows.chunks_exact(width) {
        mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += value * factor);
    }
    mean
}
