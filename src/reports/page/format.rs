//! How are numbers, times and texts written for people, in HTML?

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::Language;
use crate::reports::{Period, Share, Step};
pub(crate) use crate::text::markup::escape_html as escape;

/// A blank at which no line breaks.
const BLANK: char = '\u{a0}';

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const GERMAN_DAYS: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A part of an address.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Numbers in one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Format(pub(crate) Language);

impl Format {
    fn is_german(self) -> bool {
        self.0 == Language::De
    }

    /// `12.345` or `12,345`.
    pub(crate) fn count(self, count: usize) -> String {
        let digits = count.to_string();
        let separator = if self.is_german() { '.' } else { ',' };
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// With one decimal; `4,3` or `4.3`. A whole number stands alone.
    pub(crate) fn decimal(self, value: f64) -> String {
        let text = format!("{value:.1}");
        let text = text.strip_suffix(".0").unwrap_or(&text);
        if self.is_german() { text.replace('.', ",") } else { text.to_owned() }
    }

    /// `73,4 %` or `73.4%`.
    pub(crate) fn percent(self, share: f64) -> String {
        let number = self.decimal(share * 100.0);
        if self.is_german() { format!("{number}{BLANK}%") } else { format!("{number}%") }
    }

    /// A share, or a dash where there is nothing to count.
    pub(crate) fn share(self, share: Share) -> String {
        share.share.map_or_else(dash, |share| self.percent(share))
    }

    /// `45 s`, `3 min 20 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
    pub(crate) fn duration(self, seconds: u64) -> String {
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
        let day = if self.is_german() { "T" } else { "d" };
        let pair = |large: u64, large_unit: &str, small: u64, small_unit: &str| match small {
            0 => format!("{large}{BLANK}{large_unit}"),
            _ => format!("{large}{BLANK}{large_unit}{BLANK}{small}{BLANK}{small_unit}"),
        };
        match seconds {
            0..60 => format!("{seconds}{BLANK}s"),
            60..600 => pair(minutes, "min", seconds % 60, "s"),
            600..3600 => format!("{minutes}{BLANK}min"),
            3600..86_400 => pair(hours, "h", minutes % 60, "min"),
            _ => pair(days, day, hours % 24, "h"),
        }
    }

    /// A duration, or a dash where there is none.
    pub(crate) fn maybe(self, seconds: Option<u64>) -> String {
        seconds.map_or_else(dash, |seconds| self.duration(seconds))
    }

    /// `23.11.` or `23 Nov`.
    pub(crate) fn day(self, date: Date) -> String {
        if self.is_german() {
            return format!("{}.{}.", date.day(), date.month());
        }
        format!("{}{BLANK}{}", date.day(), MONTHS[usize::from(date.month().unsigned_abs()) - 1])
    }

    /// `23.11.2026` or `23 Nov 2026`.
    pub(crate) fn full_day(self, date: Date) -> String {
        if self.is_german() {
            format!("{}{}", self.day(date), date.year())
        } else {
            format!("{}{BLANK}{}", self.day(date), date.year())
        }
    }

    /// `Mo 23.11.` or `Mon 23 Nov`.
    pub(crate) fn weekday(self, date: Date) -> String {
        let names = if self.is_german() { GERMAN_DAYS } else { DAYS };
        let index = date.weekday().to_monday_zero_offset().unsigned_abs();
        format!("{}{BLANK}{}", names[usize::from(index)], self.day(date))
    }

    /// The day and the clock, in the period's zone.
    pub(crate) fn moment(self, at: Timestamp, period: &Period) -> String {
        let zoned = period.zoned(at);
        format!("{}, {:02}:{:02}", self.weekday(zoned.date()), zoned.hour(), zoned.minute())
    }

    /// A step of a drawing, short for an axis and long for a table.
    pub(crate) fn step(self, at: Timestamp, period: &Period) -> (String, String) {
        let zoned = period.zoned(at);
        let date = zoned.date();
        match period.step() {
            Step::Hour => {
                let clock = format!("{:02}:{:02}", zoned.hour(), zoned.minute());
                // The hour that the clock repeats in autumn is told apart by its zone.
                let zone = zoned.strftime("%Z").to_string();
                let short = if zoned.hour() == 0 { self.day(date) } else { clock.clone() };
                (short, format!("{}, {clock}{BLANK}{zone}", self.weekday(date)))
            }
            Step::Day => (self.day(date), self.weekday(date)),
            Step::Week => {
                let from = if self.is_german() { "ab" } else { "from" };
                (self.day(date), format!("{from} {}", self.full_day(date)))
            }
        }
    }

    /// The days of a period.
    pub(crate) fn period(self, period: &Period) -> String {
        let last = Timestamp::from_millisecond(period.to.as_millisecond() - 1);
        let (first, last) =
            (period.zoned(period.from).date(), period.zoned(last.unwrap_or(period.to)).date());
        if first == last {
            return self.full_day(first);
        }
        format!("{} – {}", self.full_day(first), self.full_day(last))
    }
}

/// What stands where there is nothing to tell.
pub(crate) fn dash() -> String {
    "–".to_owned()
}
