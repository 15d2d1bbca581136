//! What happens to rows between two products.

use crate::encoder::fused::{moments, normal_distribution, wide};

/// `rows = norm(rows + added)`, each row `[width]` with the norm's weight and bias.
pub(super) fn add_and_norm(
    rows: &mut [f32],
    added: &[f32],
    [weight, bias]: [&[f32]; 2],
    epsilon: f32,
) {
    let width = weight.len();
    wide(
        #[inline(always)]
        || {
            for (row, added) in rows.chunks_exact_mut(width).zip(added.chunks_exact(width)) {
                for (value, added) in row.iter_mut().zip(added) {
                    *value += added;
                }
                let (mean, inverse) = moments(row, epsilon);
                for ((value, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
                    *value = (*value - mean) * inverse * weight + bias;
                }
            }
        },
    );
}

/// GELU by the error function.
pub(super) fn gelu(values: &mut [f32]) {
    wide(
        #[inline(always)]
        || {
            for value in values {
                *value *= normal_distribution(*value).0;
            }
        },
    );
}
