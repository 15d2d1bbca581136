//! How does a transformer layer stay cheap on a CPU? Its element-wise parts, each as one pass over
//! memory with its gradient written by hand.
//!
//! candle's own composition of plain operations spends half of a training step on small passes,
//! copies and a scalar `erf`. Each operation here has a plain twin, used where the tensors do not lie in main
//! memory and to check these against (`tests/gradients.rs`). Loops are compiled for the widest vectors of
//! the machine at run time through `pulp`.

use candle_core::{
    CpuStorage, CustomOp2, CustomOp3, D, Layout, Result, Shape, Storage, Tensor, bail,
};
use candle_nn::ops;

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

/// Values of a contiguous f32 storage.
pub(super) fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((start, end))) => Ok(&values[start..end]),
        _ => bail!("fused operations work on contiguous f32 tensors in main memory"),
    }
}

/// Calls `work` with the values of tensors in main memory.
pub(super) fn with_values<const N: usize, R>(
    tensors: [&Tensor; N],
    work: impl FnOnce([&[f32]; N]) -> R,
) -> Result<R> {
    let contiguous = tensors.map(Tensor::contiguous);
    let mut held = Vec::with_capacity(N);
    for tensor in contiguous {
        held.push(tensor?);
    }
    let guards: Vec<_> = held.iter().map(Tensor::storage_and_layout).collect();
    let mut slices: [&[f32]; N] = [&[]; N];
    for (slice, (storage, layout)) in slices.iter_mut().zip(&guards) {
        let Storage::Cpu(storage) = &**storage else {
            bail!("fused operations work in main memory")
        };
        *slice = values(storage, layout)?;
    }
    Ok(work(slices))
}

/// Runs a loop compiled for the widest vectors of this machine.
#[inline]
pub(super) fn wide<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

fn result(values: Vec<f32>, layout: &Layout) -> (CpuStorage, Shape) {
    (CpuStorage::F32(values), layout.shape().clone())
}

fn like(values: Vec<f32>, tensor: &Tensor) -> Result<Tensor> {
    Tensor::from_vec(values, tensor.dims(), tensor.device())
}

/// Sum over the rows of `[rows, width]`.
fn column_sums(gradient: &[f32], width: usize) -> Vec<f32> {
    wide(
        #[inline(always)]
        || {
            let mut sums = vec![0.0; width];
            for row in gradient.chunks_exact(width) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            sums
        },
    )
}

struct AddBias;

impl CustomOp2 for AddBias {
    fn name(&self) -> &'static str {
        "add_bias"
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (input, bias) = (values(input, layout)?, values(bias, bias_layout)?);
        let sums = wide(
            #[inline(always)]
            || {
                let mut sums = input.to_vec();
                for row in sums.chunks_exact_mut(bias.len()) {
                    for (value, bias) in row.iter_mut().zip(bias) {
                        *value += bias;
                    }
                }
                sums
            },
        );
        Ok(result(sums, layout))
    }

    fn bwd(
        &self,
        _: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let sums = with_values([gradient], |[gradient]| column_sums(gradient, bias.elem_count()))?;
        Ok((Some(gradient.clone()), Some(like(sums, bias)?)))
    }
}

struct BiasGelu;

impl CustomOp2 for BiasGelu {
    fn name(&self) -> &'static str {
        "bias_gelu"
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (input, bias) = (values(input, layout)?, values(bias, bias_layout)?);
        let activated = wide(
            #[inline(always)]
            || {
                let mut activated = input.to_vec();
                for row in activated.chunks_exact_mut(bias.len()) {
                    for (value, bias) in row.iter_mut().zip(bias) {
                        let sum = *value + bias;
                        *value = sum * normal_distribution(sum).0;
                    }
                }
                activated
            },
        );
        Ok(result(activated, layout))
    }

    fn bwd(
        &self,
        input: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (slopes, sums) = with_values([input, bias, gradient], |[input, bias, gradient]| {
            let width = bias.len();
            let slopes = wide(
                #[inline(always)]
                || {
                    let mut slopes = gradient.to_vec();
                    for (row, input) in
                        slopes.chunks_exact_mut(width).zip(input.chunks_exact(width))
                    {
                        for ((slope, value), bias) in row.iter_mut().zip(input).zip(bias) {
                            let sum = *value + bias;
                            let (share, density) = normal_distribution(sum);
                            *slope *= share + sum * density;
                        }
                    }
                    slopes
                },
            );
            let sums = column_sums(&slopes, width);
            (slopes, sums)
        })?;
        Ok((Some(like(slopes, input)?), Some(like(sums, bias)?)))
    }
}

struct DropAndAdd(Mask);

impl CustomOp3 for DropAndAdd {
    fn name(&self) -> &'static str {
        "drop_and_add"
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
        residual: &CpuStorage,
        residual_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (input, bias) = (values(input, layout)?, values(bias, bias_layout)?);
        let residual = values(residual, residual_layout)?;
        let mask = self.0;
        let width = bias.len();
        let sums = wide(
            #[inline(always)]
            || {
                let mut sums = residual.to_vec();
                let rows = sums.chunks_exact_mut(width).zip(input.chunks_exact(width));
                for (index, (row, input)) in rows.enumerate() {
                    let first = (index * width) as u32;
                    for (column, ((sum, value), bias)) in
                        row.iter_mut().zip(input).zip(bias).enumerate()
                    {
                        *sum += (value + bias) * mask.factor(first + column as u32);
                    }
                }
                sums
            },
        );
        Ok(result(sums, layout))
    }

    fn bwd(
        &self,
        input: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let mask = self.0;
        let (kept, sums) = with_values([gradient], |[gradient]| {
            let kept = wide(
                #[inline(always)]
                || {
                    let mut kept = gradient.to_vec();
                    for (index, value) in kept.iter_mut().enumerate() {
                        *value *= mask.factor(index as u32);
                    }
                    kept
                },
            );
            let sums = column_sums(&kept, bias.elem_count());
            (kept, sums)
        })?;
        Ok((Some(like(kept, input)?), Some(like(sums, bias)?), Some(gradient.clone())))
    }
}

struct Norm(f32);

impl CustomOp3 for Norm {
    fn name(&self) -> &'static str {
        "norm"
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let input = values(input, layout)?;
        let (weight, bias) = (values(weight, weight_layout)?, values(bias, bias_layout)?);
        let width = weight.len();
        let epsilon = self.0;
        let normed = wide(
            #[inline(always)]
            || {
                let mut normed = input.to_vec();
                for row in normed.chunks_exact_mut(width) {
                    let (mean, inverse) = moments(row, epsilon);
                    for ((value, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
                        *value = (*value - mean) * inverse * weight + bias;
                    }
                }
                normed
            },
        );
        Ok(result(normed, layout))
    }

    /// With `x̂` the normed input and `g` the gradient times the weight, the input's gradient is
    /// `(g - mean(g) - x̂ · mean(g · x̂)) / spread`.
    fn bwd(
        &self,
        input: &Tensor,
        weight: &Tensor,
        _: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let epsilon = self.0;
        let (inputs, weights, biases) =
            with_values([input, weight, gradient], |[input, weight, gradient]| {
                wide(
                    #[inline(always)]
                    || norm_gradients(input, weight, gradient, epsilon),
                )
            })?;
        Ok((Some(like(inputs, input)?), Some(like(weights, weight)?), Some(like(biases, weight)?)))
    }
}

#[inline(always)]
fn norm_gradients(
    input: &[f32],
    weight: &[f32],
    gradient: &[f32],
    epsilon: f32,
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let width = weight.len();
    let mut inputs = gradient.to_vec();
    let (mut weights, mut biases) = (vec![0.0; width], vec![0.0; width]);
    let mut normed = vec![0.0; width];
    for (row, input) in inputs.chunks_exact_mut(width).zip(input.chunks_exact(width)) {
        let (mean, inverse) = moments(input, epsilon);
        for (normed, value) in normed.iter_mut().zip(input) {
            *normed = (value - mean) * inverse;
        }
        for (((slope, normed), weights), biases) in
            row.iter().zip(&normed).zip(&mut weights).zip(&mut biases)
        {
            *weights += slope * normed;
            *biases += slope;
        }
        for (slope, weight) in row.iter_mut().zip(weight) {
            *slope *= weight;
        }
        let mean = sum(row) / width as f32;
        let along = dot(row, &normed) / width as f32;
        for (slope, normed) in row.iter_mut().zip(&normed) {
            *slope = (*slope - mean - normed * along) * inverse;
        }
    }
    (inputs, weights, biases)
}

/// Mean, and one over the standard deviation.
#[inline(always)]
fn moments(row: &[f32], epsilon: f32) -> (f32, f32) {
    let count = row.len() as f32;
    let mean = sum(row) / count;
    let mut lanes = [0.0_f32; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().map(|value| (value - mean) * (value - mean)).sum();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += (value - mean) * (value - mean);
        }
    }
    let variance = (lanes.iter().sum::<f32>() + rest) / count;
    (mean, 1.0 / (variance + epsilon).sqrt())
}

/// Independent sums that a compiler may keep in one vector register: it may not reorder a single
/// floating-point sum by itself.
const LANES: usize = 16;

#[inline(always)]
fn sum(row: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Scalar product of equally long rows.
#[inline(always)]
pub(super) fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (left_chunks, right_chunks) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest: f32 =
        left_chunks.remainder().iter().zip(right_chunks.remainder()).map(|(l, r)| l * r).sum();
    for (left, right) in left_chunks.zip(right_chunks) {
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            *lane += left * right;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// `exp` within 2e-7 of the true value relative to it, without branches: two to the integer part by
/// its bits, times a polynomial (Cephes `expf`) of the rest.
#[inline(always)]
#[allow(clippy::excessive_precision)]
pub(super) fn exp(value: f32) -> f32 {
    // Adding this rounds to an integer, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let value = value.clamp(-87.0, 88.0);
    let rounded = value.mul_add(std::f32::consts::LOG2_E, ROUND);
    let whole = rounded - ROUND;
    let rest = whole.mul_add(-0.693_359_375, value);
    let rest = whole.mul_add(2.121_944_4e-4, rest);
    let mut series = 1.987_569_15e-4_f32;
    series = series.mul_add(rest, 1.398_199_95e-3);
    series = series.mul_add(rest, 8.333_451_9e-3);
    series = series.mul_add(rest, 4.166_579_6e-2);
    series = series.mul_add(rest, 1.666_666_55e-1);
    series = series.mul_add(rest, 5.000_000_1e-1);
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23));
    (series * rest).mul_add(rest, rest + 1.0) * power
}

/// Distribution function and density of the standard normal distribution; the former by Abramowitz
/// and Stegun 7.1.26 (error of `erf` below 1.5e-7).
#[inline(always)]
#[allow(clippy::excessive_precision)]
fn normal_distribution(value: f32) -> (f32, f32) {
    let bell = exp(-0.5 * value * value);
    let distance = value.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let step = 1.0 / distance.mul_add(0.327_591_1, 1.0);
    let mut series = 1.061_405_43_f32;
    series = series.mul_add(step, -1.453_152_03);
    series = series.mul_add(step, 1.421_413_74);
    series = series.mul_add(step, -0.284_496_74);
    series = series.mul_add(step, 0.254_829_59);
    let tail = 0.5 * series * step * bell;
    let share = if value < 0.0 { tail } else { 1.0 - tail };
    (share, bell * 0.398_942_3)
}
