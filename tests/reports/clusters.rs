//! Are questions put together that mean the same, and named by what they are about?

use std::sync::Arc;

use lotse::domain::Language;
use lotse::reports::Gaps;
use lotse::reports::gaps::{Cluster, Gap, ReadGap, Wording, clusters, put_together};
use proptest::prelude::*;

use crate::naive::minute;

fn unit(values: &[f32]) -> Vec<f32> {
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
    values.iter().map(|value| value / length).collect()
}

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[test]
fn texts_of_one_direction_make_a_cluster_and_a_stranger_stays_alone() {
    let vectors = [
        unit(&[1.0, 0.1, 0.0]),
        unit(&[0.0, 1.0, 0.1]),
        unit(&[1.0, 0.0, 0.2]),
        unit(&[1.0, 0.05, 0.1]),
        unit(&[0.1, 1.0, 0.0]),
        unit(&[-1.0, -1.0, 1.0]),
    ];
    let found = clusters(6, 0.8, |left, right| cosine(&vectors[left], &vectors[right]));
    let large = Cluster { members: vec![0, 2, 3], middle: 3 };
    let small = Cluster { members: vec![1, 4], middle: 1 };
    assert_eq!(found, [large, small]);
    assert_eq!(clusters(0, 0.8, |_, _| 1.0), []);
    assert_eq!(clusters(1, 0.8, |_, _| 1.0), []);
}

proptest! {
    #[test]
    fn clusters_share_no_member_and_none_is_far_from_all(
        texts in prop::collection::vec(prop::collection::vec(-1.0_f32..1.0, 4), 0..40),
        near in 0.3_f32..0.95,
    ) {
        let vectors: Vec<Vec<f32>> = texts.iter().map(|text| unit(text)).collect();
        let alike = |left: usize, right: usize| cosine(&vectors[left], &vectors[right]);
        let found = clusters(vectors.len(), near, alike);
        let mut seen = vec![false; vectors.len()];
        for Cluster { members, middle } in &found {
            prop_assert!(members.len() >= 2 && members.contains(middle));
            for member in members {
                prop_assert!(!std::mem::replace(&mut seen[*member], true), "{member} twice");
            }
            // One of them is near to all the others.
            let centre = members.iter().any(|one| {
                members.iter().all(|other| one == other || alike(*one, *other) >= near)
            });
            prop_assert!(centre, "{members:?}");
            let to_all = |one: usize| -> f32 {
                members.iter().filter(|other| **other != one).map(|other| alike(one, *other)).sum()
            };
            prop_assert!(members.iter().all(|one| to_all(*one) <= to_all(*middle) + 1e-4));
        }
        // No two that are left alone are alike.
        let alone: Vec<usize> = (0..vectors.len()).filter(|index| !seen[*index]).collect();
        for left in &alone {
            for right in alone.iter().filter(|right| *right < left) {
                prop_assert!(alike(*left, *right) < near);
            }
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].members.len() >= pair[1].members.len()));
    }
}

#[test]
fn words_name_what_a_cluster_is_about() {
    let texts = [
        "Nehmt ihr alte Handys in Zahlung?",
        "Kann ich mein altes Handy in Zahlung geben?",
        "Altes Handy abgeben und neues kaufen",
        "Gibt es Geschenkgutscheine im Laden?",
        "Kann ich einen Geschenkgutschein kaufen?",
        "Wo kann ich das kaufen?",
    ];
    let wording = Wording::of(&texts, Language::De);
    let words = wording.telling(&[0, 1, 2]);
    assert!(words.contains(&"Handy".to_owned()), "{words:?}");
    assert!(words.contains(&"Zahlung".to_owned()), "{words:?}");
    let words = wording.telling(&[3, 4]);
    assert!(words[0].starts_with("Geschenkgutschein"), "{words:?}");
    assert!(wording.telling(&[]).is_empty());
    // A rare word in common weighs more than a frequent one.
    assert!(wording.likeness(0, 1) > wording.likeness(2, 5));
    assert!((wording.likeness(0, 0) - 1.0).abs() < 1e-6);
    assert!(wording.likeness(0, 3).abs() < 1e-6);
    assert!(Wording::of(&["", "!?"], Language::En).likeness(0, 1).abs() < 1e-6);
}

fn question(
    number: i64,
    language: Language,
    text: &str,
    vector: &[f32],
    ticket: Option<usize>,
) -> ReadGap {
    let gap = Gap {
        number,
        at: minute(number),
        language,
        intent: Some("place_order".to_owned()),
        ticket,
    };
    ReadGap { gap, text: text.to_owned(), vector: Arc::from(unit(vector)) }
}

#[test]
fn a_cluster_tells_its_tickets_once_and_keeps_languages_apart() {
    let long = "lang ".repeat(60);
    let questions = [
        question(1, Language::De, "Nehmt ihr alte Handys?", &[1.0, 0.0], Some(4)),
        question(2, Language::De, "Altes Handy eintauschen?", &[1.0, 0.1], Some(4)),
        question(3, Language::De, &long, &[1.0, 0.2], None),
        question(4, Language::En, "Do you take old phones?", &[1.0, 0.0], Some(5)),
        question(5, Language::De, "Etwas anderes", &[0.0, 1.0], Some(6)),
    ];
    let counted = Gaps { questions: 9, tickets: 3, ..Gaps::default() };
    let gaps = put_together(&counted, &questions, 2);
    assert_eq!((gaps.questions, gaps.compared, gaps.pending, gaps.single), (9, 5, 2, 2));
    let [cluster] = gaps.clusters.as_slice() else { panic!("{gaps:?}") };
    assert_eq!((cluster.language, cluster.questions, cluster.tickets), (Language::De, 3, 1));
    assert_eq!(cluster.example, "Altes Handy eintauschen?");
    assert_eq!(cluster.latest_at, minute(3));
    assert_eq!(cluster.intents, ["place_order"]);
    // A letter is no phrasing of a question.
    assert_eq!(cluster.phrasings, ["Altes Handy eintauschen?", "Nehmt ihr alte Handys?"]);
}
