//! On which days did a matter come up far more often than usual? A likely incident.
//!
//! Each matter is compared with itself. What is usual for a day is the median of the matter's days
//! around it, four weeks of them on either side, each divided by what its weekday is usually worth.
//! The median does not mind the incident itself, nor a second one. If the other matters of the day
//! came up more often too (an advertisement, a Monday after holidays), so much more of this one is
//! usual as well; such a day shows in the row of all matters.
//!
//! A day is told if so many rows would hardly come by chance: the upper tail of a Poisson count,
//! widened to a negative binomial one by as much as the matter's days usually scatter and by how
//! well the median is known. Since every matter is tried on every day, the limit is set so that of
//! the days told at most one in a hundred is expected to be a false alarm (Benjamini and Hochberg
//! 1995). Besides, such a day must matter: at least 8 rows, and half as many again as usual.
//!
//! Days on which nothing came in at all (closed, or not in the export) count neither way.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

/// Share of false alarms among the days that are told.
const FALSE_ALARMS: f64 = 0.01;
/// Fewest rows of a day that is told.
pub(super) const FEWEST: u32 = 8;
/// So many times as many rows as usual, at least.
const LEAST_RATIO: f64 = 1.5;
/// Fewest days with rows for a comparison.
pub(super) const FEWEST_DAYS: usize = 14;
/// Days on either side of a day that say what is usual.
const AROUND: usize = 28;
/// Days that a weekday's general worth counts for, in rows, against the matter's own.
const GENERAL_ROWS: f64 = 20.0;
/// Least worth of a weekday: on a day that is usually quiet, few rows are no incident.
const LEAST_WORTH: f64 = 0.05;
/// Fewest other matters whose median tells how busy a day was.
const FEWEST_MATTERS: usize = 5;
/// Usual rows from which a matter has a say in that.
const SAY: f64 = 2.0;
/// Variance of a median over that of a mean.
const MEDIAN_LOSS: f64 = std::f64::consts::FRAC_PI_2;
/// Part of the sum of chi-squared variables that is lost with their highest twentieth.
const LOST: f64 = 0.28;
/// Days longer apart belong to two incidents.
const PAUSE_DAYS: i32 = 2;

/// Rows by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Daily {
    /// Days with rows, in order.
    pub days: Vec<Date>,
    /// All rows of each day.
    pub all: Vec<u32>,
    /// Rows of each matter by day.
    pub intents: BTreeMap<String, Vec<u32>>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Incidents {
    /// Days with rows; with fewer than 14 nothing is compared.
    pub days: usize,
    /// Matters that were compared.
    pub matters: usize,
    /// Share of false alarms that is expected among the days told.
    pub false_alarms: f64,
    /// Likely incidents, the clearest first.
    pub incidents: Vec<Incident>,
}

/// Days in a row on which a matter came up far more often than usual.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Incident {
    /// The matter; none where all matters together rose.
    pub intent: Option<String>,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// The day that stands out most.
    pub peak: Date,
    /// Rows of the days that stand out.
    pub rows: usize,
    /// As many would have been usual on these days.
    pub usual: f64,
    /// Probability of the peak by chance, before it is compared with all others.
    pub chance: f64,
    /// A row of the peak.
    pub example: Option<String>,
    /// Rows of the matter day by day around the incident, with what was usual.
    pub course: Vec<Course>,
}

/// One day of an incident's course.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Course {
    /// The day.
    pub day: Date,
    /// Rows of the matter.
    pub rows: usize,
    /// As many are usual.
    pub usual: f64,
    /// It belongs to the incident.
    pub stands_out: bool,
}

/// A matter with what is usual for it.
struct Series<'a> {
    intent: Option<&'a str>,
    rows: &'a [u32],
    /// By day, before the other matters are looked at.
    usual: Vec<f64>,
    /// Variance of its days over their mean: 1 is chance alone.
    scatter: f64,
}

/// Looks for incidents.
pub fn incidents(daily: &Daily) -> Incidents {
    let days = daily.days.len();
    let none = Incidents { days, false_alarms: FALSE_ALARMS, ..Incidents::default() };
    if days < FEWEST_DAYS {
        return none;
    }
    let weekdays: Vec<usize> = daily.days.iter().map(|day| weekday(*day)).collect();
    let general = worths(&daily.all, &weekdays, &[1.0; 7]);
    let all = Series::of(None, &daily.all, &weekdays, &general);
    let matters: Vec<Series> = daily
        .intents
        .iter()
        .filter(|(_, rows)| rows.iter().any(|rows| *rows >= FEWEST))
        .map(|(name, rows)| Series::of(Some(name), rows, &weekdays, &general))
        .collect();
    let busy = |matter: &Series, day: usize| busyness(&matters, &all, matter, day);
    let mut trials: Vec<Trial> = Vec::new();
    for (index, matter) in std::iter::once(&all).chain(&matters).enumerate() {
        for day in 0..days {
            let busier = if index == 0 { 1.0 } else { busy(matter, day).max(1.0) };
            let usual = matter.usual[day] * busier;
            let chance = matter.chance(day, usual);
            trials.push(Trial { day, usual, chance });
        }
    }
    let limit = limit(&trials);
    let series: Vec<&Series> = std::iter::once(&all).chain(&matters).collect();
    let mut found: Vec<Incident> = Vec::new();
    for (trials, matter) in trials.chunks(days).zip(&series) {
        found.extend(joined(trials, limit, matter, &daily.days));
    }
    found.sort_by(|left, right| {
        left.chance
            .total_cmp(&right.chance)
            .then_with(|| (left.first, &left.intent).cmp(&(right.first, &right.intent)))
    });
    Incidents { matters: matters.len(), incidents: found, ..none }
}

/// A matter on a day.
struct Trial {
    day: usize,
    usual: f64,
    chance: f64,
}

impl<'a> Series<'a> {
    fn of(
        intent: Option<&'a str>,
        rows: &'a [u32],
        weekdays: &[usize],
        general: &[f64; 7],
    ) -> Self {
        let worths = worths(rows, weekdays, general);
        let level: Vec<f64> =
            rows.iter().zip(weekdays).map(|(rows, day)| f64::from(*rows) / worths[*day]).collect();
        let usual: Vec<f64> =
            (0..rows.len()).map(|day| level_around(&level, day) * worths[weekdays[day]]).collect();
        let scatter = scatter(rows, &usual);
        Self { intent, rows, usual, scatter }
    }

    /// Probability of as many rows as on that day, or more, where `usual` are to be expected.
    fn chance(&self, day: usize, usual: f64) -> f64 {
        let rows = self.rows[day];
        if rows < FEWEST || f64::from(rows) < LEAST_RATIO * usual {
            return 1.0;
        }
        let around = (2 * AROUND).min(self.rows.len() - 1) as f64;
        // What makes days differ beyond chance (weather, campaigns) grows with the rows themselves.
        let size = (usual / mean(&self.usual).max(0.1)).max(1.0);
        let scatter = (1.0 + (self.scatter - 1.0) * size) * (1.0 + MEDIAN_LOSS / around);
        upper_tail(rows, usual, scatter)
    }
}

/// How much busier than usual the other matters were on that day.
fn busyness(matters: &[Series], all: &Series, one: &Series, day: usize) -> f64 {
    let mut ratios: Vec<f64> = matters
        .iter()
        .filter(|other| other.intent != one.intent && other.usual[day] >= SAY)
        .map(|other| f64::from(other.rows[day]) / other.usual[day])
        .collect();
    if ratios.len() >= FEWEST_MATTERS {
        return median(&mut ratios);
    }
    let rest = f64::from(all.rows[day]) - f64::from(one.rows[day]);
    let usual = all.usual[day] - one.usual[day];
    if usual >= SAY { rest / usual } else { 1.0 }
}

/// What each weekday is worth, 1 on average: the matter's own rows and, where these are few, what is
/// general. A day with an incident counts as a busy one, not more.
fn worths(rows: &[u32], weekdays: &[usize], general: &[f64; 7]) -> [f64; 7] {
    let mut values: Vec<f64> = rows.iter().map(|rows| f64::from(*rows)).collect();
    let middle = median(&mut values.clone()).max(mean(&values) / 2.0);
    let most = 2.0 * middle + 3.0 * middle.sqrt() + 3.0;
    for value in &mut values {
        *value = value.min(most);
    }
    let level = mean(&values).max(1e-9);
    let mut worths = [0.0; 7];
    for (weekday, worth) in worths.iter_mut().enumerate() {
        let of_day = values.iter().zip(weekdays).filter(|(_, day)| **day == weekday);
        let (sum, count) =
            of_day.fold((0.0, 0.0), |(sum, count), (value, _)| (sum + value, count + 1.0));
        *worth = (sum + GENERAL_ROWS * general[weekday]) / (count * level + GENERAL_ROWS);
    }
    let average = weekdays.iter().map(|day| worths[*day]).sum::<f64>() / weekdays.len() as f64;
    worths.map(|worth| (worth / average).max(LEAST_WORTH))
}

/// The median of the days around one, without the day itself; for rare matters, whose median is 0 or
/// 1, the mean of all but the highest tenth where that is more.
fn level_around(level: &[f64], day: usize) -> f64 {
    let (start, end) = (day.saturating_sub(AROUND), (day + AROUND + 1).min(level.len()));
    let mut around: Vec<f64> =
        level[start..day].iter().chain(&level[day + 1..end]).copied().collect();
    around.sort_by(f64::total_cmp);
    let without_highest = &around[..around.len() - around.len() / 10];
    let middle = median(&mut around.clone());
    // Never nothing at all: half a row in all these days.
    middle.max(mean(without_highest)).max(0.5 / around.len() as f64)
}

/// Variance over mean of what the days differ from what is usual, without the twentieth that
/// differs most; at least that of chance.
fn scatter(rows: &[u32], usual: &[f64]) -> f64 {
    let mut squares: Vec<f64> = rows
        .iter()
        .zip(usual)
        .map(|(rows, usual)| (f64::from(*rows) - usual).powi(2) / usual.max(0.2))
        .collect();
    squares.sort_by(f64::total_cmp);
    let kept = &squares[..squares.len() - squares.len() / 20];
    (mean(kept) * kept.len() as f64 / squares.len() as f64 / (1.0 - LOST)).max(1.0)
}

/// Probability of `rows` or more, where `usual` are to be expected with a variance `scatter` times
/// as large: Poisson for 1, negative binomial above.
pub fn upper_tail(rows: u32, usual: f64, scatter: f64) -> f64 {
    if f64::from(rows) <= usual {
        return 1.0;
    }
    let count = f64::from(rows);
    let excess = scatter - 1.0;
    // P(n + 1) / P(n), without and with scatter.
    let step = |n: f64| {
        if excess < 1e-9 {
            usual / (n + 1.0)
        } else {
            (n + usual / excess) / (n + 1.0) * excess / scatter
        }
    };
    let log_none = if excess < 1e-9 { -usual } else { -usual / excess * scatter.ln() };
    let log_first = log_none + (0..rows).map(|n| step(f64::from(n)).ln()).sum::<f64>();
    let (mut term, mut sum, mut n) = (1.0, 0.0, count);
    while term > 1e-12 * sum {
        sum += term;
        term *= step(n);
        n += 1.0;
    }
    (log_first + f64::ln(sum)).exp().min(1.0)
}

/// The largest probability that is told.
fn limit(trials: &[Trial]) -> f64 {
    let mut chances: Vec<f64> = trials.iter().map(|trial| trial.chance).collect();
    chances.sort_by(f64::total_cmp);
    let all = chances.len() as f64;
    let kept = chances
        .iter()
        .zip(1..)
        .filter(|(chance, rank)| **chance <= FALSE_ALARMS * f64::from(*rank) / all)
        .last();
    kept.map_or(-1.0, |(chance, _)| *chance)
}

/// The incidents of one matter: days that stand out, those near each other together.
fn joined(trials: &[Trial], limit: f64, matter: &Series, days: &[Date]) -> Vec<Incident> {
    let mut groups: Vec<Vec<&Trial>> = Vec::new();
    for trial in trials.iter().filter(|trial| trial.chance <= limit) {
        match groups.last_mut() {
            Some(group) if is_near(days[group[group.len() - 1].day], days[trial.day]) => {
                group.push(trial);
            }
            _ => groups.push(vec![trial]),
        }
    }
    groups.iter().filter_map(|group| incident(group, trials, matter, days)).collect()
}

fn incident(
    group: &[&Trial],
    trials: &[Trial],
    matter: &Series,
    days: &[Date],
) -> Option<Incident> {
    const COURSE: usize = 14;
    let (first, last) = (group.first()?.day, group.last()?.day);
    let peak = group.iter().min_by(|left, right| left.chance.total_cmp(&right.chance))?;
    let around = first.saturating_sub(COURSE)..(last + COURSE + 1).min(days.len());
    Some(Incident {
        intent: matter.intent.map(str::to_owned),
        first: days[first],
        last: days[last],
        peak: days[peak.day],
        rows: group.iter().map(|trial| matter.rows[trial.day] as usize).sum(),
        usual: rounded(group.iter().map(|trial| trial.usual).sum()),
        chance: peak.chance,
        example: None,
        course: around
            .map(|day| Course {
                day: days[day],
                rows: matter.rows[day] as usize,
                usual: rounded(trials[day].usual),
                stands_out: group.iter().any(|trial| trial.day == day),
            })
            .collect(),
    })
}

fn is_near(one: Date, other: Date) -> bool {
    (other - one).get_days() <= PAUSE_DAYS
}

fn weekday(day: Date) -> usize {
    usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The middle one, or that between the two in the middle; 0 without values.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    f64::midpoint(values[last / 2], values[values.len() / 2])
}
