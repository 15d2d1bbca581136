use proptest::prelude::*;

use super::*;

fn calendar() -> Calendar {
    let timezone = TimeZone::get("Europe/Berlin").expect("time-zone data is installed");
    let mut holidays = Holidays::default();
    holidays.add_day(jiff::civil::date(2026, 12, 25));
    Calendar { timezone, holidays }
}

/// Days of a Land, the change to summer time 2027 among them: 28 March is Easter Sunday, which
/// Brandenburg keeps.
fn land(code: &str) -> Holidays {
    let mut holidays = Holidays::default();
    holidays.add(code).expect("a Land");
    holidays
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
fn hours_may_keep_the_holidays_of_another_land() {
    let calendar = Calendar { holidays: land("DE-SH"), ..calendar() };
    let kiel = office();
    let vienna = office().with_holidays(land("AT-9"));
    // Reformation Day is a Saturday; 8 December, Immaculate Conception, a Tuesday.
    for (time, is_open_in_kiel, is_open_in_vienna) in [
        ("2026-10-31T10:00:00Z", false, true),
        ("2026-12-08T10:00:00Z", true, false),
        ("2026-12-25T10:00:00Z", false, false),
        ("2026-12-09T10:00:00Z", true, true),
    ] {
        let is_open = |hours: &Hours| hours.opens(&calendar, at(time)) == Some(at(time));
        assert_eq!(
            (is_open(&kiel), is_open(&vienna)),
            (is_open_in_kiel, is_open_in_vienna),
            "{time}"
        );
    }
}

#[test]
fn opening_time_leaves_out_what_is_closed() {
    let (office, calendar) = (office(), calendar());
    let open = |from, until| office.open_time(&calendar, at(from), at(until)).as_mins();
    // Monday 19:50 to Tuesday 8:20.
    assert_eq!(open("2026-11-23T18:50:00Z", "2026-11-24T07:20:00Z"), 30);
    assert_eq!(open("2026-11-28T16:00:00Z", "2026-11-30T06:00:00Z"), 0);
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
    assert_eq!(gap.opens(&calendar, at("2026-03-28T12:00:00Z")), Some(at("2026-04-05T00:15:00Z")));
}

prop_compose! {
    /// A week of up to two periods a day, with at least one in it.
    fn any_hours()(
        cuts in prop::collection::vec(
            prop::collection::btree_set((0_u16..=96).prop_map(|quarter| quarter * 15), 0..5),
            7,
        ),
        sure in 0_usize..7,
        holidays in prop::option::of(prop::sample::select(vec!["DE-SH", "DE-BB", "AT-9"])),
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
        Hours { days, holidays: holidays.map(land) }
    }
}

/// Seconds around both clock changes of 2026 and the one on Easter Sunday 2027, and any time of
/// these years.
fn any_time() -> impl Strategy<Value = Timestamp> {
    let start = at("2026-01-01T00:00:00Z");
    let around = |change: &str| {
        let change = at(change).duration_since(start).as_secs();
        change - 200_000..change + 200_000
    };
    prop_oneof![
        around("2026-03-29T01:00:00Z"),
        around("2026-10-25T01:00:00Z"),
        around("2027-03-28T01:00:00Z"),
        0..2 * 365_i64 * 86_400,
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

    /// The clock that stands still while closed, read forwards and backwards: what was due after so
    /// much opening time is so much opening time away.
    #[test]
    fn opening_time_and_due_time_agree(
        hours in any_hours(),
        created in any_time(),
        target in 0_i64..200_000,
        rest in 0_i64..200_000,
    ) {
        let calendar = calendar();
        let target = SignedDuration::from_secs(target);
        let due = hours.due(&calendar, created, target);
        prop_assert_eq!(hours.open_time(&calendar, created, due), target);
        let later = due + SignedDuration::from_secs(rest);
        let open = |from, until| hours.open_time(&calendar, from, until);
        prop_assert_eq!(open(created, due) + open(due, later), open(created, later));
        prop_assert!(open(due, later) <= later.duration_since(due));
        prop_assert_eq!(open(later, created), SignedDuration::ZERO);
    }

    #[test]
    fn nothing_is_open_on_a_holiday(hours in any_hours(), time in any_time()) {
        let calendar = calendar();
        let opens = hours.opens(&calendar, time).expect("some day is open");
        let day = opens.to_zoned(calendar.timezone.clone()).date();
        let holidays = hours.holidays.as_ref().unwrap_or(&calendar.holidays);
        prop_assert!(!holidays.contains(day));
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
