//! Does the fast encoder read what the candle model reads?

mod common;

use candle_core::Device;
use lotse::classifier::{Classifier, Pack, Readers, Reading};
use lotse::encoder::{Backend, Bert, EncoderConfig, FastBert, Pooling, StoredTensor, Weights};
use lotse::text::{PreparedText, prepare};
use lotse::train::read_rows;
use proptest::prelude::*;

use common::shipped_pack;

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    let dot = |left: &[f32], right: &[f32]| left.iter().zip(right).map(|(l, r)| l * r).sum::<f32>();
    dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
}

/// Texts of all kinds that customers write, with misspellings, in capitals, cut short and joined.
fn texts() -> Vec<String> {
    let rows =
        read_rows(concat!(env!("CARGO_MANIFEST_DIR"), "/eval/nordlicht/test.jsonl").as_ref())
            .expect("the test rows");
    let texts: Vec<String> = rows.into_iter().map(|row| row.text).collect();
    let mut all = texts.clone();
    all.extend(texts.iter().map(|text| text.to_uppercase()));
    all.extend(texts.iter().map(|text| text.chars().take(12).collect()));
    all.extend(texts.windows(4).step_by(8).map(|some| some.join("\n")));
    all
}

fn read_all(classifier: &Classifier, texts: &[&PreparedText]) -> Vec<Reading> {
    let readers = Readers::new(0).expect("threads");
    readers.read(classifier, texts, |_, reading| reading).expect("readings")
}

#[test]
fn both_backends_read_thousands_of_texts_alike() {
    let prepared: Vec<PreparedText> = texts().iter().map(|text| prepare(text, None)).collect();
    assert!(prepared.len() > 2_000, "{} texts", prepared.len());
    let all: Vec<&PreparedText> = prepared.iter().collect();
    let read = |backend| {
        let classifier = Classifier::load_for(&shipped_pack(), backend).expect("the pack");
        read_all(&classifier, &all)
    };
    let (fast, reference) = (read(Backend::Int8), read(Backend::F32));
    let mut same = 0;
    let mut closest = 1.0_f32;
    let mut off = 0.0;
    for (fast, reference) in fast.iter().zip(&reference) {
        closest = closest.min(cosine(&fast.embedding, &reference.embedding));
        let name = |reading: &Reading| {
            reading.classification.intent.as_ref().map(|intent| intent.name.clone())
        };
        same += usize::from(name(fast) == name(reference));
        let scope = |reading: &Reading| reading.classification.in_scope.unwrap_or(0.0);
        off += (scope(fast) - scope(reference)).abs();
    }
    let count = all.len() as f32;
    eprintln!(
        "cosine at least {closest}, same intent {}, scope off by {}",
        same as f32 / count,
        off / count
    );
    assert!(closest > 0.97, "some vector has a cosine of only {closest}");
    assert!(same as f32 > 0.985 * count, "{same} of {count} intents are the same");
    assert!(off < 0.01 * count, "the scope is off by {} on average", off / count);
}

#[test]
fn a_message_reads_the_same_alone_and_among_others() {
    let prepared: Vec<PreparedText> =
        texts().iter().step_by(40).map(|text| prepare(text, None)).collect();
    let all: Vec<&PreparedText> = prepared.iter().collect();
    let classifier = Classifier::load(&shipped_pack()).expect("the pack");
    let together = read_all(&classifier, &all);
    for (text, together) in all.iter().zip(together) {
        let alone = classifier.read(std::slice::from_ref(text)).expect("a reading").remove(0);
        assert_eq!(alone, together, "{}", text.cleaned);
    }
}

/// An encoder of random weights.
fn encoder(config: &EncoderConfig, seed: u64) -> Weights {
    let mut state = seed;
    let mut random = move |spread: f32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5) * spread
    };
    let (hidden, wide) = (config.hidden_size, config.intermediate_size);
    let mut weights = Weights::default();
    let mut add = |name: &str, shape: &[usize], middle: f32, spread: f32| {
        let values = (0..shape.iter().product()).map(|_| middle + random(spread)).collect();
        weights.insert(name, StoredTensor::Float { shape: shape.to_vec(), values });
    };
    add("embeddings.word_embeddings.weight", &[config.vocab_size, hidden], 0.0, 2.0);
    add(
        "embeddings.position_embeddings.weight",
        &[config.max_position_embeddings, hidden],
        0.0,
        0.5,
    );
    add("embeddings.token_type_embeddings.weight", &[config.type_vocab_size, hidden], 0.0, 0.5);
    let mut norms = vec!["embeddings.LayerNorm".to_owned()];
    for layer in 0..config.num_hidden_layers {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        for (part, output, input) in [
            ("attention.self.query", hidden, hidden),
            ("attention.self.key", hidden, hidden),
            ("attention.self.value", hidden, hidden),
            ("attention.output.dense", hidden, hidden),
            ("intermediate.dense", wide, hidden),
            ("output.dense", hidden, wide),
        ] {
            add(&format!("{}.weight", name(part)), &[output, input], 0.0, 0.5);
            add(&format!("{}.bias", name(part)), &[output], 0.0, 0.2);
        }
        norms.push(name("attention.output.LayerNorm"));
        norms.push(name("output.LayerNorm"));
    }
    for norm in norms {
        add(&format!("{norm}.weight"), &[hidden], 1.0, 0.4);
        add(&format!("{norm}.bias"), &[hidden], 0.0, 0.4);
    }
    weights
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Shapes of every kind, those among them that the kernel for AVX-512 does not take.
    #[test]
    fn encoders_of_any_shape_agree(
        (heads, size, wide) in (1_usize..5, prop::sample::select(vec![3_usize, 8, 16, 20, 32, 64]), 1_usize..5),
        layers in 1_usize..4,
        first_token in any::<bool>(),
        lengths in prop::collection::vec(1_usize..80, 1..9),
        seed in any::<u64>(),
    ) {
        let config = EncoderConfig {
            pooling: if first_token { Pooling::Cls } else { Pooling::Mean },
            ..serde_json::from_value(serde_json::json!({
                "hidden_size": heads * size,
                "intermediate_size": heads * size * wide,
                "num_hidden_layers": layers,
                "num_attention_heads": heads,
                "max_position_embeddings": 100,
                "vocab_size": 50,
            })).expect("a configuration")
        };
        let weights = encoder(&config, seed);
        let sequences: Vec<Vec<u32>> = lengths
            .iter()
            .enumerate()
            .map(|(index, length)| (0..*length).map(|token| ((index * 7 + token * 13) % 50) as u32).collect())
            .collect();
        let reference = Bert::new(&config, &weights, &Device::Cpu).expect("an encoder");
        let reference = reference.pooled_all(&sequences, |_| {}).expect("vectors");
        let [fast, portable] = [FastBert::new(&config, &weights), FastBert::portable(&config, &weights)]
            .map(|encoder| encoder.expect("an encoder").pooled_all(&sequences, |_| {}).expect("vectors"));
        for ((fast, portable), expected) in fast.iter().zip(&portable).zip(&reference) {
            // Eight bit cost random weights more than trained ones; the two ways of eight bit
            // differ by rounding alone.
            for (close, wanted) in [
                (cosine(fast, expected), 0.97),
                (cosine(portable, expected), 0.97),
                (cosine(fast, portable), 0.997),
            ] {
                prop_assert!(close > wanted, "cosine {close}, not {wanted}");
            }
        }
    }
}

#[test]
fn the_fast_encoder_refuses_what_is_missing() {
    let pack = Pack::load(&shipped_pack()).expect("the pack");
    let mut weights = pack.weights.clone();
    weights.remove("encoder.layer.3.output.dense.bias");
    let Err(error) = FastBert::new(&pack.config, &weights) else { panic!("it was built") };
    assert!(error.to_string().contains("encoder.layer.3.output.dense.bias"), "{error}");
}
