//! What are the rows of the input?
//!
//! [`open`] finds the input ([`location`]), takes compression and encoding away, and reads rows in
//! one of the formats; each format has its file.

mod compression;
mod delimited;
mod encoding;
mod jsonl;
mod lines;
mod location;
mod mailbox;
mod parquet;
mod record;

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use encoding_rs::Encoding;

pub(super) use delimited::unique_names;
pub use lines::{Line, MAX_LINE_BYTES, read_line};
pub use location::Location;
pub(super) use location::{Fingerprint, Source};
pub(super) use record::{Cells, Record};

use super::format::Format;
use super::{BatchError, Rejection};

/// A source of rows.
pub(super) trait Rows: Send {
    /// The names of the columns, each a different one; none where every row brings its own.
    fn columns(&self) -> Option<Vec<String>>;

    /// The types of the columns where the format has types.
    fn schema(&self) -> Option<arrow_schema::SchemaRef> {
        None
    }

    /// The column that says why a machine may have written a row, if there is one.
    fn automatic(&self) -> Option<&'static str> {
        None
    }

    /// The next row; none at the end.
    fn next(&mut self) -> std::io::Result<Option<Result<Record, Rejection>>>;
}

/// How the input is to be read, where it does not tell by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct InputOptions {
    /// Format; otherwise as the name ends.
    pub format: Option<Format>,
    /// What stands between the columns of CSV; otherwise what the header has most of.
    pub delimiter: Option<u8>,
    /// Encoding of texts; otherwise as its bytes look.
    pub encoding: Option<&'static Encoding>,
}

/// An opened input.
pub(super) struct Input {
    /// The rows.
    pub rows: Box<dyn Rows>,
    /// What it is called.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// Which input it is.
    pub fingerprint: Fingerprint,
    /// How much there is to read.
    pub extent: Extent,
    /// What was found out about it that is worth a line, such as its encoding.
    pub notes: Vec<String>,
}

/// How much an input holds, as far as that is known before it is read.
#[derive(Clone, Debug)]
pub(super) enum Extent {
    /// So many rows.
    Rows(u64),
    /// So many bytes, of which so many have been read.
    Bytes {
        /// All, none where a pipe does not tell.
        total: Option<u64>,
        /// Read so far.
        read: Arc<AtomicU64>,
    },
}

/// Opens an input.
pub(super) fn open(location: &Location, options: &InputOptions) -> Result<Input, BatchError> {
    let name = location.to_string();
    let format = options.format.or_else(|| Format::of_name(&name)).ok_or_else(|| {
        BatchError::Setting(format!(
            "cannot tell the format of {name} by its name: give --format {}",
            Format::NAMES.join("|")
        ))
    })?;
    let Source { reader, fingerprint, total, read, file } = location.open()?;
    let mut notes = Vec::new();
    let failed = |error: std::io::Error| BatchError::read(&name, error);
    if format == Format::Parquet {
        let file = match file {
            Some(file) => file,
            // A Parquet file is read from its end.
            None => location::spool(reader).map_err(failed)?,
        };
        let (rows, count) = parquet::ParquetRows::open(file, &name)?;
        let (rows, extent) = (Box::new(rows), Extent::Rows(count));
        return Ok(Input { rows, name, format, fingerprint, extent, notes });
    }
    let plain = compression::decompress(reader).map_err(failed)?;
    let rows: Box<dyn Rows> = if format == Format::Mbox {
        Box::new(mailbox::Mailbox { input: buffered(plain), begun: false })
    } else {
        let (text, note) = encoding::to_utf8(plain, options.encoding).map_err(failed)?;
        notes.extend(note);
        let text = buffered(text);
        match format {
            Format::Jsonl => Box::new(jsonl::JsonLines { input: text }),
            _ => {
                let tab = (format == Format::Tsv).then_some(b'\t');
                let delimiter = options.delimiter.or(tab);
                Box::new(delimited::Delimited::open(text, &name, delimiter)?)
            }
        }
    };
    let extent = Extent::Bytes { total, read };
    Ok(Input { rows, name, format, fingerprint, extent, notes })
}

fn buffered(reader: Box<dyn Read + Send>) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(1 << 18, reader))
}

/// Reads up to `most` bytes, fewer only at the end of the input.
fn head_of(reader: &mut impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(most).read_to_end(&mut head)?;
    Ok(head)
}
