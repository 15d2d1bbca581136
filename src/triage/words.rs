//! Which words stand in a message, however it is written?
//!
//! Messages come with and without capitals, umlauts, apostrophes and punctuation (speech-to-text
//! has none at all). Rules that look for words therefore see the [`plain`] form of a message.

use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::decompose_canonical;

/// Words of a message in one spelling: lower case, `ä ö ü ß` as `ae oe ue ss`, no accents,
/// apostrophes dropped ("don't" is "dont"), everything else that is no letter or digit as one
/// blank.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.nfkc() {
        match character {
            '\'' | '’' | '‘' | '`' | '´' => {}
            'ä' | 'Ä' => plain.push_str("ae"),
            'ö' | 'Ö' => plain.push_str("oe"),
            'ü' | 'Ü' => plain.push_str("ue"),
            'ß' | 'ẞ' => plain.push_str("ss"),
            other if other.is_alphanumeric() => decompose_canonical(other, |part| {
                if part.is_alphanumeric() {
                    plain.extend(part.to_lowercase());
                }
            }),
            _ if plain.is_empty() || plain.ends_with(' ') => {}
            _ => plain.push(' '),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// One regular expression that finds any of `phrases` as whole words of a [`plain`] text.
///
/// In a phrase, `~` stands for a gap of up to four words, `*` for the rest of a word (or its
/// beginning); the remainder is regular-expression syntax.
pub(super) fn any_of(phrases: &[&str]) -> Result<Regex, regex::Error> {
    let alternatives: Vec<String> = phrases
        .iter()
        .map(|phrase| phrase.replace('~', r"(?: \w+){0,4} ").replace('*', r"\w*"))
        .collect();
    // ASCII classes suffice for the plain form and keep the automaton small.
    Regex::new(&format!(r"(?-u:\b(?:{})\b)", alternatives.join("|")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_form_folds_what_writers_vary() {
        assert_eq!(plain("  Ich KANN’s nicht – Stromschläge!!  "), "ich kanns nicht stromschlaege");
        assert_eq!(plain("…"), "");
        assert_eq!(plain("Ca\u{0308}fé"), "caefe");
        assert_eq!(plain("Straße 12, don't"), "strasse 12 dont");
    }

    #[test]
    fn phrases_match_whole_words_with_gaps_and_endings() {
        let words = any_of(&["akku~explodier*", "brand"]).expect("valid phrases");
        assert!(words.is_match("der akku ist mir gestern einfach explodiert"));
        assert!(!words.is_match("brandneu"));
        assert!(words.is_match("ein brand"));
    }
}
