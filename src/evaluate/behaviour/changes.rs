//! What is done to a message?

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::phrases::{FAMILIAR_NAMES, OTHER_NAMES, Phrases, introduction};
use crate::domain::Language;

/// One slip for about so many words.
const WORDS_A_SLIP: usize = 8;

/// Letters that a word needs for a slip, and for being written apart.
const LETTERS: usize = 4;
const LETTERS_APART: usize = 9;

/// Spellings that sound alike, as they stand and as they are mistaken.
const BY_EAR: [(&str, &str); 18] = [
    ("ck", "k"),
    ("tz", "z"),
    ("ie", "i"),
    ("ß", "ss"),
    ("dt", "t"),
    ("ph", "f"),
    ("ff", "f"),
    ("ll", "l"),
    ("mm", "m"),
    ("nn", "n"),
    ("rr", "r"),
    ("ss", "s"),
    ("tt", "t"),
    ("ah", "a"),
    ("eh", "e"),
    ("ei", "ie"),
    ("ea", "ee"),
    ("ce", "se"),
];

/// A message with slips as fingers and ears make them: blanks lost or added, vowels left out,
/// spelling by ear. Words with digits or signs, such as numbers and addresses, stay.
pub(super) fn mistype(text: &str, language: Language, random: &mut StdRng) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for _ in 0..=words.len() / WORDS_A_SLIP {
        let places: Vec<usize> =
            (0..words.len()).filter(|place| is_plain(&words[*place])).collect();
        let Some(place) = places.choose(random).copied() else { break };
        match random.random_range(0..4) {
            0 if place + 1 < words.len() && is_plain(&words[place + 1]) => {
                let next = words.remove(place + 1);
                words[place].push_str(&next);
            }
            // In German it is compounds that are written apart.
            1 if language == Language::De && words[place].chars().count() >= LETTERS_APART => {
                let half = words[place].chars().count() / 2;
                let byte = words[place].char_indices().nth(half).map_or(0, |(byte, _)| byte);
                words[place].insert(byte, ' ');
            }
            2 => words[place] = by_ear(&words[place], random),
            _ => words[place] = without_vowel(&words[place], random),
        }
    }
    words.join(" ")
}

fn is_plain(word: &str) -> bool {
    let letters = word.trim_end_matches(['.', ',', '!', '?', ';', ':']);
    letters.chars().count() >= LETTERS && letters.chars().all(char::is_alphabetic)
}

fn by_ear(word: &str, random: &mut StdRng) -> String {
    let fitting: Vec<(&str, &str)> =
        BY_EAR.into_iter().filter(|(right, _)| word.contains(right)).collect();
    match fitting.choose(random) {
        Some((right, wrong)) => {
            let first = word.chars().next().map_or(0, char::len_utf8);
            let (start, rest) = word.split_at(first);
            format!("{start}{}", rest.replacen(right, wrong, 1))
        }
        None => without_vowel(word, random),
    }
}

fn without_vowel(word: &str, random: &mut StdRng) -> String {
    let vowels: Vec<usize> = word
        .char_indices()
        .skip(1)
        .filter(|(_, letter)| "aeiouäöü".contains(*letter))
        .map(|(byte, _)| byte)
        .collect();
    let mut word = word.to_owned();
    if let Some(place) = vowels.choose(random) {
        word.remove(*place);
    }
    word
}

/// Every umlaut spelt out, or every umlaut without its dots.
pub(super) fn respell_umlauts(text: &str, random: &mut StdRng) -> String {
    crate::text::umlauts::respell_umlauts(text, random.random_bool(0.5))
}

/// A message as a transcript writes it: in one line and without signs, except within words and
/// numbers (`NL-20481`, `19,90`, `o'clock`, `name@example.org`).
pub(super) fn without_punctuation(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let within = |place: usize| {
        let beside = |place: Option<usize>| {
            place
                .and_then(|place| letters.get(place))
                .is_some_and(|letter| letter.is_alphanumeric())
        };
        beside(place.checked_sub(1)) && beside(Some(place + 1))
    };
    let kept: String = letters
        .iter()
        .enumerate()
        .map(|(place, letter)| {
            let stays = letter.is_alphanumeric() || "€$%+@#&".contains(*letter) || within(place);
            if stays || !(letter.is_ascii_punctuation() || "„“”‚‘’«»…–—".contains(*letter))
            {
                *letter
            } else {
                ' '
            }
        })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The message with a familiar name given at its end, and with one of another origin.
pub(super) fn exchange_name(
    text: &str,
    language: Language,
    random: &mut StdRng,
) -> Option<(String, String)> {
    let familiar = FAMILIAR_NAMES.of(language).choose(random)?;
    let other = OTHER_NAMES.choose(random)?;
    let named = |name| join(text, &introduction(language, name));
    Some((named(familiar), named(other)))
}

/// The message, and the message with one of the phrases behind it.
pub(super) fn append(
    text: &str,
    phrases: &Phrases,
    language: Language,
    random: &mut StdRng,
) -> Option<(String, String)> {
    Some((text.to_owned(), join(text, phrases.of(language).choose(random)?)))
}

/// The message with a phrase before or behind it.
pub(super) fn surround(
    text: &str,
    starts: &Phrases,
    ends: &Phrases,
    language: Language,
    random: &mut StdRng,
) -> String {
    let start = random.random_bool(0.5);
    let phrases = if start { starts } else { ends };
    let phrase = phrases.of(language).choose(random).copied().unwrap_or_default();
    if start { format!("{phrase} {text}") } else { join(text, phrase) }
}

/// A sentence behind a text, which gets a full stop if it ends in none.
fn join(text: &str, sentence: &str) -> String {
    let stop = if text.ends_with(|last: char| last.is_alphanumeric()) { "." } else { "" };
    format!("{text}{stop} {sentence}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::{mistype, respell_umlauts, without_punctuation};
    use crate::domain::Language;

    #[test]
    fn what_carries_meaning_stays() {
        let text = "Nr. NL-20481 (19,90 €)?! Bitte an a.b@example.org,\nHerr O'Neill - „danke“...";
        let plain = without_punctuation(text);
        assert_eq!(plain, "Nr NL-20481 19,90 € Bitte an a.b@example.org Herr O'Neill danke");
        for seed in 0..50 {
            let mut random = StdRng::seed_from_u64(seed);
            let slips = mistype(text, Language::De, &mut random);
            assert!(slips.contains("NL-20481") && slips.contains("(19,90 €)?!"), "{slips}");
        }
    }

    proptest! {
        /// Any text can be changed, and a seed gives the same change again.
        #[test]
        fn any_text_can_be_changed(text in ".{0,80}|([a-zäöüßA-Z]{0,12} ){0,12}", seed in any::<u64>()) {
            let change = |text: &str| {
                let mut random = StdRng::seed_from_u64(seed);
                let slips = mistype(text, Language::De, &mut random);
                (slips, respell_umlauts(text, &mut random), without_punctuation(text))
            };
            let changed = change(&text);
            prop_assert_eq!(&changed, &change(&text));
            prop_assert!(!changed.1.contains(['ä', 'ö', 'ü', 'ß']));
            prop_assert!(!changed.2.contains('\n'));
        }
    }
}
