//! What becomes of the rows that were read? Groups of near-duplicates, counts, output, the file of
//! rejected rows, and every some seconds a safe place.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::output::{Encoder, Finished, Sink, Target};
use super::progress::Progress;
use super::read::Seen;
use super::rejected::RejectedRow;
use super::resume::State;
use super::{BatchError, Duplicates};

/// Writes the rows of one window after the other.
pub(super) struct Writer {
    target: Target,
    encoder: Encoder,
    sink: Sink,
    rejected: Rejected,
    duplicates: Duplicates,
    state: State,
    progress: Progress,
    /// Time between two safe places.
    every: Duration,
    saved: Instant,
    /// A window has been counted, but not written to its end.
    is_halfway: bool,
}

impl Writer {
    pub(super) fn new(
        target: Target,
        encoder: Encoder,
        (sink, rejected): (Sink, Rejected),
        state: State,
        progress: Progress,
        every: Duration,
    ) -> Self {
        let duplicates = Duplicates::new();
        let saved = Instant::now();
        let is_halfway = false;
        Self {
            target,
            encoder,
            sink,
            rejected,
            duplicates,
            state,
            progress,
            every,
            saved,
            is_halfway,
        }
    }

    /// Writes a window.
    pub(super) fn write(&mut self, window: Vec<Seen>) -> Result<(), BatchError> {
        self.is_halfway = true;
        let mut finished: Vec<Finished> = Vec::with_capacity(window.len());
        let mut is_known = true;
        for seen in window {
            is_known &= matches!(seen, Seen::Known(..));
            match seen {
                Seen::Known(number, text) => {
                    self.duplicates.group(number, &text);
                }
                Seen::Rejected(row, rejection) => {
                    self.state.counts.rows += 1;
                    self.state.counts.rejected += 1;
                    self.rejected.add(&RejectedRow { row, rejection: &rejection })?;
                }
                Seen::Finished(mut row) => {
                    self.count(&mut row);
                    finished.push(*row);
                }
            }
        }
        if is_known {
            self.progress.skipped();
            self.is_halfway = false;
            return Ok(());
        }
        let block = self.encoder.block(&finished, self.state.windows == 0)?;
        self.sink.append(&block)?;
        self.state.windows += 1;
        self.is_halfway = false;
        self.progress.done(&self.state.counts);
        if self.saved.elapsed() >= self.every {
            self.save()?;
        }
        Ok(())
    }

    fn count(&mut self, row: &mut Finished) {
        let result = &mut row.result;
        result.duplicate_of = self.duplicates.group(result.number, &result.text);
        let counts = &mut self.state.counts;
        counts.rows += 1;
        counts.answered += u64::from(result.article.is_some());
        let read = &result.classification;
        let is_outside = read.in_scope.is_some() && read.intent.is_none();
        counts.out_of_scope += u64::from(is_outside);
        counts.duplicates += u64::from(result.duplicate_of.is_some());
        if let Some(tally) = &mut self.state.tally {
            tally.add(result);
        }
    }

    /// Makes all that was written safe.
    pub(super) fn save(&mut self) -> Result<(), BatchError> {
        if self.target.path.is_some() {
            self.state.written = self.sink.sync()?;
            self.state.rejected_bytes = self.rejected.sync()?;
            self.state.save(&self.target)?;
        }
        self.saved = Instant::now();
        Ok(())
    }

    /// Ends the output: gives what was counted.
    pub(super) fn finish(mut self) -> Result<Ended, BatchError> {
        if self.state.windows == 0 {
            // Without any row the output has its header all the same.
            let block = self.encoder.block(&[], true)?;
            self.sink.append(&block)?;
            self.state.windows = 1;
        }
        self.save()?;
        self.sink.finish(&self.target)?;
        self.progress.finish();
        Ok(Ended { state: self.state, sink: self.sink, target: self.target })
    }

    /// After an error: what is written so far is made safe if that is still possible.
    pub(super) fn give_up(mut self) {
        if !self.is_halfway {
            // The error that ended the run says more than one of this attempt.
            let _ = self.save();
        }
        self.progress.finish();
    }
}

/// A run that has come to its end, before what it no longer needs is taken away.
pub(super) struct Ended {
    pub state: State,
    sink: Sink,
    target: Target,
}

impl Ended {
    /// Takes away what only an interrupted run needs.
    pub(super) fn tidy(self) -> Result<(), BatchError> {
        State::remove(&self.target)?;
        self.sink.tidy(&self.target);
        Ok(())
    }
}

/// The file of rejected rows: there only if there are such rows. Without a file they are told on
/// standard error.
pub(super) struct Rejected {
    path: Option<PathBuf>,
    file: Option<File>,
    written: u64,
}

impl Rejected {
    /// The file with the first `written` bytes of an earlier run; none begins it anew.
    pub(super) fn open(path: Option<PathBuf>, written: Option<u64>) -> Result<Self, BatchError> {
        let mut rejected = Self { path, file: None, written: written.unwrap_or(0) };
        let Some(path) = &rejected.path else { return Ok(rejected) };
        let failed = |error| BatchError::write(path, error);
        if path.exists() {
            if rejected.written == 0 {
                std::fs::remove_file(path).map_err(failed)?;
            } else {
                let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
                file.set_len(rejected.written).map_err(failed)?;
                file.seek(SeekFrom::End(0)).map_err(failed)?;
                rejected.file = Some(file);
            }
        }
        Ok(rejected)
    }

    fn add(&mut self, row: &RejectedRow) -> Result<(), BatchError> {
        let Some(path) = &self.path else {
            eprintln!("{}", serde_json::to_string(row).unwrap_or_default());
            return Ok(());
        };
        let mut add = || {
            let mut line = serde_json::to_vec(row)?;
            line.push(b'\n');
            let file = match &mut self.file {
                Some(file) => file,
                None => self.file.insert(File::create(path)?),
            };
            file.write_all(&line)?;
            self.written += line.len() as u64;
            Ok(())
        };
        add().map_err(|error| BatchError::write(path, error))
    }

    fn sync(&mut self) -> Result<u64, BatchError> {
        if let (Some(file), Some(path)) = (&self.file, &self.path) {
            file.sync_data().map_err(|error| BatchError::write(path, error))?;
        }
        Ok(self.written)
    }
}
