//! Does the promise hold? Many held-out sets are drawn from worlds whose true risk is known.

use lotse::classifier::RiskPoint;
use lotse::evaluate::{OpenAnswer, Promise, certify, series};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Sets drawn of each world.
const DRAWS: usize = 500;

/// Confidences are even between 0 and 1; the chance of a wrong answer is a function of them.
struct World {
    name: &'static str,
    wrong: fn(f64) -> f64,
}

const WORLDS: [World; 4] = [
    World { name: "confidence ranks well", wrong: |confidence| 0.6 * (1.0 - confidence).powi(2) },
    World { name: "just too much risk everywhere", wrong: |_| 0.052 },
    World {
        name: "the surest are the worst",
        wrong: |confidence| if confidence > 0.9 { 0.25 } else { 0.01 },
    },
    World { name: "a cliff", wrong: |confidence| if confidence > 0.5 { 0.03 } else { 0.3 } },
];

impl World {
    fn draw(&self, rows: usize, random: &mut StdRng) -> Vec<OpenAnswer> {
        (0..rows)
            .map(|_| {
                let confidence: f64 = random.random();
                let wrong = random.random::<f64>() < (self.wrong)(confidence);
                OpenAnswer { confidence: confidence as f32, wrong }
            })
            .collect()
    }

    /// Share of wrong answers among all messages at or above a threshold.
    fn risk(&self, threshold: f64) -> f64 {
        const STEPS: usize = 2_000;
        let width = (1.0 - threshold) / STEPS as f64;
        let at = |step: usize| (self.wrong)(threshold + (step as f64 + 0.5) * width);
        (0..STEPS).map(at).sum::<f64>() / STEPS as f64
    }
}

/// The curve that a pack would bring from these rows.
fn curve(mut answers: Vec<OpenAnswer>) -> Vec<RiskPoint> {
    answers.sort_by(|left, right| right.confidence.total_cmp(&left.confidence));
    let mut wrong = 0;
    answers
        .iter()
        .zip(1..)
        .map(|(answer, answered)| {
            wrong += u32::from(answer.wrong);
            RiskPoint { threshold: answer.confidence, answered, wrong }
        })
        .collect()
}

/// How often a way to choose a threshold chose any, and one whose true risk is too large.
fn tried(
    world: &World,
    risk: f64,
    choose: impl Fn(&mut StdRng, &[OpenAnswer]) -> Option<f32>,
) -> (f64, f64) {
    let mut random = StdRng::seed_from_u64(11);
    let (mut chosen, mut broken) = (0_usize, 0_usize);
    for _ in 0..DRAWS {
        let held_out = world.draw(500, &mut random);
        if let Some(threshold) = choose(&mut random, &held_out) {
            chosen += 1;
            broken += usize::from(world.risk(f64::from(threshold)) > risk);
        }
    }
    (chosen as f64 / DRAWS as f64, broken as f64 / DRAWS as f64)
}

#[test]
fn a_promise_is_broken_no_more_often_than_stated() {
    let promise = Promise::new(0.05, 0.9).unwrap();
    let allowed = 0.1_f64;
    // Three standard deviations of a share of that many draws.
    let chance = 3.0 * (allowed * (1.0 - allowed) / DRAWS as f64).sqrt();
    for world in &WORLDS {
        let (certified, broken) = tried(world, 0.05, |random, held_out| {
            let thresholds = series(&curve(world.draw(200, random)), promise);
            certify(held_out, held_out.len(), &thresholds, promise).ok().map(|c| c.threshold)
        });
        assert!(broken <= allowed + chance, "{}: broken in {broken}", world.name);
        if world.name == "confidence ranks well" {
            // A way that never promises anything would pass as well.
            assert!(certified > 0.5, "{}: certified in {certified}", world.name);
        }
    }
}

/// The same worlds tell a sound choice from an unsound one: the loosest threshold whose observed
/// share is within the risk breaks the promise far more often than one time in ten.
#[test]
fn the_observed_share_alone_would_break_it() {
    let (_, broken) = tried(&WORLDS[0], 0.05, |_, held_out| {
        let points = curve(held_out.to_vec());
        let kept = points
            .iter()
            .filter(|point| f64::from(point.wrong) <= 0.05 * f64::from(point.answered));
        kept.map(|point| point.threshold).reduce(f32::min)
    });
    assert!(broken > 0.25, "broken in {broken}");
}

/// Probability of `wrong` or fewer wrong ones among `answered`, by its definition.
fn tail(wrong: usize, answered: usize, risk: f64) -> f64 {
    let mut ways = 1.0_f64;
    let mut sum = 0.0;
    for count in 0..=wrong {
        sum += ways * risk.powf(count as f64) * (1.0 - risk).powf((answered - count) as f64);
        ways *= (answered - count) as f64 / (count + 1) as f64;
    }
    sum
}

fn answers() -> impl Strategy<Value = Vec<OpenAnswer>> {
    let answer = (0_u8..=20, prop::bool::weighted(0.1)).prop_map(|(confidence, wrong)| {
        OpenAnswer { confidence: f32::from(confidence) / 20.0, wrong }
    });
    prop::collection::vec(answer, 0..80)
}

proptest! {
    #[test]
    fn the_last_threshold_before_the_first_failure_is_certified(
        answers in answers(), steps in prop::collection::btree_set(0_u8..=20, 1..8),
        risk in prop_oneof![Just(0.05_f32), Just(0.1), Just(0.25)],
        confidence in prop_oneof![Just(0.8_f32), Just(0.95)],
    ) {
        let promise = Promise::new(risk, confidence).unwrap();
        let thresholds: Vec<f32> = steps.iter().rev().map(|step| f32::from(*step) / 20.0).collect();
        let mut expected = None;
        for threshold in &thresholds {
            let answered: Vec<_> = answers.iter().filter(|a| a.confidence >= *threshold).collect();
            let wrong = answered.iter().filter(|a| a.wrong).count();
            let chance = tail(wrong, answered.len(), f64::from(risk));
            if answered.is_empty() || wrong == answered.len() || chance > 1.0 - f64::from(confidence) {
                break;
            }
            expected = Some((*threshold, answered.len(), wrong));
        }
        let found = certify(&answers, answers.len(), &thresholds, promise);
        let found = found.ok().map(|found| (found.threshold, found.answered, found.wrong));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_rows_that_are_said_to_be_lacking_are_just_enough(
        answers in answers(), risk in 0.02_f32..0.3,
    ) {
        let promise = Promise::new(risk, 0.9).unwrap();
        let Err(refusal) = certify(&answers, answers.len(), &[0.5], promise) else { return Ok(()) };
        let lacking = refusal.more_without_mistake.unwrap();
        let right = OpenAnswer { confidence: 1.0, wrong: false };
        let with = |more: usize| {
            let all: Vec<_> = answers.iter().copied().chain(std::iter::repeat_n(right, more)).collect();
            certify(&all, all.len(), &[0.5], promise).is_ok()
        };
        prop_assert!(lacking > 0 && with(lacking) && !with(lacking - 1));
    }

    #[test]
    fn a_series_goes_from_strict_to_loose(answers in answers()) {
        let promise = Promise::new(0.05, 0.95).unwrap();
        let points = curve(answers);
        let thresholds = series(&points, promise);
        prop_assert!(thresholds.windows(2).all(|pair| pair[0] > pair[1]));
        prop_assert!(thresholds.len() <= 40);
        prop_assert_eq!(thresholds.is_empty(), points.is_empty());
    }
}

#[test]
fn too_few_rows_are_refused_with_what_it_would_take() {
    let promise = Promise::new(0.02, 0.95).unwrap();
    // ln(0.05) / ln(0.98) = 148.3; tables of zero-failure tests give the same 149.
    assert_eq!(promise.answers_needed(0), Some(149));
    assert_eq!(promise.answers_needed(1), Some(236));
    assert_eq!(promise.answers_needed_at_rate(5, 100), None);
    let rows = |answered: usize, wrong: usize| -> Vec<OpenAnswer> {
        (0..answered).map(|row| OpenAnswer { confidence: 0.9, wrong: row < wrong }).collect()
    };
    let refusal = |answered, wrong| {
        certify(&rows(answered, wrong), 400, &[0.8], promise).unwrap_err().to_string()
    };
    insta::assert_snapshot!(
        [refusal(100, 0), refusal(200, 1), refusal(100, 5), refusal(0, 0)].join("\n")
    );
    let nothing = certify(&rows(100, 0), 100, &[], promise).unwrap_err();
    assert!(nothing.to_string().contains("lotse model answers"), "{nothing}");
    assert!(Promise::new(0.0, 0.95).is_err() && Promise::new(0.02, 1.0).is_err());
    assert!(Promise::new(f32::NAN, 0.95).is_err());
}
