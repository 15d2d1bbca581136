//! Where is the checkpoint? A directory, or a repository on the hub, whose cache is respected.

use std::path::{Path, PathBuf};

use super::ImportError;

/// Files that say how a checkpoint is meant to be used; many have none of them. They are asked for
/// before the weights, see [`fetch`].
const OPTIONAL: [&str; 2] = ["1_Pooling/config.json", "config_sentence_transformers.json"];

/// Files without which nothing goes.
const FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

/// How to make the files that are missing, with the tools of those who published the checkpoint.
const CONVERT: &str = "convert it with Python's transformers: \
    AutoModel.from_pretrained(NAME).save_pretrained(DIR) and \
    AutoTokenizer.from_pretrained(NAME).save_pretrained(DIR), then pass DIR";

/// A checkpoint or model pack on this machine.
pub struct Source {
    /// Directory in the Hugging Face layout.
    pub directory: PathBuf,
    /// What the operator called it, for the model card.
    pub label: String,
}

impl Source {
    /// Finds a directory, or fetches a repository of the hub (its cache and `HF_ENDPOINT` are
    /// respected). None if `name` is neither.
    pub fn locate(name: &str) -> Result<Option<Self>, ImportError> {
        let path = Path::new(name);
        if path.is_dir() {
            let label = path.file_name().map_or(name.into(), |n| n.to_string_lossy()).into();
            return Ok(Some(Self { directory: path.to_owned(), label }));
        }
        if !looks_like_hub_name(name) {
            return Ok(None);
        }
        Ok(Some(Self { directory: fetch(name)?, label: name.to_owned() }))
    }

    /// Whether it is one of our own packs.
    pub fn is_pack(&self) -> bool {
        self.directory.join("lotse.json").is_file()
    }

    /// Its `tokenizer.json`.
    pub fn tokenizer(&self) -> PathBuf {
        self.directory.join("tokenizer.json")
    }

    /// Refuses a checkpoint that lacks a file, with what to do about it.
    pub(super) fn check_files(&self) -> Result<(), ImportError> {
        for file in FILES {
            if self.directory.join(file).is_file() {
                continue;
            }
            let others = ["pytorch_model.bin", "model.safetensors.index.json", "tf_model.h5"];
            let instead = others.iter().find(|other| self.directory.join(other).is_file());
            let problem = match (file, instead) {
                ("model.safetensors", Some(other)) => {
                    format!("holds {other} and no model.safetensors; {CONVERT}")
                }
                ("config.json", _) => "holds no config.json: this is no checkpoint in the \
                                       Hugging Face layout"
                    .to_owned(),
                _ => format!("holds no {file}; {CONVERT}"),
            };
            return Err(ImportError::File { path: self.directory.clone(), problem });
        }
        Ok(())
    }
}

/// `owner/name`, or a bare name without a path's signs.
fn looks_like_hub_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    parts.len() <= 2
        && parts.iter().all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        })
}

fn fetch(name: &str) -> Result<PathBuf, ImportError> {
    let failed = |file: &str, problem: String| ImportError::Hub {
        name: name.to_owned(),
        file: file.to_owned(),
        problem,
    };
    let api = hf_hub::api::sync::ApiBuilder::from_env()
        .with_progress(false)
        .build()
        .map_err(|error| failed("", error.to_string()))?;
    let repository = api.model(name.to_owned());
    let cached = hf_hub::Cache::from_env().model(name.to_owned()).get("model.safetensors");
    let get = |file: &str| repository.get(file).map_err(|error| failed(file, error.to_string()));
    let config = get("config.json")?;
    for file in OPTIONAL {
        match repository.get(file) {
            Ok(_) => {}
            // The hub says that there is none.
            Err(error) if error.to_string().contains("404") => {}
            // Without the network, the cache knows: the weights come after these files.
            Err(_) if cached.is_some() => {}
            Err(error) => return Err(failed(file, error.to_string())),
        }
    }
    for file in &FILES[1..] {
        get(file).map_err(|error| match error {
            ImportError::Hub { name, file, problem } if problem.contains("404") => {
                let problem = format!("the repository has no such file ({problem}); {CONVERT}");
                ImportError::Hub { name, file, problem }
            }
            other => other,
        })?;
    }
    Ok(config.parent().unwrap_or(Path::new(".")).to_owned())
}
