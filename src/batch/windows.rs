//! How many rows are in memory at once?

use super::input::{Record, Rows};
use super::{BatchError, Rejection};

/// Bytes of rows after which a window is full, however few they are.
const MOST_BYTES: usize = 32 << 20;

/// A row with its number, from 1.
pub(super) type Numbered = (u64, Result<Record, Rejection>);

/// Cuts the rows into windows. Where they are cut depends on the rows alone, so that a run which was
/// interrupted comes by the same windows again.
pub(super) struct Windows {
    rows: Box<dyn Rows>,
    name: String,
    /// Rows of a window.
    most: usize,
    /// Rows that are read at all.
    limit: u64,
    read: u64,
    /// Why no more rows come after those of the window before.
    failed: Option<BatchError>,
}

impl Windows {
    pub(super) fn new(rows: Box<dyn Rows>, name: &str, most: usize, limit: Option<u64>) -> Self {
        let limit = limit.unwrap_or(u64::MAX);
        Self { rows, name: name.to_owned(), most, limit, read: 0, failed: None }
    }

    /// Where the rows come from.
    pub(super) fn rows(&self) -> &dyn Rows {
        self.rows.as_ref()
    }

    /// The next window, empty at the end. Rows before a place that cannot be read are not lost.
    pub(super) fn next(&mut self) -> Result<Vec<Numbered>, BatchError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut window = Vec::new();
        let mut bytes = 0;
        while window.len() < self.most && bytes < MOST_BYTES && self.read < self.limit {
            match self.rows.next() {
                Ok(Some(row)) => {
                    self.read += 1;
                    bytes += row.as_ref().map_or(0, Record::bytes);
                    window.push((self.read, row));
                }
                Ok(None) => break,
                Err(error) => {
                    let problem = format!(
                        "after row {}: {error}. The rows before it are done; give the input whole \
                         and go on with --resume",
                        self.read
                    );
                    let error = BatchError::read(&self.name, problem);
                    if window.is_empty() {
                        return Err(error);
                    }
                    self.failed = Some(error);
                    break;
                }
            }
        }
        Ok(window)
    }
}
