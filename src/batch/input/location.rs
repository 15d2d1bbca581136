//! Where is an input or output? A file, standard input or output, or an object store.

use std::fmt;
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::head_of;
use crate::batch::BatchError;

/// Bytes by which an input is known again.
const HEAD_BYTES: u64 = 1 << 16;

/// Schemes of object stores.
const SCHEMES: [&str; 9] = ["s3", "s3a", "gs", "az", "abfs", "abfss", "azure", "http", "https"];

/// Where rows come from or go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Standard input or output, written `-`.
    Standard,
    /// A file.
    File(PathBuf),
    /// An object of a store, such as `s3://bucket/tickets.csv`.
    Object(url::Url),
}

impl Location {
    /// Reads what the user typed.
    pub fn parse(text: &str) -> Self {
        if text == "-" {
            return Self::Standard;
        }
        match url::Url::parse(text) {
            Ok(url) if SCHEMES.contains(&url.scheme()) => Self::Object(url),
            _ => Self::File(PathBuf::from(text)),
        }
    }

    /// Opens it for reading.
    pub(in crate::batch) fn open(&self) -> Result<Source, BatchError> {
        let failed = |error: std::io::Error| BatchError::read(&self.to_string(), error);
        match self {
            Self::Standard => Source::new(Box::new(std::io::stdin()), None).map_err(failed),
            Self::File(path) => Source::of_file(path).map_err(failed),
            Self::Object(url) => {
                let file = crate::batch::object_store::fetch(url)?;
                let total = file.metadata().map_err(failed)?.len();
                let again = file.try_clone().map_err(failed)?;
                let source = Source::new(Box::new(file), Some(total)).map_err(failed)?;
                Ok(Source { file: Some(again), ..source })
            }
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => formatter.write_str("-"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Object(url) => formatter.write_str(url.as_str()),
        }
    }
}

/// Which input this is: the same content has the same one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::batch) struct Fingerprint {
    /// Bytes, none where a pipe does not tell.
    pub bytes: Option<u64>,
    /// SHA-256 of the first bytes, in hexadecimal.
    pub head_sha256: String,
}

/// An input opened for reading.
pub(in crate::batch) struct Source {
    /// Its bytes from the first.
    pub reader: Box<dyn Read + Send>,
    /// Which input it is.
    pub fingerprint: Fingerprint,
    /// All bytes, where known.
    pub total: Option<u64>,
    /// Bytes read.
    pub read: Arc<AtomicU64>,
    /// The file, where it is one that can be read from its end as well.
    pub file: Option<File>,
}

impl Source {
    fn new(mut reader: Box<dyn Read + Send>, total: Option<u64>) -> std::io::Result<Self> {
        let head = head_of(&mut reader, HEAD_BYTES)?;
        let head_sha256 = format!("{:x}", Sha256::digest(&head));
        let read = Arc::new(AtomicU64::new(0));
        let whole = Cursor::new(head).chain(reader);
        let counted = Counted { reader: Box::new(whole), read: Arc::clone(&read) };
        Ok(Self {
            reader: Box::new(counted),
            fingerprint: Fingerprint { bytes: total, head_sha256 },
            total,
            read,
            file: None,
        })
    }

    fn of_file(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(std::io::Error::other("it is a folder; name a file"));
        }
        // A named pipe has no length.
        let total = metadata.is_file().then_some(metadata.len());
        let again = if metadata.is_file() { Some(File::open(path)?) } else { None };
        Ok(Self { file: again, ..Self::new(Box::new(file), total)? })
    }
}

/// The content in a file that goes away with the process.
pub(super) fn spool(mut reader: Box<dyn Read + Send>) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    std::io::copy(&mut reader, &mut file)?;
    file.rewind()?;
    Ok(file)
}

struct Counted {
    reader: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
