//! What should an author look at? Everything about articles that can be read but may still be
//! wrong: dates, lengths, telephone texts, translations, questions that two articles claim.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use regex::Regex;

use super::parse::ParsedArticle;
use super::problem::Problem;
use crate::domain::Language;
use crate::text::letters::{is_closed, is_greeted};

/// What one post of X holds.
const MOST_POST_CHARACTERS: usize = 280;

/// More words are not read in a chat.
const LONGEST_BODY: usize = 120;
/// More words are not listened to; about 20 seconds of speech.
const LONGEST_PHONE: usize = 45;
/// Days before `review_by` in which the owner is reminded.
const REMINDER_DAYS: i32 = 30;
/// Two questions are nearly the same from this share of common words on (Jaccard index), as a
/// fraction.
const NEARLY_THE_SAME: (usize, usize) = (4, 5);

/// Web and mail addresses, with or without a scheme.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)://|www\.|\S@\S|\b[a-z0-9-]+\.[a-z]{2,}\b").expect("the pattern is constant")
});

/// Looks at articles, one a file, no two with the same id and language. `present` holds language
/// and id of all files, those included that could not be read.
pub(super) fn lint(
    articles: &[&ParsedArticle],
    present: &BTreeSet<(Language, String)>,
    known_intents: Option<&BTreeSet<String>>,
    today: Date,
) -> Vec<Problem> {
    let mut used: Vec<Language> = present.iter().map(|(language, _)| *language).collect();
    used.dedup();
    let mut problems = Vec::new();
    for parsed in articles {
        if let Some(known) = known_intents {
            intents(parsed, known, &mut problems);
        }
        review(parsed, today, &mut problems);
        lengths(parsed, &mut problems);
        phone(parsed, &mut problems);
        email(parsed, &mut problems);
        social(parsed, &mut problems);
        translations(parsed, present, &used, &mut problems);
    }
    for language in Language::ALL {
        let of_language: Vec<&ParsedArticle> =
            articles.iter().copied().filter(|parsed| parsed.article.language == language).collect();
        shared_questions(&of_language, &mut problems);
    }
    problems
}

fn intents(parsed: &ParsedArticle, known: &BTreeSet<String>, problems: &mut Vec<Problem>) {
    for (intent, line) in parsed.article.intents.iter().zip(&parsed.lines.intents) {
        if !known.contains(intent) {
            let message = format!(
                "unknown intent \"{intent}\": correct the name; `lotse model info` lists the \
                 intents of the model pack"
            );
            problems.push(Problem::error(&parsed.file, *line, message));
        }
    }
}

fn review(parsed: &ParsedArticle, today: Date, problems: &mut Vec<Problem>) {
    let Some(review_by) = parsed.article.review_by else { return };
    let owner = &parsed.article.owner;
    let message = if review_by < today {
        format!(
            "review_by {review_by} is past, so the bot no longer says this: {owner} must check \
                 the text and set a new day"
        )
    } else if review_by <= today.saturating_add(REMINDER_DAYS.days()) {
        format!("review_by {review_by} is near: {owner} should check the text and set a new day")
    } else {
        return;
    };
    problems.push(Problem::warning(&parsed.file, parsed.lines.review_by, message));
}

fn lengths(parsed: &ParsedArticle, problems: &mut Vec<Problem>) {
    let words = count_words(&parsed.article.body);
    if words > LONGEST_BODY {
        let message =
            format!("the answer has {words} words: shorten it to {LONGEST_BODY} or split it");
        problems.push(Problem::warning(&parsed.file, parsed.lines.body, message));
    }
    if parsed.article.intents.is_empty() {
        let message = "`intents` is empty: name the intents that this article answers";
        problems.push(Problem::warning(&parsed.file, 1, message));
    }
    if parsed.article.questions.is_empty() {
        let message = "`questions` is empty: add a few phrasings, so that the article is found";
        problems.push(Problem::warning(&parsed.file, 1, message));
    }
}

fn phone(parsed: &ParsedArticle, problems: &mut Vec<Problem>) {
    let mut warn = |message: String| {
        problems.push(Problem::warning(&parsed.file, parsed.lines.phone, message));
    };
    let Some(text) = &parsed.article.channels.phone else {
        warn(
            "no telephone text: add phone = \"…\" below [channels], or callers get no answer"
                .into(),
        );
        return;
    };
    let words = count_words(text);
    if words > LONGEST_PHONE {
        warn(format!("the telephone text has {words} words: shorten it to {LONGEST_PHONE}"));
    }
    if let Some(address) = ADDRESS.find(text) {
        let address = address.as_str();
        warn(format!(
            "the telephone text holds an address (\"{address}\"): write it as it is spoken"
        ));
    }
    if text.contains(['(', ')', '[', ']', '{', '}', '<', '>']) {
        warn("the telephone text holds brackets, which cannot be heard: write a sentence".into());
    }
}

fn email(parsed: &ParsedArticle, problems: &mut Vec<Problem>) {
    let Some(text) = &parsed.article.channels.email else { return };
    if is_greeted(text) || is_closed(text) {
        let message = "the text for mails has a salutation or closing of its own: leave it out, \
                       each mail gets one";
        problems.push(Problem::warning(&parsed.file, parsed.lines.email, message));
    }
}

fn social(parsed: &ParsedArticle, problems: &mut Vec<Problem>) {
    let Some(text) = &parsed.article.channels.social else { return };
    let characters = text.chars().count();
    if characters > MOST_POST_CHARACTERS {
        let message = format!(
            "the text for social networks has {characters} characters; more than \
             {MOST_POST_CHARACTERS} do not fit into one post"
        );
        problems.push(Problem::warning(&parsed.file, parsed.lines.social, message));
    }
}

fn translations(
    parsed: &ParsedArticle,
    present: &BTreeSet<(Language, String)>,
    used: &[Language],
    problems: &mut Vec<Problem>,
) {
    for language in used {
        if !present.contains(&(*language, parsed.article.id.clone())) {
            let id = &parsed.article.id;
            let message = format!("no translation: add {language}/{id}.md");
            problems.push(Problem::warning(&parsed.file, 1, message));
        }
    }
}

fn count_words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// A question as a set of words, the rarest words of all questions first.
struct Question<'a> {
    parsed: &'a ParsedArticle,
    text: &'a str,
    line: usize,
    words: Vec<usize>,
}

/// Finds questions that two articles share, by prefix filtering: two sets with a Jaccard index of
/// at least `t` share one of their `|set| - ⌈t·|set|⌉ + 1` rarest words (Bayardo, Ma, Srikant:
/// "Scaling Up All Pairs Similarity Search", 2007).
fn shared_questions(articles: &[&ParsedArticle], problems: &mut Vec<Problem>) {
    let questions = ranked_questions(articles);
    let mut by_word: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, question) in questions.iter().enumerate() {
        let size = question.words.len();
        let prefix = size - (size * NEARLY_THE_SAME.0).div_ceil(NEARLY_THE_SAME.1) + 1;
        let mut rivals: BTreeMap<&str, &Question> = BTreeMap::new();
        for word in question.words.iter().take(prefix) {
            let same_word = by_word.entry(*word).or_default();
            for earlier in same_word.iter().map(|earlier| &questions[*earlier]) {
                if earlier.parsed.article.id != question.parsed.article.id
                    && nearly_the_same(&earlier.words, &question.words)
                {
                    rivals.entry(&earlier.parsed.article.id).or_insert(earlier);
                }
            }
            same_word.push(index);
        }
        for (id, rival) in rivals {
            let message = format!(
                "question \"{}\" is nearly the same as \"{}\" of {id}: keep it in one article",
                question.text, rival.text
            );
            problems.push(Problem::warning(&question.parsed.file, question.line, message));
        }
    }
}

fn ranked_questions<'a>(articles: &[&'a ParsedArticle]) -> Vec<Question<'a>> {
    let mut texts = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for parsed in articles {
        for (text, line) in parsed.article.questions.iter().zip(&parsed.lines.questions) {
            let words: BTreeSet<String> = text
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect();
            for word in &words {
                *counts.entry(word.clone()).or_default() += 1;
            }
            if !words.is_empty() {
                texts.push((*parsed, text, *line, words));
            }
        }
    }
    let mut order: Vec<(&str, usize)> =
        counts.iter().map(|(word, count)| (word.as_str(), *count)).collect();
    order.sort_by_key(|(word, count)| (*count, *word));
    let ranks: HashMap<&str, usize> =
        order.iter().enumerate().map(|(rank, (word, _))| (*word, rank)).collect();
    texts
        .iter()
        .map(|(parsed, text, line, words)| {
            let mut words: Vec<usize> = words.iter().map(|word| ranks[word.as_str()]).collect();
            words.sort_unstable();
            Question { parsed, text: text.as_str(), line: *line, words }
        })
        .collect()
}

/// Compares two sorted sets.
fn nearly_the_same(left: &[usize], right: &[usize]) -> bool {
    let common = left.iter().filter(|word| right.binary_search(word).is_ok()).count();
    let either = left.len() + right.len() - common;
    common * NEARLY_THE_SAME.1 >= either * NEARLY_THE_SAME.0
}
