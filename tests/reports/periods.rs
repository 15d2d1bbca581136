//! Which time is meant, and how is it cut?

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lotse::domain::{Channel, Language};
use lotse::reports::{Ask, AskError, Period, Step};
use proptest::prelude::*;

use crate::naive::berlin;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOW: &str = "2026-11-23T14:30:00Z";

fn ask(from: &str, to: &str, days: &str) -> Result<Period, AskError> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let ask = Ask { from: given(from), to: given(to), days: given(days), ..Ask::default() };
    ask.read(at(NOW), &berlin()).map(|asked| asked.period)
}

#[test]
fn days_are_those_of_the_company() {
    // Midnight in Berlin is 23:00 in London; summer time began on 29 March, ended on 25 October.
    for (asked, from, to) in [
        (("", "", ""), "2026-11-16T23:00:00Z", "2026-11-23T23:00:00Z"),
        (("", "", "1"), "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"),
        (("", "", "30"), "2026-10-24T22:00:00Z", "2026-11-23T23:00:00Z"),
        (("2026-10-25", "2026-10-25", ""), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        (("2026-03-29", "2026-03-29", ""), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        (("2026-11-20", "", ""), "2026-11-19T23:00:00Z", "2026-11-23T23:00:00Z"),
        (("", "2026-11-10", ""), "2026-11-03T23:00:00Z", "2026-11-10T23:00:00Z"),
        (
            ("2026-11-20T08:00:00Z", "2026-11-20T10:30:00+01:00", ""),
            "2026-11-20T08:00:00Z",
            "2026-11-20T09:30:00Z",
        ),
        // A plus sign that was not encoded arrives as a blank.
        (
            ("2026-11-20T08:00:00 01:00", "2026-11-20T09:00:00Z", ""),
            "2026-11-20T07:00:00Z",
            "2026-11-20T09:00:00Z",
        ),
    ] {
        let period =
            ask(asked.0, asked.1, asked.2).unwrap_or_else(|error| panic!("{asked:?}: {error}"));
        assert_eq!((period.from, period.to), (at(from), at(to)), "{asked:?}");
    }
}

#[test]
fn nonsense_is_refused_with_its_reason() {
    assert!(matches!(ask("yesterday", "", ""), Err(AskError::Time { field: "from", .. })));
    assert!(matches!(ask("2026-02-30", "", ""), Err(AskError::Time { field: "from", .. })));
    assert!(matches!(ask("", "2026-11-01T25:00:00Z", ""), Err(AskError::Time { field: "to", .. })));
    assert!(matches!(ask("2026-11-20", "2026-11-19", ""), Err(AskError::Backwards { .. })));
    assert!(matches!(ask("2026-11-24", "2026-11-30", ""), Err(AskError::Future(_))));
    assert!(matches!(ask("2026-11-24", "", ""), Err(AskError::Future(_))));
    assert!(matches!(ask("2016-11-24", "2026-11-20", ""), Err(AskError::TooLong)));
    assert!(matches!(ask("2026-11-20", "", "7"), Err(AskError::Both)));
    for days in ["0", "-1", "x", "1.5", "99999"] {
        assert!(matches!(ask("", "", days), Err(AskError::Days(_))), "{days}");
    }
    let other = |ask: Ask| ask.read(at(NOW), &berlin()).unwrap_err();
    let channel = Ask { channel: Some("fax".to_owned()), ..Ask::default() };
    assert_eq!(other(channel), AskError::Channel("fax".to_owned()));
    let language = Ask { language: Some("fr".to_owned()), ..Ask::default() };
    assert_eq!(other(language), AskError::Language("fr".to_owned()));
}

#[test]
fn blank_fields_of_a_form_count_as_left_out() {
    let blank = Some("  ".to_owned());
    let ask = Ask {
        from: blank.clone(),
        to: blank.clone(),
        days: blank.clone(),
        channel: Some(" email ".to_owned()),
        queue: blank,
        language: Some("de".to_owned()),
    };
    let asked = ask.read(at(NOW), &berlin()).unwrap();
    assert_eq!(asked.filters.channel, Some(Channel::Email));
    assert_eq!(asked.filters.language, Some(Language::De));
    assert_eq!(asked.filters.queue, None);
    assert_eq!(asked.period.to, at("2026-11-23T23:00:00Z"));
}

#[test]
fn a_day_on_which_the_clocks_change_has_as_many_hours_as_it_has() {
    for (day, hours) in [("2026-10-25", 25), ("2026-03-29", 23), ("2026-06-01", 24)] {
        let period = ask(day, day, "").unwrap();
        assert_eq!(period.step(), Step::Hour, "{day}");
        let buckets = period.buckets();
        assert_eq!(buckets.len(), hours, "{day}");
        let hour = SignedDuration::from_hours(1);
        assert!(buckets.iter().all(|bucket| bucket.end.duration_since(bucket.start) == hour));
    }
    // A week with such a day has seven days, one of them longer.
    let week = ask("2026-10-19", "2026-10-25", "").unwrap();
    let lengths: Vec<i64> = week
        .buckets()
        .iter()
        .map(|bucket| bucket.end.duration_since(bucket.start).as_hours())
        .collect();
    assert_eq!(lengths, [24, 24, 24, 24, 24, 24, 25]);
}

#[test]
fn hours_of_a_zone_off_by_half_an_hour_begin_with_its_clock() {
    let timezone = TimeZone::get("Asia/Kolkata").unwrap();
    let period = Period {
        from: at("2026-11-20T18:30:00Z"),
        to: at("2026-11-21T18:30:00Z"),
        now: at(NOW),
        timezone,
    };
    let buckets = period.buckets();
    assert_eq!(buckets.len(), 24);
    assert_eq!(buckets[1].start, at("2026-11-20T19:30:00Z"));
}

#[test]
fn today_until_now_is_compared_with_yesterday_until_then() {
    let before = ask("", "", "1").unwrap().before().unwrap();
    assert_eq!(before.from, at("2026-11-21T23:00:00Z"));
    assert_eq!(before.to, at("2026-11-22T14:30:00Z"));
    // Over the change of the clocks, days are compared with days.
    let before = ask("2026-10-25", "2026-10-25", "").unwrap().before().unwrap();
    assert_eq!((before.from, before.to), (at("2026-10-23T22:00:00Z"), at("2026-10-24T22:00:00Z")));
}

#[test]
fn long_periods_are_drawn_by_the_week_from_monday() {
    let period = ask("2026-01-01", "2026-11-23", "").unwrap();
    assert_eq!(period.step(), Step::Week);
    let buckets = period.buckets();
    // 1 January 2026 is a Thursday.
    assert_eq!(buckets[1].start, at("2026-01-04T23:00:00Z"));
    assert_eq!(buckets.last().unwrap().start, at("2026-11-22T23:00:00Z"));
}

proptest! {
    #[test]
    fn steps_follow_each_other_from_the_beginning_to_now(
        from in 0..400_000_i64,
        length in 1..400_000_i64,
        now in 0..500_000_i64,
    ) {
        let minute = |minutes| at("2026-01-01T00:00:00Z") + SignedDuration::from_mins(minutes);
        let (from, to) = (minute(from), minute(from + length));
        let period = Period { from, to, now: minute(now), timezone: berlin() };
        let buckets = period.buckets();
        if period.now <= from {
            prop_assert!(buckets.is_empty());
            return Ok(());
        }
        prop_assert_eq!(buckets[0].start, from);
        for pair in buckets.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
        }
        let last = buckets.last().unwrap();
        prop_assert!(last.start < period.end() && period.end() <= last.end && last.end <= to);
        prop_assert!(buckets.iter().all(|bucket| bucket.start < bucket.end));
        if let Some(before) = period.before() {
            prop_assert!(before.from < before.to && before.to <= period.to);
        }
    }
}
