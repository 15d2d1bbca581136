//! From chosen sentences to the running text, within its number of words.

use std::collections::BTreeSet;

use super::facts::Named;
use super::score::{self, Score};
use super::sentences::Sentence;
use super::tried::Tried;
use super::{MOST_HEADLINE_WORDS, MOST_WORDS, Scored, steps};
use crate::domain::Language;

/// Words quoted at most.
const QUOTED_WORDS: usize = 50;
/// Sentences quoted at most.
const QUOTED_SENTENCES: usize = 4;
/// Words of one quoted sentence at most.
const SENTENCE_WORDS: usize = 36;
/// What happened is quoted from this score, and below it while fewer words are quoted.
const LEAST_EVENT: f32 = 1.5;
const ENOUGH_WORDS: usize = 22;
/// Share of common words from which two sentences say the same.
const SAME: f32 = 0.6;
/// Words of the attempts in the running text at most.
const TRIED_WORDS: usize = 22;
/// A headline quotes the wish only if so many words of it fit.
const HEADLINE_QUOTE: usize = 3;

/// The sentences to quote, in the order of the conversation: the wish, then what tells most.
pub(super) fn choose<'a>(scored: &'a [Scored], wish: Option<&'a Scored>) -> Vec<&'a Sentence> {
    let mut chosen: Vec<&Sentence> = wish.iter().map(|wish| &wish.sentence).collect();
    let is_wish = |sentence: &Sentence| wish.is_some_and(|wish| wish.sentence == *sentence);
    let mut others: Vec<&Scored> = scored
        .iter()
        .filter(|candidate| !candidate.score.filler && !is_wish(&candidate.sentence))
        .collect();
    let all: usize = others.iter().map(|candidate| candidate.sentence.words()).sum();
    let short = all <= QUOTED_WORDS && others.len() <= QUOTED_SENTENCES;
    let worth = |score: &Score| score.event.max(score.wish - 1.0);
    others.sort_by(|left, right| worth(&right.score).total_cmp(&worth(&left.score)));
    let length = |sentence: &Sentence| sentence.words().min(SENTENCE_WORDS);
    let mut words: usize = chosen.iter().map(|sentence| length(sentence)).sum();
    for candidate in others {
        let sentence = &candidate.sentence;
        let telling = short || words < ENOUGH_WORDS || worth(&candidate.score) >= LEAST_EVENT;
        if chosen.len() >= QUOTED_SENTENCES || !telling {
            break;
        }
        if words + length(sentence) <= QUOTED_WORDS
            && !chosen.iter().any(|other| says_the_same(sentence, other))
        {
            words += length(sentence);
            chosen.push(sentence);
        }
    }
    chosen.sort_by_key(|sentence| (sentence.turn, sentence.position));
    chosen
}

fn says_the_same(left: &Sentence, right: &Sentence) -> bool {
    let words = |sentence: &'_ Sentence| -> BTreeSet<String> {
        sentence.plain.split(' ').map(str::to_owned).collect()
    };
    let (left, right) = (words(left), words(right));
    let common = left.intersection(&right).count() as f32;
    common / left.len().min(right.len()).max(1) as f32 >= SAME
}

/// The running text: quotes, attempts, mood, next step.
pub(super) fn text(
    quoted: &[&Sentence],
    tried: &[Tried],
    mood: &str,
    next_step: &str,
    language: Language,
) -> String {
    let (already, next) = match language {
        Language::De => ("Bisher: ", "Nächster Schritt: "),
        Language::En => ("So far: ", "Next step: "),
    };
    let mut attempts: Vec<&str> = Vec::new();
    let mut left = TRIED_WORDS;
    for attempt in tried {
        let is_quoted = attempt.sentence.is_some_and(|sentence| quoted.contains(&sentence));
        let words = count(&attempt.text);
        if !is_quoted && words <= left {
            attempts.push(&attempt.text);
            left -= words;
        }
    }
    let mut parts = Vec::new();
    if !attempts.is_empty() {
        parts.push(format!("{already}{}.", attempts.join("; ")));
    }
    if !mood.is_empty() {
        parts.push(mood.to_owned());
    }
    if !next_step.is_empty() {
        parts.push(format!("{next}{next_step}."));
    }
    let fixed: usize = parts.iter().map(|part| count(part)).sum();
    let words = clip(&join(quoted), MOST_WORDS.saturating_sub(fixed));
    if !words.is_empty() {
        parts.insert(0, quote(&words, language));
    }
    clip(&parts.join(" "), MOST_WORDS)
}

/// Quoted sentences in one line, with signs for what lies between them.
fn join(quoted: &[&Sentence]) -> String {
    let mut line = String::new();
    let mut before: Option<&Sentence> = None;
    for sentence in quoted {
        let ended = line.ends_with(['.', '!', '?', '…', ',', ';', ':']);
        line.push_str(match before {
            None => "",
            Some(before) if !sentence.follows(before) => " … ",
            Some(_) if ended || sentence.continues => " ",
            Some(_) => " / ",
        });
        line.push_str(&clip(&sentence.text, SENTENCE_WORDS));
        before = Some(sentence);
    }
    line
}

/// The line for the queue list: the matter, its number, and as much of the wish as fits.
pub(super) fn headline(
    intent: Option<&str>,
    facts: &[Named],
    wish: &str,
    language: Language,
) -> String {
    let mut parts: Vec<&str> = Vec::new();
    parts.extend(intent.and_then(|intent| steps::label(intent, language)));
    parts.extend(steps::identifier(facts).filter(|number| !wish.contains(number)));
    let matter = parts.join(" ");
    let left = MOST_HEADLINE_WORDS.saturating_sub(count(&matter));
    let quoted = if wish.is_empty() || (left < HEADLINE_QUOTE && left < count(wish)) {
        String::new()
    } else {
        quote(&clip(&score::from_request(wish, left), left), language)
    };
    match (matter.is_empty(), quoted.is_empty()) {
        (false, false) => format!("{matter}: {quoted}"),
        (false, true) => clip(&matter, MOST_HEADLINE_WORDS),
        (true, false) => quoted,
        (true, true) => match language {
            Language::De => "Nachricht ohne Text".to_owned(),
            Language::En => "Message without text".to_owned(),
        },
    }
}

/// At most this many words of a text; "…" stands for the rest.
pub(super) fn clip(text: &str, words: usize) -> String {
    if count(text) <= words {
        return text.to_owned();
    }
    let kept: Vec<&str> = text.split_whitespace().take(words).collect();
    let kept = kept.join(" ");
    if kept.is_empty() {
        return kept;
    }
    format!("{}…", kept.trim_end_matches([',', ';', ':', '.', '…', '–', '-']))
}

/// Words in the quotation marks of the language.
pub(super) fn quote(words: &str, language: Language) -> String {
    match language {
        Language::De => format!("„{words}“"),
        Language::En => format!("“{words}”"),
    }
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}
