//! What came along with a mail? Name, kind and size; the contents stay with the mail server.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Language;

/// Attachments listed at most.
const MOST: usize = 30;
/// Characters of a name at most.
const NAME_CHARS: usize = 80;
/// A picture inside the text is a logo up to this size; what a customer shows is larger.
const LOGO_BYTES: usize = 16 * 1024;

/// A file that came along with a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// File name as the sender gave it, without control characters and brackets.
    pub name: String,
    /// Media type, such as `application/pdf`.
    pub media_type: String,
    /// Size of the contents in bytes.
    pub bytes: usize,
}

/// The attachments of a mail, without logos and signatures.
pub(super) fn of(message: &Message<'_>) -> Vec<Attachment> {
    let files = message.attachments().filter(|part| !is_ornament(part));
    files.enumerate().map(|(index, part)| attachment(index, part)).take(MOST).collect()
}

fn attachment(index: usize, part: &MessagePart<'_>) -> Attachment {
    let media_type = media_type(part);
    let given = match &part.body {
        PartType::Message(message) => part.attachment_name().or(message.subject()),
        _ => part.attachment_name(),
    };
    let name = given.map(plain_name).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| format!("{}", index + 1));
    let bytes = match &part.body {
        PartType::Message(message) => message.raw_message.len(),
        _ => part.contents().len(),
    };
    Attachment { name, media_type, bytes }
}

fn media_type(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else { return "application/octet-stream".to_owned() };
    let subtype = kind.subtype().unwrap_or("octet-stream");
    let name = format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase();
    name.chars().filter(char::is_ascii_graphic).take(NAME_CHARS).collect()
}

/// One line, and nothing that could end the list that it stands in.
fn plain_name(name: &str) -> String {
    let is_plain =
        |sign: &char| !sign.is_control() && !matches!(sign, '[' | ']' | '\u{202a}'..='\u{202e}');
    let name: String = name.chars().filter(is_plain).collect();
    let folded = name.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.chars().take(NAME_CHARS).collect()
}

/// Logos in the text, cryptographic signatures, the parts of a report, and what should have had
/// parts.
fn is_ornament(part: &MessagePart<'_>) -> bool {
    let kind = media_type(part);
    let is_logo = kind.starts_with("image/")
        && part.content_id().is_some()
        && !part.content_disposition().is_some_and(mail_parser::ContentType::is_attachment)
        && part.contents().len() <= LOGO_BYTES;
    is_logo
        || kind.starts_with("multipart/")
        || (kind.starts_with("text/") && is_loose(part))
        || matches!(
            kind.as_str(),
            "application/pkcs7-signature"
                | "application/x-pkcs7-signature"
                | "application/pgp-signature"
                | "message/delivery-status"
                | "message/disposition-notification"
                | "text/rfc822-headers"
        )
}

/// A part that nobody attached, in a mail whose form is broken.
fn is_loose(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_none() && part.content_disposition().is_none()
}

/// The line of a turn that names the attachments: agents see it wherever they read the turn.
pub(super) fn line(attachments: &[Attachment], language: Language) -> Option<String> {
    let listed: Vec<String> = attachments
        .iter()
        .map(|file| {
            let kind = kind(file, language);
            format!("{} ({kind}, {})", file.name, size(file.bytes, language))
        })
        .collect();
    let word = match (language, listed.len()) {
        (_, 0) => return None,
        (Language::De, 1) => "Anlage",
        (Language::De, _) => "Anlagen",
        (Language::En, 1) => "Attachment",
        (Language::En, _) => "Attachments",
    };
    Some(format!("[{word}: {}]", listed.join("; ")))
}

fn kind(file: &Attachment, language: Language) -> String {
    let (de, en) = match file.media_type.split_once('/').unwrap_or_default() {
        ("image", _) => ("Bild", "picture"),
        ("audio", _) => ("Ton", "sound"),
        ("video", _) => ("Film", "video"),
        ("message", _) => ("E-Mail", "e-mail"),
        (_, "pdf") => ("PDF", "PDF"),
        ("text", "calendar") => ("Termin", "appointment"),
        _ => return ending(&file.name).unwrap_or_else(|| file.media_type.clone()),
    };
    if language == Language::De { de } else { en }.to_owned()
}

/// The ending of a file's name in capitals, as people call such files.
fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    let fits = (2..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| ending.to_ascii_uppercase())
}

fn size(bytes: usize, language: Language) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => {
            let size = format!("{:.1} MB", bytes as f64 / 1e6);
            if language == Language::De { size.replace('.', ",") } else { size }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_each_file() {
        let file = |name: &str, media_type: &str, bytes| Attachment {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            bytes,
        };
        assert_eq!(line(&[], Language::De), None);
        let pdf = file("Rechnung.pdf", "application/pdf", 120_001);
        let one = line(std::slice::from_ref(&pdf), Language::De);
        assert_eq!(one.as_deref(), Some("[Anlage: Rechnung.pdf (PDF, 121 kB)]"));
        let several = [pdf, file("a.jpg", "image/jpeg", 2_140_000), file("x.docx", "a/b", 7)];
        assert_eq!(
            line(&several, Language::En).expect("a line"),
            "[Attachments: Rechnung.pdf (PDF, 121 kB); a.jpg (picture, 2.1 MB); x.docx (DOCX, 7 B)]"
        );
        assert!(line(&several, Language::De).expect("a line").contains("2,1 MB"));
    }

    #[test]
    fn names_hold_nothing_that_ends_the_line() {
        assert_eq!(plain_name("a]\r\n[b\u{202e}c  d.pdf"), "abc d.pdf");
        assert_eq!(plain_name(&"x".repeat(500)).len(), NAME_CHARS);
    }
}
