use crate::encoder::{EncoderError, StoredTensor, Weights};

/// A linear head over the pooled vector: `logits = weight · pooled + bias`.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Number of outputs.
    pub outputs: usize,
    /// Row-major `[outputs, hidden_size]`.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

impl Head {
    /// Takes the head `name` out of a pack's tensors.
    pub fn load(
        weights: &Weights,
        name: &str,
        outputs: usize,
        width: usize,
    ) -> Result<Self, EncoderError> {
        Ok(Self {
            outputs,
            weight: weights.get(&format!("head.{name}.weight"), &[outputs, width])?.to_f32(),
            bias: weights.get(&format!("head.{name}.bias"), &[outputs])?.to_f32(),
        })
    }

    /// Puts the head into a pack's tensors.
    pub fn store(&self, weights: &mut Weights, name: &str) {
        let width = self.weight.len() / self.outputs;
        weights.insert(
            &format!("head.{name}.weight"),
            StoredTensor::Float { shape: vec![self.outputs, width], values: self.weight.clone() },
        );
        weights.insert(
            &format!("head.{name}.bias"),
            StoredTensor::Float { shape: vec![self.outputs], values: self.bias.clone() },
        );
    }

    /// Logits of one pooled vector.
    pub fn logits(&self, pooled: &[f32]) -> Vec<f32> {
        self.weight
            .chunks_exact(pooled.len())
            .zip(&self.bias)
            .map(|(row, bias)| bias + dot(row, pooled))
            .collect()
    }
}

/// Dot product.
pub fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Probabilities of logits at a temperature.
pub fn softmax(logits: &[f32], temperature: f32) -> Vec<f32> {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut shares: Vec<f32> =
        logits.iter().map(|logit| ((logit - greatest) / temperature).exp()).collect();
    let total: f32 = shares.iter().sum();
    for share in &mut shares {
        *share /= total;
    }
    shares
}

/// Logarithm of the sum of the exponentials: the (negative) energy of a classifier.
pub fn log_sum_exp(logits: &[f32]) -> f32 {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    greatest + logits.iter().map(|logit| (logit - greatest).exp()).sum::<f32>().ln()
}

/// The logistic function.
pub fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// Scales a vector to length 1; a zero vector stays as it is.
pub fn normalise(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        for value in vector {
            *value /= length;
        }
    }
}
