//! Texts in other encodings than UTF-8, as spreadsheets write them.

use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::head_of;

/// Bytes that are looked at to tell the encoding.
const LOOKED_AT: u64 = 1 << 20;

/// The stream as UTF-8 with line feeds, and a note where it was something else. Bytes that claim to
/// be UTF-8 are passed on as they are, so that the row is known in which they are not.
pub(super) fn to_utf8(
    mut reader: Box<dyn Read + Send>,
    named: Option<&'static Encoding>,
) -> std::io::Result<(Box<dyn Read + Send>, Option<String>)> {
    let head = head_of(&mut reader, LOOKED_AT)?;
    let marked = Encoding::for_bom(&head);
    let encoding = named.or(marked.map(|(encoding, _)| encoding)).unwrap_or_else(|| guess(&head));
    let is_utf8 = encoding == UTF_8;
    let mark = if is_utf8 && head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    // Old spreadsheets on a Mac end lines by a carriage return alone.
    let only_returns = is_utf8_like(encoding) && !head.contains(&b'\n') && head.contains(&b'\r');
    let mut whole = Cursor::new(head).chain(reader);
    head_of(&mut whole, mark)?;
    let note = (!is_utf8 && named.is_none())
        .then(|| format!("read as {}; --encoding names another", encoding.name()));
    let text: Box<dyn Read + Send> = if is_utf8 {
        Box::new(whole)
    } else {
        let decoder = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(whole);
        Box::new(decoder)
    };
    if only_returns {
        return Ok((Box::new(ReturnsAsLineFeeds(text)), note));
    }
    Ok((text, note))
}

/// Whether ASCII characters are single bytes of the same value.
fn is_utf8_like(encoding: &'static Encoding) -> bool {
    encoding.is_ascii_compatible()
}

/// The encoding that the bytes look like. Without a zero byte and with more sequences that are right
/// UTF-8 than wrong it is UTF-8 with a few bad rows.
fn guess(head: &[u8]) -> &'static Encoding {
    let zeros =
        |start: usize| head.iter().skip(start).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Half of the bytes of Latin letters in UTF-16 are zero.
    if even.max(odd) * 5 > head.len() {
        return if even > odd { UTF_16BE } else { UTF_16LE };
    }
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in head.utf8_chunks() {
        right += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    // The last character may be cut by the end of what is looked at.
    if head.len() as u64 == LOOKED_AT {
        wrong = wrong.saturating_sub(1);
    }
    if wrong > right { WINDOWS_1252 } else { UTF_8 }
}

struct ReturnsAsLineFeeds(Box<dyn Read + Send>);

impl Read for ReturnsAsLineFeeds {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        for byte in &mut buffer[..count] {
            if *byte == b'\r' {
                *byte = b'\n';
            }
        }
        Ok(count)
    }
}
