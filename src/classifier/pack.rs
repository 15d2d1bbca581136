use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{ClassifierError, FORMAT, Manifest};
use crate::encoder::{Backend, EncoderConfig, TextTokenizer, Weights};

/// The files that a pack's manifest vouches for.
const HASHED: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

/// A model pack in memory: a directory in the Hugging Face layout plus `lotse.json`.
pub struct Pack {
    /// `lotse.json`.
    pub manifest: Manifest,
    /// `config.json`.
    pub config: EncoderConfig,
    /// `tokenizer.json`, ready for use.
    pub tokenizer: TextTokenizer,
    /// `model.safetensors`: encoder and heads.
    pub weights: Weights,
}

impl Pack {
    /// Loads a pack and verifies hashes and format; shapes are checked when the encoder is built.
    pub fn load(directory: &Path) -> Result<Self, ClassifierError> {
        let manifest = read_manifest(directory)?;
        for (file, expected) in &manifest.files {
            let found = file_sha256(directory, file)?;
            if found != *expected {
                return Err(ClassifierError::Damaged {
                    path: directory.to_owned(),
                    problem: format!("{file} has SHA-256 {found}, lotse.json expects {expected}"),
                });
            }
        }
        let config = EncoderConfig::read(&directory.join("config.json"))?;
        Ok(Self {
            manifest,
            tokenizer: TextTokenizer::read(&directory.join("tokenizer.json"))?
                .limited(config.max_position_embeddings),
            config,
            weights: Weights::read(&directory.join("model.safetensors"))?,
        })
    }

    /// Writes manifest, configuration and weights; `tokenizer.json` is copied from `tokenizer`.
    /// The manifest is written last and put in place by a rename, so that a directory with a
    /// `lotse.json` always is a whole pack.
    pub fn save(
        manifest: &mut Manifest,
        config: &EncoderConfig,
        weights: &Weights,
        tokenizer: &Path,
        directory: &Path,
    ) -> Result<(), ClassifierError> {
        let failed = |path: &Path, error: std::io::Error| ClassifierError::Damaged {
            path: path.to_owned(),
            problem: format!("cannot be written: {error}"),
        };
        std::fs::create_dir_all(directory).map_err(|error| failed(directory, error))?;
        let target = directory.join("tokenizer.json");
        if tokenizer != target {
            std::fs::copy(tokenizer, &target).map_err(|error| failed(&target, error))?;
        }
        let path = directory.join("config.json");
        let text = serde_json::to_string_pretty(config)
            .map_err(|error| failed(&path, std::io::Error::other(error)))?;
        std::fs::write(&path, text + "\n").map_err(|error| failed(&path, error))?;
        weights.write(&directory.join("model.safetensors"))?;
        for file in HASHED {
            manifest.files.insert(file.to_owned(), file_sha256(directory, file)?);
        }
        save_manifest(manifest, directory)
    }
}

/// Writes `lotse.json` alone, for figures and thresholds found after the weights were saved.
pub(crate) fn save_manifest(manifest: &Manifest, directory: &Path) -> Result<(), ClassifierError> {
    let text = serde_json::to_string_pretty(manifest).expect("a manifest is plain data") + "\n";
    let (draft, path) = (directory.join("lotse.json.new"), directory.join("lotse.json"));
    std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, &path)).map_err(|error| {
        ClassifierError::Damaged { path, problem: format!("cannot be written: {error}") }
    })
}

fn read_manifest(directory: &Path) -> Result<Manifest, ClassifierError> {
    let path = directory.join("lotse.json");
    let missing =
        |problem: String| ClassifierError::Missing { path: directory.to_owned(), problem };
    let damaged =
        |problem: String| ClassifierError::Damaged { path: directory.to_owned(), problem };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| missing(format!("lotse.json cannot be read ({error})")))?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| damaged(format!("lotse.json is not JSON ({error})")))?;
    let found = value.get("format").and_then(serde_json::Value::as_u64).unwrap_or(0);
    if found != u64::from(FORMAT) {
        return Err(ClassifierError::Format { path: directory.to_owned(), found });
    }
    serde_json::from_value(value).map_err(|error| damaged(format!("lotse.json: {error}")))
}

fn file_sha256(directory: &Path, file: &str) -> Result<String, ClassifierError> {
    let bytes = std::fs::read(directory.join(file)).map_err(|error| ClassifierError::Missing {
        path: directory.to_owned(),
        problem: format!("{file} cannot be read ({error})"),
    })?;
    Ok(format!("{:x}", Sha256::digest(&bytes)))
}

/// What `lotse model info` and `verify` tell of a pack.
#[derive(Debug, serde::Serialize)]
pub struct PackSummary {
    /// The manifest.
    pub manifest: Manifest,
    /// Weights of encoder and heads.
    pub parameters: usize,
    /// Encoder layers.
    pub layers: usize,
    /// Width of the encoder.
    pub hidden_size: usize,
    /// Size of all files together, in bytes.
    pub bytes: u64,
    /// Where it lies.
    pub path: PathBuf,
}

/// Loads a pack as the service would, runs one message through it, and tells what it is.
pub fn verify(directory: &Path) -> Result<PackSummary, ClassifierError> {
    let pack = Pack::load(directory)?;
    let (parameters, layers) = (pack.weights.parameters(), pack.config.num_hidden_layers);
    let hidden_size = pack.config.hidden_size;
    let classifier = super::Classifier::from_pack(pack, Backend::default())?;
    let text = crate::text::prepare("Wo ist mein Paket?", None);
    classifier.read(&[text])?;
    let bytes = std::fs::read_dir(directory).map_or(0, |entries| {
        entries.flatten().filter_map(|e| e.metadata().ok()).map(|m| m.len()).sum()
    });
    Ok(PackSummary {
        parameters,
        layers,
        hidden_size,
        manifest: classifier.manifest().clone(),
        bytes,
        path: directory.to_owned(),
    })
}
