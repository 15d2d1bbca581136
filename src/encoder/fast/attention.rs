//! Scaled dot-product attention within packed sequences, without gradients and without copies of
//! more than one head.

use crate::encoder::fused::{exp, sum};
use crate::encoder::packed::Run;

/// Numbers in a vector.
const LANES: usize = 16;

/// Tokens whose scores are computed together.
const ROWS: usize = 4;

/// Memory for one head of one sequence, used again and again.
#[derive(Default)]
pub(super) struct Memory {
    /// Keys by dimension: `[size][padded]`.
    keys: Vec<f32>,
    /// Values, their size padded to whole vectors: `[length][size padded]`.
    values: Vec<f32>,
    /// Shares of some tokens: `[ROWS][padded]`.
    shares: Vec<f32>,
}

/// Shape of one head of one sequence.
#[derive(Clone, Copy)]
struct Head {
    /// Width of the hidden states.
    hidden: usize,
    size: usize,
    length: usize,
}

/// Contexts `[tokens][hidden]` out of queries, keys and values that lie side by side,
/// `[tokens][3 * hidden]`.
#[inline(always)]
pub(super) fn attend(
    joined: &[f32],
    runs: &[Run],
    heads: usize,
    memory: &mut Memory,
    context: &mut [f32],
) {
    let Some(tokens) = runs.last().map(|run| run.start + run.count * run.length) else { return };
    let hidden = joined.len() / tokens / 3;
    let size = hidden / heads;
    for run in runs {
        let head = Head { hidden, size, length: run.length };
        for sequence in 0..run.count {
            let first = run.start + sequence * run.length;
            let joined = &joined[first * 3 * hidden..(first + run.length) * 3 * hidden];
            let context = &mut context[first * hidden..(first + run.length) * hidden];
            for index in 0..heads {
                head.attend(joined, index * size, memory, context);
            }
        }
    }
}

impl Head {
    /// The head whose dimensions start at `column`.
    #[inline(always)]
    fn attend(self, joined: &[f32], column: usize, memory: &mut Memory, context: &mut [f32]) {
        let Self { hidden, length, .. } = self;
        let padded = length.next_multiple_of(LANES);
        self.gather(joined, column, padded, memory);
        memory.shares.resize(ROWS * padded, 0.0);
        let mut token = 0;
        while token < length {
            let queries = &joined[token * 3 * hidden + column..];
            let context = &mut context[token * hidden + column..];
            if length - token >= ROWS {
                self.attend_rows::<ROWS>(queries, padded, memory, context);
                token += ROWS;
            } else {
                self.attend_rows::<1>(queries, padded, memory, context);
                token += 1;
            }
        }
    }

    /// Contexts of some tokens that follow each other.
    #[inline(always)]
    fn attend_rows<const ROWS: usize>(
        self,
        queries: &[f32],
        padded: usize,
        memory: &mut Memory,
        context: &mut [f32],
    ) {
        let Self { hidden, size, length } = self;
        let Memory { keys, values, shares } = memory;
        let scale = 1.0 / (size as f32).sqrt();
        let queries: [&[f32]; ROWS] =
            std::array::from_fn(|row| &queries[row * 3 * hidden..][..size]);
        multiply(queries, keys, padded, |row, column, scores| {
            shares[row * padded + column..][..LANES].copy_from_slice(scores);
        });
        let mut factors = [0.0; ROWS];
        for (factor, shares) in factors.iter_mut().zip(shares.chunks_exact_mut(padded)) {
            *factor = 1.0 / exponentials(shares, length, scale);
        }
        let shares: [&[f32]; ROWS] = std::array::from_fn(|row| &shares[row * padded..][..length]);
        multiply(shares, values, size.next_multiple_of(LANES), |row, column, mixed| {
            let end = size.min(column + LANES);
            let target = &mut context[row * hidden + column..row * hidden + end];
            for (value, mixed) in target.iter_mut().zip(mixed) {
                *value = mixed * factors[row];
            }
        });
    }

    /// Copies the keys, turned, and the values of this head.
    #[inline(always)]
    fn gather(self, joined: &[f32], column: usize, padded: usize, memory: &mut Memory) {
        let Self { hidden, size, length } = self;
        let wide = size.next_multiple_of(LANES);
        memory.keys.resize(size * padded, 0.0);
        memory.values.resize(length * wide, 0.0);
        for (token, row) in joined.chunks_exact(3 * hidden).enumerate() {
            let key = &row[hidden + column..][..size];
            for (turned, number) in memory.keys[token..].iter_mut().step_by(padded).zip(key) {
                *turned = *number;
            }
            let value = &row[2 * hidden + column..][..size];
            memory.values[token * wide..][..size].copy_from_slice(value);
        }
    }
}

/// Products of some rows with a matrix whose rows are `stride` long, whole vectors; `take` is given
/// row, first column and results, a vector at a time.
#[inline(always)]
fn multiply<const ROWS: usize>(
    rows: [&[f32]; ROWS],
    matrix: &[f32],
    stride: usize,
    mut take: impl FnMut(usize, usize, &[f32; LANES]),
) {
    let mut column = 0;
    while column < stride {
        let matrix = &matrix[column..];
        if stride - column >= 2 * LANES {
            let sums = multiply_columns::<ROWS, 2>(rows, matrix, stride);
            for (row, [first, second]) in sums.iter().enumerate() {
                take(row, column, first);
                take(row, column + LANES, second);
            }
            column += 2 * LANES;
        } else {
            let sums = multiply_columns::<ROWS, 1>(rows, matrix, stride);
            for (row, [only]) in sums.iter().enumerate() {
                take(row, column, only);
            }
            column += LANES;
        }
    }
}

/// The first `VECTORS` vectors of columns. Several rows at a time keep the sums apart, so that none
/// waits for the one before.
#[inline(always)]
fn multiply_columns<const ROWS: usize, const VECTORS: usize>(
    rows: [&[f32]; ROWS],
    matrix: &[f32],
    stride: usize,
) -> [[[f32; LANES]; VECTORS]; ROWS] {
    let mut sums = [[[0.0_f32; LANES]; VECTORS]; ROWS];
    let depth = rows[0].len();
    let rows = rows.map(|row| &row[..depth]);
    for (index, line) in matrix.chunks(stride).take(depth).enumerate() {
        let (vectors, _) = line[..VECTORS * LANES].as_chunks::<LANES>();
        for row in 0..ROWS {
            let factor = rows[row][index];
            for vector in 0..VECTORS {
                for lane in 0..LANES {
                    let sum = &mut sums[row][vector][lane];
                    *sum = factor.mul_add(vectors[vector][lane], *sum);
                }
            }
        }
    }
    sums
}

/// Turns the first `length` scores into `exp(scale * (score - greatest))`, those behind them into
/// zeros; their sum.
#[inline(always)]
fn exponentials(scores: &mut [f32], length: usize, scale: f32) -> f32 {
    scores[length..].fill(f32::MIN);
    let mut lanes = [f32::MIN; LANES];
    let (vectors, _) = scores.as_chunks::<LANES>();
    for vector in vectors {
        for (lane, score) in lanes.iter_mut().zip(vector) {
            *lane = if score > lane { *score } else { *lane };
        }
    }
    let greatest = lanes.iter().copied().fold(f32::MIN, f32::max);
    for score in scores.iter_mut() {
        *score = exp((*score - greatest) * scale);
    }
    scores[length..].fill(0.0);
    sum(scores)
}
