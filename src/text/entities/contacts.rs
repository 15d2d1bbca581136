//! How can the writer be reached, and which account is named? E-mail addresses, telephone
//! numbers, IBANs; and card numbers, which are found only so that nothing else takes them.

use std::sync::LazyLock;

use regex::Regex;

use super::Candidate;
use crate::domain::EntityKind;

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{L}0-9._%+-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)*\.\p{L}{2,24}")
        .expect("a fixed pattern")
});

static IBAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)[A-Za-z]{2}[0-9]{2}(?:[ \u{a0}]?[A-Za-z0-9]){11,40}")
        .expect("a fixed pattern")
});

static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)(?: \(?(?:\+|00)[1-9][0-9]{0,2}\)? | \(0[0-9]{1,5}\) | 0[1-9] )
          (?: \s?\(0\) )?
          (?: (?: [\ \u{a0}./-] | \ [/-]\  | [/-]\  )? \(?[0-9]\)? ){5,14}",
    )
    .expect("a fixed pattern")
});

static CARD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?-u:\b)").expect("a fixed pattern")
});

/// Characters of an IBAN by country, for the countries of the SEPA area with most customers.
/// Source: ISO 13616 registry.
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
];

/// Digits of a telephone number, country code included. Source: ITU-T E.164.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Digits that a number written in one piece must have where no word announces it.
const UNANNOUNCED_DIGITS: usize = 9;
/// Bytes before a number that may hold the word that announces it.
const ANNOUNCEMENT: usize = 24;

/// Finds e-mail addresses.
pub(super) fn find_emails(text: &str, found: &mut Vec<Candidate>) {
    for hit in EMAIL.find_iter(text) {
        let leading = hit.as_str().len() - hit.as_str().trim_start_matches(['.', '-', '%']).len();
        let span = hit.start() + leading..hit.end();
        if !text[span.clone()].starts_with('@') {
            found.push(Candidate::new(EntityKind::Email, span, None));
        }
    }
}

/// Finds IBANs, telephone numbers and card numbers.
pub(super) fn find_numbers(text: &str, found: &mut Vec<Candidate>) {
    find_ibans(text, found);
    found.extend(PHONE.find_iter(text).filter_map(|hit| phone(text, hit.start(), hit.as_str())));
    for hit in CARD.find_iter(text) {
        if luhn(hit.as_str()) && !is_attached(text, hit.start()) {
            found.push(Candidate::unreported(hit.range()));
        }
    }
}

/// Finds IBANs. A match may run on into the words that follow, where the next one may begin:
/// the search goes on behind what was taken.
fn find_ibans(text: &str, found: &mut Vec<Candidate>) {
    let mut from = 0;
    while let Some(hit) = IBAN.find_at(text, from) {
        let candidate = iban(text, hit.start(), hit.as_str());
        from = candidate.as_ref().map_or(hit.start() + 4, |candidate| candidate.span.end);
        found.extend(candidate);
    }
}

/// The IBAN that begins here; unreported where the checksum says that digits are wrong.
fn iban(text: &str, start: usize, hit: &str) -> Option<Candidate> {
    let country = hit.get(..2)?.to_ascii_uppercase();
    let length = IBAN_LENGTHS.iter().find(|(code, _)| *code == country)?.1;
    if text[..start].ends_with(|sign: char| sign.is_alphanumeric()) {
        return None;
    }
    let (mut value, mut end) = (String::with_capacity(length), hit.len());
    for (position, sign) in hit.char_indices().filter(|(_, sign)| sign.is_ascii_alphanumeric()) {
        value.push(sign.to_ascii_uppercase());
        end = position + 1;
        if value.len() == length {
            break;
        }
    }
    let span = start..start + end;
    let continues = text[span.end..].starts_with(|sign: char| sign.is_alphanumeric());
    if value.len() == length && !continues && has_iban_checksum(&value) {
        return Some(Candidate::new(EntityKind::Iban, span, Some(value)));
    }
    // Words may follow, only digits belong to the failed attempt for sure.
    let digits = hit.rfind(|sign: char| sign.is_ascii_digit())?;
    let only_digits = hit[2..=digits].chars().all(|sign| !sign.is_alphabetic());
    only_digits.then(|| Candidate::unreported(start..start + digits + 1))
}

/// Whether the remainder by 97 is 1, letters counted as 10 to 35. Source: ISO 7064, MOD 97-10.
fn has_iban_checksum(iban: &str) -> bool {
    let (head, account) = iban.split_at(4);
    let remainder = account.chars().chain(head.chars()).try_fold(0, |rest: u32, sign| {
        let value = sign.to_digit(36)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    });
    remainder == Some(1)
}

fn phone(text: &str, start: usize, hit: &str) -> Option<Candidate> {
    let hit = hit.trim_end_matches([' ', '.', '/', '-', '(', '\u{a0}']);
    let end = start + hit.len();
    let digits: String = hit.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    let international = hit.trim_start_matches('(').starts_with('+');
    let next = text[end..].chars().next();
    if is_attached(text, start)
        || !PHONE_DIGITS.contains(&digits.len())
        || next.is_some_and(|sign| sign.is_alphanumeric() || sign == '@')
    {
        return None;
    }
    // "09.00-19.00" are opening hours: no area code of two digits is followed by a point.
    if hit.as_bytes().get(2) == Some(&b'.') {
        return None;
    }
    let in_one_piece = hit.bytes().all(|byte| byte.is_ascii_digit());
    if in_one_piece && digits.len() < UNANNOUNCED_DIGITS && !is_announced(text, start) {
        return None;
    }
    let value = if international { format!("+{digits}") } else { digits };
    Some(Candidate::new(EntityKind::Phone, start..end, Some(value)))
}

/// Whether a word shortly before says that a telephone number follows.
fn is_announced(text: &str, start: usize) -> bool {
    let from = text.floor_char_boundary(start.saturating_sub(ANNOUNCEMENT));
    let before = text[from..start].to_lowercase();
    ["tel", "fon", "phone", "mobil", "handy", "rufnummer", "fax", "call", "anruf"]
        .iter()
        .any(|word| before.contains(word))
}

/// Whether something stands right before that makes a number a piece of a longer one.
fn is_attached(text: &str, start: usize) -> bool {
    let mut before = text[..start].chars().rev();
    match before.next() {
        Some('-' | '_') => before.next().is_some_and(char::is_alphanumeric),
        Some('.' | ',' | '/') => before.next().is_some_and(|sign| sign.is_ascii_digit()),
        Some(sign) => sign.is_alphanumeric() || sign == '+',
        None => false,
    }
}

/// Whether a card number's check digit fits. Source: ISO/IEC 7812-1, annex B.
fn luhn(number: &str) -> bool {
    let digits = number.chars().rev().filter_map(|sign| sign.to_digit(10));
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}
