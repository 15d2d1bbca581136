use candle_core::{DType, Device, Tensor, Var};
use candle_nn::ops;

use super::TrainError;
use super::adam::AdamW;
use super::labels::Task;

/// Passes over all rows when heads are fitted on fixed vectors.
const STEPS: usize = 400;
const RATE: f64 = 0.02;

/// Weight of the squared weights beside the mean loss; fixed vectors of a small encoder are best
/// fitted with a strong pull towards zero when there are few rows.
pub(super) const SHRINKAGE: f64 = 0.6;

/// Mean and spread of the pooled vectors, by which heads see them standardised.
pub(super) struct Scaling {
    pub(super) mean: Vec<f32>,
    pub(super) spread: Vec<f32>,
}

impl Scaling {
    /// Measures vectors `[rows][width]`.
    pub(super) fn measure(vectors: &[Vec<f32>]) -> Self {
        let width = vectors.first().map_or(0, Vec::len);
        let count = vectors.len().max(1) as f64;
        let mut mean = vec![0.0_f64; width];
        for vector in vectors {
            mean.iter_mut().zip(vector).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        for sum in &mut mean {
            *sum /= count;
        }
        let mut variance = vec![0.0_f64; width];
        for vector in vectors {
            for ((sum, value), mean) in variance.iter_mut().zip(vector).zip(&mean) {
                *sum += (f64::from(*value) - mean).powi(2);
            }
        }
        Self {
            mean: mean.iter().map(|value| *value as f32).collect(),
            spread: variance.iter().map(|sum| ((sum / count).sqrt() + 1e-6) as f32).collect(),
        }
    }

    /// `(pooled - mean) / spread`, with the gradient kept.
    pub(super) fn apply(&self, pooled: &Tensor) -> Result<Tensor, TrainError> {
        let mean = Tensor::new(self.mean.as_slice(), pooled.device())?;
        let spread = Tensor::new(self.spread.as_slice(), pooled.device())?;
        Ok(pooled.broadcast_sub(&mean)?.broadcast_div(&spread)?)
    }
}

/// The variables of one head over standardised vectors.
pub(super) struct HeadVariables {
    pub(super) weight: Var,
    pub(super) bias: Var,
}

impl HeadVariables {
    pub(super) fn zeros(outputs: usize, width: usize, device: &Device) -> Result<Self, TrainError> {
        Ok(Self {
            weight: Var::zeros((outputs, width), DType::F32, device)?,
            bias: Var::zeros(outputs, DType::F32, device)?,
        })
    }

    pub(super) fn forward(&self, scaled: &Tensor) -> Result<Tensor, TrainError> {
        Ok(scaled.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)?)
    }
}

/// Mean loss of a task's labelled rows: cross-entropy, or its two-label form for a single output.
/// None when no row carries the label.
pub(super) fn loss(
    logits: &Tensor,
    targets: &[Option<u32>],
    smoothing: f64,
) -> Result<Option<Tensor>, TrainError> {
    let (rows, labels): (Vec<u32>, Vec<u32>) = targets
        .iter()
        .enumerate()
        .filter_map(|(row, target)| target.map(|target| (row as u32, target)))
        .unzip();
    if rows.is_empty() {
        return Ok(None);
    }
    let device = logits.device();
    let logits = logits.index_select(&Tensor::new(rows.as_slice(), device)?, 0)?;
    let outputs = logits.dim(1)?;
    if outputs == 1 {
        // log(1 + exp(-z)) with z signed by the label, written so that it cannot overflow.
        let signs: Vec<f32> = labels.iter().map(|l| if *l == 1 { 1.0 } else { -1.0 }).collect();
        let margin = (logits.flatten_all()? * Tensor::new(signs.as_slice(), device)?)?;
        let overflow_safe = ((margin.abs()?.neg()?.exp()? + 1.0)?.log()? - margin.minimum(0.0)?)?;
        return Ok(Some(overflow_safe.mean_all()?));
    }
    let shares = ops::log_softmax(&logits, 1)?;
    let labels = Tensor::new(labels.as_slice(), device)?.unsqueeze(1)?;
    let right = shares.gather(&labels, 1)?.mean_all()?.neg()?;
    if smoothing == 0.0 {
        return Ok(Some(right));
    }
    let even = shares.mean_all()?.neg()?;
    Ok(Some(((right * (1.0 - smoothing))? + (even * smoothing)?)?))
}

/// Fits one head on fixed pooled vectors.
pub(super) fn fit_head(
    scaled: &Tensor,
    task: &Task,
    shrinkage: f64,
    device: &Device,
) -> Result<HeadVariables, TrainError> {
    let (rows, width) = scaled.dims2()?;
    let head = HeadVariables::zeros(task.outputs(), width, device)?;
    let mut optimiser =
        AdamW::new([(head.weight.clone(), 1.0, 0.0), (head.bias.clone(), 1.0, 0.0)]);
    let shrinkage = shrinkage / rows as f64;
    for step in 0..STEPS {
        let logits = head.forward(scaled)?;
        let Some(loss) = loss(&logits, &task.targets, 0.0)? else { break };
        let total = (loss + (head.weight.sqr()?.sum_all()? * shrinkage)?)?;
        let rate = RATE * (1.0 - step as f64 / STEPS as f64);
        optimiser.step(&[total.backward()?], rate, f64::INFINITY)?;
    }
    Ok(head)
}
