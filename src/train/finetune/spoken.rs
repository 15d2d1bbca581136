//! What does a speech recogniser make of a message? No case, no punctuation, numbers in words, and
//! the sounds that people make while they think.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::domain::Language;

/// Chance of a filler before a word.
const FILLERS: f64 = 0.07;

const GERMAN_FILLERS: [&str; 9] =
    ["äh", "ähm", "also", "halt", "ja", "na ja", "sozusagen", "ich sag mal", "quasi"];
const ENGLISH_FILLERS: [&str; 8] =
    ["uh", "um", "like", "you know", "well", "I mean", "so", "kind of"];

const GERMAN_DIGITS: [&str; 10] =
    ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"];
const ENGLISH_DIGITS: [&str; 10] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const GERMAN_TEENS: [&str; 10] = [
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const ENGLISH_TEENS: [&str; 10] = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const GERMAN_TENS: [&str; 8] =
    ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];
const ENGLISH_TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The text as a transcript.
pub(super) fn spoken(text: &str, language: Language, random: &mut StdRng) -> String {
    let fillers: &[&str] = match language {
        Language::De => &GERMAN_FILLERS,
        Language::En => &ENGLISH_FILLERS,
    };
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || "-/–".contains(c)) {
        let plain: String = word.chars().filter(|c| c.is_alphanumeric() || *c == '\'').collect();
        if plain.is_empty() {
            continue;
        }
        if random.random_bool(FILLERS) {
            words.push(fillers.choose(random).copied().unwrap_or_default().to_owned());
        }
        words.extend(in_words(&plain.to_lowercase(), language));
    }
    words.join(" ")
}

/// Digits of a word as they are said, letters as they are.
fn in_words(word: &str, language: Language) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if is_digit {
            parts.extend(number(part, language));
        } else {
            parts.push(part.to_owned());
        }
        rest = after;
    }
    parts
}

/// Up to two digits as one number; longer ones, which are mostly codes, digit by digit.
fn number(digits: &str, language: Language) -> Vec<String> {
    let (ones, below_twenty, rounded) = match language {
        Language::De => (GERMAN_DIGITS, GERMAN_TEENS, GERMAN_TENS),
        Language::En => (ENGLISH_DIGITS, ENGLISH_TEENS, ENGLISH_TENS),
    };
    let values: Vec<usize> =
        digits.bytes().map(|digit| usize::from(digit.wrapping_sub(b'0')).min(9)).collect();
    match values[..] {
        [1, one] => vec![below_twenty[one].to_owned()],
        [ten @ 2..=9, 0] => vec![rounded[ten - 2].to_owned()],
        [ten @ 2..=9, one] => match language {
            Language::De => {
                let one = if one == 1 { "ein" } else { ones[one] };
                vec![format!("{one}und{}", rounded[ten - 2])]
            }
            Language::En => vec![rounded[ten - 2].to_owned(), ones[one].to_owned()],
        },
        _ => values.into_iter().map(|value| ones[value].to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let said = |digits, language| number(digits, language).join(" ");
        assert_eq!(said("21", Language::De), "einundzwanzig");
        assert_eq!(said("47", Language::De), "siebenundvierzig");
        assert_eq!(said("16", Language::De), "sechzehn");
        assert_eq!(said("30", Language::En), "thirty");
        assert_eq!(said("95", Language::En), "ninety five");
        assert_eq!(said("20481", Language::De), "zwei null vier acht eins");
        assert_eq!(in_words("nl20", Language::En), ["nl", "twenty"]);
    }
}
