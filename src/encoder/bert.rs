use std::cell::RefCell;

use candle_core::{D, Device, Tensor, Var};
use candle_nn::ops;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{EncoderConfig, EncoderError, Pooling, StoredTensor, Weights};

/// Tokens encoded in one pass; more are cut into several passes, so that memory stays bounded.
const PASS_TOKENS: usize = 4_096;

/// How a forward pass is meant.
#[derive(Clone, Copy)]
pub enum Mode<'a> {
    /// Fused norms and softmax, which are faster and carry no gradient.
    Inference,
    /// Plain operations with a gradient each, and dropout on what every layer adds.
    Training(&'a Dropout),
}

/// Dropout whose masks follow from a seed (candle's own cannot be seeded on a CPU).
pub struct Dropout {
    share: f32,
    random: RefCell<StdRng>,
}

impl Dropout {
    /// Drops each value with probability `share`.
    pub fn new(share: f32, seed: u64) -> Self {
        Self { share, random: RefCell::new(StdRng::seed_from_u64(seed)) }
    }

    /// Zeroes values at random and scales the others up, so that the mean stays.
    pub fn apply(&self, tensor: &Tensor) -> candle_core::Result<Tensor> {
        if self.share <= 0.0 {
            return Ok(tensor.clone());
        }
        let mut random = self.random.borrow_mut();
        let kept = 1.0 / (1.0 - self.share);
        let mask: Vec<f32> = (0..tensor.elem_count())
            .map(|_| if random.random::<f32>() < self.share { 0.0 } else { kept })
            .collect();
        tensor * Tensor::from_vec(mask, tensor.dims(), tensor.device())?
    }
}

/// Token sequences laid end to end without padding, ordered by length so that sequences of equal
/// length lie side by side and share their attention products.
#[derive(Debug)]
pub struct PackedBatch {
    ids: Vec<u32>,
    positions: Vec<u32>,
    runs: Vec<Run>,
    /// `place[i]` is the position among the packed sequences of input sequence `i`.
    place: Vec<u32>,
}

/// Sequences of equal length that lie side by side.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    count: usize,
    length: usize,
}

impl PackedBatch {
    /// Packs sequences of token ids. Empty sequences are not allowed: every tokenizer adds its
    /// special tokens.
    pub fn new(sequences: &[Vec<u32>]) -> Self {
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|index| sequences[*index].len());
        let mut batch = Self {
            ids: Vec::new(),
            positions: Vec::new(),
            runs: Vec::new(),
            place: vec![0; sequences.len()],
        };
        for (place, index) in order.into_iter().enumerate() {
            let sequence = &sequences[index];
            batch.place[index] = place as u32;
            match batch.runs.last_mut() {
                Some(run) if run.length == sequence.len() => run.count += 1,
                _ => batch.runs.push(Run {
                    start: batch.ids.len(),
                    count: 1,
                    length: sequence.len(),
                }),
            }
            batch.ids.extend_from_slice(sequence);
            batch.positions.extend(0..sequence.len() as u32);
        }
        batch
    }

    /// Tokens of all sequences together.
    pub fn tokens(&self) -> usize {
        self.ids.len()
    }
}

/// A BERT encoder. Layer names and the order of operations follow
/// `transformers.models.bert.modeling_bert`; the word embeddings stay quantised and are looked up
/// row by row, since no part of training changes them.
pub struct Bert {
    config: EncoderConfig,
    words: StoredTensor,
    positions: Tensor,
    segment: Tensor,
    norm: Norm,
    layers: Vec<Layer>,
    /// Layers below this one never change: they run as in inference, whatever the mode.
    first_trained: usize,
    variables: Vec<(String, Var)>,
    device: Device,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attention: Linear,
    attention_norm: Norm,
    intermediate: Linear,
    output: Linear,
    output_norm: Norm,
}

struct Linear {
    weight: Tensor,
    bias: Tensor,
}

struct Norm {
    weight: Tensor,
    bias: Tensor,
    epsilon: f32,
}

/// Takes tensors out of [`Weights`] and remembers those that are to be trained.
struct Loader<'a> {
    weights: &'a Weights,
    config: &'a EncoderConfig,
    device: &'a Device,
    trainable: bool,
    variables: Vec<(String, Var)>,
}

impl Loader<'_> {
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, EncoderError> {
        let values = self.weights.get(name, shape)?.to_f32();
        let tensor = Tensor::from_vec(values, shape, self.device)?;
        if !self.trainable {
            return Ok(tensor);
        }
        let variable = Var::from_tensor(&tensor)?;
        let tensor = variable.as_tensor().clone();
        self.variables.push((name.to_owned(), variable));
        Ok(tensor)
    }

    fn linear(&mut self, name: &str, output: usize, input: usize) -> Result<Linear, EncoderError> {
        Ok(Linear {
            weight: self.tensor(&format!("{name}.weight"), &[output, input])?,
            bias: self.tensor(&format!("{name}.bias"), &[output])?,
        })
    }

    fn norm(&mut self, name: &str) -> Result<Norm, EncoderError> {
        let width = self.config.hidden_size;
        Ok(Norm {
            weight: self.tensor(&format!("{name}.weight"), &[width])?,
            bias: self.tensor(&format!("{name}.bias"), &[width])?,
            epsilon: self.config.layer_norm_eps as f32,
        })
    }

    fn layer(&mut self, index: usize) -> Result<Layer, EncoderError> {
        let (hidden, wide) = (self.config.hidden_size, self.config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        Ok(Layer {
            query: self.linear(&name("attention.self.query"), hidden, hidden)?,
            key: self.linear(&name("attention.self.key"), hidden, hidden)?,
            value: self.linear(&name("attention.self.value"), hidden, hidden)?,
            attention: self.linear(&name("attention.output.dense"), hidden, hidden)?,
            attention_norm: self.norm(&name("attention.output.LayerNorm"))?,
            intermediate: self.linear(&name("intermediate.dense"), wide, hidden)?,
            output: self.linear(&name("output.dense"), hidden, wide)?,
            output_norm: self.norm(&name("output.LayerNorm"))?,
        })
    }
}

impl Bert {
    /// Builds the encoder for inference.
    pub fn new(
        config: &EncoderConfig,
        weights: &Weights,
        device: &Device,
    ) -> Result<Self, EncoderError> {
        Self::build(config, weights, device, 0, false)
    }

    /// Builds the encoder for training: the embeddings and the layers below `first_trained` stay
    /// as they are, every tensor of the layers from there on becomes a variable.
    pub fn trainable(
        config: &EncoderConfig,
        weights: &Weights,
        device: &Device,
        first_trained: usize,
    ) -> Result<Self, EncoderError> {
        Self::build(config, weights, device, first_trained, true)
    }

    fn build(
        config: &EncoderConfig,
        weights: &Weights,
        device: &Device,
        first_trained: usize,
        trainable: bool,
    ) -> Result<Self, EncoderError> {
        let hidden = config.hidden_size;
        let words =
            weights.get("embeddings.word_embeddings.weight", &[config.vocab_size, hidden])?.clone();
        let mut loader =
            Loader { weights, config, device, trainable: false, variables: Vec::new() };
        let positions = loader.tensor(
            "embeddings.position_embeddings.weight",
            &[config.max_position_embeddings, hidden],
        )?;
        let segment = loader
            .tensor("embeddings.token_type_embeddings.weight", &[config.type_vocab_size, hidden])?
            .narrow(0, 0, 1)?;
        let norm = loader.norm("embeddings.LayerNorm")?;
        let layers = (0..config.num_hidden_layers)
            .map(|index| {
                loader.trainable = trainable && index >= first_trained;
                loader.layer(index)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let variables = loader.variables;
        Ok(Self {
            config: config.clone(),
            words,
            positions,
            segment,
            norm,
            layers,
            first_trained,
            variables,
            device: device.clone(),
        })
    }

    /// Shape of the encoder.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// What training changes, by tensor name; empty for inference.
    pub fn variables(&self) -> &[(String, Var)] {
        &self.variables
    }

    /// Last hidden states pooled as the configuration says: `[sequences, hidden_size]`, in the order
    /// in which the sequences were given.
    pub fn pooled(&self, batch: &PackedBatch, mode: Mode) -> Result<Tensor, EncoderError> {
        let mut hidden = self.embed(batch)?;
        for (index, layer) in self.layers.iter().enumerate() {
            let mode = if index < self.first_trained { Mode::Inference } else { mode };
            hidden = layer.forward(&hidden, batch, self.config.num_attention_heads, mode)?;
        }
        pool(&hidden, batch, self.config.pooling, &self.device)
    }

    /// Pooled vectors `[sequences][hidden_size]` for any number of sequences, those of similar
    /// length encoded together; `progress` is told how many were done by each pass.
    pub fn pooled_all(
        &self,
        sequences: &[Vec<u32>],
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|index| sequences[*index].len());
        let mut pooled = vec![Vec::new(); sequences.len()];
        let mut start = 0;
        while start < order.len() {
            let mut end = start;
            let mut tokens = 0;
            while end < order.len()
                && (end == start || tokens + sequences[order[end]].len() <= PASS_TOKENS)
            {
                tokens += sequences[order[end]].len();
                end += 1;
            }
            let batch: Vec<Vec<u32>> =
                order[start..end].iter().map(|index| sequences[*index].clone()).collect();
            let vectors =
                self.pooled(&PackedBatch::new(&batch), Mode::Inference)?.to_vec2::<f32>()?;
            for (index, vector) in order[start..end].iter().zip(vectors) {
                pooled[*index] = vector;
            }
            progress(end - start);
            start = end;
        }
        Ok(pooled)
    }

    /// Sum of word, position and segment embeddings, normalised: `[tokens, hidden_size]`.
    fn embed(&self, batch: &PackedBatch) -> Result<Tensor, EncoderError> {
        let width = self.config.hidden_size;
        let mut values = Vec::with_capacity(batch.ids.len() * width);
        for id in &batch.ids {
            let row = (*id as usize).min(self.config.vocab_size - 1);
            match &self.words {
                StoredTensor::Q4(matrix) => matrix.append_row(row, &mut values),
                StoredTensor::Float { values: all, .. } => {
                    values.extend_from_slice(&all[row * width..(row + 1) * width]);
                }
                StoredTensor::Q8(matrix) => values.extend(
                    matrix.values[row * width..(row + 1) * width]
                        .iter()
                        .map(|value| f32::from(*value) * matrix.scales[row]),
                ),
            }
        }
        let words = Tensor::from_vec(values, (batch.ids.len(), width), &self.device)?;
        let positions = Tensor::new(batch.positions.as_slice(), &self.device)?;
        let sum = (words + self.positions.index_select(&positions, 0)?)?;
        // The embeddings are never trained, so the fused norm may be used in every mode.
        self.norm.forward(&sum.broadcast_add(&self.segment)?, Mode::Inference)
    }
}

impl Layer {
    fn forward(
        &self,
        hidden: &Tensor,
        batch: &PackedBatch,
        heads: usize,
        mode: Mode,
    ) -> Result<Tensor, EncoderError> {
        let query = self.query.forward(hidden)?;
        let key = self.key.forward(hidden)?;
        let value = self.value.forward(hidden)?;
        let mut contexts = Vec::with_capacity(batch.runs.len());
        for run in &batch.runs {
            contexts.push(attend(&query, &key, &value, *run, heads, mode)?);
        }
        let context =
            if contexts.len() == 1 { contexts.remove(0) } else { Tensor::cat(&contexts, 0)? };
        let attended = drop_out(self.attention.forward(&context)?, mode)?;
        let hidden = self.attention_norm.forward(&(attended + hidden)?, mode)?;
        let wide = self.intermediate.forward(&hidden)?.gelu_erf()?;
        let narrow = drop_out(self.output.forward(&wide)?, mode)?;
        self.output_norm.forward(&(narrow + hidden)?, mode)
    }
}

/// Scaled dot-product attention within each sequence of a run: `[count * length, hidden]`.
fn attend(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    run: Run,
    heads: usize,
    mode: Mode,
) -> Result<Tensor, EncoderError> {
    let hidden = query.dim(1)?;
    let size = hidden / heads;
    let tokens = run.count * run.length;
    let split = |tensor: &Tensor| -> candle_core::Result<Tensor> {
        tensor
            .narrow(0, run.start, tokens)?
            .reshape((run.count, run.length, heads, size))?
            .transpose(1, 2)?
            .contiguous()
    };
    let scale = 1.0 / (size as f64).sqrt();
    let scores = (split(query)?.matmul(&split(key)?.t()?)? * scale)?;
    let shares = match mode {
        Mode::Inference => ops::softmax_last_dim(&scores)?,
        Mode::Training(_) => ops::softmax(&scores, D::Minus1)?,
    };
    let context = shares.matmul(&split(value)?)?;
    Ok(context.transpose(1, 2)?.contiguous()?.reshape((tokens, hidden))?)
}

fn pool(
    hidden: &Tensor,
    batch: &PackedBatch,
    pooling: Pooling,
    device: &Device,
) -> Result<Tensor, EncoderError> {
    let width = hidden.dim(1)?;
    let pooled = batch
        .runs
        .iter()
        .map(|run| {
            let tokens = hidden
                .narrow(0, run.start, run.count * run.length)?
                .reshape((run.count, run.length, width))?;
            match pooling {
                Pooling::Mean => tokens.mean(1),
                Pooling::Cls => tokens.narrow(1, 0, 1)?.squeeze(1),
            }
        })
        .collect::<candle_core::Result<Vec<_>>>()?;
    let place = Tensor::new(batch.place.as_slice(), device)?;
    Ok(Tensor::cat(&pooled, 0)?.index_select(&place, 0)?)
}

fn drop_out(tensor: Tensor, mode: Mode) -> Result<Tensor, EncoderError> {
    match mode {
        Mode::Training(dropout) => Ok(dropout.apply(&tensor)?),
        Mode::Inference => Ok(tensor),
    }
}

impl Linear {
    fn forward(&self, input: &Tensor) -> Result<Tensor, EncoderError> {
        Ok(input.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)?)
    }
}

impl Norm {
    fn forward(&self, input: &Tensor, mode: Mode) -> Result<Tensor, EncoderError> {
        let (weight, bias) = (&self.weight, &self.bias);
        Ok(match mode {
            Mode::Inference => ops::layer_norm(input, weight, bias, self.epsilon)?,
            Mode::Training(_) => ops::layer_norm_slow(input, weight, bias, self.epsilon)?,
        })
    }
}
