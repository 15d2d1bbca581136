//! Which time does a report speak of, and in which steps is it drawn?

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};
use serde::Serialize;
use utoipa::ToSchema;

/// Longest period that is drawn by the hour.
const BY_HOUR: SignedDuration = SignedDuration::from_hours(2 * 24 + 1);
/// Longest period that is drawn by the day.
const BY_DAY: SignedDuration = SignedDuration::from_hours(100 * 24);

/// The time of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// Beginning; this moment belongs to it.
    pub from: Timestamp,
    /// End; this moment does not belong to it.
    pub to: Timestamp,
    /// The moment at which the report is made.
    pub now: Timestamp,
    /// Zone in which days begin and end.
    pub timezone: TimeZone,
}

/// How long a step of a drawing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Clock hours.
    Hour,
    /// Civil days.
    Day,
    /// Weeks from Monday on.
    Week,
}

/// A step of a drawing. The first and the last may be shorter than the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Beginning; this moment belongs to it.
    pub start: Timestamp,
    /// End; this moment does not belong to it.
    pub end: Timestamp,
}

impl Period {
    /// Whole civil days, the last one included.
    pub fn days(first: Date, last: Date, now: Timestamp, timezone: TimeZone) -> Option<Self> {
        let start = |date: Date| Some(date.to_zoned(timezone.clone()).ok()?.timestamp());
        let (from, to) = (start(first)?, start(last.tomorrow().ok()?)?);
        Some(Self { from, to, now, timezone })
    }

    /// Until when there is anything to tell: the end, or now if that comes first.
    pub fn end(&self) -> Timestamp {
        self.to.min(self.now).max(self.from)
    }

    /// Whether this moment belongs to it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// The period of the same length just before, as far as this one has come: today until noon is
    /// compared with yesterday until noon.
    pub fn before(&self) -> Option<Self> {
        let days = self.whole_days();
        let length = self.to.duration_since(self.from);
        let back = |at: Timestamp| match days {
            Some(days) => shift_days(&self.zoned(at), days),
            None => at.checked_sub(length).ok(),
        };
        Some(Self {
            from: back(self.from)?,
            to: back(self.end())?,
            now: self.now,
            timezone: self.timezone.clone(),
        })
    }

    /// The number of its days, if it begins and ends with one.
    fn whole_days(&self) -> Option<i64> {
        let (from, to) = (self.zoned(self.from), self.zoned(self.to));
        let begins = |day: &Zoned| day.start_of_day().is_ok_and(|start| start == *day);
        (begins(&from) && begins(&to))
            .then(|| to.date().since(from.date()).map_or(0, |span| i64::from(span.get_days())))
    }

    /// How it is drawn.
    pub fn step(&self) -> Step {
        let length = self.to.duration_since(self.from);
        if length <= BY_HOUR {
            Step::Hour
        } else if length <= BY_DAY {
            Step::Day
        } else {
            Step::Week
        }
    }

    /// The steps that have begun, in order and without gaps.
    pub fn buckets(&self) -> Vec<Bucket> {
        let mut buckets = Vec::new();
        let mut start = self.from;
        while start < self.end() {
            // At the end of the calendar, the period ends.
            let end = self.next_step(start).unwrap_or(self.to).min(self.to);
            buckets.push(Bucket { start, end });
            start = end;
        }
        buckets
    }

    /// The beginning of the step after this moment's.
    fn next_step(&self, at: Timestamp) -> Option<Timestamp> {
        if self.step() == Step::Hour {
            // Real hours: the one that the clock repeats in autumn counts as one of its own. Zones
            // off by half an hour keep the half.
            let offset = i64::from(self.zoned(at).offset().seconds());
            let into = (at.as_second() + offset).rem_euclid(3600);
            let start = at.as_second() - into;
            return Timestamp::from_second(start + 3600).ok();
        }
        let today = self.zoned(at).date();
        let next = match self.step() {
            Step::Week => {
                let left = 7 - i32::from(today.weekday().to_monday_zero_offset());
                today.checked_add(left.days()).ok()?
            }
            Step::Hour | Step::Day => today.tomorrow().ok()?,
        };
        Some(next.to_zoned(self.timezone.clone()).ok()?.timestamp())
    }

    /// The moment on the clocks of the period's zone.
    pub fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.timezone.clone())
    }
}

/// The same clock reading so many days earlier.
pub(super) fn shift_days(at: &Zoned, days: i64) -> Option<Timestamp> {
    Some(at.checked_sub(days.days()).ok()?.timestamp())
}

/// The position of the bucket that holds this moment.
pub(super) fn position(buckets: &[Bucket], at: Timestamp) -> Option<usize> {
    let after = buckets.partition_point(|bucket| bucket.start <= at);
    let index = after.checked_sub(1)?;
    (at < buckets[index].end).then_some(index)
}
