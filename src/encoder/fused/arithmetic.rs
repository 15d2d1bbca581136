//! Sums, moments and exponentials that a compiler turns into vector instructions.

/// Mean, and one over the standard deviation.
#[inline(always)]
pub(in crate::encoder) fn moments(row: &[f32], epsilon: f32) -> (f32, f32) {
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
pub(in crate::encoder) fn sum(row: &[f32]) -> f32 {
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
pub(in crate::encoder) fn dot(left: &[f32], right: &[f32]) -> f32 {
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
pub(in crate::encoder) fn exp(value: f32) -> f32 {
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
pub(in crate::encoder) fn normal_distribution(value: f32) -> (f32, f32) {
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
