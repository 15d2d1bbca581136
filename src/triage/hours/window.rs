//! Does the clock on the wall stand between two times, and is it one of these weekdays?

use std::collections::BTreeSet;

use jiff::civil::DateTime;

use super::{DAY_MINUTES, clock, parse_clock, parse_days};

/// A part of every day, such as `18:00-08:00`, which may run over midnight: `from` belongs to it,
/// `until` does not. Told by the clock on the wall: in a change to summer time it may be shorter
/// than it looks, and longer in one to winter time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::triage) struct Window {
    from: u16,
    until: u16,
}

/// Weekdays, 0 for Monday; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::triage) struct Weekdays(BTreeSet<usize>);

impl Window {
    /// Reads `18:00-08:00`. The error says what is wrong.
    pub(in crate::triage) fn parse(text: &str) -> Result<Self, String> {
        let problem = || format!("`{text}` is no part of a day: write 08:00-12:00 or 20:00-08:00");
        let (from, until) = text.split_once('-').ok_or_else(problem)?;
        let from = parse_clock(from.trim()).ok_or_else(problem)? % DAY_MINUTES;
        let until = parse_clock(until.trim()).ok_or_else(problem)? % DAY_MINUTES;
        if from == until {
            return Err(format!("`{text}` is the whole day or none of it: leave it out"));
        }
        Ok(Self { from, until })
    }

    /// Whether this time of day lies within.
    pub(in crate::triage) fn contains(self, at: DateTime) -> bool {
        let minute =
            u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs());
        self.has(minute)
    }

    /// Whether every minute of `other` lies within.
    pub(in crate::triage) fn covers(self, other: Self) -> bool {
        (0..DAY_MINUTES).all(|minute| !other.has(minute) || self.has(minute))
    }

    fn has(self, minute: u16) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&minute)
        } else {
            minute >= self.from || minute < self.until
        }
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}-{}", clock(self.from), clock(self.until))
    }
}

impl Weekdays {
    /// Adds `saturday` or `monday-friday` to `days`. The error says what is wrong.
    pub(in crate::triage) fn parse<'a>(
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, String> {
        let mut days = BTreeSet::new();
        for text in texts {
            days.extend(parse_days(text)?);
        }
        if days.is_empty() {
            return Err("no weekday: name one, or leave weekdays out".to_owned());
        }
        Ok(Self(days))
    }

    /// Whether this day is one of them.
    pub(in crate::triage) fn contains(&self, at: DateTime) -> bool {
        self.0.contains(&(at.weekday().to_monday_zero_offset() as usize))
    }

    /// Whether all of `other` are among them.
    pub(in crate::triage) fn covers(&self, other: &Self) -> bool {
        self.0.is_superset(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn window(text: &str) -> Window {
        Window::parse(text).expect("valid")
    }

    #[test]
    fn a_window_may_run_over_midnight() {
        let day = jiff::civil::date(2026, 11, 23);
        let night = window("20:00-08:00");
        for (hour, minute, is_night) in [
            (19, 59, false),
            (20, 0, true),
            (23, 59, true),
            (0, 0, true),
            (7, 59, true),
            (8, 0, false),
        ] {
            assert_eq!(night.contains(day.at(hour, minute, 30, 0)), is_night, "{hour}:{minute}");
        }
        assert!(window("20:00-24:00").contains(day.at(23, 59, 59, 0)));
        assert!(night.covers(window("22:00-02:00")) && !window("22:00-02:00").covers(night));
        assert!(!night.covers(window("07:00-09:00")));
        assert_eq!(night.to_string(), "20:00-08:00");
        for wrong in ["", "20:00", "8-20", "20:00-25:00", "08:00-08:00", "00:00-24:00"] {
            assert!(Window::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn weekdays_are_named_alone_or_in_a_row() {
        let days = Weekdays::parse(["monday-wednesday", "sunday"]).expect("valid");
        let is_one = |day| days.contains(jiff::civil::date(2026, 11, day).at(0, 0, 0, 0));
        // 23 November 2026 is a Monday.
        assert_eq!(
            (23..30).map(is_one).collect::<Vec<bool>>(),
            [true, true, true, false, false, false, true]
        );
        assert!(days.covers(&Weekdays::parse(["tuesday"]).expect("valid")));
        assert!(!days.covers(&Weekdays::parse(["thursday-sunday"]).expect("valid")));
        assert!(Weekdays::parse(["montag"]).is_err() && Weekdays::parse([]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// Over a whole day, a change of the clock or not, a window and the rest of the day share
        /// all minutes between them; where the clock is not changed, by their lengths.
        #[test]
        fn a_window_and_its_counterpart_share_the_day(
            from in 0_u16..DAY_MINUTES,
            length in 1_u16..DAY_MINUTES,
            day in 0_i64..366,
        ) {
            let until = (from + length) % DAY_MINUTES;
            let (inside, outside) =
                (Window { from, until }, Window { from: until, until: from });
            let timezone = TimeZone::get("Europe/Berlin").expect("time-zone data is installed");
            let date = jiff::civil::date(2026, 1, 1).saturating_add(SignedDuration::from_hours(24 * day));
            let start = date.to_zoned(timezone.clone()).expect("a day").timestamp();
            let end = date.tomorrow().expect("another day").to_zoned(timezone.clone()).expect("a day");
            let minutes = end.timestamp().duration_since(start).as_mins();
            let mut found = 0;
            for minute in 0..minutes {
                let at: Timestamp = start + SignedDuration::from_mins(minute);
                let civil = at.to_zoned(timezone.clone()).datetime();
                prop_assert_ne!(inside.contains(civil), outside.contains(civil));
                found += u16::from(inside.contains(civil));
            }
            prop_assert!(found.abs_diff(length) <= 60);
            prop_assert!(minutes != 24 * 60 || found == length);
        }
    }
}
