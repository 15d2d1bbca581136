//! Is this German or English? Robust on one word, on mixed and on spoken texts, where letter
//! statistics alone guess.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use whichlang::Lang;

use super::words::{Word, fold, words};
use crate::domain::Language;

/// Evidence of a word that occurs in one language only, nearly so, or that leans to a side.
const SURE: f32 = 2.0;
const TELLING: f32 = 1.5;
const FAINT: f32 = 0.5;
/// The letter statistics' vote counts from this many letters on; below it they guess.
const LETTERS_FOR_STATISTICS: usize = 24;
const STATISTICS: f32 = 2.0;

/// Endings and letter groups that words of one language have far more often than the other's.
const GERMAN_ENDINGS: &[(&str, f32)] = &[
    ("ung", 1.2),
    ("ungen", 1.5),
    ("keit", 1.5),
    ("heit", 1.5),
    ("lich", 1.5),
    ("liche", 1.5),
    ("lichen", 1.5),
    ("isch", 1.2),
    ("ische", 1.2),
    ("chen", 1.0),
    ("ieren", 1.5),
    ("iert", 1.2),
    ("schaft", 1.5),
    ("stelle", 1.0),
    ("nummer", 1.5),
    ("zeit", 1.2),
    ("zeiten", 1.2),
    ("en", 0.4),
    ("et", 0.2),
    ("t", 0.1),
    ("e", 0.1),
];
const ENGLISH_ENDINGS: &[(&str, f32)] = &[
    ("ing", 1.2),
    ("ings", 1.2),
    ("tion", 0.3),
    ("tions", 0.6),
    ("ly", 0.9),
    ("ity", 1.2),
    ("ness", 1.0),
    ("ful", 1.0),
    ("able", 1.0),
    ("ed", 0.6),
    ("ous", 1.0),
    ("ance", 0.6),
    ("ence", 0.6),
    ("ment", 0.3),
    ("ow", 0.6),
    ("y", 0.5),
    ("gh", 1.0),
];
const GERMAN_GROUPS: &[(&str, f32)] = &[
    ("sch", 0.8),
    ("tz", 0.7),
    ("pf", 0.7),
    ("ei", 0.2),
    ("ich", 0.5),
    ("zu", 0.3),
    ("ueck", 0.8),
    ("aen", 0.4),
    ("oe", 0.3),
    ("ue", 0.2),
    ("ae", 0.3),
    ("kk", 0.4),
    ("ck", 0.1),
    ("eur", 0.2),
    ("dt", 0.3),
];
const ENGLISH_GROUPS: &[(&str, f32)] = &[
    ("th", 0.5),
    ("wh", 0.8),
    ("ight", 1.0),
    ("ough", 1.0),
    ("oo", 0.4),
    ("ea", 0.4),
    ("ou", 0.4),
    ("sh", 0.5),
    ("ee", 0.2),
    ("c", 0.05),
];

/// Evidence of the listed words by folded form: positive for German, negative for English.
static LISTED: LazyLock<HashMap<String, f32>> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(include_str!("language.toml"))
        .expect("the embedded word lists are read by a unit test");
    let mut listed = HashMap::new();
    lists.de.collect(1.0, &mut listed);
    lists.en.collect(-1.0, &mut listed);
    listed
});

#[derive(Deserialize)]
struct Lists {
    de: Words,
    en: Words,
}

#[derive(Deserialize)]
struct Words {
    sure: String,
    telling: String,
    faint: String,
}

impl Words {
    fn collect(&self, sign: f32, listed: &mut HashMap<String, f32>) {
        for (words, weight) in [(&self.faint, FAINT), (&self.telling, TELLING), (&self.sure, SURE)]
        {
            for word in words.split_whitespace() {
                listed.insert(fold(word), sign * weight);
                // Typed in haste, the dots are left away altogether.
                let plain = word.replace('ä', "a").replace('ö', "o").replace('ü', "u");
                if plain != word {
                    listed.entry(fold(&plain)).or_insert(sign * weight);
                }
            }
        }
    }
}

/// The main language of a text; German where nothing speaks for either.
pub fn detect(text: &str) -> Language {
    let words = words(text);
    let mut evidence: f32 = words.iter().map(word_evidence).sum();
    let letters: usize = words.iter().map(|word| word.text.len()).sum();
    if letters >= LETTERS_FOR_STATISTICS {
        evidence += match whichlang::detect_language(text) {
            Lang::Deu => STATISTICS,
            Lang::Eng => -STATISTICS,
            _ => 0.0,
        };
    }
    if evidence < 0.0 { Language::En } else { Language::De }
}

/// Whether a folded word is listed as a common one of either language, and so hardly a name.
pub(super) fn is_common(folded: &str) -> bool {
    LISTED.contains_key(folded)
}

fn word_evidence(word: &Word<'_>) -> f32 {
    if let Some(evidence) = LISTED.get(&word.folded) {
        return *evidence;
    }
    if word.is_number() {
        return 0.0;
    }
    let umlaut = if word.text.is_ascii() || !has_german_letter(word.text) {
        0.0
    } else if word.text.starts_with(char::is_uppercase) {
        // Müller and München stand in English texts as well.
        0.7
    } else {
        SURE
    };
    umlaut + shape_evidence(&word.folded)
}

fn has_german_letter(text: &str) -> bool {
    text.contains(['ä', 'ö', 'ü', 'Ä', 'Ö', 'Ü', 'ß', '\u{308}'])
}

/// What the spelling of an unlisted word tells, at most as much as a listed one.
fn shape_evidence(folded: &str) -> f32 {
    if folded.len() < 4 {
        return 0.0;
    }
    let longest = |endings: &[(&str, f32)]| {
        endings
            .iter()
            .filter(|(ending, _)| folded.ends_with(ending))
            .max_by_key(|(ending, _)| ending.len())
            .map_or(0.0, |(_, weight)| *weight)
    };
    let groups = |groups: &[(&str, f32)]| -> f32 {
        groups.iter().filter(|(group, _)| folded.contains(group)).map(|(_, weight)| weight).sum()
    };
    let german = longest(GERMAN_ENDINGS) + groups(GERMAN_GROUPS);
    let english = longest(ENGLISH_ENDINGS) + groups(ENGLISH_GROUPS);
    (german - english).clamp(-TELLING, TELLING)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_word_is_listed_twice() {
        let lists: Lists = toml::from_str(include_str!("language.toml")).expect("valid TOML");
        let mut seen = HashSet::new();
        for list in [lists.de, lists.en] {
            for word in [&list.sure, &list.telling, &list.faint]
                .into_iter()
                .flat_map(|words| words.split_whitespace())
            {
                assert!(seen.insert(word.to_owned()), "{word}");
                assert!(word.chars().all(char::is_alphabetic), "{word} is never looked up");
            }
        }
    }

    #[test]
    fn nothing_and_ties_are_german() {
        for text in ["", " ", "?", "12345", "\u{1f355}", "hello hallo"] {
            assert_eq!(detect(text), Language::De, "{text}");
        }
    }

    #[test]
    fn the_spelling_of_unknown_words_decides() {
        assert_eq!(detect("Verfügbarkeitsprüfung"), Language::De);
        assert_eq!(detect("Waschmaschinenlieferung"), Language::De);
        assert_eq!(detect("throughput monitoring"), Language::En);
        // A German name does not make an English text German.
        assert_eq!(detect("your shop in Tübingen"), Language::En);
    }
}
