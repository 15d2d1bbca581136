//! The operations themselves, each with its gradient.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};

use super::arithmetic::{dot, moments, normal_distribution, sum};
use super::memory::{values, wide, with_values};
use crate::encoder::dropout::Mask;

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

pub(super) struct AddBias;

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

pub(super) struct BiasGelu;

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

pub(super) struct DropAndAdd(pub(super) Mask);

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

pub(super) struct Norm(pub(super) f32);

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
