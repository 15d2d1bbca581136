//! From chosen sentences to the running text, within its number of words.

use std::collections::HashSet;

use super::facts::{self, Named};
use super::score;
use super::select::{self, Quote, Source, select};
use super::sentences::{self, Sentence};
use super::tried::Tried;
use super::{MOST_HEADLINE_WORDS, MOST_WORDS, Scored, steps};
use crate::domain::{Author, Language, Turn};

/// Words of the customer quoted at most.
const CUSTOMER_WORDS: usize = 38;
/// Words of the wish that are quoted in any case.
const WISH_WORDS: usize = 10;
/// Sentences looked at.
const SENTENCES: usize = 120;
/// Words of the team quoted at most.
const TEAM_WORDS: usize = 18;
/// What the wish, threats, attempts and corrections count against other sentences of the customer.
const WISH: f32 = 1.5;
const THREAT: f32 = 1.5;
const TRIED: f32 = 1.3;
const FILLER: f32 = 0.3;
/// What a promise counts against other sentences of the team.
const PROMISE: f32 = 1.4;
/// A headline quotes the wish only if so many words of it fit.
const HEADLINE_QUOTE: usize = 3;

/// The words that tell most: of the customer, and of the team.
pub(super) struct Told<'a> {
    customer: Vec<Quote<'a>>,
    team: Vec<String>,
}

/// Chooses what to quote of the customer's sentences, then what the team's add to it.
pub(super) fn told<'a>(
    turns: &[(usize, &Turn)],
    scored: &'a [Scored],
    wish: Option<&Scored>,
    facts: &[Named],
    language: Language,
) -> Told<'a> {
    let has_matter = scored.iter().any(|candidate| !candidate.aside);
    let factor = |candidate: &Scored| {
        let score = &candidate.score;
        let mut factor = if score.filler { FILLER } else { 1.0 };
        if wish.is_some_and(|wish| wish.sentence == candidate.sentence) {
            factor *= WISH;
        }
        if candidate.aside && has_matter {
            factor *= FILLER;
        }
        if score.threat {
            factor *= THREAT;
        }
        if score.tried {
            factor *= TRIED;
        }
        factor
    };
    let mut customer: Vec<Source> = most_telling(scored)
        .map(|candidate| Source::new(&candidate.sentence, factor(candidate), facts))
        .collect();
    let wishes = |source: &&mut Source| wish.is_some_and(|wish| wish.sentence == *source.sentence);
    if let Some(source) = customer.iter_mut().find(wishes) {
        source.begin_with(score::request_start(&source.sentence.text), WISH_WORDS);
    }
    let mut known = HashSet::new();
    let mut customer = select(&mut customer, CUSTOMER_WORDS, &mut known);
    let telling = || scored.iter().filter(|candidate| !candidate.score.filler);
    let all: usize = telling().map(|candidate| candidate.sentence.words()).sum();
    if all <= CUSTOMER_WORDS && all > 0 {
        customer = telling().map(|candidate| Quote::whole(&candidate.sentence)).collect();
    } else if customer.is_empty() {
        customer.extend(scored.iter().take(1).map(|first| Quote::whole(&first.sentence)));
    }
    let said = team_sentences(turns, language);
    let named = facts::find_of(Author::Agent, turns, language);
    let mut team: Vec<Source> = said
        .iter()
        .map(|sentence| {
            let factor = if score::promises(sentence) { PROMISE } else { 1.0 };
            Source::new(sentence, factor, &named).in_clauses()
        })
        .collect();
    let team = select(&mut team, TEAM_WORDS, &mut known);
    Told { customer, team: if team.is_empty() { Vec::new() } else { vec![join(&team)] } }
}

/// The sentences that are worth looking at in a very long conversation, in its order.
fn most_telling(scored: &[Scored]) -> impl Iterator<Item = &Scored> {
    let worth = |candidate: &Scored| candidate.score.event.max(candidate.score.wish);
    let mut all: Vec<f32> = scored.iter().map(worth).collect();
    all.sort_by(|left, right| right.total_cmp(left));
    let least = all.get(SENTENCES).copied().unwrap_or(f32::NEG_INFINITY);
    scored.iter().filter(move |candidate| worth(candidate) >= least).take(2 * SENTENCES)
}

/// What agents told: their questions and courtesies left out.
fn team_sentences(turns: &[(usize, &Turn)], language: Language) -> Vec<Sentence> {
    let agents = turns.iter().filter(|(_, turn)| turn.from == Author::Agent);
    agents
        .flat_map(|(number, turn)| sentences::split(*number, &turn.text, language))
        .filter(|sentence| {
            !sentence.mere && !sentence.text.ends_with('?') && !score::is_polite(sentence)
        })
        .collect()
}

/// The running text: quotes of the customer, answers given, what the team said, numbers, mood.
pub(super) fn text(
    told: &Told,
    facts: &[Named],
    tried: &[Tried],
    mood: &str,
    language: Language,
) -> String {
    let (answered, team, numbers) = match language {
        Language::De => ("Bot-Antwort: ", "Team: ", "Angaben: "),
        Language::En => ("Bot answer: ", "Team: ", "Details: "),
    };
    let mut parts = Vec::new();
    let words = join(&told.customer);
    let answers: Vec<&str> = tried.iter().filter_map(|tried| tried.article.as_deref()).collect();
    let mut shown: Vec<&str> = Vec::new();
    for named in facts.iter().filter(|named| select::is_shown(named.fact.kind)) {
        let written = named.fact.text.contains(|sign: char| sign.is_ascii_digit());
        let value = if written { &named.fact.text } else { &named.value };
        let is_quoted = words.contains(&named.fact.text);
        if !named.superseded && !is_quoted && !shown.contains(&value.as_str()) {
            shown.push(value);
        }
    }
    if !answers.is_empty() {
        parts.push(format!("{answered}{}.", quote(&answers.join("; "), language)));
    }
    parts.extend(told.team.iter().map(|words| {
        let words = words.trim_end_matches('.');
        format!("{team}{}.", quote(words, language))
    }));
    if !shown.is_empty() {
        parts.push(format!("{numbers}{}.", shown.join(", ")));
    }
    if !mood.is_empty() {
        parts.push(mood.to_owned());
    }
    let fixed: usize = parts.iter().map(|part| count(part)).sum();
    let words = clip(&words, MOST_WORDS.saturating_sub(fixed));
    if !words.is_empty() {
        parts.insert(0, quote(&words, language));
    }
    clip(&parts.join(" "), MOST_WORDS)
}

/// Quotes in one line, with signs for what lies between them.
fn join(quotes: &[Quote]) -> String {
    let mut line = String::new();
    let mut before: Option<&Quote> = None;
    for quote in quotes {
        if before.is_some_and(|before| !continues(before, quote)) {
            line.truncate(line.trim_end_matches([',', ';', ':']).len());
        }
        let ended = line.ends_with(['.', '!', '?', '…', ',', ';', ':']);
        line.push_str(match before {
            None => "",
            Some(before) if !continues(before, quote) => " … ",
            Some(_) if ended || quote.sentence.continues => " ",
            Some(_) => " / ",
        });
        line.push_str(&quote.text());
        before = Some(quote);
    }
    line.truncate(line.trim_end_matches([',', ';', ':']).len());
    line
}

/// Whether nothing was left out between two quotes.
fn continues(before: &Quote, quote: &Quote) -> bool {
    quote.sentence.follows(before.sentence)
        && before.words.end == before.sentence.words()
        && quote.words.start == 0
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

pub(super) fn count(text: &str) -> usize {
    text.split_whitespace().count()
}
