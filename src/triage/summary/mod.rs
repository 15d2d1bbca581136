//! What must an agent know before the first word?
//!
//! Extractive: the summary quotes the conversation's own words and adds nothing but fixed phrases
//! (the name of the matter, the mood, a next step). Quotes stand in quotation marks; within them
//! "…" marks what was left out and "/" the end of an unpunctuated message. What is quoted is chosen
//! phrase by phrase (`select`), so that few words hold many facts; a denial or a condition is never
//! left out in front of what it turns round. Figures: eval/README.md, "Summaries".

mod compose;
mod earlier;
mod facts;
mod mood;
mod score;
mod select;
mod sentences;
mod steps;
mod tried;
mod weigh;

use self::compose::{clip, headline};
pub use self::earlier::{Earlier, earlier_contacts};
use self::facts::Named;
use self::score::Score;
use self::sentences::Sentence;
use super::{caller, words};
use crate::domain::{Author, Classification, Decision, Language, SuggestedArticle, Summary, Turn};
use crate::text;

/// Words of [`Summary::text`] at most.
pub const MOST_WORDS: usize = 90;
/// Words of [`Summary::headline`] at most.
pub const MOST_HEADLINE_WORDS: usize = 12;
/// Words of the wish at most.
const WISH_WORDS: usize = 36;
/// Turns looked at: the first ones, where the matter is told, and the last ones.
const FIRST_TURNS: usize = 10;
const LAST_TURNS: usize = 60;
/// Taken from the wish in turns that only lead to the matter, such as "a person please".
const ASIDE: f32 = 4.0;
/// Characters of a turn looked at.
const TURN_CHARS: usize = 6_000;

/// A sentence with its score.
struct Scored {
    sentence: Sentence,
    score: Score,
    /// Its turn only leads to the matter.
    aside: bool,
}

/// The language that most of the customer's words are in; none where no turn was read. A last "ok"
/// tells no language.
pub fn conversation_language(turns: &[Turn]) -> Option<Language> {
    let letters = |language| -> usize {
        let read = turns.iter().filter(|turn| {
            turn.classification.as_ref().is_some_and(|reading| reading.language == language)
        });
        read.map(|turn| turn.text.len()).sum()
    };
    Language::ALL.into_iter().filter(|language| letters(*language) > 0).max_by_key(|l| letters(*l))
}

/// The name of an intent for people; none for an intent that this program does not know.
pub fn intent_name(intent: &str, language: Language) -> Option<&'static str> {
    steps::label(intent, language)
}

/// Sums up a conversation. `suggestions` are articles that may help the agent, `decision` is the
/// one that hands the conversation over.
pub fn summarize(
    turns: &[Turn],
    language: Language,
    suggestions: &[SuggestedArticle],
    decision: Option<&Decision>,
) -> Summary {
    let turns: Vec<(usize, &Turn)> = turns
        .iter()
        .enumerate()
        .filter(|(index, _)| *index < FIRST_TURNS || index + LAST_TURNS >= turns.len())
        .collect();
    let facts = facts::find(&turns, language);
    let mood = mood::read(&turns);
    let scored = scored_sentences(&turns, language, &facts, suggestions);
    let wish = find_wish(&turns, &scored);
    let wish_text = wish.map_or(String::new(), |wish| clip(&wish.sentence.text, WISH_WORDS));
    let intent = matter(&turns);
    let reading = last_reading(&turns);
    let next_step = steps::next_step(intent, reading, &facts, decision, language);
    let tried = tried::find(&turns, &scored, suggestions, language);
    let told = compose::told(&turns, &scored, wish, &facts, language);
    let mut headline = headline(intent, &facts, &wish_text, language);
    let mut text = compose::text(&told, &facts, &tried, &mood::describe(&mood, language), language);
    // A caller who said nothing is not quoted: what happened is told instead.
    if scored.is_empty()
        && let Some(sign) = last_sign(&turns)
    {
        sign.clone_into(&mut headline);
        text = clip(format!("{sign}. {text}").trim(), MOST_WORDS);
    }
    Summary {
        headline,
        text,
        wish: wish_text,
        facts: facts.into_iter().map(|named| named.fact).collect(),
        tried: tried.into_iter().map(|tried| tried.text).collect(),
        before: Vec::new(),
        mood,
        next_step,
        articles: suggestions.to_vec(),
    }
}

/// The sentence that states the wish: the one that asks most clearly, or else tells most of what
/// happened in the turn that first brought the matter up.
fn find_wish<'a>(turns: &[(usize, &Turn)], scored: &'a [Scored]) -> Option<&'a Scored> {
    let asking = scored
        .iter()
        .filter(|candidate| score::asks(&candidate.sentence) && !candidate.score.filler)
        .max_by(|left, right| left.score.wish.total_cmp(&right.score.wish));
    asking.or_else(|| {
        let matter = matter(turns);
        let brings_it_up = |turn: &Turn| {
            let intent = turn.classification.as_ref().and_then(|reading| reading.intent.as_ref());
            intent.map(|intent| intent.name.as_str()) == matter
        };
        let first = turns
            .iter()
            .find(|(_, turn)| turn.from == Author::Customer && brings_it_up(turn))
            .map(|(number, _)| *number)
            .filter(|number| scored.iter().any(|candidate| candidate.sentence.turn == *number));
        scored
            .iter()
            .filter(|candidate| first.is_none_or(|first| candidate.sentence.turn == first))
            .max_by(|left, right| left.score.event.total_cmp(&right.score.event))
    })
}

/// The telling sentences of the customer's turns, scored, in the order of the conversation.
fn scored_sentences(
    turns: &[(usize, &Turn)],
    language: Language,
    facts: &[Named],
    suggestions: &[SuggestedArticle],
) -> Vec<Scored> {
    let customer: Vec<&(usize, &Turn)> =
        turns.iter().filter(|(_, turn)| turn.from == Author::Customer).collect();
    let topic: Vec<String> = suggestions
        .iter()
        .flat_map(|article| words::plain(&article.title).split(' ').map(stem).collect::<Vec<_>>())
        .filter(|stem| stem.chars().count() >= STEM)
        .collect();
    let mut scored = Vec::new();
    for (place, (number, turn)) in customer.iter().enumerate() {
        let intent = turn.classification.as_ref().and_then(|reading| reading.intent.as_ref());
        let aside = intent.is_some_and(|intent| steps::is_aside(&intent.name));
        let recency = (place + 1) as f32 / customer.len() as f32;
        let said = caller::parts(&turn.text).map_or(turn.text.as_str(), |(_, heard)| heard);
        let text: String = said.chars().take(TURN_CHARS).collect();
        let cleaned = text::prepare(&text, Some(language)).cleaned;
        for sentence in sentences::split(*number, &cleaned, language) {
            let named = facts.iter().filter(|named| sentence.text.contains(&named.fact.text));
            let entities = named.map(|named| facts::worth(named.fact.kind)).sum();
            let stems: Vec<String> = sentence.plain.split(' ').map(stem).collect();
            let shared = topic.iter().filter(|word| stems.contains(word)).count();
            let mut score = score::score(&sentence, recency, entities, shared);
            if aside {
                score.wish -= ASIDE;
            }
            scored.push(Scored { sentence, score, aside });
        }
    }
    if scored.iter().any(|candidate| !candidate.sentence.mere) {
        scored.retain(|candidate| !candidate.sentence.mere);
    }
    scored
}

/// Letters that tell a word's family well enough.
const STEM: usize = 6;

fn stem(word: &str) -> String {
    word.chars().take(STEM).collect()
}

/// What the conversation is about: the intent of the latest customer turn that names a matter of
/// its own. Where none does, nothing if a turn was out of scope, else the latest intent.
fn matter<'a>(turns: &[(usize, &'a Turn)]) -> Option<&'a str> {
    let intents = || {
        let intents = readings(turns).map(|reading| reading.intent.as_ref());
        intents.map(|intent| intent.map(|score| score.name.as_str()))
    };
    let own = intents().flatten().find(|name| !steps::is_aside(name));
    own.or_else(|| if intents().all(|intent| intent.is_some()) { intents().next()? } else { None })
}

fn last_reading<'a>(turns: &[(usize, &'a Turn)]) -> Option<&'a Classification> {
    readings(turns).next()
}

/// Readings of the customer's turns, the latest first. What a caller did instead of speaking is read
/// only where there is nothing else.
fn readings<'a>(turns: &[(usize, &'a Turn)]) -> impl Iterator<Item = &'a Classification> {
    let customer = || turns.iter().map(|(_, turn)| *turn).filter(|turn| is_customers(turn));
    let speaks = customer().any(|turn| !caller::is_sign(&turn.text));
    let read = move |turn: &&Turn| is_customers(turn) && !(speaks && caller::is_sign(&turn.text));
    let turns = turns.iter().rev().map(|(_, turn)| *turn).filter(read);
    turns.filter_map(|turn| turn.classification.as_ref())
}

fn is_customers(turn: &Turn) -> bool {
    turn.from == Author::Customer
}

/// What the caller did last instead of speaking.
fn last_sign<'a>(turns: &[(usize, &'a Turn)]) -> Option<&'a str> {
    let mut latest = turns.iter().rev().filter(|(_, turn)| is_customers(turn));
    latest.find_map(|(_, turn)| caller::parts(&turn.text).map(|(sign, _)| sign))
}
