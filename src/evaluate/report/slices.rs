//! Is it equally good in every language, on every channel, at every length?

use std::collections::BTreeMap;

use super::Slice;
use super::cases::Case;
use crate::domain::{Channel, Language};
use crate::evaluate::metrics::{Estimate, proportion};

/// Lengths in words, inclusive, with the name that figures give them.
const LENGTHS: [(usize, usize, &str, &str); 5] = [
    (1, 4, "1-4 words", "words_1_4"),
    (5, 19, "5-19 words", "words_5_19"),
    (20, 39, "20-39 words", "words_20_39"),
    (40, 89, "40-89 words", "words_40_89"),
    (90, usize::MAX, "90+ words", "words_90"),
];

/// The parts of the rows that hold any row.
pub(super) fn slices(cases: &[Case]) -> Vec<Slice> {
    let languages = Language::ALL.into_iter().map(|language| {
        let name = match language {
            Language::De => "German",
            Language::En => "English",
        };
        slice(cases, "language", name, language.code(), &|case| case.language() == language)
    });
    let channels = Channel::ALL.into_iter().map(|channel| {
        let key = channel.name();
        // A telephone message is a transcript: speech, where the others are written.
        let name = if channel == Channel::Phone { "phone (speech)" } else { key };
        slice(cases, "channel", name, key, &|case| case.row.channel == Some(channel))
    });
    let lengths = LENGTHS.into_iter().map(|(least, most, name, key)| {
        slice(cases, "length", name, key, &|case| (least..=most).contains(&case.words()))
    });
    languages.chain(channels).chain(lengths).filter(|slice| slice.rows > 0).collect()
}

fn slice(
    cases: &[Case],
    by: &str,
    name: &str,
    key: &str,
    belongs: &dyn Fn(&Case) -> bool,
) -> Slice {
    let part: Vec<&Case> = cases.iter().filter(|case| belongs(case)).collect();
    Slice {
        by: by.to_owned(),
        name: name.to_owned(),
        key: key.to_owned(),
        rows: part.len(),
        figures: figures(&part),
    }
}

fn figures(part: &[&Case]) -> BTreeMap<String, Estimate> {
    let share = |judge: &dyn Fn(&Case) -> Option<bool>| {
        let judged: Vec<bool> = part.iter().filter_map(|case| judge(case)).collect();
        proportion(judged.iter().filter(|right| **right).count(), judged.len())
    };
    let of = |wanted: bool, held: Option<bool>| if wanted { held } else { None };
    [
        ("intent_accuracy", share(&|case| Some(case.intent()?.right))),
        ("out_of_scope_recall", share(&|case| of(!case.in_scope()?, case.rejected()))),
        ("in_scope_rejected", share(&|case| of(case.in_scope()?, case.rejected()))),
        ("tier_accuracy", share(&|case| Some(case.tier()?.right))),
        ("sentiment_accuracy", share(&|case| Some(case.sentiment()?.right))),
        (
            "answerable_answered",
            share(&|case| {
                of(
                    case.row.answerable()?,
                    case.prediction.action.map(|_| case.prediction.answered()),
                )
            }),
        ),
        ("answers_right", share(&|case| case.answer_right())),
        ("queue_accuracy", share(&|case| case.queue_pair().map(|(gold, given)| gold == given))),
    ]
    .into_iter()
    .filter_map(|(name, estimate)| Some((name.to_owned(), estimate?)))
    .collect()
}
