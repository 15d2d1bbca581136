//! Which amounts of money are named? "49,99 €", "EUR 1.234,50", "€5", "zwanzig Euro fünfzig".

use std::sync::LazyLock;

use regex::Regex;

use super::{Candidate, numerals};
use crate::domain::EntityKind;
use crate::text::words::Word;

/// A number in German or English style: "1.234,50", "1,234.50", "20", "5,-".
const NUMBER: &str = r"[0-9]{1,3} (?: [.,'’][0-9]{3} )+ (?: [.,][0-9]{1,2} )?
    | [0-9]{1,9} (?: [.,](?: [0-9]{1,2} | [-–—]{1,2} ) )?";

static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?x) (?P<number> {NUMBER} ) [\ \u{{a0}}\u{{202f}}]?
            (?P<currency> € | \$ | £
              | (?i: euros? | eur | cents? | ct | usd | dollars? | gbp | pounds? | chf | franken ) )
            (?: \ ? (?P<cents> [0-9]{{2}} ) (?-u:\b) )?
          | (?P<before> € | \$ | £ | (?i: euro? | usd | gbp | chf ) ) [\ \u{{a0}}\u{{202f}}]?
            (?P<after> {NUMBER} )"
    ))
    .expect("a fixed pattern")
});

/// Words after "20 Euro 50" that show that the second number counts something else.
const COUNTED: &[&str] = &[
    "stück", "stueck", "mal", "monate", "tage", "jahre", "prozent", "%", "x ", "gb", "mbit",
    "pieces", "months", "days",
];

/// Largest number of digits that an amount may have.
const MOST_DIGITS: usize = 12;

/// Finds amounts written in digits.
pub(super) fn find_written(text: &str, found: &mut Vec<Candidate>) {
    let mut from = 0;
    while let Some(hit) = WRITTEN.captures_at(text, from) {
        from = hit.get_match().end();
        let part = |name| hit.name(name);
        let (number, currency) = match (part("number"), part("after")) {
            (Some(number), _) => (number, part("currency")),
            (None, Some(number)) => (number, part("before")),
            (None, None) => continue,
        };
        let (Some(currency), mut end) = (currency, hit.get_match().end()) else { continue };
        let Some(mut cents) = in_cents(number.as_str()) else { continue };
        let Some(code) = code(currency.as_str()) else { continue };
        if let Some(added) = part("cents") {
            if takes_cents(number.as_str(), &text[added.end()..]) {
                cents += added.as_str().parse::<u64>().unwrap_or_default();
            } else {
                // They may begin the next amount.
                (end, from) = (currency.end(), currency.end());
            }
        }
        let start = hit.get_match().start();
        if is_word_part(text, start, end, currency.as_str()) {
            continue;
        }
        let cents = if is_hundredth(currency.as_str()) { cents / 100 } else { cents };
        found.push(candidate(start, end, cents, code));
    }
}

/// Finds amounts in words: a number, the currency, and the cents after it.
pub(super) fn find_spoken(words: &[Word<'_>], found: &mut Vec<Candidate>) {
    for (currency, word) in words.iter().enumerate() {
        let Some(code) = code(&word.folded) else { continue };
        // The longest number that ends right before the currency.
        let Some((first, whole)) = (currency.saturating_sub(6)..currency).find_map(|first| {
            let (number, taken) = numerals::read(&words[first..currency])?;
            (first + taken == currency).then_some((first, number))
        }) else {
            continue;
        };
        let unclear = continues_number(&words[..first]);
        let only_digits = words[first].is_number() && currency - first == 1;
        let hundredth = is_hundredth(&word.folded);
        let (cents, last) = if hundredth { (0, currency) } else { cents_after(words, currency) };
        if unclear || (only_digits && last == currency) {
            continue;
        }
        let total = if hundredth { u64::from(whole) } else { u64::from(whole) * 100 + cents };
        found.push(candidate(words[first].start, words[last].end(), total, code));
    }
}

/// Whether the words before a number end in one: "one twenty nine" may be 129 or three numbers,
/// and a wrong amount is worse than none.
fn continues_number(before: &[Word<'_>]) -> bool {
    let before = match before {
        [rest @ .., last] if matches!(last.folded.as_str(), "und" | "and") => rest,
        other => other,
    };
    before.last().is_some_and(|word| numerals::value(&word.folded).is_some())
}

/// The cents spoken after the currency, and the index of the last word then.
fn cents_after(words: &[Word<'_>], currency: usize) -> (u64, usize) {
    let linked =
        words.get(currency + 1).is_some_and(|w| matches!(w.folded.as_str(), "und" | "and"));
    let first = currency + 1 + usize::from(linked);
    let Some((cents, taken)) = words.get(first..).and_then(numerals::read) else {
        return (0, currency);
    };
    let last = first + taken - 1;
    let named = words.get(last + 1).is_some_and(|word| is_hundredth(&word.folded));
    let counts = words.get(last + 1).is_some_and(|word| COUNTED.contains(&word.folded.as_str()));
    if cents < 100 && (named || (cents >= 10 && !linked && !counts && !words[first].is_number())) {
        (u64::from(cents), last + usize::from(named))
    } else {
        (0, currency)
    }
}

/// The amount in hundredths: `1.234,50`, `1,234.50`, `5,-` and `20` are all read.
fn in_cents(number: &str) -> Option<u64> {
    let (whole, fraction) = match number.rfind(['.', ',']) {
        // Three digits after the last sign are a group of thousands.
        Some(sign) if number.len() - sign != 4 => (&number[..sign], &number[sign + 1..]),
        _ => (number, ""),
    };
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if digits.len() > MOST_DIGITS {
        return None;
    }
    let fraction: String = fraction.chars().filter(char::is_ascii_digit).collect();
    let cents = format!("{fraction:0<2}").parse::<u64>().ok()?;
    Some(digits.parse::<u64>().ok()? * 100 + cents)
}

/// Whether two digits after "20 Euro" are its cents.
fn takes_cents(number: &str, after: &str) -> bool {
    let rest = after.trim_start().to_lowercase();
    number.bytes().all(|byte| byte.is_ascii_digit())
        && !after.starts_with(['.', ',', ':', '/', '-'])
        && !COUNTED.iter().any(|word| rest.starts_with(word))
        && code_at(&rest).is_none()
}

fn code_at(rest: &str) -> Option<&'static str> {
    if rest.starts_with('€') { Some("EUR") } else { code(rest.split_whitespace().next()?) }
}

/// ISO 4217 code of a currency's sign or word.
fn code(currency: &str) -> Option<&'static str> {
    Some(match currency.to_lowercase().as_str() {
        "€" | "eur" | "euro" | "euros" | "ct" | "cent" | "cents" => "EUR",
        "$" | "usd" | "dollar" | "dollars" => "USD",
        "£" | "gbp" | "pound" | "pounds" => "GBP",
        "chf" | "franken" => "CHF",
        _ => return None,
    })
}

fn is_hundredth(currency: &str) -> bool {
    matches!(currency.to_lowercase().as_str(), "ct" | "cent" | "cents")
}

/// Whether the hit is a piece of a word or number, as in "5 europäische" or "A20 EUR".
fn is_word_part(text: &str, start: usize, end: usize, currency: &str) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let by_letter = currency.chars().all(char::is_alphabetic);
    before.is_some_and(|sign| sign.is_alphanumeric() && !matches!(sign, 'x' | 'X'))
        || after.is_some_and(|sign| {
            sign.is_ascii_digit() || (by_letter && sign.is_alphabetic()) || sign == '%'
        })
}

fn candidate(start: usize, end: usize, cents: u64, code: &str) -> Candidate {
    let value = format!("{}.{:02} {code}", cents / 100, cents % 100);
    Candidate::new(EntityKind::Amount, start..end, Some(value))
}
