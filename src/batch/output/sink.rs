//! Where blocks go, one after the other, in such a way that a run can go on after any of them.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::parquet;
use crate::batch::BatchError;
use crate::batch::format::Format;
use crate::batch::input::Location;

/// An output, and the files beside it.
#[derive(Clone, Debug)]
pub(in crate::batch) struct Target {
    /// What the user named.
    pub location: Location,
    /// The file that is written; none for standard output.
    pub path: Option<PathBuf>,
    /// Whether it is a device or a pipe, beside which nothing is kept.
    is_special: bool,
}

impl Target {
    /// The output at this place. What goes to an object store is put together in a file of the
    /// working directory first, since objects cannot be added to.
    pub(in crate::batch) fn new(location: Location) -> Self {
        let path = match &location {
            Location::Standard => None,
            Location::File(path) => Some(path.clone()),
            Location::Object(url) => {
                let name = url.path().rsplit('/').next().unwrap_or_default();
                Some(PathBuf::from(format!("{name}.upload")))
            }
        };
        let metadata = path.as_ref().and_then(|path| std::fs::metadata(path).ok());
        let is_special = metadata.is_some_and(|known| !known.is_file() && !known.is_dir());
        Self { location, path, is_special }
    }

    /// A file beside the output: its name with an ending added.
    pub(in crate::batch) fn beside(&self, ending: &str) -> Option<PathBuf> {
        let mut name = self.path.clone().filter(|_| !self.is_special)?.into_os_string();
        name.push(ending);
        Some(PathBuf::from(name))
    }
}

/// Takes blocks.
pub(in crate::batch) enum Sink {
    /// Standard output; nothing can be taken back.
    Stream,
    /// A file that grows.
    File {
        /// The file.
        file: File,
        /// Where it is.
        path: PathBuf,
        /// Bytes of it that count.
        written: u64,
    },
    /// A folder of numbered Parquet files that become one at the end.
    Parts {
        /// The folder.
        folder: PathBuf,
        /// Goes away with the process; for standard output.
        _temporary: Option<tempfile::TempDir>,
        /// Files that count.
        count: u64,
        /// The one file; none for standard output.
        path: Option<PathBuf>,
    },
}

impl Sink {
    /// Opens the output, with the first `written` bytes or parts of an earlier run in it; none begins
    /// it anew.
    pub(in crate::batch) fn open(
        target: &Target,
        format: Format,
        written: Option<u64>,
    ) -> Result<Self, BatchError> {
        if format == Format::Parquet {
            return Self::parts(target, written);
        }
        let Some(path) = target.path.clone() else { return Ok(Self::Stream) };
        let failed = |error| BatchError::write(&path, error);
        let mut options = OpenOptions::new();
        // What an interrupted run wrote after its last safe place is cut away below.
        let options = options.write(true).create(written.is_none()).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        // Devices and pipes have no length.
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_file() {
            alone(&file, &path)?;
            let written = written.unwrap_or(0);
            if metadata.len() < written {
                let problem = format!(
                    "it has {} bytes, but {written} had been written: it was changed since. Begin \
                     again with --force",
                    metadata.len()
                );
                return Err(BatchError::Resume { path, problem });
            }
            file.set_len(written).map_err(failed)?;
            file.seek(SeekFrom::Start(written)).map_err(failed)?;
        }
        Ok(Self::File { file, path, written: written.unwrap_or(0) })
    }

    fn parts(target: &Target, written: Option<u64>) -> Result<Self, BatchError> {
        let Some(path) = target.path.clone() else {
            let temporary = tempfile::tempdir()
                .map_err(|error| BatchError::write(&std::env::temp_dir(), error))?;
            let folder = temporary.path().to_owned();
            return Ok(Self::Parts { folder, _temporary: Some(temporary), count: 0, path: None });
        };
        let folder = target.beside(".parts").ok_or_else(|| {
            BatchError::Setting(format!("{} is no file, which Parquet needs", path.display()))
        })?;
        let failed = |error| BatchError::write(&folder, error);
        if written.is_none() && folder.is_dir() {
            std::fs::remove_dir_all(&folder).map_err(failed)?;
        }
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let count = written.unwrap_or(0);
        // All parts but the last were safe before the next was begun.
        for number in 0..count {
            let part = part(&folder, number);
            if !part.is_file() {
                let problem = format!("{} is gone. Begin again with --force", part.display());
                return Err(BatchError::Resume { path, problem });
            }
        }
        Ok(Self::Parts { folder, _temporary: None, count, path: Some(path) })
    }

    /// Adds a block.
    pub(in crate::batch) fn append(&mut self, block: &[u8]) -> Result<(), BatchError> {
        match self {
            Self::Stream => {
                let mut output = std::io::stdout().lock();
                output
                    .write_all(block)
                    .and_then(|()| output.flush())
                    .map_err(|error| BatchError::write(Path::new("-"), error))
            }
            Self::File { file, path, written } => {
                file.write_all(block).map_err(|error| BatchError::write(path, error))?;
                *written += block.len() as u64;
                Ok(())
            }
            Self::Parts { folder, count, .. } => {
                let path = part(folder, *count);
                let write = || {
                    let mut file = File::create(&path)?;
                    file.write_all(block)?;
                    file.sync_all()
                };
                write().map_err(|error| BatchError::write(&path, error))?;
                *count += 1;
                Ok(())
            }
        }
    }

    /// Makes sure that all blocks outlive a loss of power; gives the bytes or parts that count.
    pub(in crate::batch) fn sync(&mut self) -> Result<u64, BatchError> {
        match self {
            Self::Stream => Ok(0),
            Self::File { file, path, written } => {
                if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
                    file.sync_data().map_err(|error| BatchError::write(path, error))?;
                }
                Ok(*written)
            }
            Self::Parts { folder, count, .. } => {
                sync_folder(folder).map_err(|error| BatchError::write(folder, error))?;
                Ok(*count)
            }
        }
    }

    /// Ends the output: parts become one file, what is meant for an object store is sent there.
    pub(in crate::batch) fn finish(&mut self, target: &Target) -> Result<(), BatchError> {
        self.sync()?;
        if let Self::Parts { folder, count, path, .. } = self {
            let parts: Vec<PathBuf> = (0..*count).map(|number| part(folder, number)).collect();
            join(&parts, path.as_deref())?;
        }
        if let (Location::Object(url), Some(path)) = (&target.location, &target.path) {
            crate::batch::object_store::send(path, url)?;
        }
        Ok(())
    }

    /// Removes what is needed only until the output is finished. To be called once nothing asks for
    /// it any more.
    pub(in crate::batch) fn tidy(self, target: &Target) {
        // What stays behind is in nobody's way.
        if let Self::Parts { folder, path: Some(_), .. } = &self {
            let _ = std::fs::remove_dir_all(folder);
        }
        if let (Location::Object(_), Some(path)) = (&target.location, &target.path) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Refuses a file that another run writes to.
fn alone(file: &File, path: &Path) -> Result<(), BatchError> {
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => Err(BatchError::Exists {
            path: path.to_owned(),
            advice: "another run writes to it. Wait for its end, or name another output",
        }),
        // Some file systems have no locks.
        Ok(()) | Err(std::fs::TryLockError::Error(_)) => Ok(()),
    }
}

fn part(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("part-{number:05}.parquet"))
}

/// Makes the names in a folder outlive a loss of power.
pub(in crate::batch) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

fn join(parts: &[PathBuf], path: Option<&Path>) -> Result<(), BatchError> {
    let failed = |error: &dyn std::fmt::Display, path: &Path| {
        BatchError::write(path, std::io::Error::other(error.to_string()))
    };
    let Some(path) = path else {
        let output = std::io::BufWriter::new(std::io::stdout());
        return parquet::join(parts, output).map_err(|error| failed(&error, Path::new("-")));
    };
    let mut draft = path.to_owned().into_os_string();
    draft.push(".joining");
    let draft = PathBuf::from(draft);
    let file = File::create(&draft).map_err(|error| BatchError::write(&draft, error))?;
    let again = file.try_clone().map_err(|error| BatchError::write(&draft, error))?;
    parquet::join(parts, std::io::BufWriter::new(file)).map_err(|error| failed(&error, &draft))?;
    again
        .sync_all()
        .and_then(|()| std::fs::rename(&draft, path))
        .and_then(|()| sync_folder(path.parent().unwrap_or(Path::new("."))))
        .map_err(|error| BatchError::write(path, error))
}
