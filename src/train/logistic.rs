/// Logistic regression `P = sigmoid(bias + weights · features)`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Logistic {
    pub(super) bias: f64,
    pub(super) weights: Vec<f64>,
}

const ITERATIONS: usize = 50;

impl Logistic {
    /// Fits by Newton's method on standardised features with a ridge of `ridge` on each weight,
    /// and returns the model for the features as given.
    pub(super) fn fit(features: &[Vec<f64>], targets: &[bool], ridge: f64) -> Self {
        let width = features.first().map_or(0, Vec::len);
        let (mean, spread) = standardise(features, width);
        let rows: Vec<Vec<f64>> = features
            .iter()
            .map(|row| {
                let scaled = row.iter().zip(&mean).zip(&spread).map(|((v, m), s)| (v - m) / s);
                std::iter::once(1.0).chain(scaled).collect()
            })
            .collect();
        let mut weights = vec![0.0; width + 1];
        for _ in 0..ITERATIONS {
            let (gradient, curvature) = derivatives(&rows, targets, &weights, ridge);
            let step = solve(curvature, gradient);
            weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight -= step);
            if step.iter().all(|step| step.abs() < 1e-9) {
                break;
            }
        }
        let original: Vec<f64> =
            weights[1..].iter().zip(&spread).map(|(weight, spread)| weight / spread).collect();
        let shift: f64 = original.iter().zip(&mean).map(|(weight, mean)| weight * mean).sum();
        Self { bias: weights[0] - shift, weights: original }
    }

    /// Probability for one row of features.
    pub(super) fn probability(&self, features: &[f64]) -> f64 {
        let sum: f64 =
            self.weights.iter().zip(features).map(|(weight, value)| weight * value).sum();
        1.0 / (1.0 + (-(self.bias + sum)).exp())
    }
}

fn standardise(features: &[Vec<f64>], width: usize) -> (Vec<f64>, Vec<f64>) {
    let count = features.len().max(1) as f64;
    let column = |index: usize| features.iter().map(move |row| row[index]);
    let mean: Vec<f64> = (0..width).map(|index| column(index).sum::<f64>() / count).collect();
    let spread = (0..width)
        .map(|index| {
            let variance = column(index).map(|v| (v - mean[index]).powi(2)).sum::<f64>() / count;
            // A feature that never changes tells nothing; any spread but zero will do.
            if variance > 1e-12 { variance.sqrt() } else { 1.0 }
        })
        .collect();
    (mean, spread)
}

/// Gradient and Hessian of the penalised negative log-likelihood. The constant is not penalised.
fn derivatives(
    rows: &[Vec<f64>],
    targets: &[bool],
    weights: &[f64],
    ridge: f64,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let width = weights.len();
    let mut gradient: Vec<f64> = weights.iter().map(|weight| ridge * weight).collect();
    gradient[0] = 0.0;
    let mut curvature = vec![vec![0.0; width]; width];
    for (index, row) in curvature.iter_mut().enumerate() {
        row[index] = if index == 0 { 1e-9 } else { ridge };
    }
    for (row, target) in rows.iter().zip(targets) {
        let sum: f64 = row.iter().zip(weights).map(|(value, weight)| value * weight).sum();
        let probability = 1.0 / (1.0 + (-sum).exp());
        let error = probability - f64::from(u8::from(*target));
        let weight = probability * (1.0 - probability);
        for i in 0..width {
            gradient[i] += error * row[i];
            for j in 0..width {
                curvature[i][j] += weight * row[i] * row[j];
            }
        }
    }
    (gradient, curvature)
}

/// Solves `matrix · x = vector` by Gaussian elimination with row exchange.
fn solve(mut matrix: Vec<Vec<f64>>, mut vector: Vec<f64>) -> Vec<f64> {
    let size = vector.len();
    for column in 0..size {
        let pivot = (column..size)
            .max_by(|l, r| matrix[*l][column].abs().total_cmp(&matrix[*r][column].abs()))
            .unwrap_or(column);
        matrix.swap(column, pivot);
        vector.swap(column, pivot);
        if matrix[column][column].abs() < 1e-12 {
            continue;
        }
        for row in column + 1..size {
            let factor = matrix[row][column] / matrix[column][column];
            let (above, below) = matrix.split_at_mut(row);
            for (value, pivot) in below[0].iter_mut().zip(&above[column]).skip(column) {
                *value -= factor * pivot;
            }
            vector[row] -= factor * vector[column];
        }
    }
    let mut solution = vec![0.0; size];
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| matrix[row][column] * solution[column]).sum();
        let pivot = matrix[row][row];
        solution[row] = if pivot.abs() < 1e-12 { 0.0 } else { (vector[row] - known) / pivot };
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovers_the_model_that_made_the_rows() {
        let truth = Logistic { bias: -0.5, weights: vec![2.0, -1.0] };
        let mut features = Vec::new();
        let mut targets = Vec::new();
        for first in -20..=20 {
            for second in -20..=20 {
                let row = vec![f64::from(first) / 10.0, f64::from(second) / 10.0];
                // As many copies on each side as the probability asks for.
                let share = (truth.probability(&row) * 400.0).round() as usize;
                for copy in 0..400 {
                    features.push(row.clone());
                    targets.push(copy < share);
                }
            }
        }
        let fitted = Logistic::fit(&features, &targets, 1e-6);
        assert!((fitted.bias - truth.bias).abs() < 0.02, "{fitted:?}");
        assert!((fitted.weights[0] - 2.0).abs() < 0.03, "{fitted:?}");
        assert!((fitted.weights[1] + 1.0).abs() < 0.03, "{fitted:?}");
    }
}
