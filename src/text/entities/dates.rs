//! Which calendar dates are named? "3.4.", "03.04.2026", "2026-04-03", "3. April", "April 3rd".

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::{Candidate, numerals};
use crate::domain::{EntityKind, Language};
use crate::text::words::Word;

static NUMERIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
          (?P<iso> [0-9]{4}-[0-9]{2}-[0-9]{2} )
        | (?P<day>[0-9]{1,2}) \.[\ ]? (?P<month>[0-9]{1,2}) \. (?: [\ ]?(?P<year>[0-9]{4}|[0-9]{2}) )?
        | (?P<first>[0-9]{1,2}) / (?P<second>[0-9]{1,2}) / (?P<slashed>[0-9]{4}|[0-9]{2})",
    )
    .expect("a fixed pattern")
});

/// Without its last point a date needs a word that promises one.
static SHORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)(?i:am|vom|dem|den|on) ([0-9]{1,2})\.([0-9]{1,2})")
        .expect("a fixed pattern")
});

/// Finds dates written in digits.
pub(super) fn find_numeric(text: &str, today: Date, found: &mut Vec<Candidate>) {
    for hit in NUMERIC.captures_iter(text) {
        let group = |name| hit.name(name).map(|part| part.as_str());
        let whole = hit.get_match().range();
        let (span, date) = if let Some(iso) = group("iso") {
            (whole, iso.parse().ok())
        } else if let (Some(day), Some(month)) = (group("day"), group("month")) {
            (whole, written(day, month, group("year"), today))
        } else if let (Some(first), Some(second)) = (group("first"), group("second")) {
            // Day first as in Germany and Austria, unless only the American order is a date.
            let year = group("slashed");
            let date = written(first, second, year, today);
            (whole, date.or_else(|| written(second, first, year, today)))
        } else {
            continue;
        };
        if let Some(date) = date
            && !is_part_of_number(text, span.start, span.end)
            && !is_version(&text[..span.start])
        {
            found.push(Candidate::new(EntityKind::Date, span, Some(date.to_string())));
        }
    }
    for hit in SHORT.captures_iter(text) {
        let (Some(day), Some(month)) = (hit.get(1), hit.get(2)) else { continue };
        if let Some(date) = written(day.as_str(), month.as_str(), None, today)
            && !is_quantity(&text[month.end()..])
        {
            let span = day.start()..month.end();
            found.push(Candidate::new(EntityKind::Date, span, Some(date.to_string())));
        }
    }
}

/// Finds dates with a month's name.
pub(super) fn find_named(
    text: &str,
    words: &[Word<'_>],
    language: Language,
    today: Date,
    found: &mut Vec<Candidate>,
) {
    for (index, word) in words.iter().enumerate() {
        let Some(month) = month(&word.folded) else { continue };
        let near = |left: usize, right: usize| near(text, words, left, right);
        // "3. April", "third of April", "dreiundzwanzigsten April".
        if let Some((day, first)) = day_before(words, index, &near) {
            let (year, last) = year_after(words, index, &near);
            push(words, (first, last), resolve(day, month, year, today), found);
            continue;
        }
        // "April 3rd", "April 3, 2026"; a bare number only in English: "im Mai 2 Router".
        if let Some((day, after)) = day_after(text, words, index, language) {
            let (year, last) = year_after(words, after, &near);
            push(words, (index, last), resolve(day, month, year, today), found);
            continue;
        }
        // "März 2025" is a month: ISO 8601 writes it without a day.
        if let (Some(year), last) = year_after(words, index, &near) {
            let span = word.start..words[last].end();
            let value = Some(format!("{year:04}-{month:02}"));
            found.push(Candidate::new(EntityKind::Date, span, value));
        }
    }
}

/// The month that a folded word names, in either language.
pub(super) fn month(folded: &str) -> Option<i8> {
    Some(match folded {
        "januar" | "jaenner" | "january" | "jan" => 1,
        "februar" | "feber" | "february" | "feb" => 2,
        "maerz" | "marz" | "march" | "mar" => 3,
        "april" | "apr" => 4,
        "mai" | "may" => 5,
        "juni" | "june" | "jun" => 6,
        "juli" | "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "oktober" | "october" | "okt" | "oct" => 10,
        "november" | "nov" => 11,
        "dezember" | "december" | "dez" | "dec" => 12,
        _ => return None,
    })
}

/// Day written before the month's name, and the index of its first word.
fn day_before(
    words: &[Word<'_>],
    month: usize,
    near: &impl Fn(usize, usize) -> bool,
) -> Option<(i8, usize)> {
    let mut last = month.checked_sub(1)?;
    if words[last].folded == "of" {
        last = last.checked_sub(1)?;
    }
    if is_ordinal_ending(&words[last].folded) {
        last = last.checked_sub(1)?;
    }
    if !near(last, month) {
        return None;
    }
    if words[last].is_number() {
        return day(words[last].text.parse().ok()?).map(|day| (day, last));
    }
    let ones = numerals::ordinal(&words[last].folded)?;
    // "twenty third of April"
    let tens = last.checked_sub(1).and_then(|before| numerals::value(&words[before].folded));
    match tens {
        Some(tens @ (20 | 30)) if ones < 10 => day(tens + ones).map(|day| (day, last - 1)),
        _ => day(ones).map(|day| (day, last)),
    }
}

/// Day written after the month's name, and the index of its last word.
fn day_after(
    text: &str,
    words: &[Word<'_>],
    month: usize,
    language: Language,
) -> Option<(i8, usize)> {
    let next = words.get(month + 1)?;
    // "in April, first Hamburg and then Vienna"
    if !matches!(&text[words[month].end()..next.start], " " | ". ") {
        return None;
    }
    if !next.is_number() {
        return day(numerals::ordinal(&next.folded)?).map(|day| (day, month + 1));
    }
    let day = day(next.text.parse().ok()?)?;
    // "you may 3" is a verb, "on may 3" and "May 3" are dates.
    let before = month.checked_sub(1).map_or("", |before| words[before].folded.as_str());
    let is_verb = words[month].text == "may"
        && !matches!(before, "on" | "since" | "from" | "until" | "by" | "before" | "after");
    if is_verb {
        return None;
    }
    let marked = words
        .get(month + 2)
        .is_some_and(|word| is_ordinal_ending(&word.folded) && word.start == next.end());
    (marked || language == Language::En).then_some((day, month + 1 + usize::from(marked)))
}

/// The year after a date's last word, and the index of the last word then.
fn year_after(
    words: &[Word<'_>],
    last: usize,
    near: &impl Fn(usize, usize) -> bool,
) -> (Option<i16>, usize) {
    let year = words
        .get(last + 1)
        .filter(|word| word.text.len() == 4 && word.is_number() && near(last, last + 1))
        .and_then(|word| word.text.parse().ok())
        .filter(|year| (1900..2200).contains(year));
    (year, last + usize::from(year.is_some()))
}

fn is_ordinal_ending(folded: &str) -> bool {
    matches!(folded, "st" | "nd" | "rd" | "th" | "ten" | "ter" | "te")
}

fn day(number: u32) -> Option<i8> {
    i8::try_from(number).ok().filter(|day| (1..=31).contains(day))
}

/// Whether two words stand close enough to be one date.
fn near(text: &str, words: &[Word<'_>], left: usize, right: usize) -> bool {
    let between = &text[words[left].end()..words[right].start];
    between.len() <= 6 && !between.contains([';', '?', '!', '(', ')', '/'])
}

fn push(
    words: &[Word<'_>],
    (first, last): (usize, usize),
    date: Option<Date>,
    found: &mut Vec<Candidate>,
) {
    if let Some(date) = date {
        let span = words[first].start..words[last].end();
        found.push(Candidate::new(EntityKind::Date, span, Some(date.to_string())));
    }
}

fn written(day: &str, month: &str, year: Option<&str>, today: Date) -> Option<Date> {
    let year = match year {
        Some(year) if year.len() == 2 => Some(2000 + year.parse::<i16>().ok()?),
        Some(year) => Some(year.parse().ok()?),
        None => None,
    };
    resolve(day.parse().ok()?, month.parse().ok()?, year, today)
}

/// The date; without a year the one nearest to today, the past one where two are equally near.
fn resolve(day: i8, month: i8, year: Option<i16>, today: Date) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    (today.year() - 1..=today.year() + 1)
        .filter_map(|year| Date::new(year, month, day).ok())
        .min_by_key(|date| (today - *date).get_days().abs())
}

/// Whether a span continues as a longer number on either side.
fn is_part_of_number(text: &str, start: usize, end: usize) -> bool {
    let mut before = text[..start].chars().rev();
    let attached = match before.next() {
        Some('.' | ',' | '-' | '/') => before.next().is_some_and(|sign| sign.is_ascii_digit()),
        Some(sign) => sign.is_alphanumeric(),
        None => false,
    };
    attached || text[end..].starts_with(|sign: char| sign.is_alphanumeric() || sign == '%')
}

/// Whether "7.12." belongs to a version rather than to December.
fn is_version(before: &str) -> bool {
    let word = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default();
    matches!(word.to_lowercase().as_str(), "version" | "firmware" | "os" | "v" | "update" | "wifi")
}

/// Whether "3.50" goes on as an amount, a time or another number.
fn is_quantity(after: &str) -> bool {
    let rest = after.trim_start().to_lowercase();
    after.starts_with(|sign: char| sign.is_alphanumeric() || matches!(sign, '.' | ',' | '%'))
        && !matches!(after.as_bytes(), [b'.' | b','] | [b'.' | b',', b' ' | b'\n', ..])
        || ["€", "eur", "uhr", "$", "%", "gb", "mbit", "zoll", "inch", "ghz", "h "]
            .iter()
            .any(|unit| rest.starts_with(unit))
}
