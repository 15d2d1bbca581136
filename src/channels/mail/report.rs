//! What does a mail server report of a mail of ours?

use std::sync::LazyLock;

use mail_parser::{Message, MimeHeaders, PartType};
use regex::Regex;

use super::automatic::Automatic;
use super::read::is_id;

/// Characters of a server's reason that are shown.
const REASON_CHARS: usize = 300;
/// Bytes of a part that are looked through.
const MOST_BYTES: usize = 64 * 1024;

/// A delivery report (RFC 3464).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Identifiers of mails that it can be about.
    pub about: Vec<String>,
    /// Whom it did not reach.
    pub recipient: Option<String>,
    /// The server's words.
    pub reason: Option<String>,
    /// The server goes on trying.
    pub delayed: bool,
}

static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?im)^message-id:\s*<([^<>\s]+)>").expect("a fixed pattern"));
static RECIPIENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)^(?:final|original)-recipient:\s*(?:[a-z0-9-]+;)?\s*<?([^\s<>;]+@[^\s<>;]+)")
        .expect("a fixed pattern")
});
static DIAGNOSIS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)^diagnostic-code:\s*(?:[a-z0-9-]+;)?\s*(.+(?:\r?\n[ \t].+)*)")
        .expect("a fixed pattern")
});
static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)^status:\s*([245]\.[0-9]+\.[0-9]+)").expect("a fixed pattern")
});
static ACTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?im)^action:\s*([a-z]+)").expect("a fixed pattern"));

/// The report that a bounce holds; none for other mails.
pub(super) fn of(
    message: &Message<'_>,
    automatic: Option<Automatic>,
    words: &str,
) -> Option<Report> {
    if automatic != Some(Automatic::Bounce) {
        return None;
    }
    let mut report = Report::default();
    for part in &message.parts {
        if let PartType::Message(original) = &part.body {
            report.about.extend(original.message_id().map(str::to_owned));
            continue;
        }
        let kind = part.content_type();
        let is = |ctype, subtype| {
            kind.is_some_and(|kind| kind.ctype() == ctype && kind.subtype() == Some(subtype))
        };
        let contents = part.contents();
        let text = String::from_utf8_lossy(&contents[..contents.len().min(MOST_BYTES)]);
        if is("message", "delivery-status") {
            read_status(&text, &mut report);
        } else if is("text", "rfc822-headers") || is("message", "rfc822-headers") {
            report.about.extend(ID.captures_iter(&text).map(|hit| hit[1].to_owned()));
        }
    }
    // Servers that keep to no format write the head of the mail below their words.
    report
        .about
        .extend(ID.captures_iter(&words[..floor(words, MOST_BYTES)]).map(|hit| hit[1].to_owned()));
    report.about.retain(|id| is_id(id));
    if report.reason.is_none() {
        let first = words.lines().map(str::trim).find(|line| !line.is_empty());
        report.reason = first.map(clipped);
    }
    Some(report)
}

fn read_status(text: &str, report: &mut Report) {
    let first = |pattern: &Regex| pattern.captures(text).map(|hit| hit[1].trim().to_owned());
    report.recipient = first(&RECIPIENT).map(|address| address.to_lowercase());
    let diagnosis = first(&DIAGNOSIS).map(|text| clipped(&text));
    report.reason = diagnosis.or_else(|| first(&STATUS));
    report.delayed = first(&ACTION).is_some_and(|action| action.eq_ignore_ascii_case("delayed"));
}

fn clipped(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.chars().take(REASON_CHARS).collect()
}

/// The last beginning of a letter at or before a byte.
fn floor(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|byte| text.is_char_boundary(*byte)).unwrap_or(0)
}
