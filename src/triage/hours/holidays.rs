//! Is this day a public holiday?
//!
//! Computed for every German and Austrian Land, by the laws in force since 1995, when the day of
//! repentance was given up outside Saxony. Left out is what holds in parts of a Land alone: Corpus
//! Christi in some places of Saxony and Thuringia, the Assumption in the Catholic places of
//! Bavaria, the peace festival of Augsburg. The days of the patron saints of the Austrian Länder
//! (and 10 October in Carinthia) close schools and offices, but are no holidays by the law on rest
//! from work (Arbeitsruhegesetz, section 7): all Austrian Länder have the same ones. An operator
//! adds such days one by one.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// The German Länder by their codes of ISO 3166-2, without the `DE-`.
const GERMAN: [&str; 16] = [
    "BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH",
];

/// Where the holidays of a place come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Region {
    /// A German Land, or none for the days that all of them have.
    Germany(Option<&'static str>),
    /// Any Austrian Land.
    Austria,
}

/// Public holidays of Länder, and days of the operator's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::triage) struct Holidays {
    regions: BTreeSet<Region>,
    days: BTreeSet<Date>,
    /// Month and day of those that come every year.
    yearly: BTreeSet<(i8, i8)>,
}

impl Holidays {
    /// Adds the holidays of a Land (`DE-SH`, `AT-9`; `DE` and `AT` for those of all Länder), or a
    /// day that comes every year (`12-24`). The error says what is wrong.
    pub(in crate::triage) fn add(&mut self, text: &str) -> Result<(), String> {
        if let Some(region) = region(text) {
            self.regions.insert(region);
        } else if let Some(day) = yearly(text) {
            self.yearly.insert(day);
        } else {
            return Err(format!(
                "`{text}` is no Land and no day: write DE-SH or AT-9 for its public holidays (DE \
                 or AT for those of all Länder), 12-24 for a day of every year, or 2027-12-24 \
                 without quotes for a single one"
            ));
        }
        Ok(())
    }

    /// Adds a single day.
    pub(in crate::triage) fn add_day(&mut self, day: Date) {
        self.days.insert(day);
    }

    /// Whether a day is free.
    pub(in crate::triage) fn contains(&self, day: Date) -> bool {
        self.days.contains(&day)
            || self.yearly.contains(&(day.month(), day.day()))
            || self.regions.iter().any(|region| region.is_free(day))
    }

    /// Single days that are free without being named: by their Land or as a day of every year.
    pub(in crate::triage) fn needless(&self) -> impl Iterator<Item = Date> {
        let others = Self { days: BTreeSet::new(), ..self.clone() };
        self.days.iter().copied().filter(move |day| others.contains(*day))
    }

    /// The last single day, where nothing but single days is named: then somebody must go on.
    pub(in crate::triage) fn end(&self) -> Option<Date> {
        let renewed = !self.regions.is_empty() || !self.yearly.is_empty();
        self.days.last().copied().filter(|_| !renewed)
    }
}

fn region(text: &str) -> Option<Region> {
    match text.split_once('-') {
        None if text == "DE" => Some(Region::Germany(None)),
        None if text == "AT" => Some(Region::Austria),
        Some(("DE", land)) => {
            let land = GERMAN.into_iter().find(|known| *known == land)?;
            Some(Region::Germany(Some(land)))
        }
        Some(("AT", "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9")) => Some(Region::Austria),
        _ => None,
    }
}

/// Month and day of `12-24`.
fn yearly(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let is_number = |part: &str| part.len() == 2 && part.bytes().all(|one| one.is_ascii_digit());
    let (month, day) = (is_number(month).then_some(month)?, is_number(day).then_some(day)?);
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year, so that 02-29 is a day.
    Date::new(2028, month, day).ok().map(|_| (month, day))
}

impl Region {
    fn is_free(self, day: Date) -> bool {
        match self {
            Self::Germany(land) => {
                in_germany(day) || land.is_some_and(|land| in_german_land(land, day))
            }
            Self::Austria => in_austria(day),
        }
    }
}

/// The nine days that all German Länder have, and Reformation Day in the year of its 500th return.
fn in_germany(day: Date) -> bool {
    matches!((day.month(), day.day()), (1 | 5, 1) | (10, 3) | (12, 25 | 26))
        // Good Friday, Easter Monday, Ascension, Whit Monday.
        || [-2, 1, 39, 50].into_iter().any(|days| is_after_easter(day, days))
        || day == date(2017, 10, 31)
}

/// The days that only some German Länder have.
fn in_german_land(land: &str, day: Date) -> bool {
    let year = day.year();
    match (day.month(), day.day()) {
        (1, 6) if matches!(land, "BW" | "BY" | "ST") => return true,
        (3, 8) if (land == "BE" && year >= 2019) || (land == "MV" && year >= 2023) => return true,
        (8, 15) if land == "SL" => return true,
        (9, 20) if land == "TH" && year >= 2019 => return true,
        (10, 31) if matches!(land, "BB" | "MV" | "SN" | "ST" | "TH") => return true,
        (10, 31) if matches!(land, "HB" | "HH" | "NI" | "SH") && year >= 2018 => return true,
        (11, 1) if matches!(land, "BW" | "BY" | "NW" | "RP" | "SL") => return true,
        _ => {}
    }
    match land {
        // 75 and 80 years after the end of the war; 75 years after the uprising of 17 June 1953.
        "BE" => [date(2020, 5, 8), date(2025, 5, 8), date(2028, 6, 17)].contains(&day),
        // Easter Sunday and Whit Sunday.
        "BB" => is_after_easter(day, 0) || is_after_easter(day, 49),
        // The Wednesday before 23 November.
        "SN" => {
            day.month() == 11
                && (16..=22).contains(&day.day())
                && day.weekday() == jiff::civil::Weekday::Wednesday
        }
        // Corpus Christi.
        "BW" | "BY" | "HE" | "NW" | "RP" | "SL" => is_after_easter(day, 60),
        _ => false,
    }
}

/// The thirteen days of the law on rest from work. Good Friday is none of them.
fn in_austria(day: Date) -> bool {
    matches!(
        (day.month(), day.day()),
        (1, 1 | 6) | (5 | 11, 1) | (8, 15) | (10, 26) | (12, 8 | 25 | 26)
    )
        // Easter Monday, Ascension, Whit Monday, Corpus Christi.
        || [1, 39, 50, 60].into_iter().any(|days| is_after_easter(day, days))
}

fn is_after_easter(day: Date, days: i64) -> bool {
    easter(day.year()).and_then(|easter| easter.checked_add(days.days()).ok()) == Some(day)
}

/// Easter Sunday of a year in the Gregorian calendar, by the rule of Meeus, Jones and Butcher.
fn easter(year: i16) -> Option<Date> {
    let whole = i32::from(year);
    let golden = whole.rem_euclid(19);
    let (century, year_in_century) = (whole.div_euclid(100), whole.rem_euclid(100));
    let moon_correction = (century + 8) / 25;
    let moon_correction = (century - moon_correction + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
    let weekday =
        (32 + 2 * (century % 4) + 2 * (year_in_century / 4) - epact - year_in_century % 4)
            .rem_euclid(7);
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * shift + 114;
    Date::new(year, i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of a year that are free in a Land, as `month-day`.
    fn days(code: &str, year: i16) -> Vec<String> {
        let mut holidays = Holidays::default();
        holidays.add(code).expect("a Land");
        let all = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
        all.filter(|day| holidays.contains(*day))
            .map(|day| day.strftime("%m-%d").to_string())
            .collect()
    }

    #[test]
    fn easter_falls_where_the_tables_say() {
        // United States Naval Observatory, https://aa.usno.navy.mil/data/easter_day; 1961 and 2049
        // are among the years that simpler rules get wrong.
        for (year, month, day) in [
            (1954, 4, 18),
            (1961, 4, 2),
            (1981, 4, 19),
            (1995, 4, 16),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2016, 3, 27),
            (2017, 4, 16),
            (2018, 4, 1),
            (2019, 4, 21),
            (2020, 4, 12),
            (2021, 4, 4),
            (2022, 4, 17),
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn the_laender_have_the_days_of_the_published_lists() {
        // Lists of the ministries of the interior of the Länder for these years.
        for (code, year, expected) in [
            ("DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"),
            ("DE", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"),
            ("DE-SH", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"),
            ("DE-SH", 2016, "01-01 03-25 03-28 05-01 05-05 05-16 10-03 12-25 12-26"),
            ("DE-SH", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 10-31 12-25 12-26"),
            ("DE-SH", 2027, "01-01 03-26 03-29 05-01 05-06 05-17 10-03 10-31 12-25 12-26"),
            ("DE-HH", 2024, "01-01 03-29 04-01 05-01 05-09 05-20 10-03 10-31 12-25 12-26"),
            ("DE-NI", 2016, "01-01 03-25 03-28 05-01 05-05 05-16 10-03 12-25 12-26"),
            ("DE-HB", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"),
            ("DE-BE", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 12-25 12-26"),
            ("DE-BE", 2019, "01-01 03-08 04-19 04-22 05-01 05-30 06-10 10-03 12-25 12-26"),
            ("DE-BE", 2020, "01-01 03-08 04-10 04-13 05-01 05-08 05-21 06-01 10-03 12-25 12-26"),
            ("DE-BE", 2025, "01-01 03-08 04-18 04-21 05-01 05-08 05-29 06-09 10-03 12-25 12-26"),
            ("DE-BE", 2028, "01-01 03-08 04-14 04-17 05-01 05-25 06-05 06-17 10-03 12-25 12-26"),
            ("DE-MV", 2022, "01-01 04-15 04-18 05-01 05-26 06-06 10-03 10-31 12-25 12-26"),
            ("DE-MV", 2023, "01-01 03-08 04-07 04-10 05-01 05-18 05-29 10-03 10-31 12-25 12-26"),
            ("DE-TH", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 10-31 12-25 12-26"),
            ("DE-TH", 2019, "01-01 04-19 04-22 05-01 05-30 06-10 09-20 10-03 10-31 12-25 12-26"),
            ("DE-SN", 2025, "01-01 04-18 04-21 05-01 05-29 06-09 10-03 10-31 11-19 12-25 12-26"),
            ("DE-SN", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 11-18 12-25 12-26"),
            ("DE-SN", 2028, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 11-22 12-25 12-26"),
            ("DE-ST", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"),
            (
                "DE-BB",
                2026,
                "01-01 04-03 04-05 04-06 05-01 05-14 05-24 05-25 10-03 10-31 12-25 12-26",
            ),
            (
                "DE-BW",
                2026,
                "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26",
            ),
            (
                "DE-BY",
                2025,
                "01-01 01-06 04-18 04-21 05-01 05-29 06-09 06-19 10-03 11-01 12-25 12-26",
            ),
            ("DE-HE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 12-25 12-26"),
            ("DE-NW", 2025, "01-01 04-18 04-21 05-01 05-29 06-09 06-19 10-03 11-01 12-25 12-26"),
            ("DE-RP", 2024, "01-01 03-29 04-01 05-01 05-09 05-20 05-30 10-03 11-01 12-25 12-26"),
            (
                "DE-SL",
                2026,
                "01-01 04-03 04-06 05-01 05-14 05-25 06-04 08-15 10-03 11-01 12-25 12-26",
            ),
            (
                "AT-9",
                2026,
                "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26",
            ),
            (
                "AT-2",
                2025,
                "01-01 01-06 04-21 05-01 05-29 06-09 06-19 08-15 10-26 11-01 12-08 12-25 12-26",
            ),
        ] {
            assert_eq!(days(code, year).join(" "), expected, "{code} {year}");
        }
    }

    #[test]
    fn every_land_has_at_least_the_days_of_all() {
        for year in 1995..2100 {
            let all = days("DE", year);
            // Ascension on 1 May, as in 2008, leaves one day less.
            assert!((8..=10).contains(&all.len()), "{year}: {all:?}");
            for land in GERMAN {
                let days = days(&format!("DE-{land}"), year);
                assert!(all.iter().all(|day| days.contains(day)), "{land} {year}");
            }
            let austria = days("AT", year);
            assert!((12..=13).contains(&austria.len()), "{year}: {austria:?}");
            for land in 1..=9 {
                assert_eq!(days(&format!("AT-{land}"), year), austria);
            }
        }
    }

    #[test]
    fn own_days_stand_beside_those_of_a_land() {
        let mut holidays = Holidays::default();
        holidays.add("DE-SH").expect("a Land");
        holidays.add("12-24").expect("a day of every year");
        holidays.add_day(date(2026, 12, 28));
        holidays.add_day(date(2026, 12, 25));
        assert!(holidays.contains(date(2031, 12, 24)) && holidays.contains(date(2026, 12, 28)));
        assert!(!holidays.contains(date(2027, 12, 28)));
        assert_eq!(holidays.needless().collect::<Vec<Date>>(), [date(2026, 12, 25)]);
        assert_eq!(holidays.end(), None);
        let mut single = Holidays::default();
        single.add_day(date(2026, 12, 28));
        assert_eq!(single.end(), Some(date(2026, 12, 28)));
        for wrong in ["", "de-sh", "DE-XX", "AT-0", "AT-10", "13-01", "02-30", "1-1", "CH-ZH"] {
            assert!(holidays.add(wrong).expect_err(wrong).contains("write DE-SH"), "{wrong}");
        }
    }
}
