//! What was already tried, and what has the customer been told?

use super::compose::{clip, quote};
use super::{Scored, sentences::Sentence};
use crate::domain::{Author, Language, SuggestedArticle, Turn};

/// Sentences of the customer that are listed.
const CUSTOMER: usize = 3;
/// Answers of the bot that are listed, the latest.
const ANSWERS: usize = 2;
/// Words of one entry.
const WORDS: usize = 16;
/// An answer without an article has at least this many words; less is a courtesy.
const ANSWER_WORDS: usize = 8;

/// One attempt.
pub(super) struct Tried<'a> {
    /// For people, with the words in quotation marks.
    pub text: String,
    /// The customer's sentence it comes from; none for answers of bot and agents.
    pub sentence: Option<&'a Sentence>,
}

/// Attempts that the customer names, then the bot's answers, then what an agent said last.
pub(super) fn find<'a>(
    turns: &[(usize, &Turn)],
    scored: &'a [Scored],
    suggestions: &[SuggestedArticle],
    language: Language,
) -> Vec<Tried<'a>> {
    let named = scored.iter().rev().filter(|candidate| candidate.score.tried).take(CUSTOMER);
    let mut tried: Vec<Tried> = named
        .map(|candidate| {
            let sentence = &candidate.sentence;
            let words = clip(&sentence.text, WORDS);
            let words = words.trim_end_matches(['.', ',', ';', ':']);
            Tried { text: quote(words, language), sentence: Some(sentence) }
        })
        .collect();
    tried.reverse();
    let mut answers: Vec<String> = Vec::new();
    for (_, turn) in turns.iter().rev().filter(|(_, turn)| turn.from == Author::Bot) {
        if let Some(answer) = answer(turn, suggestions).filter(|answer| !answers.contains(answer)) {
            answers.push(answer);
        }
    }
    answers.truncate(ANSWERS);
    let said = |who: &str, words: &str| Tried {
        text: format!("{who} {}", quote(words.trim_end_matches('.'), language)),
        sentence: None,
    };
    let (bot, agent) = match language {
        Language::De => ("Bot-Antwort", "Team-Antwort"),
        Language::En => ("bot answer", "team reply"),
    };
    tried.extend(answers.iter().rev().map(|answer| said(bot, answer)));
    let last_agent = turns.iter().rev().find(|(_, turn)| turn.from == Author::Agent);
    tried.extend(last_agent.map(|(_, turn)| said(agent, &clip(&folded(&turn.text), WORDS))));
    tried
}

/// What an answer of the bot is called: its article's title, else its first words.
fn answer(turn: &Turn, suggestions: &[SuggestedArticle]) -> Option<String> {
    let title = turn.article_id.as_ref().and_then(|id| {
        suggestions.iter().find(|article| article.id == *id).map(|article| article.title.clone())
    });
    let text = folded(&turn.text);
    let told = turn.article_id.is_some()
        || (text.split(' ').count() >= ANSWER_WORDS && !text.ends_with('?'));
    title.or_else(|| told.then(|| clip(&text, WORDS / 2)))
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}
