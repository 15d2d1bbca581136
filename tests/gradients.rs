//! Does every trained value get the gradient that it should? The fused operations of a training step
//! against plain ones, and plain ones against differences of the loss.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};
use lotse::encoder::{Bert, Dropout, EncoderConfig, Mode, PackedBatch, StoredTensor, Weights};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const HIDDEN: usize = 32;
const WIDE: usize = 48;
const LAYERS: usize = 3;

fn config() -> EncoderConfig {
    serde_json::from_value(serde_json::json!({
        "vocab_size": 40, "hidden_size": HIDDEN, "num_hidden_layers": LAYERS,
        "num_attention_heads": 4, "intermediate_size": WIDE, "max_position_embeddings": 64,
        "type_vocab_size": 1, "layer_norm_eps": 1e-12, "pad_token_id": 0
    }))
    .expect("a configuration")
}

fn weights() -> Weights {
    let mut random = StdRng::seed_from_u64(7);
    let mut weights = Weights::default();
    let mut put = |name: String, shape: Vec<usize>, around: f32| {
        let count = shape.iter().product();
        let values = (0..count).map(|_| around + random.random_range(-0.3..0.3)).collect();
        weights.insert(&name, StoredTensor::Float { shape, values });
    };
    for (name, rows) in [("word", 40), ("position", 64), ("token_type", 1)] {
        put(format!("embeddings.{name}_embeddings.weight"), vec![rows, HIDDEN], 0.0);
    }
    put("embeddings.LayerNorm.weight".into(), vec![HIDDEN], 1.0);
    put("embeddings.LayerNorm.bias".into(), vec![HIDDEN], 0.0);
    for layer in 0..LAYERS {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        for (part, rows, columns) in [
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", WIDE, HIDDEN),
            ("output.dense", HIDDEN, WIDE),
        ] {
            put(name(&format!("{part}.weight")), vec![rows, columns], 0.0);
            put(name(&format!("{part}.bias")), vec![rows], 0.0);
        }
        for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
            put(name(&format!("{part}.weight")), vec![HIDDEN], 1.0);
            put(name(&format!("{part}.bias")), vec![HIDDEN], 0.0);
        }
    }
    weights
}

fn sequences() -> Vec<Vec<u32>> {
    let mut random = StdRng::seed_from_u64(3);
    [5, 19, 5, 1, 33]
        .into_iter()
        .map(|length| (0..length).map(|_| random.random_range(0..40)).collect())
        .collect()
}

/// A loss that weighs every pooled value differently.
fn loss(pooled: &Tensor) -> Tensor {
    let (rows, width) = pooled.dims2().expect("a matrix");
    let factors: Vec<f32> =
        (0..rows * width).map(|i| ((i * 37 % 101) as f32 / 50.0) - 1.0).collect();
    let factors = Tensor::from_vec(factors, (rows, width), &Device::Cpu).expect("factors");
    (pooled.sqr().expect("squares") * factors).and_then(|t| t.sum_all()).expect("a sum")
}

fn value(bert: &Bert, dropout: f32) -> f64 {
    let dropout = Dropout::new(dropout, 11);
    let pooled = bert.pooled(&PackedBatch::new(&sequences()), Mode::Training(&dropout));
    f64::from(loss(&pooled.expect("pooled")).to_scalar::<f32>().expect("a number"))
}

fn gradients(bert: &Bert, dropout: f32) -> BTreeMap<String, Vec<f32>> {
    let dropout = Dropout::new(dropout, 11);
    let pooled = bert
        .pooled(&PackedBatch::new(&sequences()), Mode::Training(&dropout))
        .expect("pooled vectors");
    let store = loss(&pooled).backward().expect("gradients");
    bert.variables()
        .iter()
        .map(|(name, variable)| {
            let gradient = store.get(variable).unwrap_or_else(|| panic!("{name} has no gradient"));
            let gradient = gradient.flatten_all().and_then(|g| g.to_vec1()).expect("values");
            (name.clone(), gradient)
        })
        .collect()
}

#[test]
fn fused_and_plain_operations_give_the_same_gradients() {
    let (config, weights) = (config(), weights());
    let fused = Bert::trainable(&config, &weights, &Device::Cpu, 1).expect("an encoder");
    let plain = Bert::trainable(&config, &weights, &Device::Cpu, 1)
        .expect("an encoder")
        .with_plain_operations();
    for dropout in [0.0, 0.2] {
        let (left, right) = (value(&fused, dropout), value(&plain, dropout));
        assert!((left - right).abs() < 1e-4 * right.abs().max(1.0), "{left} and {right}");
        let (fused, plain) = (gradients(&fused, dropout), gradients(&plain, dropout));
        assert_eq!(fused.len(), 2 * 16, "16 tensors in each of the two trained layers");
        for (name, gradient) in fused {
            let expected = &plain[&name];
            let size = expected.iter().map(|v| v * v).sum::<f32>().sqrt();
            assert!(size > 0.0, "{name} has a gradient of zeros");
            let off =
                gradient.iter().zip(expected).map(|(l, r)| (l - r).powi(2)).sum::<f32>().sqrt();
            // The attention's key bias moves no share, so its gradient is rounding alone.
            let allowed = if name.ends_with("key.bias") { 1e-3 } else { 2e-4 * size.max(1e-2) };
            assert!(off < allowed, "{name}: off by {off} of {size} with dropout {dropout}");
        }
    }
}

#[test]
fn gradients_are_the_slopes_of_the_loss() {
    let (config, weights) = (config(), weights());
    let bert = Bert::trainable(&config, &weights, &Device::Cpu, 0).expect("an encoder");
    let gradients = gradients(&bert, 0.0);
    for (name, variable) in bert.variables() {
        // Along the gradient itself the loss must rise by the gradient's squared norm.
        let gradient = Tensor::from_vec(gradients[name].clone(), variable.dims(), &Device::Cpu)
            .expect("a gradient");
        let square: f32 = gradients[name].iter().map(|value| value * value).sum();
        if name.ends_with("key.bias") {
            continue;
        }
        let step = f64::from(0.02 / square.sqrt());
        let start = variable.as_tensor().copy().expect("a copy");
        let mut ends = [0.0; 2];
        for (end, sign) in ends.iter_mut().zip([1.0, -1.0]) {
            let moved = (&start + (&gradient * (sign * step)).expect("a step")).expect("a sum");
            variable.set(&moved).expect("a new value");
            *end = value(&bert, 0.0);
        }
        variable.set(&start).expect("the old value");
        let slope = (ends[0] - ends[1]) / (2.0 * step);
        let expected = f64::from(square);
        assert!((slope - expected).abs() < 0.03 * expected, "{name}: {slope} and not {expected}");
    }
}

#[test]
fn training_without_dropout_reads_as_inference_does() {
    let (config, weights) = (config(), weights());
    let sequences = sequences();
    let trainable = Bert::trainable(&config, &weights, &Device::Cpu, 0).expect("an encoder");
    let shipped = Bert::new(&config, &weights, &Device::Cpu).expect("an encoder");
    let none = Dropout::new(0.0, 0);
    let batch = PackedBatch::new(&sequences);
    let learned =
        trainable.pooled(&batch, Mode::Training(&none)).and_then(|t| Ok(t.to_vec2::<f32>()?));
    let read = shipped.pooled_all(&sequences, |_| {}).expect("pooled vectors");
    for (left, right) in learned.expect("pooled vectors").concat().iter().zip(read.concat()) {
        assert!((left - right).abs() < 2e-5, "{left} and {right}");
    }
}
