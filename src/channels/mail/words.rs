//! What is kept of a mail as the customer's words? The new words alone; the subject where it says
//! something that the conversation does not know yet; and, each in a line of its own at the end,
//! the files that came along and the numbers that only the quoted history names.
//!
//! These lines stand in the turn's text, and not in a place of their own, so that they reach every
//! place where a turn is read: console, transcript, ticket systems. [`crate::text::clean`] leaves
//! them out before the classifier reads the text.

use std::sync::LazyLock;

use regex::Regex;

use super::attachments;
use super::automatic::Automatic;
use super::read::Mail;
use crate::domain::{EntityKind, Language, MAX_TEXT_CHARS};
use crate::text::letters::is_greeted;
use crate::text::{self, clean};

/// Characters of a turn that are left for the lines at its end.
const RESERVED_CHARS: usize = 5_000;

/// Numbers of the history that are named.
const MOST_NUMBERS: usize = 5;

/// The text of the customer's turn; blank if the mail says nothing at all. `known_subject` is that
/// of the conversation that the mail continues, none if it begins one.
pub(crate) fn of(mail: &Mail, known_subject: Option<&str>) -> String {
    let begins = known_subject.is_none();
    let mut words = clean::new_words(&mail.text);
    // A mail that is passed on without a word of one's own says what it holds; so does one whose
    // words stand below or between lines of history that nothing marks.
    let passed_on = says_nothing(&words) || mail.automatic == Some(Automatic::OwnAddress);
    if passed_on && !mail.text.trim().is_empty() {
        mail.text.trim().clone_into(&mut words);
    }
    let subject = bare_subject(&mail.subject);
    let is_new =
        known_subject.is_none_or(|known| !bare_subject(known).eq_ignore_ascii_case(subject));
    let is_said = words.to_lowercase().contains(&subject.to_lowercase());
    if is_new && !is_said && says_something(subject, &words) {
        format!("{subject}\n\n{words}").trim_end().clone_into(&mut words);
    }
    let language = text::language::detect(&words);
    let mut notes = Vec::new();
    let characters = words.chars().count();
    let most = MAX_TEXT_CHARS - RESERVED_CHARS;
    if characters > most {
        words = words.chars().take(most).collect();
        notes.push(shortened(characters, most, language));
    }
    if begins && !passed_on {
        notes.extend(numbers_of_history(&mail.text, &words, language));
    }
    notes.extend(attachments::line(&mail.attachments, language));
    // Whoever answers a person must see that somebody else will read it.
    if begins && let Some(person) = &mail.reply_to {
        let word = if language == Language::De { "Antworten an" } else { "Answers to" };
        notes.push(format!("[{word}: {}]", person.address));
    }
    // Whoever looks after it must see whom no answer reaches.
    let word = match (mail.automatic, language) {
        (Some(Automatic::NoReply), Language::De) => Some("Nimmt keine Antworten an"),
        (Some(Automatic::NoReply), Language::En) => Some("Takes no answers"),
        (Some(Automatic::OwnAddress), Language::De) => Some("Von uns weitergeleitet durch"),
        (Some(Automatic::OwnAddress), Language::En) => Some("Passed on by"),
        _ => None,
    };
    notes.extend(word.map(|word| format!("[{word}: {}]", mail.from.address)));
    let notes = notes.join("\n");
    match (words.is_empty(), notes.is_empty()) {
        (_, true) => words,
        (true, false) => notes,
        (false, false) => format!("{words}\n\n{notes}"),
    }
}

/// "Siehe unten", "my answers are in the text": the words stand in the history.
static POINTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:unten|s\. ?u\.|im text|im verlauf|inline|below|in the text|weiter unten)(?:\W|$)",
    )
    .expect("a fixed pattern")
});

/// Words of a line that can be no more than a salutation or a pointer.
const FEW_WORDS: usize = 10;

/// Whether the new words are none, or only greet and point to the rest of the mail.
fn says_nothing(words: &str) -> bool {
    let cleaned = clean::clean(words);
    let is_pointer = |line: &str| {
        let few = line.split_whitespace().nth(FEW_WORDS).is_none();
        let greets = is_greeted(line) && line.trim_end().ends_with([',', '!', '.']);
        few && !line.contains('?') && (greets || POINTER.is_match(line))
    };
    cleaned.lines().all(|line| line.trim().is_empty() || is_pointer(line))
}

/// Subjects that tell nothing of the matter.
const EMPTY_SUBJECTS: &str = "frage fragen anfrage kundenanfrage hallo hi moin nachricht kontakt \
    kontaktformular kontaktanfrage mail e-mail question questions request enquiry inquiry hello \
    message contact form email";

/// Whether a subject adds to the words.
fn says_something(subject: &str, words: &str) -> bool {
    let is_empty = |word: &str| {
        let word = word.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase();
        word.is_empty() || EMPTY_SUBJECTS.split_whitespace().any(|empty| empty == word)
    };
    !subject.is_empty() && (words.is_empty() || !subject.split_whitespace().all(is_empty))
}

/// A subject without "Re:", "AW:" and the marks that mail servers put before it.
pub(super) fn bare_subject(subject: &str) -> &str {
    let mut bare = subject.trim();
    loop {
        let shorter = strip_mark(bare).or_else(|| strip_prefix(bare)).map(str::trim_start);
        match shorter {
            Some(shorter) => bare = shorter,
            None => break,
        }
    }
    let is_none = ["(kein betreff)", "(no subject)", "kein betreff", "no subject", "ohne betreff"];
    if is_none.contains(&bare.to_lowercase().as_str()) { "" } else { bare }
}

/// "[EXTERN]" and the like.
fn strip_mark(subject: &str) -> Option<&str> {
    let (mark, rest) = subject.strip_prefix('[')?.split_once(']')?;
    let mark = mark.trim().to_lowercase();
    ["extern", "ext", "external", "externe mail", "spam", "spam?"]
        .contains(&mark.as_str())
        .then_some(rest)
}

/// "Re:", "AW:", "WG:", "Fwd:", also "Re[2]:".
fn strip_prefix(subject: &str) -> Option<&str> {
    let (prefix, rest) = subject.split_once(':')?;
    let word = prefix
        .trim_end()
        .trim_end_matches(|sign: char| sign.is_ascii_digit() || "[]()".contains(sign));
    let is_known = ["re", "aw", "wg", "fw", "fwd", "antw", "antwort", "sv", "tr"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known));
    is_known.then_some(rest)
}

/// Order and other numbers that stand in the quoted history alone: they say what a mail is about
/// that answers one of a shop system.
fn numbers_of_history(text: &str, words: &str, language: Language) -> Option<String> {
    let prepared = text::prepare(text, Some(language));
    let mut numbers: Vec<String> = Vec::new();
    for entity in prepared.entities {
        let is_number = matches!(
            entity.kind,
            EntityKind::OrderNumber
                | EntityKind::CustomerNumber
                | EntityKind::InvoiceNumber
                | EntityKind::TrackingNumber
        );
        if is_number && !words.contains(&entity.text) && !numbers.contains(&entity.text) {
            numbers.push(entity.text);
        }
    }
    numbers.truncate(MOST_NUMBERS);
    let word = if language == Language::De { "Im Verlauf genannt" } else { "Named in the history" };
    (!numbers.is_empty()).then(|| format!("[{word}: {}]", numbers.join(", ")))
}

fn shortened(characters: usize, most: usize, language: Language) -> String {
    match language {
        Language::De => format!("[Gekürzt: die ersten {most} von {characters} Zeichen]"),
        Language::En => format!("[Shortened: the first {most} of {characters} characters]"),
    }
}

#[cfg(test)]
mod tests {
    use super::bare_subject;

    #[test]
    fn subjects_lose_what_programs_put_before_them() {
        for (subject, bare) in [
            ("Re: AW: Rechnung falsch", "Rechnung falsch"),
            ("[EXTERN] Re[2]: Router", "Router"),
            ("Fwd: [extern] WG: x", "x"),
            ("(kein Betreff)", ""),
            ("RE:", ""),
            ("Frage: wann kommt NL-20481?", "Frage: wann kommt NL-20481?"),
            ("[Ticket 5] Frage", "[Ticket 5] Frage"),
        ] {
            assert_eq!(bare_subject(subject), bare, "{subject}");
        }
    }
}
