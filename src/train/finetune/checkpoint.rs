//! What is written while training runs, so that a kill costs minutes and not the whole run.
//!
//! One file holds the variables, both moments of each and the best values so far; its header names
//! the run (a hash of data, base, plan and seed) and the step. An epoch's batches follow from the
//! seed, so a resumed run takes the same steps as one that was never interrupted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};

use crate::train::TrainError;

const FILE: &str = "training.safetensors";

/// Where a run stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Steps taken.
    pub(super) step: usize,
    /// Moving mean of the training loss.
    pub(super) loss: f64,
    /// Least validation loss so far.
    pub(super) best: Option<f64>,
    /// Epochs since then.
    pub(super) stale: usize,
}

/// The tensors of a run by name.
pub(super) type State = HashMap<String, Tensor>;

/// The file of one run.
pub(super) struct Checkpoint {
    path: PathBuf,
    run: String,
}

impl Checkpoint {
    /// In the directory of the pack to be; `run` is the hash of everything that decides the result.
    pub(super) fn new(directory: &Path, run: String) -> Self {
        Self { path: directory.join(FILE), run }
    }

    /// Writes beside and renames, so that a kill leaves the old file or the new one.
    pub(super) fn write(&self, progress: &Progress, state: &State) -> Result<(), TrainError> {
        let failed = |source| TrainError::Write { path: self.path.clone(), source };
        if let Some(directory) = self.path.parent() {
            std::fs::create_dir_all(directory).map_err(failed)?;
        }
        let header = serde_json::to_string(progress).unwrap_or_default();
        let metadata =
            HashMap::from([("run".to_owned(), self.run.clone()), ("progress".to_owned(), header)]);
        let mut stored = Vec::with_capacity(state.len());
        for (name, tensor) in state {
            let values = tensor.flatten_all()?.to_vec1::<f32>()?;
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            stored.push((name, tensor.dims().to_vec(), bytes));
        }
        let views = stored
            .iter()
            .map(|(name, shape, bytes)| {
                Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?))
            })
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
        let bytes = views.and_then(|views| safetensors::serialize(views, Some(metadata)));
        let bytes = bytes.map_err(|error| failed(std::io::Error::other(error.to_string())))?;
        let beside = self.path.with_extension("partial");
        std::fs::write(&beside, bytes).map_err(failed)?;
        std::fs::rename(&beside, &self.path).map_err(failed)
    }

    /// The state of this very run, if it was interrupted.
    pub(super) fn read(&self, device: &Device) -> Option<(Progress, State)> {
        let bytes = std::fs::read(&self.path).ok()?;
        let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes).ok()?;
        let metadata = metadata.metadata().clone()?;
        if metadata.get("run") != Some(&self.run) {
            eprintln!(
                "{} belongs to a run with other data or settings: starting anew",
                self.path.display()
            );
            return None;
        }
        let progress = serde_json::from_str(metadata.get("progress")?).ok()?;
        let state = candle_core::safetensors::load_buffer(&bytes, device).ok()?;
        Some((progress, state))
    }

    /// The run is over.
    pub(super) fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
