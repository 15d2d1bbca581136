//! When is a queue open, and when is a first response due?

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

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
    /// Days on which everything is closed.
    pub(super) holidays: BTreeSet<Date>,
}

/// Opening hours of one week: never empty, periods of a day in order and apart from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hours {
    /// Periods by day, Monday first.
    days: [Vec<Period>; 7],
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
        let mut hours = Self { days: Default::default() };
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

    /// Opening periods that end after `at`, in order, as points in time. Periods that vanish in a
    /// change to summer time are left out.
    fn periods_from(
        &self,
        calendar: &Calendar,
        at: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let today = at.to_zoned(calendar.timezone.clone()).date();
        std::iter::successors(Some(today), |date| date.tomorrow().ok())
            .filter(|date| !calendar.holidays.contains(date))
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
mod tests {
    use super::*;

    fn calendar() -> Calendar {
        let timezone = TimeZone::get("Europe/Berlin").expect("time-zone data is installed");
        Calendar { timezone, holidays: BTreeSet::from([jiff::civil::date(2026, 12, 25)]) }
    }

    fn office() -> Hours {
        Hours::parse([("monday-friday", "08:00-20:00"), ("saturday", "9:00-16:00")])
            .expect("valid hours")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("valid time")
    }

    #[test]
    fn nonsense_is_refused_with_a_way_out() {
        let problem = |days, periods| Hours::parse([(days, periods)]).expect_err("nonsense").1;
        assert!(problem("montag", "08:00-20:00").contains("`montag` is no weekday"));
        assert!(problem("friday-monday", "08:00-20:00").contains("runs backwards"));
        assert!(problem("monday", "8-20").contains("write 08:00-20:00"));
        assert!(problem("monday", "08:00-24:01").contains("no opening period"));
        assert!(problem("monday", "+8:00-20:00").contains("no opening period"));
        assert!(problem("monday", "22:00-02:00").contains("24:00"));
        assert!(problem("monday", "08:00-12:00, 11:00-13:00").contains("from 11:00"));
        assert!(Hours::parse([]).expect_err("empty").1.contains("whole week"));
        let twice = Hours::parse([("monday-friday", "08:00-20:00"), ("monday", "09:00-10:00")]);
        assert_eq!(twice, Err((1, "monday has its hours already".to_owned())));
    }

    #[test]
    fn open_from_the_first_minute_to_before_the_last() {
        let (office, calendar) = (office(), calendar());
        for (time, open) in [
            ("2026-11-23T06:59:59Z", false),
            ("2026-11-23T07:00:00Z", true),
            ("2026-11-23T18:59:59Z", true),
            ("2026-11-23T19:00:00Z", false),
            ("2026-11-28T14:59:00Z", true),
            ("2026-11-29T12:00:00Z", false),
            ("2026-12-25T12:00:00Z", false),
        ] {
            let opens = office.opens(&calendar, at(time));
            assert_eq!(opens == Some(at(time)), open, "{time}");
        }
        let opens = |time| office.opens(&calendar, at(time)).expect("opens again");
        assert_eq!(opens("2026-11-23T12:00:00Z"), at("2026-11-23T12:00:00Z"));
        // Christmas Eve after closing: 25 December is free, the 26th a Saturday.
        assert_eq!(opens("2026-12-24T19:30:00Z"), at("2026-12-26T08:00:00Z"));
    }

    #[test]
    fn the_clock_stands_still_while_closed() {
        let (office, calendar) = (office(), calendar());
        let due = |created, target: &str| {
            office.due(&calendar, at(created), target.parse().expect("valid duration"))
        };
        assert_eq!(due("2026-11-23T12:00:00Z", "4h"), at("2026-11-23T16:00:00Z"));
        // Two hours are left on Monday, the other two run on Tuesday.
        assert_eq!(due("2026-11-23T17:00:00Z", "4h"), at("2026-11-24T09:00:00Z"));
        assert_eq!(due("2026-11-23T17:00:00Z", "2h"), at("2026-11-23T19:00:00Z"));
        // Sunday: the minute begins on Monday at eight.
        assert_eq!(due("2026-11-29T10:00:00Z", "60s"), at("2026-11-30T07:01:00Z"));
        assert_eq!(due("2026-11-29T10:00:00Z", "0s"), at("2026-11-30T07:00:00Z"));
    }

    #[test]
    fn a_day_of_the_clock_change_is_as_long_as_it_is() {
        let calendar = calendar();
        let always = Hours::parse([("monday-sunday", "00:00-24:00")]).expect("valid hours");
        // 29 March 2026 has 23 hours, 25 October 25: real time counts.
        for created in ["2026-03-28T22:30:00Z", "2026-10-24T21:30:00Z"] {
            let due = always.due(&calendar, at(created), SignedDuration::from_hours(30));
            assert_eq!(due, at(created) + SignedDuration::from_hours(30));
        }
        // 02:15 to 02:45 does not exist on 29 March: the period of the week after counts.
        let gap = Hours::parse([("sunday", "02:15-02:45")]).expect("valid hours");
        assert_eq!(
            gap.opens(&calendar, at("2026-03-28T12:00:00Z")),
            Some(at("2026-04-05T00:15:00Z"))
        );
    }

    use proptest::prelude::*;

    prop_compose! {
        /// A week of up to two periods a day, with at least one in it.
        fn any_hours()(
            cuts in prop::collection::vec(
                prop::collection::btree_set((0_u16..=96).prop_map(|quarter| quarter * 15), 0..5),
                7,
            ),
            sure in 0_usize..7,
        ) -> Hours {
            let mut days: [Vec<Period>; 7] = Default::default();
            for (day, cuts) in days.iter_mut().zip(cuts) {
                let cuts: Vec<u16> = cuts.into_iter().collect();
                let pairs = cuts.chunks_exact(2);
                *day = pairs.map(|pair| Period { from: pair[0], until: pair[1] }).collect();
            }
            if days[sure].is_empty() {
                days[sure].push(Period { from: 9 * 60, until: 17 * 60 });
            }
            Hours { days }
        }
    }

    /// Seconds within the weeks around both clock changes of 2026, and any time of that year.
    fn any_time() -> impl Strategy<Value = Timestamp> {
        let start = at("2026-01-01T00:00:00Z");
        let around = |change: &str| {
            let change = at(change).duration_since(start).as_secs();
            change - 200_000..change + 200_000
        };
        prop_oneof![
            around("2026-03-29T01:00:00Z"),
            around("2026-10-25T01:00:00Z"),
            0..365_i64 * 86_400,
        ]
        .prop_map(move |seconds| start + SignedDuration::from_secs(seconds))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn due_times_keep_their_promises(
            hours in any_hours(),
            created in any_time(),
            target in 0_i64..200_000,
            longer in 0_i64..100_000,
        ) {
            let calendar = calendar();
            let due = |seconds| {
                hours.due(&calendar, created, SignedDuration::from_secs(seconds))
            };
            let first = due(target);
            prop_assert!(first >= created + SignedDuration::from_secs(target));
            prop_assert!(due(target + longer) >= first);
            // Inside opening hours, the closing minute included.
            let before = first - SignedDuration::from_secs(1);
            let open = |time| hours.opens(&calendar, time) == Some(time);
            prop_assert!(open(first) || open(before), "{first} is outside opening hours");
        }

        #[test]
        fn openings_follow_each_other(hours in any_hours(), time in any_time()) {
            let calendar = calendar();
            let opens = hours.opens(&calendar, time).expect("some day is open");
            prop_assert!(opens >= time);
            prop_assert_eq!(hours.opens(&calendar, opens), Some(opens));
            let mut last = time;
            for (start, end) in hours.periods_from(&calendar, time).take(50) {
                prop_assert!(start < end && end > last);
                prop_assert!(start >= last || last == time);
                last = end;
            }
        }
    }
}
