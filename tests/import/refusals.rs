//! What cannot be imported is refused with the reason and what to do.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::checkpoints::{Checkpoint, Family, Pieces, checkpoint};
use super::common::{lotse, stderr};

struct Workshop {
    directory: tempfile::TempDir,
    told: String,
}

impl Workshop {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        Self { directory, told: String::new() }
    }

    fn fresh(&self) -> Checkpoint {
        let place = self.directory.path().join("checkpoint");
        if place.exists() {
            std::fs::remove_dir_all(&place).expect("the last one goes");
        }
        checkpoint(&place, Family::Bert, Pieces::WordPiece)
    }

    /// Imports and notes what is said.
    fn import(&mut self, what: &str, source: &Path, more: &[&str]) {
        let output = lotse()
            .args(["model", "import"])
            .arg(source)
            .arg("--out")
            .arg(self.directory.path().join("pack"))
            .args(more)
            .output()
            .expect("the binary runs");
        assert_eq!(output.status.code(), Some(1), "{what}: {}", stderr(&output));
        assert!(!self.directory.path().join("pack/lotse.json").exists(), "{what} left a pack");
        let place = self.directory.path().to_string_lossy().into_owned();
        let said = stderr(&output).replace(&place, "DIR");
        let _ = writeln!(self.told, "{what}:\n  {}", said.trim_end());
    }

    /// Damages a fresh checkpoint and imports it.
    fn damaged(&mut self, what: &str, damage: impl FnOnce(&mut Checkpoint)) {
        let mut checkpoint = self.fresh();
        damage(&mut checkpoint);
        self.import(what, &checkpoint.directory, &["--languages", "de"]);
    }

    /// All that was said. The vocabulary is learned, and its size may differ by a piece.
    fn told(self) -> String {
        let sizes = regex::Regex::new(r"up to \d+, and the encoder has \d+").expect("a pattern");
        sizes.replace_all(&self.told, "up to N, and the encoder has N").into_owned()
    }
}

#[test]
fn other_networks_are_refused_with_the_reason() {
    let mut workshop = Workshop::new();
    for name in ["albert", "deberta-v2", "t5", "gpt2", "modernbert", "something-new"] {
        workshop.damaged(name, |checkpoint| {
            // The kind is told first, also where the files look otherwise.
            std::fs::remove_file(checkpoint.file("model.safetensors")).expect("the file goes");
            checkpoint.edit("config.json", |config| config["model_type"] = json!(name));
        });
    }
    workshop.damaged("no model_type", |checkpoint| {
        checkpoint.edit("config.json", |config| {
            config.as_object_mut().expect("an object").remove("model_type");
        });
    });
    workshop.damaged("relative positions", |checkpoint| {
        checkpoint.edit("config.json", |config| {
            config["position_embedding_type"] = json!("relative_key");
        });
    });
    workshop.damaged("another activation", |checkpoint| {
        checkpoint.edit("config.json", |config| config["hidden_act"] = json!("gelu_new"));
    });
    workshop.damaged("another pooling", |checkpoint| {
        std::fs::create_dir(checkpoint.file("1_Pooling")).expect("a directory");
        let pooling = json!({"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true});
        std::fs::write(checkpoint.file("1_Pooling/config.json"), pooling.to_string())
            .expect("a file");
    });
    insta::assert_snapshot!(workshop.told());
}

#[test]
fn damaged_checkpoints_are_refused_with_the_place() {
    let mut workshop = Workshop::new();
    workshop.damaged("truncated weights", |checkpoint| {
        let path = checkpoint.file("model.safetensors");
        let whole = std::fs::read(&path).expect("the weights");
        std::fs::write(&path, &whole[..whole.len() / 2]).expect("a file");
    });
    workshop.damaged("missing tensor", |checkpoint| {
        checkpoint.tensors.remove("encoder.layer.1.output.dense.bias");
        checkpoint.save();
    });
    workshop.damaged("no encoder", |checkpoint| {
        checkpoint.tensors.remove("embeddings.word_embeddings.weight");
        checkpoint.save();
    });
    workshop.damaged("two encoders", |checkpoint| {
        let words = checkpoint.tensors["embeddings.word_embeddings.weight"].clone();
        checkpoint.tensors.insert("other.embeddings.word_embeddings.weight".to_owned(), words);
        checkpoint.save();
    });
    workshop.damaged("wrong shape", |checkpoint| {
        checkpoint.edit("config.json", |config| config["intermediate_size"] = json!(64));
    });
    workshop.damaged("values that are no numbers", |checkpoint| {
        let name = "encoder.layer.0.output.dense.weight";
        checkpoint.tensors.get_mut(name).expect("the tensor").1[5] = f32::NAN;
        checkpoint.save();
    });
    workshop.damaged("pickled weights", |checkpoint| {
        let path = checkpoint.file("model.safetensors");
        std::fs::rename(path, checkpoint.file("pytorch_model.bin")).expect("renamed");
    });
    workshop.damaged("no tokenizer.json", |checkpoint| {
        std::fs::remove_file(checkpoint.file("tokenizer.json")).expect("the file goes");
    });
    workshop.damaged("tokenizer of another checkpoint", |checkpoint| {
        let rows = checkpoint.tensors["embeddings.word_embeddings.weight"].0[0] - 1;
        checkpoint.edit("config.json", |config| config["vocab_size"] = json!(rows));
        let words =
            checkpoint.tensors.get_mut("embeddings.word_embeddings.weight").expect("the tensor");
        words.0[0] = rows;
        words.1.truncate(rows * 32);
        checkpoint.save();
    });
    workshop.damaged("no JSON", |checkpoint| {
        std::fs::write(checkpoint.file("config.json"), "{").expect("a file");
    });
    insta::assert_snapshot!(workshop.told());
}

#[test]
fn unusable_options_are_refused() {
    let mut workshop = Workshop::new();
    let checkpoint = workshop.fresh().directory;
    workshop.import("unknown language", &checkpoint, &["--languages", "de,xx"]);
    workshop.import("pieces of what", &checkpoint, &["--pieces", "100"]);
    let empty = workshop.directory.path().join("empty.txt");
    std::fs::write(&empty, "\n").expect("a file");
    let text = ["--languages", "de", "--text", empty.to_str().expect("a UTF-8 path")];
    workshop.import("empty text", &checkpoint, &text);
    workshop.import("nothing there", &PathBuf::from("./no/such/checkpoint"), &[]);
    let nothing = workshop.directory.path().join("nothing");
    std::fs::create_dir(&nothing).expect("a directory");
    workshop.import("an empty directory", &nothing, &[]);
    workshop.import("a model pack", &super::common::shipped_pack(), &[]);
    let root = env!("CARGO_MANIFEST_DIR");
    insta::assert_snapshot!(workshop.told().replace(root, "ROOT"));
}
