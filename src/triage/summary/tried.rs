//! What was already tried, and what has the customer been told?

use super::Scored;
use super::compose::{clip, quote};
use crate::domain::{Action, Author, Language, SuggestedArticle, Turn};

/// Sentences of the customer that are listed.
const CUSTOMER: usize = 3;
/// Answers of the bot that are listed, the latest.
const ANSWERS: usize = 2;
/// Words of one entry.
const WORDS: usize = 16;
/// An answer without an article has at least this many words; less is a courtesy.
const ANSWER_WORDS: usize = 8;

/// One attempt.
pub(super) struct Tried {
    /// For people, with the words in quotation marks.
    pub text: String,
    /// Title of the article that the bot answered with.
    pub article: Option<String>,
}

/// Attempts that the customer names, then the bot's answers, then what an agent said last.
pub(super) fn find(
    turns: &[(usize, &Turn)],
    scored: &[Scored],
    suggestions: &[SuggestedArticle],
    language: Language,
) -> Vec<Tried> {
    let named = scored.iter().rev().filter(|candidate| candidate.score.tried).take(CUSTOMER);
    let mut tried: Vec<Tried> = named
        .map(|candidate| {
            let sentence = &candidate.sentence;
            let words = clip(&sentence.text, WORDS);
            let words = words.trim_end_matches(['.', ',', ';', ':']);
            Tried { text: quote(words, language), article: None }
        })
        .collect();
    tried.reverse();
    let mut answers: Vec<Answer> = Vec::new();
    let bot = turns.iter().enumerate().rev().filter(|(_, (_, turn))| turn.from == Author::Bot);
    for (place, (_, turn)) in bot {
        if is_hand_over(&turns[..place]) {
            continue;
        }
        if let Some(answer) = answer(turn, suggestions).filter(|answer| !answers.contains(answer)) {
            answers.push(answer);
        }
    }
    answers.truncate(ANSWERS);
    let said =
        |who: &str, words: &str| format!("{who} {}", quote(words.trim_end_matches('.'), language));
    let (bot, agent) = match language {
        Language::De => ("Bot-Antwort", "Team-Antwort"),
        Language::En => ("bot answer", "team reply"),
    };
    tried.extend(answers.into_iter().rev().map(|answer| match answer {
        Answer::Article(title) => Tried { text: said(bot, &title), article: Some(title) },
        Answer::Words(words) => Tried { text: said(bot, &words), article: None },
    }));
    let last_agent = turns.iter().rev().find(|(_, turn)| turn.from == Author::Agent);
    tried.extend(last_agent.map(|(_, turn)| Tried {
        text: said(agent, &clip(&folded(&turn.text), WORDS)),
        article: None,
    }));
    tried
}

/// Whether the bot's next words hand over or acknowledge, by the decision on the message before.
fn is_hand_over(before: &[(usize, &Turn)]) -> bool {
    let asked = before.iter().rev().find(|(_, turn)| turn.from == Author::Customer);
    let decision = asked.and_then(|(_, turn)| turn.decision.as_ref());
    decision.is_some_and(|decision| matches!(decision.action, Action::Escalate | Action::None))
}

/// What an answer of the bot is called.
#[derive(PartialEq, Eq)]
enum Answer {
    /// By its article's title.
    Article(String),
    /// By its first words.
    Words(String),
}

fn answer(turn: &Turn, suggestions: &[SuggestedArticle]) -> Option<Answer> {
    let title = turn.article_id.as_ref().and_then(|id| {
        suggestions.iter().find(|article| article.id == *id).map(|article| article.title.clone())
    });
    let text = folded(&turn.text);
    let told = turn.article_id.is_some()
        || (text.split(' ').count() >= ANSWER_WORDS && !text.ends_with('?'));
    let words = || told.then(|| Answer::Words(clip(&text, WORDS / 2)));
    title.map(Answer::Article).or_else(words)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}
