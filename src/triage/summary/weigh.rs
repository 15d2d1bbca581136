//! How much does a word tell, and where may a quote begin or end?

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::triage::words::plain;

/// What a word is worth: with a digit or a count, as a word of content, as a short one, as a denial.
const DIGITS: f32 = 1.5;
const CONTENT: f32 = 1.0;
const SHORT: f32 = 0.6;
const DENIAL: f32 = 0.4;
/// Letters up to which a word is short.
const SHORT_LETTERS: usize = 3;
/// Letters that tell a word's family.
const STEM: usize = 6;

static WORDS: LazyLock<FunctionWords> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(include_str!("function_words.toml"))
        .expect("the file is part of the program, and a test reads it");
    let set = |list: &str| list.split_whitespace().map(str::to_owned).collect::<HashSet<String>>();
    FunctionWords {
        openings: set(&lists.openings),
        binding: set(&lists.binding),
        roles: set(&lists.roles),
        negating: set(&lists.negating),
        counting: set(&lists.counting),
        joining: set(&lists.joining),
        all: set(&[lists.openings, lists.binding, lists.roles, lists.others].join(" ")),
    }
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    openings: String,
    binding: String,
    roles: String,
    negating: String,
    counting: String,
    joining: String,
    others: String,
}

struct FunctionWords {
    all: HashSet<String>,
    openings: HashSet<String>,
    binding: HashSet<String>,
    roles: HashSet<String>,
    negating: HashSet<String>,
    counting: HashSet<String>,
    joining: HashSet<String>,
}

/// A word of a sentence, as it is weighed.
#[expect(clippy::struct_excessive_bools, reason = "each names one list that the word is on")]
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// Words of the same key say the same.
    pub key: String,
    /// How much it tells; 0 for a function word.
    pub weight: f32,
    /// A phrase begins here.
    pub opens: bool,
    /// What follows must not be quoted without it.
    pub binds: bool,
    /// It denies something in its clause.
    pub negates: bool,
    /// A clause begins with it.
    pub joins: bool,
    /// A quote may begin with it although it tells nothing by itself.
    pub role: bool,
    /// A sign after it ends a clause.
    pub ends: bool,
    /// A phrase may begin with it.
    opening: bool,
    /// It denies what follows, or follows such a word.
    negated: bool,
}

/// The words of a sentence (split at blanks).
pub(super) fn words(sentence: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for piece in sentence.split(' ') {
        let plain = plain(piece);
        let is = |set: &HashSet<String>| set.contains(&plain);
        let after_sign = words.last().is_none_or(|before| before.ends);
        let after_opening = words.last().is_some_and(|before| before.opening && !before.ends);
        let weight = match plain.chars().count() {
            0 => 0.0,
            _ if plain.contains(|sign: char| sign.is_ascii_digit()) => DIGITS,
            _ if is(&WORDS.counting) => DIGITS,
            _ if is(&WORDS.negating) => DENIAL,
            _ if is(&WORDS.all) => 0.0,
            1..=SHORT_LETTERS => SHORT,
            _ => CONTENT,
        };
        let negated = is(&WORDS.negating)
            || (words.last().is_some_and(|before| before.negated && !before.ends));
        let key: String =
            if weight == DIGITS { plain.clone() } else { plain.chars().take(STEM).collect() };
        words.push(Word {
            weight,
            opening: is(&WORDS.openings),
            opens: after_sign || (is(&WORDS.openings) && !after_opening),
            binds: is(&WORDS.binding),
            negates: is(&WORDS.negating),
            joins: is(&WORDS.joining),
            role: is(&WORDS.roles),
            ends: piece.ends_with([',', ';', ':', ')', '.', '!', '?', '…', '–']),
            // "Don't cancel" is news after "cancel".
            key: if negated { format!("not {key}") } else { key },
            negated,
        });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_begin_at_function_words_and_after_signs() {
        let sentence = "sonst will ich das geld zurück, und zwar bis Freitag";
        let words = words(sentence);
        let opening: Vec<&str> = sentence
            .split(' ')
            .zip(&words)
            .filter(|(_, word)| word.opens)
            .map(|(text, _)| text)
            .collect();
        assert_eq!(opening, ["sonst", "ich", "und", "bis"]);
        assert!(words[0].binds && words[4].weight > 0.0 && words[1].weight == 0.0);
    }
}
