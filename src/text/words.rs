//! Which words does a text hold? Words with their places, and the folded form in which all lists
//! of this folder are looked up.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A run of letters or a run of digits: `Box7` is two words, as `Box 7` is.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    /// As written.
    pub(super) text: &'t str,
    /// First byte in the text.
    pub(super) start: usize,
    /// Lower case, umlauts as two letters, other accents dropped.
    pub(super) folded: String,
}

impl Word<'_> {
    /// One past the last byte in the text.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether the word is made of ASCII digits.
    pub(super) fn is_number(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::with_capacity(text.len() / 5);
    let mut start = None;
    let mut digits = false;
    for (position, character) in text.char_indices() {
        let part = character.is_alphanumeric() || is_combining_mark(character);
        let is_digit = character.is_ascii_digit();
        if let Some(first) = start
            && (!part || is_digit != digits)
        {
            push(&mut words, text, first, position);
            start = None;
        }
        if part && start.is_none() {
            start = Some(position);
            digits = is_digit;
        }
    }
    if let Some(first) = start {
        push(&mut words, text, first, text.len());
    }
    words
}

fn push<'t>(words: &mut Vec<Word<'t>>, text: &'t str, start: usize, end: usize) {
    let text = &text[start..end];
    words.push(Word { text, start, folded: fold(text) });
}

/// Folds a word: lower case, `ä ö ü ß` become `ae oe ue ss`, other accents go. A word typed with
/// umlauts and one typed without them on a foreign keyboard meet, composed or decomposed alike.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len() + 2);
    for character in word.nfd().flat_map(char::to_lowercase) {
        match character {
            // A diaeresis after a, o, u is an umlaut; elsewhere (Zoë) it only parts two vowels.
            '\u{308}' if folded.ends_with(['a', 'o', 'u']) => folded.push('e'),
            'ß' => folded.push_str("ss"),
            mark if is_combining_mark(mark) => {}
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_joins_the_spellings() {
        for (word, folded) in [
            ("Rückgabe", "rueckgabe"),
            ("Ru\u{308}ckgabe", "rueckgabe"),
            ("RUECKGABE", "rueckgabe"),
            ("Straße", "strasse"),
            ("GROẞ", "gross"),
            ("Café", "cafe"),
            ("Zoë", "zoe"),
        ] {
            assert_eq!(fold(word), folded, "{word}");
        }
    }

    #[test]
    fn letters_and_digits_part() {
        let found: Vec<_> = words("Box7, nl-20481 geht's u\u{308}ber?")
            .into_iter()
            .map(|word| (word.folded.clone(), word.start, word.end()))
            .collect();
        let expected =
            [("box", 0, 3), ("7", 3, 4), ("nl", 6, 8), ("20481", 9, 14), ("geht", 15, 19)]
                .into_iter()
                .chain([("s", 20, 21), ("ueber", 22, 28)])
                .map(|(word, start, end)| (word.to_owned(), start, end))
                .collect::<Vec<_>>();
        assert_eq!(found, expected);
    }
}
