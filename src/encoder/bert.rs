use candle_core::{Device, Tensor, Var};

use super::dropout::{Dropout, Mask};
use super::fused::Operations;
use super::packed::{PackedBatch, in_passes};
use super::{EncoderConfig, EncoderError, Pooling, StoredTensor, Weights};

/// Tokens encoded in one pass; more are cut into several passes, so that memory stays bounded.
const PASS_TOKENS: usize = 4_096;

/// How a forward pass is meant.
#[derive(Clone, Copy)]
pub enum Mode<'a> {
    /// As it is.
    Inference,
    /// With dropout on what every layer adds.
    Training(&'a Dropout),
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
    /// Layers below this one never change: they run without dropout, whatever the mode.
    first_trained: usize,
    variables: Vec<(String, Var)>,
    operations: Operations,
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
    /// `[input, output]`: the other way round than in a checkpoint, since a product with a turned
    /// weight would turn its gradient as well, value by value.
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
        self.variable(name.to_owned(), tensor)
    }

    fn linear(&mut self, name: &str, output: usize, input: usize) -> Result<Linear, EncoderError> {
        let weight = format!("{name}.weight");
        let values = self.weights.get(&weight, &[output, input])?.to_f32();
        let tensor = Tensor::from_vec(values, (output, input), self.device)?.t()?;
        Ok(Linear {
            weight: self.variable(weight, tensor)?,
            bias: self.tensor(&format!("{name}.bias"), &[output])?,
        })
    }

    /// The tensor itself, or a variable that starts from it.
    fn variable(&mut self, name: String, tensor: Tensor) -> Result<Tensor, EncoderError> {
        if !self.trainable {
            return Ok(tensor);
        }
        let variable = Var::from_tensor(&tensor.contiguous()?)?;
        let tensor = variable.as_tensor().clone();
        self.variables.push((name, variable));
        Ok(tensor)
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
            operations: Operations { fused: device.is_cpu() },
            device: device.clone(),
        })
    }

    /// Shape of the encoder.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// Takes plain operations even where fused ones would serve, to check the latter.
    #[must_use]
    pub fn with_plain_operations(mut self) -> Self {
        self.operations.fused = false;
        self
    }

    /// What training changes, by tensor name; empty for inference. Weights of linears lie turned,
    /// `[input, output]`.
    pub fn variables(&self) -> &[(String, Var)] {
        &self.variables
    }

    /// The variables' values as a checkpoint holds them.
    pub fn trained(&self) -> Result<Vec<(String, StoredTensor)>, EncoderError> {
        self.variables
            .iter()
            .map(|(name, variable)| {
                let tensor = variable.as_tensor();
                let tensor = if tensor.rank() == 2 { tensor.t()? } else { tensor.clone() };
                let values = tensor.flatten_all()?.to_vec1::<f32>()?;
                Ok((name.clone(), StoredTensor::Float { shape: tensor.dims().to_vec(), values }))
            })
            .collect()
    }

    /// Last hidden states pooled as the configuration says: `[sequences, hidden_size]`, in the order
    /// in which the sequences were given.
    pub fn pooled(&self, batch: &PackedBatch, mode: Mode) -> Result<Tensor, EncoderError> {
        let mut hidden = self.embed(batch)?;
        for index in 0..self.layers.len() {
            hidden = self.through_layer(index, &hidden, batch, mode)?;
        }
        pool(&hidden, batch, self.config.pooling, &self.device)
    }

    /// As [`Self::pooled`], with the hidden state after every layer, `[tokens, hidden_size]` in the
    /// batch's own order.
    pub fn pooled_with_states(
        &self,
        batch: &PackedBatch,
        mode: Mode,
    ) -> Result<(Tensor, Vec<Tensor>), EncoderError> {
        let mut states = vec![self.embed(batch)?];
        for index in 0..self.layers.len() {
            let state = self.through_layer(index, &states[index], batch, mode)?;
            states.push(state);
        }
        let last = &states[self.layers.len()];
        let pooled = pool(last, batch, self.config.pooling, &self.device)?;
        states.remove(0);
        Ok((pooled, states))
    }

    fn through_layer(
        &self,
        index: usize,
        hidden: &Tensor,
        batch: &PackedBatch,
        mode: Mode,
    ) -> Result<Tensor, EncoderError> {
        let mask = || match mode {
            Mode::Training(dropout) if index >= self.first_trained => dropout.mask(),
            _ => Mask::NONE,
        };
        let heads = self.config.num_attention_heads;
        self.layers[index].forward(hidden, batch, heads, mask, self.operations)
    }

    /// Pooled vectors `[sequences][hidden_size]` for any number of sequences, those of similar
    /// length encoded together; `progress` is told how many were done by each pass.
    pub fn pooled_all(
        &self,
        sequences: &[Vec<u32>],
        progress: impl FnMut(usize),
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        in_passes(sequences, PASS_TOKENS, progress, |batch| {
            Ok(self.pooled(batch, Mode::Inference)?.to_vec2::<f32>()?)
        })
    }

    /// Sum of word, position and segment embeddings, normalised: `[tokens, hidden_size]`.
    fn embed(&self, batch: &PackedBatch) -> Result<Tensor, EncoderError> {
        let width = self.config.hidden_size;
        let mut values = Vec::with_capacity(batch.ids.len() * width);
        for id in &batch.ids {
            let row = (*id as usize).min(self.config.vocab_size - 1);
            self.words.append_row(row, &mut values);
        }
        let words = Tensor::from_vec(values, (batch.ids.len(), width), &self.device)?;
        let positions = Tensor::new(batch.positions.as_slice(), &self.device)?;
        let sum = (words + self.positions.index_select(&positions, 0)?)?;
        let sum = sum.broadcast_add(&self.segment)?;
        let Norm { weight, bias, epsilon } = &self.norm;
        Ok(self.operations.norm(&sum, weight, bias, *epsilon)?)
    }
}

impl Layer {
    fn forward(
        &self,
        hidden: &Tensor,
        batch: &PackedBatch,
        heads: usize,
        mask: impl Fn() -> Mask,
        operations: Operations,
    ) -> Result<Tensor, EncoderError> {
        let linear =
            |linear: &Linear| operations.add_bias(&hidden.matmul(&linear.weight)?, &linear.bias);
        let norm = |norm: &Norm, input: &Tensor| {
            operations.norm(input, &norm.weight, &norm.bias, norm.epsilon)
        };
        let (query, key, value) = (linear(&self.query)?, linear(&self.key)?, linear(&self.value)?);
        let context = operations.attention(&query, &key, &value, &batch.runs, heads)?;
        let attended = operations.drop_and_add(
            &context.matmul(&self.attention.weight)?,
            &self.attention.bias,
            hidden,
            mask(),
        )?;
        let hidden = norm(&self.attention_norm, &attended)?;
        let wide = hidden.matmul(&self.intermediate.weight)?;
        let wide = operations.bias_gelu(&wide, &self.intermediate.bias)?;
        let narrow = operations.drop_and_add(
            &wide.matmul(&self.output.weight)?,
            &self.output.bias,
            &hidden,
            mask(),
        )?;
        Ok(norm(&self.output_norm, &narrow)?)
    }
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
                Pooling::Cls => tokens.narrow(1, 0, 1)?.squeeze(1)?.contiguous(),
            }
        })
        .collect::<candle_core::Result<Vec<_>>>()?;
    let place = Tensor::new(batch.place.as_slice(), device)?;
    Ok(Tensor::cat(&pooled, 0)?.index_select(&place, 0)?)
}
