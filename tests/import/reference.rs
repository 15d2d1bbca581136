//! A second computation of the encoders: plain loops over f64, straight from the papers and under
//! the families' own tensor names. Slow and obvious; shares nothing with the product.

use super::checkpoints::{
    Checkpoint, Family, HEADS, LAYERS, Tensors, WIDE, WIDTH, parts, prefixes,
};

type Row = Vec<f64>;

/// Pooled vector of a token sequence.
pub(crate) fn pooled(checkpoint: &Checkpoint, ids: &[u32], first_token: bool) -> Row {
    let family = checkpoint.family;
    let network = Network { tensors: &checkpoint.tensors, family };
    let hidden = network.last_hidden(ids);
    if first_token {
        return hidden[0].clone();
    }
    let mut mean = vec![0.0; WIDTH];
    for row in &hidden {
        add(&mut mean, row);
    }
    mean.iter().map(|value| value / hidden.len() as f64).collect()
}

/// Cosine of two vectors.
pub(crate) fn cosine(left: &[f64], right: &[f32]) -> f64 {
    let right: Row = right.iter().copied().map(f64::from).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(left, &right) / (dot(left, left) * dot(&right, &right)).sqrt()
}

struct Network<'a> {
    tensors: &'a Tensors,
    family: Family,
}

impl Network<'_> {
    fn values(&self, name: &str) -> Row {
        self.tensors[name].1.iter().copied().map(f64::from).collect()
    }

    /// Row `index` of a matrix of `WIDTH` columns.
    fn row(&self, name: &str, index: usize) -> Row {
        self.values(name)[index * WIDTH..(index + 1) * WIDTH].to_vec()
    }

    fn last_hidden(&self, ids: &[u32]) -> Vec<Row> {
        let (prefix, layers) = prefixes(self.family);
        let table = |name: &str| format!("{prefix}embeddings.{name}_embeddings.weight");
        let roberta = matches!(self.family, Family::Roberta | Family::XlmRoberta);
        let mut hidden: Vec<Row> = ids
            .iter()
            .enumerate()
            .map(|(index, id)| {
                let mut row = self.row(&table("word"), *id as usize);
                // fairseq numbers positions from padding_idx + 1, and padding_idx is 1.
                let position = if roberta { index + 2 } else { index };
                add(&mut row, &self.row(&table("position"), position));
                if self.family != Family::DistilBert {
                    add(&mut row, &self.row(&table("token_type"), 0));
                }
                self.norm(&row, &format!("{prefix}embeddings.LayerNorm"))
            })
            .collect();
        for layer in 0..LAYERS {
            hidden = self.layer(&hidden, &format!("{layers}.{layer}"));
        }
        hidden
    }

    fn layer(&self, hidden: &[Row], name: &str) -> Vec<Row> {
        let [query, key, value, output, first_norm, wide, narrow, second_norm] =
            parts(self.family).map(|part| format!("{name}.{part}"));
        let all = |name: &str, wide: usize| -> Vec<Row> {
            hidden.iter().map(|row| self.linear(row, name, wide)).collect()
        };
        let (queries, keys, values) = (all(&query, WIDTH), all(&key, WIDTH), all(&value, WIDTH));
        let size = WIDTH / HEADS;
        let mut result = Vec::new();
        for (token, own) in hidden.iter().enumerate() {
            let mut context = vec![0.0; WIDTH];
            for head in 0..HEADS {
                let span = head * size..(head + 1) * size;
                let scores: Row = keys
                    .iter()
                    .map(|key| {
                        let pairs = queries[token][span.clone()].iter().zip(&key[span.clone()]);
                        pairs.map(|(a, b)| a * b).sum::<f64>() / (size as f64).sqrt()
                    })
                    .collect();
                let total: f64 = scores.iter().map(|score| score.exp()).sum();
                for (score, value) in scores.iter().zip(&values) {
                    for column in span.clone() {
                        context[column] += score.exp() / total * value[column];
                    }
                }
            }
            let mut attended = self.linear(&context, &output, WIDTH);
            add(&mut attended, own);
            let attended = self.norm(&attended, &first_norm);
            let activated: Row =
                self.linear(&attended, &wide, WIDE).into_iter().map(gelu).collect();
            let mut end = self.linear(&activated, &narrow, WIDTH);
            add(&mut end, &attended);
            result.push(self.norm(&end, &second_norm));
        }
        result
    }

    fn linear(&self, input: &[f64], name: &str, outputs: usize) -> Row {
        let weight = self.values(&format!("{name}.weight"));
        let mut result = self.values(&format!("{name}.bias"));
        for (output, sum) in result.iter_mut().enumerate().take(outputs) {
            let row = &weight[output * input.len()..(output + 1) * input.len()];
            *sum += row.iter().zip(input).map(|(a, b)| a * b).sum::<f64>();
        }
        result
    }

    fn norm(&self, input: &[f64], name: &str) -> Row {
        let epsilon = match self.family {
            Family::Roberta | Family::XlmRoberta => 1e-5,
            _ => 1e-12,
        };
        let count = input.len() as f64;
        let mean = input.iter().sum::<f64>() / count;
        let variance = input.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let weight = self.values(&format!("{name}.weight"));
        let bias = self.values(&format!("{name}.bias"));
        let scaled = input.iter().map(|value| (value - mean) / (variance + epsilon).sqrt());
        scaled.zip(weight.iter().zip(&bias)).map(|(x, (weight, bias))| x * weight + bias).collect()
    }
}

fn add(target: &mut [f64], other: &[f64]) {
    target.iter_mut().zip(other).for_each(|(sum, value)| *sum += value);
}

/// `x · Φ(x)`.
fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + erf(x / std::f64::consts::SQRT_2))
}

/// Error function by its Maclaurin series, enough terms for the arguments that occur here.
fn erf(x: f64) -> f64 {
    if x.abs() > 5.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..120 {
        let n = f64::from(n);
        term *= -x * x / n;
        sum += term / (2.0 * n + 1.0);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}
