//! Does a text begin and end like a letter, and what stands between the two ends?

use std::sync::LazyLock;

use regex::Regex;

/// Last lines in which a closing formula stands.
const CLOSING_LINES: usize = 4;

/// Words that open a letter.
const OPENINGS: &str = r"(?:hallo|hi|hello|hey|moin(?:\ moin)?|servus|gr(?:ü|ue)(?:ß|ss)\ gott
    |guten\ (?:tag|morgen|abend)|liebe[rs]?|dear|sehr\ geehrte[rs]?
    |good\ (?:morning|afternoon|evening))\b";

/// Words that close it.
const CLOSINGS: &str = r"(?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss)|mfg|lg|regards|sincerely
    |best\ wishes|cheers)\b";

fn pattern(pattern: &str) -> Regex {
    Regex::new(&format!("(?ix){pattern}")).expect("a fixed pattern")
}

static GREETING: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^\W*{OPENINGS}")));

static CLOSING: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b{CLOSINGS}")));

/// A salutation with whom it is for: a name before a comma or the end of the line, or words that
/// are no matter of their own. A name is only known by its capital letter; without one, what
/// follows the greeting may be the matter ("hallo paket fehlt").
static SALUTATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^\W*{OPENINGS}(?:
            (?:[\ \t]+(?:an\ )?(?:zusammen|alle|all|there|team|everyone|everybody|damen|und|and
                |herren|sir|or|madam|liebe[rs]?|kundenservice|kundendienst|support))+\b[\s,!.:–-]*
            |(?:[\ \t]+(?:frau|herrn?|mrs?|ms)\b\.?)(?:[\ \t]+(?:dr|prof)\b\.?)*
                [\ \t]+\p{{L}}[\p{{L}}'-]*[\s,!.:–-]*
            |(?:[\ \t]+(?-i:\p{{Lu}})[\p{{L}}.'-]*){{1,3}}[\ \t]*[,\r\n]\s*
            |[\s,!.:–-]*)"
    ))
});

/// A closing formula near the end, with the name that follows it.
static FAREWELL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:^|[\s,.!?;–-])(?:(?:mit|viele[nr]?|freundliche[nr]?|beste[nr]?|liebe[nr]?
            |sch(?:ö|oe)ne[nr]?|herzliche[nr]?|many|kind|best|warm|yours)\s+)*{CLOSINGS}
            (?:[\s,.!]*\p{{L}}[\p{{L}}.'-]*){{0,6}}\W*$"
    ))
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

/// The text between salutation and closing formula; the whole text where nothing else is left.
pub fn without_ends(text: &str) -> &str {
    let start = SALUTATION.find(text).map_or(0, |found| found.end());
    let body = &text[start..];
    let body = FAREWELL.find(body).map_or(body, |found| &body[..found.start()]);
    let body = body.trim_end_matches([',', ';', '–', '-', ' ', '\t', '\r', '\n']).trim();
    if body.chars().any(char::is_alphanumeric) { body } else { text.trim() }
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
    #[test]
    fn what_stands_between_the_ends_is_kept() {
        for (text, body) in [
            ("Hallo, wo ist mein Paket?", "wo ist mein Paket?"),
            ("Hallo wo ist mein Paket, ich warte", "wo ist mein Paket, ich warte"),
            ("Guten Tag Frau Dr. Petersen, die Rechnung fehlt", "die Rechnung fehlt"),
            ("hallo frau petersen die rechnung fehlt", "die rechnung fehlt"),
            ("Liebes Team, es brennt", "es brennt"),
            ("Dear Anna Smith,\nplease call", "please call"),
            ("Sehr geehrte Damen und Herren\n\nich kündige\n\nMfG Jana Voss", "ich kündige"),
            ("Es geht nicht. Mit freundlichen Grüßen\nJana", "Es geht nicht."),
            ("It broke, kind regards Tom", "It broke"),
            ("hallo paket fehlt, bitte senden", "paket fehlt, bitte senden"),
            ("Grüße von der Ostsee, und wo bleibt nun eigentlich mein Paket aus Kiel?", ""),
            ("Hallo!", "Hallo!"),
            ("Viele Grüße", "Viele Grüße"),
            ("", ""),
        ] {
            let body = if body.is_empty() { text } else { body };
            assert_eq!(without_ends(text), body, "{text}");
        }
    }
}
