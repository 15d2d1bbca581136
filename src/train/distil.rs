//! How does a smaller encoder learn from a larger one? It starts from some of the teacher's layers
//! and is drawn, on every text, towards the teacher's hidden states, vectors and head outputs
//! (Hinton et al. 2015; Sun et al. 2019, "Patient Knowledge Distillation").

use candle_core::{D, Device, Tensor};
use candle_nn::ops;

use super::TrainError;
use super::base::Base;
use super::labels::Task;
use crate::classifier::{Head, Pack};
use crate::encoder::{Bert, Mode, PackedBatch, Weights};

/// Softness of the outputs that are compared.
const TEMPERATURE: f64 = 2.0;

/// Weights of the three parts beside the labels' loss.
const OUTPUTS: f64 = 1.0;
const VECTORS: f64 = 1.0;
const STATES: f64 = 0.5;

/// Keeps `layers` of the base's layers, evenly spread from the lowest to the uppermost, and returns
/// which.
pub(super) fn shorten(base: &mut Base, layers: usize) -> Result<Vec<usize>, TrainError> {
    let of = base.config.num_hidden_layers;
    if layers == 0 || layers > of {
        return Err(TrainError::Labels(format!("--layers must be between 1 and {of}")));
    }
    let kept: Vec<usize> = match layers {
        1 => vec![of - 1],
        _ => {
            (0..layers).map(|index| (index * (of - 1) + (layers - 1) / 2) / (layers - 1)).collect()
        }
    };
    let mut weights = Weights::default();
    for (name, tensor) in base.weights.iter() {
        let Some((layer, rest)) =
            name.strip_prefix("encoder.layer.").and_then(|name| name.split_once('.'))
        else {
            weights.insert(name, tensor.clone());
            continue;
        };
        let place = layer.parse().ok().and_then(|l: usize| kept.iter().position(|k| *k == l));
        if let Some(place) = place {
            weights.insert(&format!("encoder.layer.{place}.{rest}"), tensor.clone());
        }
    }
    base.weights = weights;
    base.config.num_hidden_layers = layers;
    Ok(kept)
}

/// A finished pack that a smaller one learns from.
pub(super) struct Teacher {
    bert: Bert,
    /// Weight `[width, outputs]` and bias of each task's head; none where the teacher has none.
    heads: Vec<Option<(Tensor, Tensor)>>,
    /// Teacher's layer for each of the student's.
    layers: Vec<usize>,
}

impl Teacher {
    /// `layers` says which of the teacher's layers each of the student's is compared with; `of` is
    /// how many the base had before it was shortened.
    pub(super) fn load(
        pack: &Pack,
        base: &Base,
        of: usize,
        tasks: &[Task],
        layers: Vec<usize>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let (theirs, ours) = (&pack.config, &base.config);
        if (theirs.hidden_size, theirs.vocab_size, theirs.num_hidden_layers)
            != (ours.hidden_size, ours.vocab_size, of)
        {
            return Err(TrainError::Labels(
                "--teacher and --base differ in layers, width or vocabulary: give the same pack \
                 as both"
                    .to_owned(),
            ));
        }
        let width = pack.config.hidden_size;
        let heads = tasks
            .iter()
            .map(|task| {
                let same =
                    pack.manifest.heads.get(task.name).is_some_and(|h| h.labels == task.labels);
                if !same {
                    return Ok(None);
                }
                let head = Head::load(&pack.weights, task.name, task.outputs(), width)?;
                let weight = Tensor::from_vec(head.weight, (task.outputs(), width), device)?;
                Ok(Some((weight.t()?.contiguous()?, Tensor::new(head.bias, device)?)))
            })
            .collect::<Result<Vec<_>, TrainError>>()?;
        let bert = Bert::new(&pack.config, &pack.weights, device)?;
        Ok(Self { bert, heads, layers })
    }

    /// How many of the student's lowest layers read what they read in the teacher: above the first
    /// gap every layer has to learn anew.
    pub(super) fn undisturbed(&self) -> usize {
        self.layers.iter().enumerate().take_while(|(place, layer)| place == *layer).count()
    }

    /// What the teacher makes of a batch.
    pub(super) fn read(&self, batch: &PackedBatch) -> Result<Lesson, TrainError> {
        let (pooled, states) = self.bert.pooled_with_states(batch, Mode::Inference)?;
        let outputs = self
            .heads
            .iter()
            .map(|head| {
                let Some((weight, bias)) = head else { return Ok(None) };
                Ok(Some(pooled.matmul(weight)?.broadcast_add(bias)?))
            })
            .collect::<Result<Vec<_>, TrainError>>()?;
        let states = self.layers.iter().map(|layer| states[*layer].clone()).collect();
        Ok(Lesson { pooled, states, outputs })
    }
}

/// Teacher's vectors, hidden states and outputs for one batch.
pub(super) struct Lesson {
    pooled: Tensor,
    states: Vec<Tensor>,
    outputs: Vec<Option<Tensor>>,
}

impl Lesson {
    /// How far the student is from the teacher: means over rows, so that shards add up by their
    /// share of the rows. `outputs` are the student's, head by head.
    pub(super) fn distance(
        &self,
        pooled: &Tensor,
        states: &[Tensor],
        outputs: &[Tensor],
    ) -> Result<Tensor, TrainError> {
        let mut sum = (relative(pooled, &self.pooled)? * VECTORS)?;
        for (state, wanted) in states.iter().zip(&self.states) {
            sum = (sum + (relative(state, wanted)? * (STATES / states.len() as f64))?)?;
        }
        for (output, wanted) in outputs.iter().zip(&self.outputs) {
            if let Some(wanted) = wanted {
                sum = (sum + (divergence(output, wanted)? * OUTPUTS)?)?;
            }
        }
        Ok(sum)
    }
}

/// Mean squared distance in units of the wanted values' variance over the rows, which makes vectors
/// that all point much the same way count by what tells them apart.
fn relative(found: &Tensor, wanted: &Tensor) -> Result<Tensor, TrainError> {
    let centred = wanted.broadcast_sub(&wanted.mean_keepdim(0)?)?;
    let variance = f64::from(centred.sqr()?.mean_all()?.to_scalar::<f32>()?);
    Ok(((found - wanted)?.sqr()?.mean_all()? / (variance + 1e-6))?)
}

/// Cross-entropy of the student's softened outputs under the teacher's, less its least value; a
/// single output stands for two labels.
fn divergence(found: &Tensor, wanted: &Tensor) -> Result<Tensor, TrainError> {
    let pair = |logits: &Tensor| -> candle_core::Result<Tensor> {
        let logits = (logits / TEMPERATURE)?;
        if logits.dim(1)? > 1 {
            Ok(logits)
        } else {
            Tensor::cat(&[&logits.zeros_like()?, &logits], 1)
        }
    };
    let (found, wanted) = (pair(found)?, pair(wanted)?);
    let wanted_logs = ops::log_softmax(&wanted, D::Minus1)?;
    let shares = wanted_logs.exp()?;
    let logs = ops::log_softmax(&found, D::Minus1)?;
    let rows = (shares * (wanted_logs - logs)?)?.sum(1)?;
    Ok((rows.mean_all()? * (TEMPERATURE * TEMPERATURE))?)
}
