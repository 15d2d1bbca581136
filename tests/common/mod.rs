//! What several test files share.
#![allow(dead_code, reason = "each test file uses its own part of this module")]

pub(crate) mod server;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lotse::encoder::{StoredTensor, Weights};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The built binary.
pub(crate) fn lotse() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lotse"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs the binary with `input` on standard input.
pub(crate) fn lotse_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = lotse()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that refuses its arguments does not read its input.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the input is written");
    output
}

/// Standard output as text.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("standard output is UTF-8")
}

/// Standard error as text.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The shipped pack.
pub(crate) fn shipped_pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/nordlicht-de-en")
}

const WORDS: [&str; 32] = [
    "wo",
    "ist",
    "mein",
    "paket",
    "die",
    "lieferung",
    "kommt",
    "nicht",
    "ich",
    "will",
    "geld",
    "zurück",
    "erstattung",
    "bitte",
    "wann",
    "habt",
    "ihr",
    "offen",
    "öffnungszeiten",
    "heute",
    "samstag",
    "laden",
    "rechnung",
    "schicken",
    "kopie",
    "brauche",
    "wetter",
    "morgen",
    "wird",
    "es",
    "regnen",
    "danke",
];
const WIDTH: usize = 32;

/// Writes a small BERT checkpoint of two layers with random weights and a vocabulary of some words.
pub(crate) fn tiny_checkpoint(directory: &Path) {
    std::fs::create_dir_all(directory).expect("a directory for the checkpoint");
    let mut vocabulary = serde_json::Map::new();
    for (id, word) in ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].into_iter().chain(WORDS).enumerate() {
        vocabulary.insert(word.to_owned(), id.into());
    }
    let size = vocabulary.len();
    let config = serde_json::json!({
        "model_type": "bert", "hidden_size": WIDTH, "intermediate_size": 64,
        "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 512,
        "vocab_size": size, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu"
    });
    let tokenizer = serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [],
            "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                               "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
        "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"}
    });
    std::fs::write(directory.join("config.json"), config.to_string()).expect("config.json");
    std::fs::write(directory.join("tokenizer.json"), tokenizer.to_string())
        .expect("tokenizer.json");
    tiny_weights(size).write(&directory.join("model.safetensors")).expect("model.safetensors");
}

fn tiny_weights(vocabulary: usize) -> Weights {
    let mut random = StdRng::seed_from_u64(7);
    let mut weights = Weights::default();
    let mut add = |name: &str, shape: &[usize]| {
        let values = (0..shape.iter().product::<usize>())
            .map(|_| match name {
                _ if name.ends_with("LayerNorm.weight") => 1.0,
                _ if name.ends_with("bias") => 0.0,
                _ => random.random_range(-0.3_f32..0.3),
            })
            .collect();
        weights.insert(name, StoredTensor::Float { shape: shape.to_vec(), values });
    };
    add("embeddings.word_embeddings.weight", &[vocabulary, WIDTH]);
    add("embeddings.position_embeddings.weight", &[512, WIDTH]);
    add("embeddings.token_type_embeddings.weight", &[2, WIDTH]);
    add("embeddings.LayerNorm.weight", &[WIDTH]);
    add("embeddings.LayerNorm.bias", &[WIDTH]);
    for layer in 0..2 {
        let linears = [
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("intermediate.dense", 64, WIDTH),
            ("output.dense", WIDTH, 64),
        ];
        for (part, output, input) in linears {
            add(&format!("encoder.layer.{layer}.{part}.weight"), &[output, input]);
            add(&format!("encoder.layer.{layer}.{part}.bias"), &[output]);
        }
        for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
            add(&format!("encoder.layer.{layer}.{part}.weight"), &[WIDTH]);
            add(&format!("encoder.layer.{layer}.{part}.bias"), &[WIDTH]);
        }
    }
    weights
}

/// Writes labelled rows of four intents and out of scope that the tiny checkpoint can tell apart.
pub(crate) fn tiny_rows(path: &Path, seed: u64, copies: usize) {
    let kinds: [(&str, u8, &str, &[&str]); 4] = [
        ("track_order", 2, "neutral", &["wo ist mein paket", "die lieferung kommt nicht"]),
        ("get_refund", 3, "negative", &["ich will mein geld zurück", "erstattung bitte"]),
        ("opening_hours", 1, "neutral", &["wann habt ihr offen", "öffnungszeiten samstag laden"]),
        ("out_of_scope", 2, "neutral", &["wetter morgen", "wird es heute regnen"]),
    ];
    let mut random = StdRng::seed_from_u64(seed);
    let mut text = String::new();
    for copy in 0..copies {
        for (intent, tier, sentiment, phrases) in kinds {
            let mut words: Vec<&str> = phrases[copy % phrases.len()].split(' ').collect();
            let place = random.random_range(0..=words.len());
            words.insert(place, WORDS[random.random_range(0..WORDS.len())]);
            let row = serde_json::json!({
                "text": words.join(" "), "intent": intent, "tier": tier, "sentiment": sentiment,
                "lang": "de"
            });
            text.push_str(&row.to_string());
            text.push('\n');
        }
    }
    std::fs::write(path, text).expect("rows are written");
}
