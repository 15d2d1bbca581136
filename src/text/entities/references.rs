//! Which of the company's own numbers are named? Orders, customers and invoices, written
//! ("NL-20481", "Bestellung 20481") or spoken letter by letter and digit by digit; spoken
//! telephone numbers too, as they are read by the same means.

use super::{Candidate, numerals};
use crate::domain::EntityKind;
use crate::text::words::Word;

/// How a kind of number looks and how it is announced.
struct Scheme {
    kind: EntityKind,
    /// Spellings of its letters, one list a letter, as people and speech recognition write them.
    letters: &'static [&'static [&'static str]],
    /// The letters in one word.
    joined: &'static str,
    /// Words that announce it where the letters are left out.
    announced_by: &'static [&'static str],
    digits: usize,
}

const ORDER: Scheme = Scheme {
    kind: EntityKind::OrderNumber,
    letters: &[&["n", "en", "enn", "november", "nordpol"], &["l", "el", "ell", "lima", "ludwig"]],
    joined: "nl",
    announced_by: &[
        "bestellung",
        "bestellnummer",
        "bestellnr",
        "bestell",
        "auftrag",
        "auftragsnummer",
        "auftragsnr",
        "order",
        "ordernumber",
        "ordernummer",
    ],
    digits: 5,
};

const CUSTOMER: Scheme = Scheme {
    kind: EntityKind::CustomerNumber,
    letters: &[&["k", "ka", "kay", "kilo", "kaufmann"]],
    joined: "k",
    announced_by: &[
        "kundennummer",
        "kundennr",
        "kundnr",
        "kdnr",
        "kd",
        "kunden",
        "kunde",
        "kundin",
        "customer",
    ],
    digits: 6,
};

/// The year and the number within it.
const INVOICE: Scheme = Scheme {
    kind: EntityKind::InvoiceNumber,
    letters: &[&["r", "er", "romeo", "richard"], &["e", "echo", "emil"]],
    joined: "re",
    announced_by: &["rechnung", "rechnungsnummer", "rechnungsnr", "rechnungs", "invoice", "bill"],
    digits: 9,
};

/// Words between an announcement and its number.
const BETWEEN: &[&str] = &[
    "nummer", "nr", "no", "number", "num", "id", "mit", "with", "der", "die", "den", "the",
    "meine", "meiner", "my", "is", "ist", "lautet", "waere", "it", "its", "s", "also", "hat",
    "has", "und", "and",
];

/// Sounds and spoken signs within a number.
const FILLERS: &[&str] = &[
    "aeh",
    "aehm",
    "ehm",
    "eh",
    "uh",
    "uhm",
    "um",
    "erm",
    "er",
    "hm",
    "strich",
    "bindestrich",
    "minus",
    "dash",
    "hyphen",
    "slash",
];

/// Most words between an announcement and its number.
const MOST_BETWEEN: usize = 5;
/// Digits of a spoken telephone number: fewer are a postal code or a quantity.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Finds the company's numbers and spoken telephone numbers.
pub(super) fn find(text: &str, words: &[Word<'_>], found: &mut Vec<Candidate>) {
    for start in 0..words.len() {
        for scheme in [&INVOICE, &ORDER, &CUSTOMER] {
            if let Some(candidate) = scheme.at(text, words, start) {
                found.push(candidate);
            }
        }
        found.extend(spoken_phone(text, words, start));
    }
}

impl Scheme {
    fn at(&self, text: &str, words: &[Word<'_>], start: usize) -> Option<Candidate> {
        if let Some(first_digit) = self.after_letters(words, start) {
            return self.number(text, words, start, first_digit);
        }
        if !self.announced_by.contains(&words[start].folded.as_str()) {
            return None;
        }
        let mut next = start + 1;
        while next <= start + MOST_BETWEEN
            && words.get(next).is_some_and(|word| {
                BETWEEN.contains(&word.folded.as_str()) || FILLERS.contains(&word.folded.as_str())
            })
        {
            if !close(text, &words[next - 1], &words[next]) {
                return None;
            }
            next += 1;
        }
        // With its letters the number is found on its own.
        let near = words.get(next).is_some_and(|word| close(text, &words[next - 1], word));
        if near { self.number(text, words, next, next) } else { None }
    }

    /// The word after the letters that begin here.
    fn after_letters(&self, words: &[Word<'_>], start: usize) -> Option<usize> {
        if words[start].folded == self.joined {
            return Some(start + 1);
        }
        let spelled = self.letters.iter().enumerate().all(|(index, spellings)| {
            words.get(start + index).is_some_and(|word| spellings.contains(&word.folded.as_str()))
        });
        spelled.then_some(start + self.letters.len())
    }

    /// The number whose digits begin at `first_digit`, with all that `start` begins.
    fn number(
        &self,
        text: &str,
        words: &[Word<'_>],
        start: usize,
        first_digit: usize,
    ) -> Option<Candidate> {
        if first_digit > start && !close(text, &words[first_digit - 1], words.get(first_digit)?) {
            return None;
        }
        let run = Run::read(text, words, first_digit, self.digits)?;
        let value = self.canonical(&run)?;
        let (from, to) = (words[start].start, words[run.last].end());
        if touches_more(text, from, to) {
            return None;
        }
        Some(Candidate::new(self.kind, from..to, Some(value)))
    }

    /// The number as the company writes it.
    fn canonical(&self, run: &Run) -> Option<String> {
        let digits = &run.digits;
        if self.kind == EntityKind::InvoiceNumber {
            let (year, number) = digits.split_at_checked(4)?;
            let plausible = digits.len() == self.digits && year.starts_with("20");
            return plausible.then(|| format!("RE-{year}-{number}"));
        }
        (digits.len() == self.digits)
            .then(|| format!("{}-{digits}", self.joined.to_ascii_uppercase()))
    }
}

/// A run of digits, however it is said.
struct Run {
    digits: String,
    /// Index of its last word.
    last: usize,
}

impl Run {
    /// Reads digits from word `first` on until there are `wanted` of them.
    fn read(text: &str, words: &[Word<'_>], first: usize, wanted: usize) -> Option<Self> {
        let mut run = Self { digits: String::new(), last: first };
        let mut next = first;
        while run.digits.len() < wanted {
            let Some(word) = words.get(next) else { break };
            if next > first && !close(text, &words[next - 1], word) {
                break;
            }
            if FILLERS.contains(&word.folded.as_str()) {
                next += 1;
                continue;
            }
            let Some((digits, taken)) = digits_of(&words[next..]) else { break };
            run.digits.push_str(&digits);
            next += taken;
            run.last = next - 1;
        }
        (!run.digits.is_empty()).then_some(run)
    }
}

/// The digits that the next words say: "04", "four", "double four", "vierundzwanzig".
fn digits_of(words: &[Word<'_>]) -> Option<(String, usize)> {
    let first = words.first()?;
    if first.is_number() {
        return Some((first.text.to_owned(), 1));
    }
    match first.folded.as_str() {
        "oh" | "o" => Some(("0".to_owned(), 1)),
        // An article is no digit.
        "ein" | "eine" | "einen" | "einem" | "einer" => None,
        times @ ("double" | "triple") => {
            let digit = numerals::value(&words.get(1)?.folded).filter(|digit| *digit < 10)?;
            Some((digit.to_string().repeat(if times == "double" { 2 } else { 3 }), 2))
        }
        _ => numerals::read(words).map(|(number, taken)| (number.to_string(), taken)),
    }
}

/// A telephone number said in words: it begins with a zero or a plus.
fn spoken_phone(text: &str, words: &[Word<'_>], start: usize) -> Option<Candidate> {
    let plus = words[start].folded == "plus";
    let first = start + usize::from(plus);
    let lead = words.get(first)?;
    if lead.is_number() || !(plus || matches!(lead.folded.as_str(), "null" | "zero" | "oh")) {
        return None;
    }
    if start > 0 && close(text, &words[start - 1], lead) && digits_of(&words[start - 1..]).is_some()
    {
        return None;
    }
    let run = Run::read(text, words, first, *PHONE_DIGITS.end())?;
    if !PHONE_DIGITS.contains(&run.digits.len()) {
        return None;
    }
    let value = format!("{}{}", if plus { "+" } else { "" }, run.digits);
    let span = words[start].start..words[run.last].end();
    Some(Candidate::new(EntityKind::Phone, span, Some(value)))
}

/// Whether only blanks and joining signs stand between two words.
fn close(text: &str, left: &Word<'_>, right: &Word<'_>) -> bool {
    let between = &text[left.end()..right.start];
    between.chars().count() <= 5
        && between.chars().all(|sign| {
            sign.is_whitespace()
                || matches!(
                    sign,
                    '-' | '–' | '—' | '‑' | '.' | ':' | '#' | '/' | '_' | '=' | '\'' | '’'
                )
                || matches!(sign, '(' | '"' | '„' | '“' | '*')
        })
}

/// Whether a span is a piece of something longer, as in `XNL-20481` or `NL-20481-33`.
fn touches_more(text: &str, from: usize, to: usize) -> bool {
    let mut before = text[..from].chars().rev();
    let mut after = text[to..].chars();
    let joined = |near: Option<char>, far: Option<char>| match near {
        Some('-') => far.is_some_and(char::is_alphanumeric),
        Some(sign) => sign.is_alphanumeric(),
        None => false,
    };
    joined(before.next(), before.next()) || joined(after.next(), after.next())
}
