//! When is a queue open, and when is a first response due?

mod holidays;
mod window;

use jiff::civil::{Date, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

pub(super) use self::holidays::Holidays;
pub(super) use self::window::{Weekdays, Window};

/// Minutes of a civil day.
const DAY_MINUTES: u16 = 24 * 60;

/// Weekdays in the order of the table of [`Hours`].
pub(super) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Where the clocks are, and which days are free.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Calendar {
    /// Time zone of all opening hours.
    pub(super) timezone: TimeZone,
    /// Days on which everything is closed that has no holidays of its own.
    pub(super) holidays: Holidays,
}

/// Opening hours of one week: never empty, periods of a day in order and apart from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hours {
    /// Periods by day, Monday first.
    days: [Vec<Period>; 7],
    /// Days on which these hours do not apply; those of the calendar if none.
    holidays: Option<Holidays>,
}

/// An opening period within one day, in minutes since midnight: `from` belongs to it, `until`
/// does not. `until` may be 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    from: u16,
    until: u16,
}

impl Hours {
    /// Reads a week from pairs such as `("monday-friday", "08:00-12:00, 13:00-18:00")`. The error
    /// says what is wrong, and at which of the pairs.
    pub(super) fn parse<'a>(
        week: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, (usize, String)> {
        let mut hours = Self { days: Default::default(), holidays: None };
        for (index, (days, periods)) in week.into_iter().enumerate() {
            hours.add(days, periods).map_err(|problem| (index, problem))?;
        }
        if hours.days.iter().all(Vec::is_empty) {
            let problem = "no opening period in the whole week: add one, such as \
                           monday-friday = \"08:00-20:00\"";
            return Err((0, problem.to_owned()));
        }
        Ok(hours)
    }

    /// The same hours with holidays of their own.
    pub(super) fn with_holidays(self, holidays: Holidays) -> Self {
        Self { holidays: Some(holidays), ..self }
    }

    fn add(&mut self, days: &str, periods: &str) -> Result<(), String> {
        let periods =
            periods.split(',').map(parse_period).collect::<Result<Vec<Period>, String>>()?;
        if let Some(pair) = periods.windows(2).find(|pair| pair[0].until >= pair[1].from) {
            return Err(format!(
                "the period from {} begins before the one before it has ended: give them in order",
                clock(pair[1].from)
            ));
        }
        for day in parse_days(days)? {
            if !self.days[day].is_empty() {
                return Err(format!("{} has its hours already", WEEKDAYS[day].0));
            }
            self.days[day].clone_from(&periods);
        }
        Ok(())
    }

    /// When it opens next: `at` itself while it is open.
    pub(super) fn opens(&self, calendar: &Calendar, at: Timestamp) -> Option<Timestamp> {
        self.periods_from(calendar, at).next().map(|(start, _)| start.max(at))
    }

    /// The time at which `target` of opening time has passed since `created`. A response that is
    /// due exactly at closing time is due then, not at the next opening.
    pub(super) fn due(
        &self,
        calendar: &Calendar,
        created: Timestamp,
        target: SignedDuration,
    ) -> Timestamp {
        let mut left = target.max(SignedDuration::ZERO);
        for (start, end) in self.periods_from(calendar, created) {
            let start = start.max(created);
            let available = end.duration_since(start);
            if left <= available {
                return start + left;
            }
            left -= available;
        }
        // The calendar has come to its end, in the year 9999.
        created
    }

    /// How much opening time lies between two points in time; none if the second comes first.
    pub(super) fn open_time(
        &self,
        calendar: &Calendar,
        from: Timestamp,
        until: Timestamp,
    ) -> SignedDuration {
        self.periods_from(calendar, from)
            .take_while(|(start, _)| *start < until && from < until)
            .map(|(start, end)| end.min(until).duration_since(start.max(from)))
            .sum()
    }

    /// Opening periods that end after `at`, in order, as points in time. Periods that vanish in a
    /// change to summer time are left out.
    fn periods_from<'a>(
        &'a self,
        calendar: &'a Calendar,
        at: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'a {
        let today = at.to_zoned(calendar.timezone.clone()).date();
        let holidays = self.holidays.as_ref().unwrap_or(&calendar.holidays);
        std::iter::successors(Some(today), |date| date.tomorrow().ok())
            .filter(|date| !holidays.contains(*date))
            .flat_map(move |date| {
                let day = date.weekday().to_monday_zero_offset() as usize;
                self.days[day].iter().map(move |period| (date, *period))
            })
            .filter_map(|(date, period)| {
                let start = moment(calendar, date, period.from)?;
                let end = moment(calendar, date, period.until)?;
                (start < end).then_some((start, end))
            })
            .filter(move |(_, end)| *end > at)
    }
}

/// A civil time of day as a point in time. In the gap of a change to summer time it is the change
/// itself, so that periods keep their order; when the clock goes back, the first of the two.
fn moment(calendar: &Calendar, date: Date, minute: u16) -> Option<Timestamp> {
    let civil = date.at(0, 0, 0, 0).checked_add(i64::from(minute).minutes()).ok()?;
    let ambiguous = calendar.timezone.to_ambiguous_timestamp(civil);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        let before = ambiguous.earlier().ok()?;
        return calendar.timezone.following(before).next().map(|change| change.timestamp());
    }
    ambiguous.compatible().ok()
}

/// Indices of the days that `monday` or `monday-friday` names.
fn parse_days(text: &str) -> Result<std::ops::RangeInclusive<usize>, String> {
    let day = |name: &str| {
        WEEKDAYS.iter().position(|(day, _)| *day == name.trim()).ok_or_else(|| {
            format!("`{name}` is no weekday: write monday, tuesday … sunday, or monday-friday")
        })
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (day(first)?, day(last)?);
    if first > last {
        return Err(format!("`{text}` runs backwards: the week begins on Monday"));
    }
    Ok(first..=last)
}

fn parse_period(text: &str) -> Result<Period, String> {
    let problem = || format!("`{}` is no opening period: write 08:00-20:00", text.trim());
    let (from, until) = text.trim().split_once('-').ok_or_else(problem)?;
    let from = parse_clock(from.trim()).ok_or_else(problem)?;
    let until = parse_clock(until.trim()).ok_or_else(problem)?;
    if from >= until {
        return Err(format!(
            "`{}` ends before it begins: a period over midnight is written as one until 24:00 and \
             one from 00:00 of the next day",
            text.trim()
        ));
    }
    Ok(Period { from, until })
}

/// Minutes since midnight of a clock reading from 00:00 to 24:00.
fn parse_clock(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits =
        |part: &str| part.len() <= 2 && part.chars().all(|digit| digit.is_ascii_digit());
    if !two_digits(hour) || minute.len() != 2 || !two_digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= DAY_MINUTES).then_some(minutes)
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests;
