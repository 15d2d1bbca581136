//! Does a text begin and end like a letter?

use std::sync::LazyLock;

use regex::Regex;

/// Last lines in which a closing formula stands.
const CLOSING_LINES: usize = 4;

static GREETING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W*(?:hallo|hi|hello|hey|moin|servus|gr(?:ü|ue)(?:ß|ss)\ gott|guten\ (?:tag|morgen|abend)
          |liebe[rs]?|dear|sehr\ geehrte[rs]?|good\ (?:morning|afternoon|evening))\b",
    )
    .expect("a fixed pattern")
});

static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss)|mfg|lg|regards|sincerely|best wishes|cheers)\b",
    )
    .expect("a fixed pattern")
});

/// Whether it begins with a salutation.
pub fn is_greeted(text: &str) -> bool {
    GREETING.is_match(text)
}

/// Whether a closing formula stands in its last lines.
pub fn is_closed(text: &str) -> bool {
    let lines = text.lines().rev().filter(|line| !line.trim().is_empty());
    lines.take(CLOSING_LINES).any(|line| CLOSING.is_match(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_known_by_their_ends() {
        for greeted in ["Hallo Frau Petersen,\n…", "Sehr geehrter Herr X", "Dear Jana", "hi"] {
            assert!(is_greeted(greeted), "{greeted}");
        }
        for plain in ["Ihr Paket kommt.", "Lieferung morgen", "Higher tariffs", ""] {
            assert!(!is_greeted(plain), "{plain}");
        }
        assert!(is_closed("…\n\nViele Grüße\nAnna\n\nNordlicht") && is_closed("Kind regards"));
        assert!(!is_closed("Bis morgen!") && !is_closed("Grüße\na\nb\nc\nd"));
    }
}
