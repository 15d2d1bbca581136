//! Does the imported encoder compute what the original computes?

use std::path::Path;

use candle_core::Device;
use lotse::classifier::Pack;
use lotse::encoder::{Bert, StoredTensor};
use lotse::import::{ImportOptions, ImportReport, import};
use serde_json::json;

use super::checkpoints::{Checkpoint, Family, GERMAN, POSITIONS, Pieces, checkpoint};
use super::common::{lotse, lotse_with_input, stderr, stdout, tiny_rows};
use super::reference::{cosine, pooled};

const KINDS: [(Family, Pieces); 6] = [
    (Family::Bert, Pieces::WordPiece),
    (Family::Bert, Pieces::Unigram),
    (Family::OldBert, Pieces::WordPiece),
    (Family::DistilBert, Pieces::WordPiece),
    (Family::XlmRoberta, Pieces::Unigram),
    (Family::Roberta, Pieces::Bpe),
];

pub(crate) fn options(checkpoint: &Checkpoint, out: &Path) -> ImportOptions {
    ImportOptions {
        source: checkpoint.directory.to_str().expect("a UTF-8 path").to_owned(),
        languages: vec!["de".to_owned()],
        out: out.to_owned(),
        pieces: None,
        texts: Vec::new(),
        prefix: None,
        keep_float: true,
    }
}

/// Pooled vectors of the German sentences by an imported pack.
fn imported(pack: &Path) -> Vec<Vec<f32>> {
    let pack = Pack::load(pack).expect("the pack loads");
    let encoder = Bert::new(&pack.config, &pack.weights, &Device::Cpu).expect("an encoder");
    let ids: Vec<Vec<u32>> = GERMAN
        .iter()
        .map(|text| pack.tokenizer.encode(&pack.manifest.prefix, text).expect("ids"))
        .collect();
    encoder.pooled_all(&ids, |_| {}).expect("vectors")
}

/// Greatest difference of any value from what the reference computes.
fn distance(checkpoint: &Checkpoint, vectors: &[Vec<f32>], first_token: bool) -> f64 {
    let mut greatest = 0.0_f64;
    for (text, vector) in GERMAN.iter().zip(vectors) {
        let expected = pooled(checkpoint, &checkpoint.encode(text), first_token);
        for (expected, value) in expected.iter().zip(vector) {
            greatest = greatest.max((expected - f64::from(*value)).abs());
        }
    }
    greatest
}

fn run(options: &ImportOptions) -> ImportReport {
    import(options).unwrap_or_else(|error| panic!("{}: {error}", options.source))
}

#[test]
fn every_family_computes_what_the_original_computes() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (family, pieces) in KINDS {
        let place = directory.path().join(format!("{family:?}-{pieces:?}"));
        let checkpoint = checkpoint(&place, family, pieces);
        let out = place.join("pack");

        let mut options = options(&checkpoint, &out);
        options.languages.clear();
        let whole = run(&options);
        let difference = distance(&checkpoint, &imported(&out), false);
        assert!(difference < 1e-4, "{family:?} {pieces:?}: off by {difference}");
        assert_eq!(whole.pieces_before, whole.pieces_after);
        assert_eq!(whole.pieces_before, checkpoint.tokenizer.get_vocab_size(true));
        assert_eq!(whole.tensors_read, checkpoint.tensors.len() - 2);
        assert_eq!(whole.tensors_ignored.len(), 2, "{:?}", whole.tensors_ignored);

        options.languages = vec!["de".to_owned()];
        let cut = run(&options);
        let difference = distance(&checkpoint, &imported(&out), false);
        assert!(difference < 1e-4, "{family:?} {pieces:?} cut: off by {difference}");
        assert!(cut.pieces_after < cut.pieces_before, "{family:?} {pieces:?}");

        options.keep_float = false;
        let small = run(&options);
        let cosines = GERMAN.iter().zip(imported(&out)).map(|(text, vector)| {
            cosine(&pooled(&checkpoint, &checkpoint.encode(text), false), &vector)
        });
        let least = cosines.fold(1.0, f64::min);
        assert!(least > 0.97, "{family:?} {pieces:?} quantised: cosine {least}");
        assert!(small.agreement.least > 0.97 && small.agreement.mean < 1.0);
        assert!(small.bytes_after < cut.bytes_after);
    }
}

#[test]
fn quantised_packs_hold_words_at_4_bit_and_layers_at_8() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let checkpoint = checkpoint(directory.path(), Family::XlmRoberta, Pieces::Unigram);
    let out = directory.path().join("pack");
    run(&ImportOptions { keep_float: false, ..options(&checkpoint, &out) });
    let pack = Pack::load(&out).expect("the pack loads");
    for (name, tensor) in pack.weights.iter() {
        let right = match tensor {
            StoredTensor::Q4(_) => name == "embeddings.word_embeddings.weight",
            StoredTensor::Q8(_) => name.starts_with("encoder.") && !name.contains("LayerNorm"),
            StoredTensor::Float { shape, .. } => shape.len() == 1 || name.contains("embeddings"),
        };
        assert!(right, "{name} is stored wrongly");
    }
    assert_eq!(pack.config.max_position_embeddings, POSITIONS);
    assert_eq!(pack.manifest.languages, ["de"]);
    assert_eq!(pack.config.vocab_size, pack.manifest.figures["import_pieces_after"] as usize);
}

#[test]
fn the_pooling_that_a_checkpoint_asks_for_is_kept() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let checkpoint = checkpoint(directory.path(), Family::Bert, Pieces::WordPiece);
    let out = directory.path().join("pack");
    std::fs::create_dir(checkpoint.file("1_Pooling")).expect("a directory");
    for (pooling, first_token) in [
        (json!({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}), true),
        (json!({"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}), false),
        (json!({"pooling_mode": "cls"}), true),
    ] {
        std::fs::write(checkpoint.file("1_Pooling/config.json"), pooling.to_string())
            .expect("a file");
        run(&options(&checkpoint, &out));
        let vectors = imported(&out);
        assert!(distance(&checkpoint, &vectors, first_token) < 1e-4, "{pooling}");
        assert!(distance(&checkpoint, &vectors, !first_token) > 0.1, "{pooling}");
    }
}

#[test]
fn prompts_become_the_prefix() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let checkpoint = checkpoint(&directory.path().join("a"), Family::Bert, Pieces::WordPiece);
    let out = directory.path().join("pack");
    assert_eq!(run(&options(&checkpoint, &out)).prefix, "");
    let prompts = json!({"prompts": {"query": "frage: ", "passage": "artikel: "}});
    std::fs::write(checkpoint.file("config_sentence_transformers.json"), prompts.to_string())
        .expect("a file");
    assert_eq!(run(&options(&checkpoint, &out)).prefix, "frage: ");
    let own = ImportOptions { prefix: Some("x ".to_owned()), ..options(&checkpoint, &out) };
    assert_eq!(run(&own).prefix, "x ");
    assert_eq!(Pack::load(&out).expect("the pack loads").manifest.prefix, "x ");
}

#[test]
fn a_text_longer_than_the_positions_is_cut() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let checkpoint = checkpoint(directory.path(), Family::XlmRoberta, Pieces::Unigram);
    let out = directory.path().join("pack");
    run(&options(&checkpoint, &out));
    let pack = Pack::load(&out).expect("the pack loads");
    let ids = pack.tokenizer.encode("", &"wo ist mein paket ".repeat(60)).expect("ids");
    assert_eq!(ids.len(), POSITIONS);
    let encoder = Bert::new(&pack.config, &pack.weights, &Device::Cpu).expect("an encoder");
    encoder.pooled_all(&[ids], |_| {}).expect("the longest text is read");
}

#[test]
fn training_takes_an_imported_base_and_a_foreign_directory_alike() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| directory.path().join(name);
    tiny_rows(&path("train.jsonl"), 1, 40);
    tiny_rows(&path("valid.jsonl"), 2, 10);
    for (family, pieces) in
        [(Family::DistilBert, Pieces::WordPiece), (Family::XlmRoberta, Pieces::Unigram)]
    {
        let checkpoint = checkpoint(&path(&format!("{family:?}")), family, pieces);
        let output = lotse()
            .args(["model", "import", "--languages", "de,en", "--keep-float"])
            .arg(&checkpoint.directory)
            .arg("--out")
            .arg(path("base"))
            .output()
            .expect("the binary runs");
        assert!(output.status.success(), "{}", stderr(&output));
        let mut answers = Vec::new();
        for base in [&path("base"), &checkpoint.directory] {
            let output = lotse()
                .args(["train", "--quality", "fast", "--data"])
                .arg(path("train.jsonl"))
                .arg("--valid")
                .arg(path("valid.jsonl"))
                .arg("--base")
                .arg(base)
                .arg("--out")
                .arg(path("trained"))
                .output()
                .expect("the binary runs");
            assert!(output.status.success(), "{}", stderr(&output));
            let pack = path("trained");
            let input = "ich will mein geld zurück\nwann habt ihr offen\n";
            let answer = lotse_with_input(
                &["classify", "--model", pack.to_str().expect("a UTF-8 path")],
                input.as_bytes(),
            );
            assert!(answer.status.success(), "{}", stderr(&answer));
            let names: Vec<String> = stdout(&answer)
                .lines()
                .map(|line| {
                    let row: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
                    // An encoder of random weights is no judge of what is in scope.
                    let best = row["intent"]["name"].as_str();
                    best.or(row["alternatives"][0]["name"].as_str()).unwrap_or("none").to_owned()
                })
                .collect();
            answers.push(names);
        }
        assert_eq!(answers[0], ["get_refund", "opening_hours"], "{family:?}");
        assert_eq!(answers[0], answers[1], "{family:?}");
    }
}
