//! Rows of CSV and TSV.
//!
//! The rows are framed by lines, so that a quote that is never closed costs the line it stands in
//! and not the rest of the file.

use std::collections::VecDeque;
use std::io::BufRead;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::lines::{Line, MAX_LINE_BYTES, read_line};
use super::{Record, Rows};
use crate::batch::{BatchError, Rejection};

/// What may stand between columns, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads rows of text columns that a header names.
pub(super) struct Delimited<R> {
    input: R,
    /// Lines to be read again before those of the input.
    again: VecDeque<Line>,
    parser: Reader,
    delimiter: u8,
    columns: Vec<String>,
}

impl<R: BufRead> Delimited<R> {
    /// Reads the header. Without a delimiter it is the one that the header has most of.
    pub(super) fn open(input: R, name: &str, delimiter: Option<u8>) -> Result<Self, BatchError> {
        let mut rows = Self {
            input,
            again: VecDeque::new(),
            parser: Reader::new(),
            delimiter: delimiter.unwrap_or(b','),
            columns: Vec::new(),
        };
        let problem = |problem: &str| BatchError::read(name, problem);
        let first = loop {
            let line = read_line(&mut rows.input).map_err(|error| BatchError::read(name, error))?;
            let line = line.ok_or_else(|| problem("it is empty; a header with names is needed"))?;
            if !line.content().trim_ascii().is_empty() {
                break line;
            }
        };
        // Excel writes the separator into a line of its own.
        match first.content() {
            [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => {
                rows.delimiter = delimiter.unwrap_or(*separator);
            }
            header => {
                rows.delimiter = delimiter.unwrap_or_else(|| most_frequent(header));
                rows.again.push_back(first);
            }
        }
        rows.parser = ReaderBuilder::new()
            .delimiter(rows.delimiter)
            .terminator(Terminator::Any(b'\n'))
            .build();
        rows.columns = match rows.fields().map_err(|error| BatchError::read(name, error))? {
            Some(Ok(header)) => unique_names(header),
            Some(Err(rejection)) => {
                return Err(problem(&format!("its header cannot be read: {}", rejection.message)));
            }
            None => return Err(problem("it has no header that names the columns")),
        };
        Ok(rows)
    }

    /// The fields of the next row that is not blank.
    fn fields(&mut self) -> std::io::Result<Option<Result<Vec<String>, Rejection>>> {
        loop {
            match self.frame()? {
                None => return Ok(None),
                Some(Err(rejection)) => return Ok(Some(Err(rejection))),
                Some(Ok(bytes)) => {
                    if let Some(fields) = parse(&mut self.parser, &bytes) {
                        return Ok(Some(fields));
                    }
                }
            }
        }
    }

    /// The bytes of the next row: lines up to one that ends outside of quotes.
    fn frame(&mut self) -> std::io::Result<Option<Result<Vec<u8>, Rejection>>> {
        let mut lines: Vec<Line> = Vec::new();
        let mut bytes = 0;
        let mut place = Place::FieldStart;
        loop {
            let line = match self.again.pop_front() {
                Some(line) => Some(line),
                None => read_line(&mut self.input)?,
            };
            let Some(line) = line else {
                return Ok((!lines.is_empty()).then(|| Err(self.give_up(lines))));
            };
            place = place.after(&line.bytes, self.delimiter);
            bytes += line.bytes.len();
            let is_too_long = line.is_cut || bytes > MAX_LINE_BYTES;
            lines.push(line);
            if is_too_long {
                return Ok(Some(Err(self.give_up(lines))));
            }
            if place != Place::Quoted {
                let last = lines.pop().map(|line| line.content().to_vec());
                let bytes = lines.into_iter().flat_map(|line| line.bytes);
                return Ok(Some(Ok(bytes.chain(last.into_iter().flatten()).collect())));
            }
        }
    }

    /// Rejects the first of the lines; the others are read again.
    fn give_up(&mut self, lines: Vec<Line>) -> Rejection {
        let mut lines = lines.into_iter();
        let is_cut = lines.next().is_some_and(|line| line.is_cut);
        for line in lines.rev() {
            self.again.push_front(line);
        }
        if is_cut {
            return Rejection::too_long(MAX_LINE_BYTES);
        }
        Rejection::new(
            "unclosed_quote",
            format!("a quote of this row is not closed within {MAX_LINE_BYTES} bytes"),
        )
    }
}

impl<R: BufRead + Send> Rows for Delimited<R> {
    fn columns(&self) -> Option<Vec<String>> {
        Some(self.columns.clone())
    }

    fn next(&mut self) -> std::io::Result<Option<Result<Record, Rejection>>> {
        let fields = self.fields()?;
        let (found, expected) = match &fields {
            Some(Ok(fields)) => (fields.len(), self.columns.len()),
            _ => (0, 0),
        };
        if found != expected {
            let message = format!(
                "the row has {found} fields, the header {expected}; if columns are not separated \
                 by {:?}, say by what with --delimiter",
                char::from(self.delimiter)
            );
            return Ok(Some(Err(Rejection::new("wrong_number_of_fields", message))));
        }
        Ok(fields.map(|fields| fields.map(Record::Texts)))
    }
}

/// Where in a row a byte stands, by the rules of the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote within quotes: it closes them, or stands for itself if another follows.
    Closing,
}

impl Place {
    fn after(self, bytes: &[u8], delimiter: u8) -> Self {
        bytes.iter().fold(self, |place, byte| match (place, *byte) {
            (Self::Quoted, b'"') => Self::Closing,
            (Self::Quoted, _) | (Self::FieldStart | Self::Closing, b'"') => Self::Quoted,
            (_, byte) if byte == delimiter || byte == b'\n' => Self::FieldStart,
            (_, _) => Self::Plain,
        })
    }
}

/// The fields of one row; none of a blank line.
fn parse(parser: &mut Reader, bytes: &[u8]) -> Option<Result<Vec<String>, Rejection>> {
    parser.reset();
    let mut text = vec![0; bytes.len() + 1];
    let mut ends = vec![0; bytes.len() + 2];
    let (result, read, written, mut fields) = parser.read_record(bytes, &mut text, &mut ends);
    if !matches!(result, ReadRecordResult::Record) {
        // The frame comes without its line end: an empty input ends the row.
        let rest = &bytes[read..];
        fields += parser.read_record(rest, &mut text[written..], &mut ends[fields..]).3;
    }
    if fields == 0 {
        return None;
    }
    let starts = std::iter::once(0).chain(ends[..fields].iter().copied());
    let fields = starts.zip(&ends[..fields]).map(|(start, end)| {
        String::from_utf8(text[start..*end].to_vec()).map_err(|_| Rejection::not_utf8())
    });
    Some(fields.collect())
}

/// The delimiter that stands most often outside of quotes.
fn most_frequent(header: &[u8]) -> u8 {
    let count = |delimiter: u8| {
        let mut place = Place::FieldStart;
        let outside = header.iter().filter(|byte| {
            let is_outside = place != Place::Quoted;
            place = place.after(std::slice::from_ref(*byte), delimiter);
            is_outside && **byte == delimiter
        });
        outside.count()
    };
    // Of equals the first: `max_by_key` would take the last.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// Names of columns, each a different one: blank ones and those of two columns get a number.
pub(in crate::batch) fn unique_names(header: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    for (index, name) in header.into_iter().enumerate() {
        let name = name.trim().to_owned();
        let base = if name.is_empty() { format!("column_{}", index + 1) } else { name };
        let mut free = base.clone();
        let mut number = 2;
        while names.contains(&free) {
            free = format!("{base}_{number}");
            number += 1;
        }
        names.push(free);
    }
    names
}
