use std::fmt::{self, Display};
use std::str::FromStr;

use candle_core::Device;
use serde::Deserialize;

use super::{Bert, EncoderConfig, EncoderError, FastBert, Weights};

/// What computes an encoder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// Products of bytes, see [`FastBert`]: several times faster, for inference on a CPU.
    #[default]
    Int8,
    /// The candle model in 32-bit floats, see [`Bert`]: the reference.
    F32,
}

impl Backend {
    /// Its name in commands and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::F32 => "f32",
        }
    }
}

impl Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::Int8, Self::F32]
            .into_iter()
            .find(|backend| backend.name() == name)
            .ok_or_else(|| format!("`{name}` is no backend; use int8 or f32"))
    }
}

/// An encoder for inference.
pub enum Encoder {
    /// With products of bytes.
    Int8(FastBert),
    /// In 32-bit floats.
    F32(Bert),
}

impl Encoder {
    /// Builds the encoder for inference on the CPU.
    pub fn new(
        config: &EncoderConfig,
        weights: &Weights,
        backend: Backend,
    ) -> Result<Self, EncoderError> {
        Ok(match backend {
            Backend::Int8 => Self::Int8(FastBert::new(config, weights)?),
            Backend::F32 => Self::F32(Bert::new(config, weights, &Device::Cpu)?),
        })
    }

    /// What computes it.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Int8(_) => Backend::Int8,
            Self::F32(_) => Backend::F32,
        }
    }

    /// Pooled vectors `[sequences][hidden_size]`, see [`Bert::pooled_all`].
    pub fn pooled_all(
        &self,
        sequences: &[Vec<u32>],
        progress: impl FnMut(usize),
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        match self {
            Self::Int8(encoder) => encoder.pooled_all(sequences, progress),
            Self::F32(encoder) => encoder.pooled_all(sequences, progress),
        }
    }
}
