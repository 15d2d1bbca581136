//! How do the results become a file?
//!
//! Each window of rows becomes one block of bytes, by itself: a piece of CSV or JSON lines
//! (compressed on its own where the name ends in `.gz` or `.zst`, which readers take as one), or a
//! small Parquet file. The [`Sink`] puts blocks one after the other, so that a run can go on after
//! any of them.

mod columns;
mod delimited;
mod jsonl;
mod layout;
mod parquet;
mod sink;

use std::io::Write;

pub use columns::ResultColumn;
pub(super) use layout::Layout;
pub(super) use sink::{Sink, Target, sync_folder};

use super::format::Format;
use super::input::Record;
use super::{BatchError, RowResult};

/// A row with what was found out about it.
pub(super) struct Finished {
    pub record: Record,
    pub result: RowResult,
}

/// How blocks are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// As a file name tells.
    fn of_name(name: &str) -> Self {
        let name = name.split(['?', '#']).next().unwrap_or_default().to_lowercase();
        if name.ends_with(".gz") {
            Self::Gzip
        } else if name.ends_with(".zst") {
            Self::Zstd
        } else {
            Self::None
        }
    }

    fn compress(self, bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
        match self {
            Self::None => Ok(bytes),
            Self::Gzip => {
                let level = flate2::Compression::default();
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(&bytes)?;
                encoder.finish()
            }
            Self::Zstd => zstd::stream::encode_all(bytes.as_slice(), 0),
        }
    }
}

/// Makes blocks of rows.
pub(super) struct Encoder {
    pub format: Format,
    pub compression: Compression,
    pub layout: Layout,
    /// Types of the input's columns, where it has any.
    pub schema: Option<arrow_schema::SchemaRef>,
}

impl Encoder {
    /// Blocks of this format, compressed as the name tells.
    pub(super) fn new(
        format: Format,
        name: &str,
        layout: Layout,
        schema: Option<arrow_schema::SchemaRef>,
    ) -> Result<Self, BatchError> {
        let compression = Compression::of_name(name);
        if format == Format::Mbox {
            let problem = "mbox is read only; write csv, tsv, jsonl or parquet".to_owned();
            return Err(BatchError::Setting(problem));
        }
        if format == Format::Parquet && compression != Compression::None {
            let problem = "Parquet is compressed within; take .gz or .zst from the output's name";
            return Err(BatchError::Setting(problem.to_owned()));
        }
        Ok(Self { format, compression, layout, schema })
    }

    /// The block of a window; that of the first one has the header.
    pub(super) fn block(&self, rows: &[Finished], is_first: bool) -> Result<Vec<u8>, BatchError> {
        let failed = |problem: &dyn std::fmt::Display| BatchError::Format {
            format: self.format.name(),
            problem: problem.to_string(),
        };
        let plain = match self.format {
            Format::Csv => delimited::block(b',', &self.layout, rows, is_first),
            Format::Tsv => delimited::block(b'\t', &self.layout, rows, is_first),
            Format::Jsonl => jsonl::block(&self.layout, rows),
            Format::Parquet | Format::Mbox => {
                parquet::block(&self.layout, self.schema.as_ref(), rows)
            }
        };
        let plain = plain.map_err(|error| failed(&error))?;
        if plain.is_empty() {
            // A compressed nothing has some bytes.
            return Ok(plain);
        }
        self.compression.compress(plain).map_err(|error| failed(&error))
    }
}

/// Why a block could not be made.
#[derive(Debug, thiserror::Error)]
enum BlockError {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
    #[error(transparent)]
    Parquet(#[from] ::parquet::errors::ParquetError),
}
