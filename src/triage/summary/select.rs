//! Which words of the conversation tell most? Chosen phrase by phrase: what is new in a phrase
//! against its length, the best first.
//!
//! A greedy choice by gain per cost is within a constant factor of the best one for such a sum of
//! things that count once (Khuller, Moss and Naor 1999; for summaries Lin and Bilmes 2010).

use std::collections::HashSet;
use std::ops::Range;

use super::facts::Named;
use super::sentences::Sentence;
use super::weigh::{self, Word};
use crate::domain::EntityKind;

/// Words that a new quote costs beside its own: two quotes of three words read worse than one of
/// six.
const APART: f32 = 2.0;
/// Phrases of a quote that are tried at once.
const PHRASES: usize = 9;
/// A quote tells at least so much a word.
const LEAST: f32 = 0.3;

/// A sentence that may be quoted.
pub(super) struct Source<'a> {
    /// The sentence.
    pub sentence: &'a Sentence,
    /// How much its words count against those of others.
    pub factor: f32,
    words: Vec<Word>,
    /// Which words are numbers that are shown beside the quotes if they stand in none.
    shown: Vec<bool>,
    /// Where its phrases begin, and its end.
    bounds: Vec<usize>,
    /// Which phrases are chosen.
    chosen: Vec<bool>,
}

/// Words in a row of one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quote<'a> {
    /// The sentence.
    pub sentence: &'a Sentence,
    /// Its words, counted from 0.
    pub words: Range<usize>,
}

impl<'a> Quote<'a> {
    /// All of a sentence.
    pub(super) fn whole(sentence: &'a Sentence) -> Self {
        Self { sentence, words: 0..sentence.words() }
    }

    /// The words.
    pub(super) fn text(&self) -> String {
        let words = self.sentence.text.split(' ').skip(self.words.start).take(self.words.len());
        words.collect::<Vec<&str>>().join(" ")
    }
}

impl<'a> Source<'a> {
    /// A sentence with its words weighed. Numbers spoken in many words count nothing: they are shown
    /// beside the quotes.
    pub(super) fn new(sentence: &'a Sentence, factor: f32, facts: &[Named]) -> Self {
        let mut words = weigh::words(&sentence.text);
        let mut shown = vec![false; words.len()];
        for named in facts.iter().filter(|named| named.fact.turn == sentence.turn) {
            let Some(range) = place(&sentence.text, &named.fact.text) else { continue };
            shown[range.clone()].fill(is_shown(named.fact.kind));
            let spoken = is_shown(named.fact.kind) && range.len() > SPOKEN;
            for (index, word) in words[range.clone()].iter_mut().enumerate() {
                word.opens &= index == 0;
                if spoken || named.superseded {
                    word.weight = 0.0;
                } else if word.weight > 0.0 || range.len() == 1 {
                    word.weight = word.weight.max(ENTITY);
                }
            }
        }
        let mut bounds: Vec<usize> =
            (0..words.len()).filter(|index| *index == 0 || words[*index].opens).collect();
        let chosen = vec![false; bounds.len()];
        bounds.push(words.len());
        Self { sentence, factor, words, shown, bounds, chosen }
    }

    /// The same, to be quoted in whole clauses.
    pub(super) fn in_clauses(mut self) -> Self {
        let words = &self.words;
        let last = words.len();
        self.bounds.retain(|bound| matches!(*bound, 0) || *bound == last || words[bound - 1].ends);
        self.chosen = vec![false; self.bounds.len() - 1];
        self
    }

    /// A window of phrases that may be quoted as it stands: what denies it, or makes it a condition
    /// or a guess, is not left out. German denies at the end of a clause ("funktioniert bei uns
    /// nicht"), so what follows counts as well as what goes before.
    fn is_whole(&self, phrases: &Range<usize>) -> bool {
        let mut before = (0..phrases.start).rev().take_while(|phrase| !self.ends_clause(*phrase));
        let starts_clause = self.words[self.bounds[phrases.start]].joins;
        if !starts_clause && before.any(|phrase| self.leaves_out(phrase, |word| word.binds)) {
            return false;
        }
        let clause_goes_on = |phrase: &usize| {
            !self.ends_clause(phrase - 1) && !self.words[self.bounds[*phrase]].joins
        };
        let mut after = (phrases.end..self.chosen.len()).take_while(clause_goes_on);
        !after.any(|phrase| self.leaves_out(phrase, |word| word.negates))
    }

    fn phrase(&self, phrase: usize) -> &[Word] {
        &self.words[self.bounds[phrase]..self.bounds[phrase + 1]]
    }

    fn ends_clause(&self, phrase: usize) -> bool {
        self.phrase(phrase).last().is_some_and(|word| word.ends)
    }

    fn leaves_out(&self, phrase: usize, what: fn(&Word) -> bool) -> bool {
        !self.chosen[phrase] && self.phrase(phrase).iter().any(what)
    }

    /// Chooses the clause from this word on, at most so many words.
    pub(super) fn begin_with(&mut self, start: usize, most: usize) -> Range<usize> {
        let first = self.bounds.iter().rposition(|bound| *bound <= start).unwrap_or(0);
        let first = first.min(self.chosen.len().saturating_sub(1));
        let mut end = first + 1;
        while end < self.chosen.len()
            && !self.ends_clause(end - 1)
            && self.bounds[end + 1] - self.bounds[first] <= most
        {
            end += 1;
        }
        while !self.is_whole(&(first..end)) && end < self.chosen.len() {
            end += 1;
        }
        self.chosen[first..end].fill(true);
        self.trimmed(&(first..end))
    }

    /// The words of a window, without those at its ends that tell nothing.
    fn trimmed(&self, phrases: &Range<usize>) -> Range<usize> {
        let mut words = self.bounds[phrases.start]..self.bounds[phrases.end];
        let begins = phrases.start == 0 || !self.chosen[phrases.start - 1];
        let tells = |word: &Word| word.weight > 0.0 || word.binds;
        while begins && !words.is_empty() {
            let word = &self.words[words.start];
            let leads = word.role && self.words[words.clone()].iter().skip(1).any(tells);
            if tells(word) || leads {
                break;
            }
            words.start += 1;
        }
        let ends = phrases.end == self.chosen.len() || !self.chosen[phrases.end];
        while ends && !words.is_empty() {
            let last = &self.words[words.end - 1];
            if tells(last) || last.ends || words.end == self.words.len() {
                break;
            }
            words.end -= 1;
        }
        words
    }

    /// Whether words can stand alone: a number, several words that tell, or a whole sentence.
    fn says_enough(&self, words: &Range<usize>) -> bool {
        let telling: Vec<usize> =
            words.clone().filter(|index| self.words[*index].weight > 0.0).collect();
        match telling[..] {
            [] => false,
            [only] => !self.shown[only] && (self.words[only].weight > 1.0 || self.is_all(words)),
            _ => telling.iter().any(|index| !self.shown[*index]),
        }
    }

    fn is_all(&self, words: &Range<usize>) -> bool {
        words.len() == self.words.len()
    }

    fn touches(&self, phrases: &Range<usize>) -> bool {
        let before = phrases.start.checked_sub(1).is_some_and(|before| self.chosen[before]);
        before || self.chosen.get(phrases.end).copied().unwrap_or(false)
    }

    fn gain(&self, words: Range<usize>, told: &HashSet<String>) -> f32 {
        let mut counted: HashSet<&str> = HashSet::new();
        let new = self.words[words].iter().filter(|word| {
            word.weight > 0.0 && !told.contains(&word.key) && counted.insert(&word.key)
        });
        self.factor * new.map(|word| word.weight).sum::<f32>()
    }

    /// The chosen words, in rows.
    fn quotes(&self) -> Vec<Quote<'a>> {
        let mut quotes = Vec::new();
        let mut start = 0;
        while start < self.chosen.len() {
            if !self.chosen[start] {
                start += 1;
                continue;
            }
            let mut end = start;
            while end < self.chosen.len() && self.chosen[end] {
                end += 1;
            }
            let words = self.trimmed(&(start..end));
            if !words.is_empty() {
                quotes.push(Quote { sentence: self.sentence, words });
            }
            start = end;
        }
        quotes
    }
}

/// A number of more words than this is shown by its value rather than quoted.
const SPOKEN: usize = 2;

/// What a word of a date, an amount or a device is worth.
const ENTITY: f32 = 1.6;

/// Whether a fact of this kind is shown beside the quotes, by its value alone.
pub(super) fn is_shown(kind: EntityKind) -> bool {
    !matches!(kind, EntityKind::Date | EntityKind::Amount | EntityKind::Device)
}

/// Which words of a sentence hold these characters.
pub(super) fn place(sentence: &str, part: &str) -> Option<Range<usize>> {
    let start = sentence.find(part)?;
    let first = sentence[..start].matches(' ').count();
    Some(first..first + part.matches(' ').count() + 1)
}

/// Quotes of at most `most` words, in the order of the sources. What is chosen already stays.
pub(super) fn select<'a>(
    sources: &mut [Source<'a>],
    most: usize,
    told: &mut HashSet<String>,
) -> Vec<Quote<'a>> {
    let quoted: usize =
        sources.iter().flat_map(Source::quotes).map(|quote| quote.words.len()).sum();
    let mut left = most.saturating_sub(quoted);
    for source in sources.iter() {
        for quote in source.quotes() {
            told.extend(source.words[quote.words].iter().map(|word| word.key.clone()));
        }
    }
    while let Some((index, phrases, words)) = best(sources, left, told) {
        let source = &mut sources[index];
        for phrase in phrases {
            source.chosen[phrase] = true;
        }
        left = left.saturating_sub(words.len());
        told.extend(source.words[words].iter().map(|word| word.key.clone()));
    }
    sources.iter().flat_map(Source::quotes).collect()
}

/// The window that tells most for its length: its source, its phrases, its words.
fn best(
    sources: &[Source<'_>],
    left: usize,
    told: &HashSet<String>,
) -> Option<(usize, Range<usize>, Range<usize>)> {
    let mut best = None;
    let mut most = LEAST;
    for (index, source) in sources.iter().enumerate() {
        let count = source.chosen.len();
        for start in 0..count {
            for end in start + 1..=count.min(start + PHRASES) {
                if source.chosen[end - 1] {
                    break;
                }
                let phrases = start..end;
                let words = source.trimmed(&phrases);
                if words.len() > left {
                    break;
                }
                if words.is_empty() || !source.is_whole(&phrases) {
                    continue;
                }
                let touches = source.touches(&phrases);
                if !touches && !source.says_enough(&words) {
                    continue;
                }
                let apart = if touches { 0.0 } else { APART };
                let density = source.gain(words.clone(), told) / (words.len() as f32 + apart);
                if density > most {
                    most = density;
                    best = Some((index, phrases, words));
                }
            }
        }
    }
    best
}
