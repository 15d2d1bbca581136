//! Are incidents found, and is nothing raised where there is none?

use std::collections::BTreeMap;

use lotse::batch::report::{Daily, Incidents, incidents, upper_tail};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::support::{day, poisson};

/// What a week looks like, from Monday.
const WEEK: [f64; 7] = [1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.2];

/// Matters of different size over so many days.
fn simulated(
    days: usize,
    means: &[f64],
    random: &mut StdRng,
    level: impl Fn(usize, usize) -> f64,
    scatter: f64,
) -> Daily {
    let mut intents: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (matter, mean) in means.iter().enumerate() {
        let rows = (0..days)
            .map(|index| {
                // Days that scatter more than chance: the mean itself varies (a gamma of whole shape).
                let shape = 6;
                let varied = if scatter > 0.0 {
                    let sum: f64 = (0..shape).map(|_| -random.random::<f64>().ln()).sum();
                    1.0 + scatter * (sum / f64::from(shape) - 1.0)
                } else {
                    1.0
                };
                poisson(mean * WEEK[index % 7] * level(matter, index) * varied, random)
            })
            .collect();
        intents.insert(format!("matter_{matter:02}"), rows);
    }
    let all = (0..days).map(|index| intents.values().map(|rows| rows[index]).sum()).collect();
    Daily { days: (0..days).map(day).collect(), all, intents }
}

const MEANS: [f64; 20] = [
    60.0, 40.0, 30.0, 25.0, 20.0, 15.0, 12.0, 10.0, 8.0, 8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 2.0, 1.0,
    0.5, 0.2, 0.1,
];

/// Of 60 backlogs with nothing in them, how many raise an alarm?
fn alarms(level: impl Fn(usize, usize) -> f64 + Copy, days: usize, scatter: f64) -> usize {
    let raised = |seed| {
        let mut random = StdRng::seed_from_u64(seed);
        incidents(&simulated(days, &MEANS, &mut random, level, scatter))
    };
    (0..60).filter(|seed| !raised(*seed).incidents.is_empty()).count()
}

#[test]
fn nothing_is_raised_where_nothing_is() {
    let even = alarms(|_, _| 1.0, 180, 0.0);
    let growing = alarms(|_, index| 1.0 + index as f64 / 90.0, 180, 0.0);
    let short = alarms(|_, _| 1.0, 15, 0.0);
    // An advertisement brings more of everything, every matter alike: at most a row of all matters.
    let season = alarms(|_, index| 1.0 + 0.5 * (index as f64 / 30.0).sin(), 365, 0.0);
    let scattered = alarms(|_, _| 1.0, 180, 0.5);
    let found = [even, growing, short, season, scattered];
    assert!(found.iter().all(|alarms| *alarms <= 3), "of 60: {found:?}");
}

fn planted(factor: f64, mean: f64, length: usize) -> usize {
    (0..40)
        .filter(|seed| {
            let mut random = StdRng::seed_from_u64(1_000 + seed);
            let begin = random.random_range(10..140);
            let mut means = MEANS.to_vec();
            means[7] = mean;
            let level = |matter: usize, index: usize| {
                if matter == 7 && (begin..begin + length).contains(&index) { factor } else { 1.0 }
            };
            let daily = simulated(160, &means, &mut random, level, 0.0);
            let found = incidents(&daily);
            found.incidents.iter().any(|incident| {
                incident.intent.as_deref() == Some("matter_07")
                    && incident.first <= day(begin + length - 1)
                    && incident.last >= day(begin)
            })
        })
        .count()
}

#[test]
fn spikes_that_were_put_in_are_found() {
    // A day on which a matter comes up five times as often; in the quiet end of a week, few rows.
    assert!(planted(5.0, 10.0, 2) >= 38, "{}", planted(5.0, 10.0, 2));
    // A single Sunday, with 24 instead of 8, is told only sometimes: every seventh day is one.
    assert!(planted(3.0, 40.0, 1) >= 29, "{}", planted(3.0, 40.0, 1));
    assert!(planted(10.0, 3.0, 2) >= 36, "{}", planted(10.0, 3.0, 2));
    // A whole week of it is part of what is usual here, and makes the series scatter more.
    assert!(planted(3.0, 10.0, 7) >= 33, "{}", planted(3.0, 10.0, 7));
}

#[test]
fn a_busy_day_of_all_matters_is_told_as_one() {
    let mut random = StdRng::seed_from_u64(3);
    let daily =
        simulated(120, &MEANS, &mut random, |_, index| if index == 50 { 3.0 } else { 1.0 }, 0.0);
    let Incidents { incidents: found, .. } = incidents(&daily);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].intent.as_deref(), found[0].first), (None, day(50)));
}

#[test]
fn days_without_rows_count_neither_way() {
    let mut random = StdRng::seed_from_u64(4);
    let all = simulated(400, &MEANS, &mut random, |_, _| 1.0, 0.0);
    // An export of one week in four.
    let kept: Vec<usize> = (0..400).filter(|index| index / 7 % 4 == 0).collect();
    let pick = |rows: &Vec<u32>| kept.iter().map(|index| rows[*index]).collect();
    let daily = Daily {
        days: kept.iter().map(|index| all.days[*index]).collect(),
        all: pick(&all.all),
        intents: all.intents.iter().map(|(name, rows)| (name.clone(), pick(rows))).collect(),
    };
    assert_eq!(incidents(&daily).incidents, []);
}

#[test]
fn too_few_days_or_rows_raise_nothing() {
    let daily = |days: usize, rows: u32| {
        let mut counts = vec![1; days];
        counts[days / 2] = rows;
        Daily {
            days: (0..days).map(day).collect(),
            all: counts.clone(),
            intents: BTreeMap::from([("matter".to_owned(), counts)]),
        }
    };
    assert_eq!(incidents(&daily(13, 500)).incidents, []);
    assert_eq!(incidents(&daily(60, 7)).incidents, []);
    assert_eq!(incidents(&Daily::default()).incidents, []);
    assert!(!incidents(&daily(60, 40)).incidents.is_empty());
}

#[test]
fn the_tail_is_the_sum_of_its_terms() {
    for (rows, usual, scatter) in
        [(3_u32, 1.0, 1.0), (10, 4.0, 1.0), (12, 4.0, 2.5), (40, 9.0, 1.7)]
    {
        let mut term = if scatter > 1.0 {
            f64::powf(scatter, -usual / (scatter - 1.0))
        } else {
            f64::exp(-usual)
        };
        let mut below = 0.0;
        for n in 0..rows {
            below += term;
            let n = f64::from(n);
            term *= if scatter > 1.0 {
                (n + usual / (scatter - 1.0)) / (n + 1.0) * (scatter - 1.0) / scatter
            } else {
                usual / (n + 1.0)
            };
        }
        let tail = upper_tail(rows, usual, scatter);
        assert!((tail - (1.0 - below)).abs() < 1e-9 * (1.0 + 1.0 / tail), "{rows}: {tail} {below}");
    }
}

proptest! {
    #[test]
    fn any_counts_give_a_sane_answer(
        rows in prop::collection::vec(prop::collection::vec(0_u32..5_000, 40), 0..6),
    ) {
        let all = (0..40).map(|index| rows.iter().map(|rows| rows[index]).sum()).collect();
        let intents: BTreeMap<String, Vec<u32>> =
            rows.into_iter().enumerate().map(|(index, rows)| (index.to_string(), rows)).collect();
        let daily = Daily { days: (0..40).map(day).collect(), all, intents };
        let found = incidents(&daily);
        for incident in &found.incidents {
            prop_assert!(incident.first <= incident.peak && incident.peak <= incident.last);
            prop_assert!(incident.rows as f64 >= 1.49 * incident.usual);
            prop_assert!((0.0..=0.01).contains(&incident.chance));
            prop_assert!(incident.course.iter().any(|day| day.stands_out));
        }
        prop_assert_eq!(incidents(&daily), found);
    }

    #[test]
    fn the_tail_falls_with_the_rows(usual in 0.01_f64..200.0, scatter in 1.0_f64..5.0, rows in 1_u32..400) {
        let (here, next) = (upper_tail(rows, usual, scatter), upper_tail(rows + 1, usual, scatter));
        prop_assert!((0.0..=1.0).contains(&here) && next <= here + 1e-12);
    }
}
