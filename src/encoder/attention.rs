//! Scaled dot-product attention over packed sequences as one operation with its own gradient.
//!
//! The shares are computed again on the way back: for short messages that costs less than keeping
//! them. Rows of scores are padded to whole vectors.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

use super::fused::{dot, exp, values, wide, with_values};
use super::packed::Run;

pub(super) struct Attention {
    pub(super) runs: Vec<Run>,
    pub(super) heads: usize,
}

/// Scores of a row are padded to a multiple of this.
const PAD: usize = 16;

/// Memory for one head of one sequence, used again and again.
#[derive(Default)]
struct Scratch {
    /// The keys, or the values, by dimension: `[size][padded]`.
    turned: Vec<f32>,
    /// `[length][padded]`.
    shares: Vec<f32>,
    /// One row of gradients of the shares: `[padded]`.
    slopes: Vec<f32>,
}

/// Where one head of one sequence lies in `[tokens, hidden]`.
#[derive(Clone, Copy)]
struct Place {
    /// Index of the first value.
    start: usize,
    hidden: usize,
    length: usize,
    size: usize,
}

impl Place {
    #[inline(always)]
    fn row(self, matrix: &[f32], index: usize) -> &[f32] {
        let start = self.start + index * self.hidden;
        &matrix[start..start + self.size]
    }

    #[inline(always)]
    fn row_mut(self, matrix: &mut [f32], index: usize) -> &mut [f32] {
        let start = self.start + index * self.hidden;
        &mut matrix[start..start + self.size]
    }

    fn padded(self) -> usize {
        self.length.next_multiple_of(PAD)
    }
}

impl Attention {
    fn places(&self, hidden: usize) -> impl Iterator<Item = Place> {
        let size = hidden / self.heads;
        self.runs.iter().flat_map(move |run| {
            let run = *run;
            (0..run.count * self.heads).map(move |index| {
                let (sequence, head) = (index / self.heads, index % self.heads);
                let token = run.start + sequence * run.length;
                Place { start: token * hidden + head * size, hidden, length: run.length, size }
            })
        })
    }
}

impl CustomOp3 for Attention {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(
        &self,
        query: &CpuStorage,
        layout: &Layout,
        key: &CpuStorage,
        key_layout: &Layout,
        value: &CpuStorage,
        value_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let hidden = layout.dims()[1];
        let query = values(query, layout)?;
        let (key, value) = (values(key, key_layout)?, values(value, value_layout)?);
        let context = wide(
            #[inline(always)]
            || {
                let mut context = vec![0.0; query.len()];
                let mut scratch = Scratch::default();
                for place in self.places(hidden) {
                    shares(place, query, key, &mut scratch);
                    for index in 0..place.length {
                        let row = place.row_mut(&mut context, index);
                        let shares = &scratch.shares[index * place.padded()..];
                        for (other, share) in shares[..place.length].iter().enumerate() {
                            add_scaled(row, place.row(value, other), *share);
                        }
                    }
                }
                context
            },
        );
        Ok((CpuStorage::F32(context), layout.shape().clone()))
    }

    fn bwd(
        &self,
        query: &Tensor,
        key: &Tensor,
        value: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let hidden = query.dim(1)?;
        let slopes =
            with_values([query, key, value, gradient], |[query, key, value, gradient]| {
                wide(
                    #[inline(always)]
                    || {
                        let mut slopes = [query, key, value].map(|matrix| vec![0.0; matrix.len()]);
                        let mut scratch = Scratch::default();
                        for place in self.places(hidden) {
                            backward(
                                place,
                                [query, key, value, gradient],
                                &mut slopes,
                                &mut scratch,
                            );
                        }
                        slopes
                    },
                )
            })?;
        let [query, key, value] =
            slopes.map(|slopes| Tensor::from_vec(slopes, gradient.dims(), gradient.device()));
        Ok((Some(query?), Some(key?), Some(value?)))
    }
}

/// Softmax of the scaled scores of one head, padded with zeros, into `scratch.shares`.
#[inline(always)]
fn shares(place: Place, query: &[f32], key: &[f32], scratch: &mut Scratch) {
    let padded = place.padded();
    let scale = 1.0 / (place.size as f32).sqrt();
    turn(place, key, &mut scratch.turned);
    scratch.shares.clear();
    scratch.shares.resize(place.length * padded, 0.0);
    for (index, row) in scratch.shares.chunks_exact_mut(padded).enumerate() {
        for (value, turned) in
            place.row(query, index).iter().zip(scratch.turned.chunks_exact(padded))
        {
            add_scaled(row, turned, value * scale);
        }
        let greatest = row[..place.length].iter().copied().fold(f32::MIN, f32::max);
        for value in row.iter_mut() {
            *value = exp(*value - greatest);
        }
        row[place.length..].fill(0.0);
        let inverse = 1.0 / row.iter().sum::<f32>();
        for value in row.iter_mut() {
            *value *= inverse;
        }
    }
}

/// Gradients of one head. `matrices` are query, key, value and the context's gradient; `slopes` are
/// those of query, key and value.
#[inline(always)]
fn backward(
    place: Place,
    matrices: [&[f32]; 4],
    slopes: &mut [Vec<f32>; 3],
    scratch: &mut Scratch,
) {
    let [query, key, value, gradient] = matrices;
    let padded = place.padded();
    let scale = 1.0 / (place.size as f32).sqrt();
    shares(place, query, key, scratch);
    turn(place, value, &mut scratch.turned);
    for index in 0..place.length {
        let shares = &scratch.shares[index * padded..(index + 1) * padded];
        let upstream = place.row(gradient, index);
        scratch.slopes.clear();
        scratch.slopes.resize(padded, 0.0);
        for (slope, turned) in upstream.iter().zip(scratch.turned.chunks_exact(padded)) {
            add_scaled(&mut scratch.slopes, turned, *slope);
        }
        let along = dot(&scratch.slopes, shares);
        for (slope, share) in scratch.slopes.iter_mut().zip(shares) {
            *slope = (*slope - along) * share * scale;
        }
        let asked = place.row(query, index);
        let weights = scratch.slopes.iter().zip(shares).take(place.length);
        for (other, (slope, share)) in weights.enumerate() {
            add_scaled(place.row_mut(&mut slopes[0], index), place.row(key, other), *slope);
            add_scaled(place.row_mut(&mut slopes[1], other), asked, *slope);
            add_scaled(place.row_mut(&mut slopes[2], other), upstream, *share);
        }
    }
}

/// One head's rows by dimension: `[size][padded]`.
#[inline(always)]
fn turn(place: Place, matrix: &[f32], turned: &mut Vec<f32>) {
    let padded = place.padded();
    turned.clear();
    turned.resize(place.size * padded, 0.0);
    for index in 0..place.length {
        for (dimension, value) in place.row(matrix, index).iter().enumerate() {
            turned[dimension * padded + index] = *value;
        }
    }
}

#[inline(always)]
fn add_scaled(target: &mut [f32], row: &[f32], factor: f32) {
    for (target, value) in target.iter_mut().zip(row) {
        *target += value * factor;
    }
}
