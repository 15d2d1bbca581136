//! Is an incident found, and is calm left alone?

use jiff::{SignedDuration, Timestamp};
use lotse::domain::Action;
use lotse::reports::{Period, drawn_at_least, rise_by_chance, rising};
use lotse::store::{Facts, MessageFact};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::naive::{berlin, name};

const NOW: &str = "2026-11-23T14:30:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn period() -> Period {
    let from = now() - SignedDuration::from_hours(24);
    Period { from, to: now(), now: now(), timezone: berlin() }
}

/// So many messages of an intent in the latest three hours, and in those of each of the days before.
fn facts(counts: &[(&str, usize, [usize; 7])]) -> Facts {
    let mut facts = Facts {
        first_message_at: Some(now() - SignedDuration::from_hours(30 * 24)),
        ..Facts::default()
    };
    for (intent, latest, before) in counts {
        for (days, count) in std::iter::once(latest).chain(before).enumerate() {
            for index in 0..*count {
                let back = SignedDuration::from_hours(24 * i64::try_from(days).unwrap());
                let into =
                    SignedDuration::from_secs(1 + i64::try_from(index).unwrap() * 7 % 10_000);
                facts.messages.push(message(intent, now() - back - into));
            }
        }
    }
    facts.messages.sort_by_key(|message| message.at);
    facts
}

fn message(intent: &str, at: Timestamp) -> MessageFact {
    MessageFact {
        number: 0,
        conversation: 0,
        at,
        action: Some(Action::Answer),
        intent: Some(name(intent)),
        sentiment: None,
        reasons: None,
    }
}

#[test]
fn an_outage_is_told() {
    let facts = facts(&[
        ("service_outage", 24, [1, 0, 2, 0, 1, 0, 0]),
        ("track_order", 30, [28, 31, 25, 33, 12, 9, 30]),
        ("return_item", 11, [12, 9, 14, 10, 5, 4, 11]),
    ]);
    let rising = rising(&facts, &period());
    assert_eq!((rising.days, rising.intents_tested), (7, 3));
    let [outage] = rising.intents.as_slice() else { panic!("{rising:?}") };
    assert_eq!((outage.intent.as_str(), outage.messages), ("service_outage", 24));
    assert!((outage.expected - 4.0 / 7.0).abs() < 1e-4 && outage.chance < 1e-9, "{outage:?}");
}

#[test]
fn more_of_everything_is_no_incident() {
    let facts = facts(&[
        ("track_order", 90, [28, 31, 25, 33, 12, 9, 30]),
        ("return_item", 33, [12, 9, 14, 10, 5, 4, 11]),
        ("opening_hours", 40, [13, 12, 15, 11, 9, 14, 13]),
    ]);
    assert_eq!(rising(&facts, &period()).intents, []);
}

#[test]
fn a_larger_share_of_fewer_messages_is_no_incident() {
    let facts = facts(&[
        ("track_order", 9, [10, 10, 10, 10, 10, 10, 10]),
        ("return_item", 0, [40, 40, 40, 40, 40, 40, 40]),
    ]);
    assert_eq!(rising(&facts, &period()).intents, []);
}

#[test]
fn few_messages_raise_no_alarm() {
    let facts = facts(&[("service_outage", 4, [0; 7]), ("track_order", 50, [400; 7])]);
    assert_eq!(rising(&facts, &period()).intents, []);
}

#[test]
fn a_young_store_is_compared_with_the_days_that_it_knows() {
    let mut facts = facts(&[("service_outage", 40, [1; 7]), ("track_order", 30, [30; 7])]);
    // The store begins in the middle of the window of the day before yesterday.
    let begins = now() - SignedDuration::from_hours(50);
    facts.messages.retain(|message| message.at >= begins);
    facts.first_message_at = Some(begins);
    let told = rising(&facts, &period());
    assert_eq!((told.days, told.intents.len()), (1, 1));
    assert!((told.intents[0].expected - 1.0).abs() < f64::EPSILON);
    facts.first_message_at = Some(now() - SignedDuration::from_hours(2));
    let told = rising(&facts, &period());
    assert_eq!((told.days, told.intents_tested, told.intents.len()), (0, 0, 0));
}

/// While nothing is going on, at most one look in a hundred raises an alarm.
#[test]
fn calm_is_left_alone() {
    const LOOKS: usize = 1_500;
    let mut random = StdRng::seed_from_u64(11);
    let mut alarms = 0;
    for _ in 0..LOOKS {
        // Rates of forty intents, the same on all days.
        let rates: Vec<f64> = (0..40).map(|_| random.random_range(0.2..25.0)).collect();
        let names: Vec<String> = (0..40).map(|index| format!("intent_{index}")).collect();
        let counts: Vec<(&str, usize, [usize; 7])> = names
            .iter()
            .zip(&rates)
            .map(|(name, rate)| {
                let mut draw = || poisson(&mut random, *rate);
                (name.as_str(), draw(), std::array::from_fn(|_| draw()))
            })
            .collect();
        alarms += usize::from(!rising(&facts(&counts), &period()).intents.is_empty());
    }
    // 1 % and three standard deviations of such a number of looks.
    assert!(
        alarms as f64 / LOOKS as f64 <= 0.01 + 3.0 * (0.01 * 0.99 / LOOKS as f64).sqrt(),
        "{alarms}"
    );
}

fn poisson(random: &mut StdRng, rate: f64) -> usize {
    let (limit, mut product, mut count) = ((-rate).exp(), random.random::<f64>(), 0);
    while product > limit {
        product *= random.random::<f64>();
        count += 1;
    }
    count
}

/// All ways in which `all` events can fall into windows, weighed one by one.
fn binomial_tail(hits: usize, all: usize, share: f64) -> f64 {
    let mut ways = vec![1.0_f64];
    for _ in 0..all {
        let mut next = vec![0.0; ways.len() + 1];
        for (count, chance) in ways.iter().enumerate() {
            next[count] += chance * (1.0 - share);
            next[count + 1] += chance * share;
        }
        ways = next;
    }
    ways[hits..].iter().sum()
}

/// Draws one after the other without putting back, each branch followed.
fn drawing_tail(hits: usize, drawn: usize, marked: usize, all: usize) -> f64 {
    let mut chances = vec![1.0_f64];
    for draw in 0..drawn {
        let mut next = vec![0.0; chances.len() + 1];
        for (count, chance) in chances.iter().enumerate() {
            let left = (all - draw) as f64;
            let marked_left = marked.saturating_sub(count) as f64;
            next[count + 1] += chance * marked_left / left;
            next[count] += chance * (1.0 - marked_left / left);
        }
        chances = next;
    }
    chances.get(hits..).map_or(0.0, |tail| tail.iter().sum())
}

proptest! {
    #[test]
    fn a_rise_has_the_chance_that_it_has(now in 0..60_usize, before in 0..120_usize, windows in 1..8_usize) {
        let chance = rise_by_chance(now, before, windows);
        let share = 1.0 / (windows as f64 + 1.0);
        let expected = binomial_tail(now, now + before, share);
        if now as f64 <= share * (now + before) as f64 {
            prop_assert!((chance - 1.0).abs() < f64::EPSILON);
            prop_assert!(expected > 0.3, "{expected}");
        } else {
            prop_assert!((chance - expected).abs() < 1e-9 + expected * 1e-6, "{chance} {expected}");
        }
    }

    #[test]
    fn a_share_has_the_chance_that_it_has(
        marked in 0..40_usize,
        plain in 0..60_usize,
        drawn in 0..100_usize,
        hits in 0..40_usize,
    ) {
        let all = marked + plain;
        let drawn = drawn.min(all);
        let hits = hits.min(drawn).min(marked);
        // At least so many must be among them.
        prop_assume!(drawn - hits <= plain);
        let chance = drawn_at_least(hits, drawn, marked, all);
        let expected = drawing_tail(hits, drawn, marked, all);
        if hits * all <= drawn * marked {
            prop_assert!((chance - 1.0).abs() < f64::EPSILON);
        } else {
            prop_assert!((chance - expected).abs() < 1e-9 + expected * 1e-6, "{chance} {expected}");
        }
    }
}

#[test]
fn large_counts_are_no_trouble() {
    for (now, before) in [(50_000, 1_000), (1_000, 500_000), (3_000, 20_990)] {
        let chance = rise_by_chance(now, before, 7);
        assert!((0.0..=1.0).contains(&chance), "{chance}");
    }
    assert!(rise_by_chance(50_000, 1_000, 7) < 1e-300);
    let chance = drawn_at_least(400, 10_000, 2_000, 80_000);
    assert!(chance > 0.0 && chance < 1e-12, "{chance}");
}
