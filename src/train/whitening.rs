//! In which space do vectors of one group scatter evenly in all directions?

/// Share of the mean variance that is added to every direction, so that directions in which few rows
/// differ do not decide.
const RIDGE: f64 = 0.1;

/// Inverse Cholesky factor `[width, width]` of the covariance within the groups, and the mean of
/// each group that has rows. Rows without a group are left out.
pub(super) fn within_groups(
    vectors: &[Vec<f32>],
    groups: &[Option<u32>],
) -> (Vec<f32>, Vec<Vec<f32>>) {
    let width = vectors.first().map_or(0, Vec::len);
    let count = groups.iter().flatten().max().map_or(0, |group| *group as usize + 1);
    let mut sums = vec![(0_usize, vec![0.0_f64; width]); count];
    for (vector, group) in vectors.iter().zip(groups) {
        let Some(group) = group else { continue };
        let (rows, sum) = &mut sums[*group as usize];
        *rows += 1;
        sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    let means: Vec<Option<Vec<f64>>> = sums
        .into_iter()
        .map(|(rows, sum)| (rows > 0).then(|| sum.iter().map(|s| s / rows as f64).collect()))
        .collect();
    let mut covariance = vec![0.0_f64; width * width];
    let mut rows = 0;
    for (vector, group) in vectors.iter().zip(groups) {
        let Some(Some(mean)) = group.map(|group| &means[group as usize]) else { continue };
        let off: Vec<f64> = vector.iter().zip(mean).map(|(v, m)| f64::from(*v) - m).collect();
        for (line, left) in covariance.chunks_exact_mut(width).zip(&off) {
            line.iter_mut().zip(&off).for_each(|(sum, right)| *sum += left * right);
        }
        rows += 1;
    }
    for sum in &mut covariance {
        *sum /= f64::from(rows.max(1));
    }
    let trace: f64 = (0..width).map(|index| covariance[index * (width + 1)]).sum();
    let ridge = RIDGE * trace / width.max(1) as f64 + 1e-9;
    for index in 0..width {
        covariance[index * (width + 1)] += ridge;
    }
    let inverse = inverse_cholesky(covariance, width);
    let means = means.into_iter().flatten();
    (
        inverse.into_iter().map(|value| value as f32).collect(),
        means.map(|mean| mean.into_iter().map(|value| value as f32).collect()).collect(),
    )
}

/// Diagonal matrix `[width, width]` that gives every direction the same variance.
pub(super) fn even_spread(vectors: &[Vec<f32>]) -> Vec<f32> {
    let spread = super::probe::Scaling::measure(vectors).spread;
    let width = spread.len();
    let mut matrix = vec![0.0; width * width];
    for (index, spread) in spread.iter().enumerate() {
        matrix[index * (width + 1)] = 1.0 / (spread * (width as f32).sqrt());
    }
    matrix
}

/// `L⁻¹` for the Cholesky factorisation `L · Lᵀ` of a positive definite matrix; distances after
/// multiplying with it are Mahalanobis distances.
fn inverse_cholesky(mut matrix: Vec<f64>, width: usize) -> Vec<f64> {
    for row in 0..width {
        for column in 0..=row {
            let dot: f64 =
                (0..column).map(|k| matrix[row * width + k] * matrix[column * width + k]).sum();
            let rest = matrix[row * width + column] - dot;
            matrix[row * width + column] = if row == column {
                rest.max(1e-12).sqrt()
            } else {
                rest / matrix[column * width + column]
            };
        }
    }
    let mut inverse = vec![0.0; width * width];
    for column in 0..width {
        for row in column..width {
            let known: f64 =
                (column..row).map(|k| matrix[row * width + k] * inverse[k * width + column]).sum();
            let target = if row == column { 1.0 } else { 0.0 };
            inverse[row * width + column] = (target - known) / matrix[row * width + row];
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_group_scatter_evenly_afterwards() {
        // Two groups, stretched and sheared in the same way.
        let mut vectors = Vec::new();
        let mut groups = Vec::new();
        for (group, centre) in [(0, 5.0), (1, -20.0)] {
            for angle in 0..360 {
                let (sine, cosine) = f64::from(angle).to_radians().sin_cos();
                vectors.push(vec![(centre + 9.0 * sine) as f32, (4.0 * sine + cosine) as f32]);
                groups.push(Some(group));
            }
        }
        let (matrix, means) = within_groups(&vectors, &groups);
        assert_eq!(means.len(), 2);
        assert!((means[1][0] + 20.0).abs() < 1e-3);
        let lengths: Vec<f32> = vectors[..360]
            .iter()
            .map(|vector| {
                let off = [vector[0] - means[0][0], vector[1] - means[0][1]];
                let first = matrix[0] * off[0] + matrix[1] * off[1];
                let second = matrix[2] * off[0] + matrix[3] * off[1];
                first.hypot(second)
            })
            .collect();
        let (least, most) =
            lengths.iter().fold((f32::MAX, 0.0_f32), |(l, m), v| (l.min(*v), m.max(*v)));
        assert!(least > 0.3 * most, "from {least} to {most}");
    }
}
