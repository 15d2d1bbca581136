//! Lines of a stream that may hold anything.

use std::io::BufRead;

/// Longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 1_000_000;

/// A line of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its bytes with the line end.
    pub bytes: Vec<u8>,
    /// It was longer than [`MAX_LINE_BYTES`]; the rest was thrown away.
    pub is_cut: bool,
}

impl Line {
    /// The bytes without the line end.
    pub fn content(&self) -> &[u8] {
        let line = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

/// The next line; none at the end of the input.
pub fn read_line(input: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    let mut line = Line { bytes: Vec::new(), is_cut: false };
    let mut any = false;
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            available => available?,
        };
        if available.is_empty() {
            return Ok(any.then_some(line));
        }
        any = true;
        let end = available.iter().position(|byte| *byte == b'\n').map(|place| place + 1);
        let used = end.unwrap_or(available.len());
        let room = (MAX_LINE_BYTES + 1).saturating_sub(line.bytes.len());
        line.is_cut |= used > room;
        line.bytes.extend_from_slice(&available[..used.min(room)]);
        input.consume(used);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}
