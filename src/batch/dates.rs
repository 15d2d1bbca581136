//! On which day was a row written? Dates as exports of all kinds have them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// Names of columns that hold the day of a row, in lower case.
const NAMES: [&str; 20] = [
    "date",
    "datum",
    "created_at",
    "createdat",
    "created",
    "created_on",
    "created at",
    "creation_date",
    "received_at",
    "received",
    "sent_at",
    "erstellt",
    "erstellt_am",
    "erstellt am",
    "erstellungsdatum",
    "eingang",
    "eingangsdatum",
    "timestamp",
    "zeitpunkt",
    "time",
];

/// Whether a name is that of a column with the day of a row.
pub(super) fn is_date_name(name: &str) -> bool {
    NAMES.contains(&name.trim().to_lowercase().as_str())
}

/// Which number of `03/04/2026` is the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Slashes {
    /// The first, as in Britain.
    #[default]
    DayFirst,
    /// The second, as in the United States.
    MonthFirst,
}

impl Slashes {
    /// The style of a column: the day comes second as soon as a second number can be no month.
    pub(super) fn of<'a>(mut values: impl Iterator<Item = &'a str>) -> Self {
        let is_month_first = |value: &str| {
            parts(value, '/').is_some_and(|[first, second, _]| first <= 12 && second > 12)
        };
        if values.any(is_month_first) { Self::MonthFirst } else { Self::DayFirst }
    }
}

/// The day that a text names; none where it names none. Of a time with an offset it is the day as
/// written.
pub(super) fn parse(text: &str, slashes: Slashes) -> Option<Date> {
    let text = text.trim();
    year_first(text)
        .or_else(|| {
            let [day, month, year] = parts(text, '.')?;
            date(year, month, day)
        })
        .or_else(|| match (parts(text, '/')?, slashes) {
            ([day, month, year], Slashes::DayFirst) | ([month, day, year], Slashes::MonthFirst) => {
                date(year, month, day)
            }
        })
        .or_else(|| since_1970(text))
        .or_else(|| rfc2822::parse(text).ok().map(|time| time.date()))
}

/// `2026-03-04` and `2026/03/04`, with a time behind it or not.
fn year_first(text: &str) -> Option<Date> {
    let day = text.get(..10)?;
    let is_alone = !text[10..].starts_with(|sign: char| sign.is_ascii_digit());
    let mut numbers = day.split(['-', '/']);
    let (year, month, rest) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let is_date = is_alone && year.len() == 4 && month.len() == 2 && numbers.next().is_none();
    date(year.parse().ok()?, month.parse().ok()?, rest.parse().ok()?).filter(|_| is_date)
}

/// Three numbers, the year last, with a time behind them or not.
fn parts(text: &str, separator: char) -> Option<[i16; 3]> {
    let day = text.split([' ', 'T', ',']).next()?;
    let mut numbers = day.splitn(3, separator).map(|part| part.trim().parse::<i16>().ok());
    let [first, second, year] = [numbers.next()??, numbers.next()??, numbers.next()??];
    // "1.5.26": exports of this century.
    let year = if (0..100).contains(&year) { 2000 + year } else { year };
    Some([first, second, year])
}

/// Seconds or milliseconds since 1970, of this century.
fn since_1970(text: &str) -> Option<Date> {
    let number: i64 = text.parse().ok()?;
    let seconds = match text.len() {
        9 | 10 => number,
        12 | 13 => number / 1000,
        _ => return None,
    };
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date())
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_of_all_kinds_are_read() {
        for text in [
            "2026-03-04",
            "2026-03-04T23:59:00+01:00",
            "2026-03-04 10:00:00",
            "2026/03/04",
            "4.3.2026",
            "04.03.26 10:15",
            "04/03/2026",
            "Wed, 4 Mar 2026 10:00:00 +0100",
            "1772618400",
            "1772618400000",
        ] {
            assert_eq!(parse(text, Slashes::DayFirst), Some(date(2026, 3, 4)), "{text}");
        }
        for text in ["", "gestern", "12", "2026-13-04", "31.2.2026", "2026-03-041", "ä2026-03-0"] {
            assert_eq!(parse(text, Slashes::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn a_day_above_twelve_tells_where_the_day_stands() {
        let values = ["03/04/2026", "03/28/2026"];
        assert_eq!(Slashes::of(values.into_iter()), Slashes::MonthFirst);
        assert_eq!(parse("03/04/2026", Slashes::MonthFirst), Some(date(2026, 3, 4)));
        assert_eq!(Slashes::of(["28/03/2026"].into_iter()), Slashes::DayFirst);
    }
}
