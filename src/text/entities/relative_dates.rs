//! Which days are named from today? "gestern", "letzten Freitag", "two weeks ago", "nächste Woche".
//!
//! A day's value is its ISO date, a week's `2026-W15`, a month's `2026-04`, a year's `2026`: no
//! more exact than what was said. A weekday without direction ("am Freitag") has no value.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::{Candidate, dates, numerals};
use crate::domain::EntityKind;
use crate::text::words::Word;

/// More units than this are no date that a customer means.
const MOST_UNITS: u32 = 400;

/// Where a period lies seen from today's.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Step(i32);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// Finds days, weeks, months and years named from today.
pub(super) fn find(text: &str, words: &[Word<'_>], today: Date, found: &mut Vec<Candidate>) {
    let mut index = 0;
    while index < words.len() {
        let hit = single_day(words, index, today)
            .or_else(|| counted(words, index, today))
            .or_else(|| stepped(words, index, today))
            .or_else(|| bare_weekday(words, index, today));
        let Some((value, first, last)) = hit.filter(|(_, first, last)| {
            // A full stop between two words parts them.
            !text[words[*first].start..words[*last].end()].contains(['.', '!', '?', ';', '\n'])
        }) else {
            index += 1;
            continue;
        };
        let span = words[first].start..words[last].end();
        found.push(Candidate::new(EntityKind::Date, span, value));
        index = last + 1;
    }
}

/// What was found: its value, its first and its last word.
type Hit = (Option<String>, usize, usize);

fn folded<'w>(words: &'w [Word<'_>], index: usize) -> &'w str {
    words.get(index).map_or("", |word| word.folded.as_str())
}

fn previous<'w>(words: &'w [Word<'_>], index: usize) -> &'w str {
    index.checked_sub(1).map_or("", |before| folded(words, before))
}

/// "heute", "gestern", "the day before yesterday", "this morning".
fn single_day(words: &[Word<'_>], index: usize, today: Date) -> Option<Hit> {
    let phrase = |expected: &[&str]| {
        expected.iter().enumerate().all(|(offset, word)| folded(words, index + offset) == *word)
    };
    let (days, length) = match folded(words, index) {
        "heute" | "heut" | "today" | "tonight" => (0, 1),
        "gestern" | "yesterday" => (-1, 1),
        "vorgestern" => (-2, 1),
        "uebermorgen" => (2, 1),
        "tomorrow" | "tmrw" | "tmr" => (1, 1),
        "morgen" if is_tomorrow(words, index) => (1, 1),
        "this" if matches!(folded(words, index + 1), "morning" | "afternoon" | "evening") => (0, 2),
        "last" if folded(words, index + 1) == "night" => (-1, 2),
        "day" if phrase(&["day", "before", "yesterday"]) => (-2, 3),
        "day" if phrase(&["day", "after", "tomorrow"]) => (2, 3),
        _ => return None,
    };
    Some((iso(today, days.days()), index, index + length - 1))
}

/// "Morgen" is also the morning: "guten Morgen", "am Morgen", "heute Morgen".
fn is_tomorrow(words: &[Word<'_>], index: usize) -> bool {
    const BEFORE_MORNING: &[&str] = &[
        "guten",
        "gutn",
        "schoenen",
        "wunderschoenen",
        "am",
        "den",
        "der",
        "dieser",
        "diesen",
        "jeden",
        "ganzen",
        "naechsten",
        "vom",
        "heute",
        "heut",
        "gestern",
        "moin",
    ];
    !BEFORE_MORNING.contains(&previous(words, index))
}

/// "vor drei Tagen", "in two weeks", "three days ago".
fn counted(words: &[Word<'_>], index: usize, today: Date) -> Option<Hit> {
    let lead = folded(words, index);
    let number_at = index + usize::from(matches!(lead, "vor" | "in"));
    let (number, taken) = count(words, number_at)?;
    let unit_at = number_at + taken;
    let unit = unit(folded(words, unit_at))?;
    let (sign, last) = match (lead, folded(words, unit_at + 1)) {
        ("vor", _) => (-1, unit_at),
        (_, "ago") => (-1, unit_at + 1),
        ("in", _) => (1, unit_at),
        _ => return None,
    };
    let number = i32::try_from(number).ok()? * sign;
    let value = match unit {
        Unit::Day => iso(today, number.days()),
        Unit::Week => iso(today, number.weeks()),
        Unit::Month | Unit::Year => period(unit, Step(number), today),
    };
    Some((Some(value?), index, last))
}

/// A count of units; "einer", "a" and "'ner" count as one.
fn count(words: &[Word<'_>], index: usize) -> Option<(u32, usize)> {
    let one = matches!(folded(words, index), "a" | "an" | "ner" | "nem");
    let (number, taken) = if one { (1, 1) } else { numerals::read(words.get(index..)?)? };
    (1..=MOST_UNITS).contains(&number).then_some((number, taken))
}

fn unit(folded: &str) -> Option<Unit> {
    Some(match folded {
        "tag" | "tage" | "tagen" | "day" | "days" => Unit::Day,
        "woche" | "wochen" | "week" | "weeks" => Unit::Week,
        "monat" | "monate" | "monaten" | "month" | "months" => Unit::Month,
        "jahr" | "jahre" | "jahren" | "year" | "years" => Unit::Year,
        _ => return None,
    })
}

/// "letzten Freitag", "next week", "nächste Woche Montag", "heuer".
fn stepped(words: &[Word<'_>], index: usize, today: Date) -> Option<Hit> {
    if folded(words, index) == "heuer" {
        return Some((period(Unit::Year, Step(0), today), index, index));
    }
    let step = step(folded(words, index))?;
    let named = folded(words, index + 1);
    if let Some(weekday) = weekday(named) {
        let date = match step.0 {
            ..0 => today.nth_weekday(-1, weekday).ok()?,
            0 => today.yesterday().ok()?.nth_weekday(1, weekday).ok()?,
            _ => today.nth_weekday(1, weekday).ok()?,
        };
        return Some((Some(date.to_string()), index, index + 1));
    }
    // "In den letzten Wochen" is no week.
    let unit = match named {
        "woche" | "week" => Unit::Week,
        "monat" | "month" => Unit::Month,
        "jahr" | "year" => Unit::Year,
        _ => return None,
    };
    if unit == Unit::Week {
        let after = index + 2 + usize::from(matches!(folded(words, index + 2), "am" | "on"));
        if let Some(weekday) = weekday(folded(words, after)) {
            return Some((day_of_week(step, weekday, today), index, after));
        }
        // "Freitag letzter Woche"
        if let Some(weekday) = weekday(previous(words, index)) {
            return Some((day_of_week(step, weekday, today), index - 1, index + 1));
        }
    }
    Some((period(unit, step, today), index, index + 1))
}

fn step(folded: &str) -> Option<Step> {
    let stem = ["en", "er", "es", "em", "e"]
        .iter()
        .find_map(|ending| folded.strip_suffix(ending))
        .unwrap_or(folded);
    Some(Step(match stem {
        "vorletzt" | "vorvorig" => -2,
        "letzt" | "vorig" | "vergangen" | "last" | "previous" => -1,
        "dies" | "this" => 0,
        "naechst" | "nachst" | "kommend" | "next" | "coming" => 1,
        "uebernaechst" => 2,
        _ => return None,
    }))
}

/// The week, month or year so many steps from today's.
fn period(unit: Unit, Step(step): Step, today: Date) -> Option<String> {
    match unit {
        Unit::Day => iso(today, step.days()),
        Unit::Week => {
            let week = today.checked_add(step.weeks()).ok()?.iso_week_date();
            Some(format!("{:04}-W{:02}", week.year(), week.week()))
        }
        Unit::Month => {
            let month = today.checked_add(step.months()).ok()?;
            Some(format!("{:04}-{:02}", month.year(), month.month()))
        }
        Unit::Year => Some(format!("{:04}", today.checked_add(step.years()).ok()?.year())),
    }
}

fn day_of_week(Step(step): Step, weekday: Weekday, today: Date) -> Option<String> {
    let since_monday = today.weekday().to_monday_zero_offset();
    let days = i32::from(weekday.to_monday_zero_offset() - since_monday) + 7 * step;
    iso(today, days.days())
}

/// "seit Montag", "by Friday", "am Samstag".
fn bare_weekday(words: &[Word<'_>], index: usize, today: Date) -> Option<Hit> {
    let weekday = weekday(folded(words, index))?;
    // "Freitag, den 3. April" is found by its date, "Montag bis Freitag" are opening hours.
    let next = match folded(words, index + 1) {
        "den" | "dem" | "der" | "the" => index + 2,
        _ => index + 1,
    };
    let dated = words.get(next).is_some_and(|word| {
        (word.is_number() && word.text.len() <= 2) || dates::month(&word.folded).is_some()
    });
    let in_range = matches!(folded(words, index + 1), "bis" | "to" | "through")
        || (index >= 2 && self::weekday(folded(words, index - 2)).is_some());
    if dated || in_range {
        return None;
    }
    let value = match previous(words, index) {
        "seit" | "since" => Some(today.nth_weekday(-1, weekday).ok()?.to_string()),
        "bis" | "by" | "until" | "till" | "before" => {
            Some(today.nth_weekday(1, weekday).ok()?.to_string())
        }
        "am" | "on" | "vom" | "fuer" | "for" | "ab" | "zum" => None,
        _ => return None,
    };
    Some((value, index, index))
}

fn weekday(folded: &str) -> Option<Weekday> {
    Some(match folded {
        "montag" | "monday" => Weekday::Monday,
        "dienstag" | "tuesday" => Weekday::Tuesday,
        "mittwoch" | "wednesday" => Weekday::Wednesday,
        "donnerstag" | "thursday" => Weekday::Thursday,
        "freitag" | "friday" => Weekday::Friday,
        "samstag" | "sonnabend" | "saturday" => Weekday::Saturday,
        "sonntag" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn iso(today: Date, span: Span) -> Option<String> {
    today.checked_add(span).ok().map(|date| date.to_string())
}
