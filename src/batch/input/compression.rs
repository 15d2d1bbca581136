//! gzip and Zstandard, told by their first bytes: a name may say anything.

use std::io::{BufReader, Cursor, Read};

use super::head_of;

/// First bytes of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// First bytes of Zstandard.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The content of a stream that may be compressed; pieces that were compressed one after the other
/// are read as one.
pub(super) fn decompress(
    mut reader: Box<dyn Read + Send>,
) -> std::io::Result<Box<dyn Read + Send>> {
    let head = head_of(&mut reader, 4)?;
    let (is_gzip, is_zstd) = (head.starts_with(&GZIP), head.starts_with(&ZSTD));
    let whole = Cursor::new(head).chain(reader);
    Ok(if is_gzip {
        Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(whole)))
    } else if is_zstd {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        Box::new(whole)
    })
}
