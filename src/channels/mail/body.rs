//! Which words does the body of a mail hold? Plain text goes before HTML; what the sender's program
//! says about the encoding is believed only as far as the bytes bear it out.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};

use super::{flowed, html};

/// Bytes of a text that are read; beyond it nobody writes by hand.
const MOST_BYTES: usize = 1024 * 1024;

/// Bytes that are read of a mail whose form is broken.
const MOST_WHOLE_BYTES: usize = 4 * 1024;

/// Letters of a plain text that only says that there is HTML.
const STUB_CHARS: usize = 400;

/// The words of the mail as plain lines, history and signature included.
pub(super) fn text_of(message: &Message<'_>) -> String {
    let plain = joined(message, &message.text_body, |part| match &part.body {
        PartType::Text(_) => Some(plain(message, part)),
        _ => None,
    });
    if !plain.trim().is_empty() && !is_stub(&plain, message) {
        return plain;
    }
    let rich = joined(message, &message.html_body, |part| match &part.body {
        PartType::Html(_) => Some(html::to_text(&decoded(message, part))),
        // Some programs put plain parts between those in HTML.
        PartType::Text(_) => Some(self::plain(message, part)),
        _ => None,
    });
    match (rich.trim().is_empty(), plain.trim().is_empty()) {
        (false, _) => rich,
        (true, false) => plain,
        (true, true) if is_wordy(message) => loose(message),
        (true, true) => String::new(),
    }
}

/// The texts of a mail whose form is broken, or all that stands below its head.
fn loose(message: &Message<'_>) -> String {
    let texts: Vec<String> = message
        .parts
        .iter()
        .filter_map(|part| match &part.body {
            PartType::Text(_) => Some(plain(message, part)),
            PartType::Html(_) => Some(html::to_text(&decoded(message, part))),
            _ => None,
        })
        .filter(|text| !text.trim().is_empty())
        .collect();
    if texts.is_empty() { whole(message) } else { texts.join("\n") }
}

/// Whether no part is a file: then what stands there should have been words.
fn is_wordy(message: &Message<'_>) -> bool {
    let is_file = |part: &MessagePart<'_>| {
        let kind = part.content_type();
        kind.is_some_and(|kind| !matches!(kind.ctype(), "multipart" | "text" | "message"))
    };
    !message.parts.iter().any(is_file)
}

/// All that stands below the head, of a mail whose parts cannot be told apart.
fn whole(message: &Message<'_>) -> String {
    let start = message.root_part().raw_body_offset() as usize;
    let raw = message.raw_message.get(start..).unwrap_or_default();
    in_charset(&raw[..raw.len().min(MOST_WHOLE_BYTES)], None)
}

fn joined<'a>(
    message: &'a Message<'_>,
    ids: &[u32],
    text: impl Fn(&'a MessagePart<'a>) -> Option<String>,
) -> String {
    let parts = ids.iter().filter_map(|id| message.part(*id));
    let texts: Vec<String> =
        parts.filter_map(text).filter(|text| !text.trim().is_empty()).collect();
    texts.join("\n")
}

fn plain(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let text = decoded(message, part);
    let parameter = |name| part.content_type().and_then(|kind| kind.attribute(name));
    let is =
        |name, value: &str| parameter(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
    if is("format", "flowed") { flowed::unflow(&text, is("delsp", "yes")) } else { text }
}

/// "Your mail program cannot show HTML": the words are in the other part.
fn is_stub(plain: &str, message: &Message<'_>) -> bool {
    let has_html = message.html_bodies().any(|part| matches!(part.body, PartType::Html(_)));
    let lower = plain.to_lowercase();
    has_html
        && plain.chars().count() <= STUB_CHARS
        && lower.contains("html")
        && ["view", "support", "anzeig", "darstell", "unterstütz", "display"]
            .iter()
            .any(|word| lower.contains(word))
}

/// The text of a part in the encoding that its bytes have.
fn decoded(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let raw = message
        .raw_message
        .get(part.raw_body_offset() as usize..part.raw_end_offset() as usize)
        .unwrap_or_default();
    // Base64 of the most that is read, with its line ends.
    let raw = &raw[..raw.len().min(MOST_BYTES * 3 / 2)];
    let bytes = match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::Base64 => base64_decode(raw),
    };
    let bytes = bytes.filter(|bytes| !bytes.is_empty() || raw.trim_ascii().is_empty());
    let mut bytes = bytes.unwrap_or_else(|| part.contents().to_vec());
    bytes.truncate(MOST_BYTES);
    let charset = part.content_type().and_then(|kind| kind.attribute("charset"));
    in_charset(&bytes, charset)
}

/// Bytes as text. What is valid UTF-8 beyond ASCII is UTF-8, whatever was declared: no other text
/// looks so by chance. What is declared as UTF-8 and is not is Windows-1252, the usual mistake.
pub(super) fn in_charset(bytes: &[u8], declared: Option<&str>) -> String {
    let declared = declared.unwrap_or_default().trim().to_ascii_lowercase();
    let is_stateful =
        declared.starts_with("utf-16") || declared.starts_with("iso-2022") || declared == "utf-7";
    let end = match std::str::from_utf8(bytes) {
        Ok(text) if !is_stateful => return text.to_owned(),
        // Cut in the middle of a letter.
        Err(error) if error.error_len().is_none() && !is_stateful => error.valid_up_to(),
        _ => 0,
    };
    if end > 0 {
        return String::from_utf8_lossy(&bytes[..end]).into_owned();
    }
    let is_utf8 = declared.is_empty()
        || declared.contains("utf-8")
        || declared.contains("utf8")
        || declared == "us-ascii";
    if is_utf8 {
        let text = String::from_utf8_lossy(bytes);
        let broken = text.chars().filter(|sign| *sign == char::REPLACEMENT_CHARACTER).count();
        let whole = text.chars().filter(|sign| !sign.is_ascii()).count() - broken;
        if whole > broken {
            return text.into_owned();
        }
    }
    let name = if is_utf8 || declared == "iso-8859-1" { "windows-1252" } else { &declared };
    let decoder = charset_decoder(name.as_bytes()).or_else(|| charset_decoder(b"windows-1252"));
    decoder.map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |decode| decode(bytes))
}

#[cfg(test)]
mod tests {
    use super::in_charset;

    #[test]
    fn bytes_count_more_than_declarations() {
        let utf8 = "Grüße für 5 €".as_bytes();
        for declared in [None, Some("us-ascii"), Some("iso-8859-1"), Some("UTF-8"), Some("x-none")]
        {
            assert_eq!(in_charset(utf8, declared), "Grüße für 5 €", "{declared:?}");
        }
        let windows = b"Gr\xfc\xdfe f\xfcr 5 \x80";
        for declared in [None, Some("utf-8"), Some("iso-8859-1"), Some("windows-1252"), Some("?")] {
            assert_eq!(in_charset(windows, declared), "Grüße für 5 €", "{declared:?}");
        }
        assert_eq!(in_charset(b"Gr\xfc\xdfe 5 \xa4", Some("iso-8859-15")), "Grüße 5 €");
        assert_eq!(in_charset("Größe \u{fc}".as_bytes().split_last().unwrap().1, None), "Größe ");
        let mut broken = "Äpfel für Öfen ".as_bytes().to_vec();
        broken.push(0xff);
        assert_eq!(in_charset(&broken, Some("utf-8")), "Äpfel für Öfen \u{fffd}");
    }
}
