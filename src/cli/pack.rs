//! Which model pack does a command read with, and how is it computed?

use std::path::PathBuf;

use clap::Args;

use crate::classifier::{Classifier, ClassifierError};
use crate::encoder::Backend;

/// Arguments of every command that reads messages with a pack.
#[derive(Args, Debug)]
pub(super) struct PackArguments {
    /// Model pack
    #[arg(long, env = "LOTSE_MODEL__PATH", default_value = "models/nordlicht-de-en")]
    pub(super) model: PathBuf,
    /// How the encoder is computed: int8 (fast) or f32 (reference)
    #[arg(long, env = "LOTSE_MODEL__BACKEND", default_value_t)]
    pub(super) backend: Backend,
}

impl PackArguments {
    pub(super) fn load(&self) -> Result<Classifier, ClassifierError> {
        Classifier::load_for(&self.model, self.backend)
    }
}
