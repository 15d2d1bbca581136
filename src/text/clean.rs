//! What does the writer say now? Quoted history, signatures and legal footers are cut away, white
//! space and noise folded.

use std::ops::Range;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

mod footers;
mod quotes;
mod signatures;

/// A letter, word or line that is repeated more often in a row is cut to this many.
const MOST_REPEATS: usize = 3;
/// The same for other signs: five stars are a rating.
const MOST_SIGNS: usize = 5;

/// A text without quoted history, signature, legal footer, invisible characters and absurd
/// repetition; white space is folded, single line breaks stay. Where all would be cut, only the
/// folding is done: the result is blank only if the text has nothing to see.
pub fn clean(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let own = quotes::own(&lines);
    let written: Vec<&str> =
        lines.iter().zip(own).filter(|(_, own)| *own).map(|(line, _)| *line).collect();
    let cleaned = fold(&signatures::without(footers::without(&written)));
    if cleaned.is_empty() { fold(&lines) } else { cleaned }
}

/// The lines that the writer wrote now, as written: without quoted history and legal footers, with
/// the signature, since it says who writes. Blank if the text holds nothing else.
pub fn new_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let own = quotes::own(&lines);
    let written: Vec<&str> =
        lines.iter().zip(own).filter(|(_, own)| *own).map(|(line, _)| *line).collect();
    paragraphs(&footers::without(&written))
}

/// The lines with at most one empty line between them and none around them.
fn paragraphs(lines: &[&str]) -> String {
    let mut text = String::new();
    let mut is_apart = false;
    for line in lines.iter().map(|line| line.trim_end()) {
        if line.is_empty() {
            is_apart = !text.is_empty();
            continue;
        }
        if !text.is_empty() {
            text.push_str(if is_apart { "\n\n" } else { "\n" });
        }
        is_apart = false;
        text.push_str(line);
    }
    text
}

/// The bytes of a text that hold quoted history; none if it holds nothing else.
pub(super) fn quoted(text: &str) -> Vec<Range<usize>> {
    let lines: Vec<&str> = text.lines().collect();
    let own = quotes::own(&lines);
    if lines.iter().zip(&own).all(|(line, own)| !own || line.trim().is_empty()) {
        return Vec::new();
    }
    let mut start = 0;
    let mut quoted = Vec::new();
    for (line, own) in text.split_inclusive('\n').zip(own) {
        if !own {
            quoted.push(start..start + line.len());
        }
        start += line.len();
    }
    quoted
}

/// Joins the lines that hold something, each folded, repeated ones at most [`MOST_REPEATS`] times.
fn fold(lines: &[&str]) -> String {
    let mut folded = String::new();
    let (mut last, mut repeats) = (String::new(), 0);
    for line in lines.iter().map(|line| fold_line(line)).filter(|line| !line.is_empty()) {
        repeats = if line == last { repeats + 1 } else { 1 };
        if repeats > MOST_REPEATS {
            continue;
        }
        if !folded.is_empty() {
            folded.push('\n');
        }
        folded.push_str(&line);
        last = line;
    }
    folded
}

/// A line with composed letters, single blanks and few repetitions.
fn fold_line(line: &str) -> String {
    let composed: String = match is_nfc_quick(line.chars()) {
        IsNormalized::Yes => visible(line.chars()),
        _ => visible(line.nfc()),
    };
    let mut folded = String::with_capacity(composed.len());
    let (mut last, mut repeats) = ("", 0);
    for word in composed.split_whitespace() {
        repeats = if word == last { repeats + 1 } else { 1 };
        last = word;
        if repeats > MOST_REPEATS {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// The visible characters, controls as blanks, without long runs of one sign. Digits may repeat:
/// a number is not noise.
fn visible(characters: impl Iterator<Item = char>) -> String {
    let mut visible = String::new();
    let (mut last, mut repeats) = ('\0', 0);
    for character in characters.filter(|character| !is_invisible(*character)) {
        let character = if character.is_control() { ' ' } else { character };
        repeats = if character == last { repeats + 1 } else { 1 };
        last = character;
        let most = if character.is_alphabetic() { MOST_REPEATS } else { MOST_SIGNS };
        if repeats <= most || character.is_numeric() {
            visible.push(character);
        }
    }
    visible
}

/// Characters without width: joiners, marks of direction, soft hyphens, variation selectors, and
/// the tags in which hidden instructions are smuggled.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}
