//! Which devices are named? Those of the embedded catalogue, in German and English words.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Candidate;
use crate::domain::EntityKind;
use crate::text::words::{Word, fold, words};

/// Shortest word that is also found at the end of a German compound.
const COMPOUND_END: usize = 6;
/// Shortest word in front of it: fewer letters are an ending's coincidence.
const COMPOUND_START: usize = 3;
/// Longest word that is looked at as a compound; the time grows with its square.
const LONGEST_COMPOUND: usize = 50;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("devices.toml"))
        .expect("the embedded catalogue is read by a unit test");
    Catalogue::from(file)
});

#[derive(Deserialize)]
struct File {
    device: Vec<Device>,
    calls: Calls,
}

#[derive(Deserialize)]
struct Device {
    name: String,
    words: Vec<String>,
}

/// Words around a device's name that make it mean a call.
#[derive(Deserialize)]
struct Calls {
    names: Vec<String>,
    before: Vec<String>,
    after: Vec<String>,
}

struct Catalogue {
    /// The phrases by their first word, longest first: all words, and the device's name.
    phrases: HashMap<String, Vec<(Vec<String>, String)>>,
    calls: Calls,
}

impl From<File> for Catalogue {
    fn from(file: File) -> Self {
        let mut phrases: HashMap<String, Vec<(Vec<String>, String)>> = HashMap::new();
        for device in file.device {
            for phrase in &device.words {
                let parts: Vec<_> = words(phrase).into_iter().map(|word| word.folded).collect();
                if let Some(first) = parts.first() {
                    phrases.entry(first.clone()).or_default().push((parts, device.name.clone()));
                }
            }
        }
        for list in phrases.values_mut() {
            list.sort_by_key(|(parts, _)| std::cmp::Reverse(parts.len()));
        }
        let fold_all = |words: Vec<String>| words.iter().map(|word| fold(word)).collect();
        let Calls { names, before, after } = file.calls;
        let calls = Calls { names, before: fold_all(before), after: fold_all(after) };
        Self { phrases, calls }
    }
}

/// Finds devices.
pub(super) fn find(text: &str, words: &[Word<'_>], found: &mut Vec<Candidate>) {
    let catalogue = &*CATALOGUE;
    let mut index = 0;
    while index < words.len() {
        let Some((name, length)) = catalogue.at(text, words, index) else {
            index += 1;
            continue;
        };
        let last = index + length - 1;
        if !catalogue.is_call(name, words, index, last) {
            let span = words[index].start..words[last].end();
            found.push(Candidate::new(EntityKind::Device, span, Some(name.to_owned())));
        }
        index = last + 1;
    }
}

impl Catalogue {
    /// The device named from this word on, and how many words name it.
    fn at(&self, text: &str, words: &[Word<'_>], index: usize) -> Option<(&str, usize)> {
        let word = &words[index];
        if let Some(phrases) = self.phrases.get(&word.folded) {
            let phrase = phrases.iter().find(|(parts, _)| {
                parts.iter().enumerate().all(|(offset, part)| {
                    words.get(index + offset).is_some_and(|word| word.folded == *part)
                }) && is_one_phrase(text, &words[index..index + parts.len()])
            });
            if let Some((parts, name)) = phrase {
                return Some((name, parts.len()));
            }
        }
        self.compound(&word.folded).map(|name| (name, 1))
    }

    /// The device at the end of a German compound.
    fn compound(&self, folded: &str) -> Option<&str> {
        if folded.len() > LONGEST_COMPOUND {
            return None;
        }
        let last = folded.len().checked_sub(COMPOUND_END)?;
        (COMPOUND_START..=last).filter(|start| folded.is_char_boundary(*start)).find_map(|start| {
            let phrases = self.phrases.get(&folded[start..])?;
            let (_, name) = phrases.iter().find(|(parts, _)| parts.len() == 1)?;
            Some(name.as_str())
        })
    }

    fn is_call(&self, name: &str, words: &[Word<'_>], first: usize, last: usize) -> bool {
        let listed = |list: &[String], word: Option<&Word<'_>>| {
            word.is_some_and(|word| list.contains(&word.folded))
        };
        let before = match &words[..first] {
            [rest @ .., article] if article.folded == "the" => rest.last(),
            rest => rest.last(),
        };
        self.calls.names.iter().any(|called| called == name)
            && (listed(&self.calls.before, before)
                || listed(&self.calls.after, words.get(last + 1)))
    }
}

/// Whether only blanks and hyphens part the words.
fn is_one_phrase(text: &str, words: &[Word<'_>]) -> bool {
    words.windows(2).all(|pair| {
        text[pair[0].end()..pair[1].start].chars().all(|sign| sign == ' ' || sign == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_catalogue_finds_its_own_device() {
        let file: File = toml::from_str(include_str!("devices.toml")).expect("valid TOML");
        for device in &file.device {
            for phrase in &device.words {
                let mut found = Vec::new();
                find(phrase, &words(phrase), &mut found);
                let names: Vec<_> = found.iter().map(|hit| hit.value.as_deref()).collect();
                assert_eq!(names, [Some(device.name.as_str())], "{phrase}");
            }
        }
    }
}
