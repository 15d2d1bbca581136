//! How many rows came when?

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::tally::is_negative;
use crate::batch::RowResult;
use crate::domain::Sentiment;

/// Rows outside these shares of all lie so far off that a drawing would show nothing else.
const OUTLYING: f64 = 0.001;
/// Most steps of each length.
const MOST_DAYS: i32 = 62;
const MOST_WEEKS: i32 = 130;
const MOST_MONTHS: i32 = 180;

/// Counts of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DayCounts {
    pub(super) rows: u32,
    answered: u32,
    negative: u32,
    positive: u32,
}

impl DayCounts {
    pub(super) fn add(&mut self, row: &RowResult) {
        let mood = row.classification.sentiment.as_ref().map(|mood| mood.name);
        self.rows += 1;
        self.answered += u32::from(row.article.is_some());
        self.negative += u32::from(is_negative(row));
        self.positive += u32::from(mood == Some(Sentiment::Positive));
    }
}

/// Length of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    /// Days.
    Day,
    /// Weeks from Monday on.
    Week,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
}

/// Rows step by step, without gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// Length of a step.
    pub pace: Pace,
    /// The steps in order.
    pub points: Vec<Point>,
    /// Rows on days so far off that they are left out, at most two in a thousand.
    pub left_out: usize,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Its first day.
    pub start: Date,
    /// Rows.
    pub rows: usize,
    /// Among them: the bot could have answered.
    pub answered: usize,
    /// Among them: in a negative mood.
    pub negative: usize,
    /// Among them: in a positive mood.
    pub positive: usize,
}

/// The steps from the first to the last day; none without days.
pub(super) fn timeline(days: &BTreeMap<Date, DayCounts>) -> Option<Timeline> {
    let all: u64 = days.values().map(|day| u64::from(day.rows)).sum();
    let outlying = (all as f64 * OUTLYING) as u64;
    let first = reached(days.iter(), outlying)?;
    let last = reached(days.iter().rev(), outlying)?;
    let pace = pace(first, last);
    let mut points: Vec<Point> = Vec::new();
    let mut start = beginning(first, pace);
    while start <= last {
        let end = next(start, pace)?;
        let mut point = Point { start, rows: 0, answered: 0, negative: 0, positive: 0 };
        for (_, day) in days.range(start.max(first)..end).take_while(|(date, _)| **date <= last) {
            point.rows += day.rows as usize;
            point.answered += day.answered as usize;
            point.negative += day.negative as usize;
            point.positive += day.positive as usize;
        }
        points.push(point);
        start = end;
    }
    let inside: usize = points.iter().map(|point| point.rows).sum();
    Some(Timeline { pace, points, left_out: all as usize - inside })
}

/// The first of these days with which more than `outlying` rows have come.
fn reached<'d>(
    mut days: impl Iterator<Item = (&'d Date, &'d DayCounts)>,
    outlying: u64,
) -> Option<Date> {
    let mut seen = 0;
    days.find(|(_, day)| {
        seen += u64::from(day.rows);
        seen > outlying
    })
    .map(|(date, _)| *date)
}

fn pace(first: Date, last: Date) -> Pace {
    let days = (last - first).get_days();
    if days < MOST_DAYS {
        Pace::Day
    } else if days < MOST_WEEKS * 7 {
        Pace::Week
    } else if days < MOST_MONTHS * 30 {
        Pace::Month
    } else {
        Pace::Year
    }
}

fn beginning(date: Date, pace: Pace) -> Date {
    match pace {
        Pace::Day => date,
        Pace::Week => {
            let since = i32::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(since.days()).unwrap_or(date)
        }
        Pace::Month => date.first_of_month(),
        Pace::Year => date.first_of_year(),
    }
}

fn next(date: Date, pace: Pace) -> Option<Date> {
    let span = match pace {
        Pace::Day => 1.day(),
        Pace::Week => 1.week(),
        Pace::Month => 1.month(),
        Pace::Year => 1.year(),
    };
    date.checked_add(span).ok()
}
