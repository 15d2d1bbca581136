//! How does a transformer layer stay cheap on a CPU? Its element-wise parts, each as one pass over
//! memory with its gradient written by hand.
//!
//! candle's own composition of plain operations spends half of a training step on small passes,
//! copies and a scalar `erf`. Each operation here has a plain twin, used where the tensors do not lie in main
//! memory and to check these against (`tests/gradients.rs`). Loops are compiled for the widest vectors of
//! the machine at run time through `pulp`.

mod arithmetic;
mod kernels;
mod memory;

use candle_core::{D, Result, Tensor};
use candle_nn::ops;

pub(super) use self::arithmetic::{dot, exp, moments, normal_distribution, sum};
use self::kernels::{AddBias, BiasGelu, DropAndAdd, Norm};
pub(super) use self::memory::{values, wide, with_values};
use super::attention::Attention;
use super::dropout::Mask;
use super::packed::Run;

/// Chooses between fused and plain operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operations {
    /// Plain ones are for tensors on a GPU.
    pub(super) fused: bool,
}

impl Operations {
    /// `input + bias`, the bias `[width]` added to every row of `[rows, width]`.
    pub(super) fn add_bias(self, input: &Tensor, bias: &Tensor) -> Result<Tensor> {
        if self.fused { input.apply_op2(bias, AddBias) } else { input.broadcast_add(bias) }
    }

    /// `gelu(input + bias)` with the exact (erf) form.
    pub(super) fn bias_gelu(self, input: &Tensor, bias: &Tensor) -> Result<Tensor> {
        if self.fused {
            input.apply_op2(bias, BiasGelu)
        } else {
            input.broadcast_add(bias)?.gelu_erf()
        }
    }

    /// `dropout(input + bias) + residual`.
    pub(super) fn drop_and_add(
        self,
        input: &Tensor,
        bias: &Tensor,
        residual: &Tensor,
        mask: Mask,
    ) -> Result<Tensor> {
        if self.fused {
            return input.apply_op3(bias, residual, DropAndAdd(mask));
        }
        let factors = mask.factors(input.elem_count());
        let factors = Tensor::from_vec(factors, input.dims(), input.device())?;
        (input.broadcast_add(bias)? * factors)? + residual
    }

    /// Layer norm over the last dimension.
    pub(super) fn norm(
        self,
        input: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        epsilon: f32,
    ) -> Result<Tensor> {
        if self.fused {
            input.apply_op3(weight, bias, Norm(epsilon))
        } else {
            ops::layer_norm_slow(input, weight, bias, epsilon)
        }
    }

    /// Scaled dot-product attention within every sequence: `[tokens, hidden]`.
    pub(super) fn attention(
        self,
        query: &Tensor,
        key: &Tensor,
        value: &Tensor,
        runs: &[Run],
        heads: usize,
    ) -> Result<Tensor> {
        if self.fused {
            return query.apply_op3(key, value, Attention { runs: runs.to_vec(), heads });
        }
        let parts = runs
            .iter()
            .map(|run| attend(query, key, value, *run, heads))
            .collect::<Result<Vec<_>>>()?;
        Tensor::cat(&parts, 0)
    }
}

/// Attention within the sequences of one run, by plain operations: `[count * length, hidden]`.
fn attend(query: &Tensor, key: &Tensor, value: &Tensor, run: Run, heads: usize) -> Result<Tensor> {
    let hidden = query.dim(1)?;
    let size = hidden / heads;
    let tokens = run.count * run.length;
    let split = |tensor: &Tensor| -> Result<Tensor> {
        tensor
            .narrow(0, run.start, tokens)?
            .reshape((run.count, run.length, heads, size))?
            .transpose(1, 2)?
            .contiguous()
    };
    let scale = 1.0 / (size as f64).sqrt();
    let scores = (split(query)?.matmul(&split(key)?.t()?)? * scale)?;
    let context = ops::softmax(&scores, D::Minus1)?.matmul(&split(value)?)?;
    context.transpose(1, 2)?.contiguous()?.reshape((tokens, hidden))
}
