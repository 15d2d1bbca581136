//! What does another system read of a conversation that is handed over?

use std::fmt::Write as _;

use crate::domain::{Author, Language, Priority, Ticket, Turn};

/// Of a long conversation the latest words are told.
const TRANSCRIPT_CHARS: usize = 20_000;

/// What an agent reads first: headline, summary, next step, articles that may help.
pub(crate) fn summary(ticket: &Ticket) -> String {
    let summary = &ticket.summary;
    let (next, articles, until) = match ticket.language {
        Language::De => ("Nächster Schritt", "Artikel, die helfen können", "Erste Antwort bis"),
        Language::En => ("Next step", "Articles that may help", "First answer by"),
    };
    let mut text = format!("**{}**\n\n{}\n", summary.headline, summary.text);
    let mut line = |title: &str, words: &str| {
        if !words.is_empty() {
            // Writing into a string cannot fail.
            let _ = write!(text, "\n{title}: {words}");
        }
    };
    line(next, &summary.next_step);
    let titles: Vec<&str> = summary.articles.iter().map(|article| article.title.as_str()).collect();
    line(articles, &titles.join("; "));
    line(until, &ticket.due_at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    text
}

/// What was said so far, a paragraph a turn; internal notes are left out.
pub(crate) fn transcript(turns: &[Turn], language: Language) -> String {
    let name = |from: Author| match (from, language) {
        (Author::Customer, Language::De) => "Kunde",
        (Author::Customer, Language::En) => "Customer",
        (Author::Bot, _) => "Bot",
        (Author::Agent | Author::Note, _) => "Team",
    };
    let mut paragraphs = Vec::new();
    let mut length = 0;
    for turn in turns.iter().rev().filter(|turn| turn.from != Author::Note) {
        let paragraph = format!("{}: {}", name(turn.from), turn.text.trim());
        length += paragraph.chars().count();
        if length > TRANSCRIPT_CHARS && !paragraphs.is_empty() {
            paragraphs.push("…".to_owned());
            break;
        }
        paragraphs.push(paragraph);
    }
    paragraphs.reverse();
    paragraphs.join("\n\n")
}

/// What a ticket is about, as short words: intent, tier, mood, language.
pub(crate) fn tags(ticket: &Ticket) -> Vec<String> {
    let read = &ticket.classification;
    let intent = read.intent.as_ref().map(|intent| intent.name.replace('_', "-"));
    let tier = read.tier.as_ref().map(|tier| format!("tier-{}", tier.level));
    let mood = read.sentiment.as_ref().map(|mood| mood.name.name().to_owned());
    let language = Some(ticket.language.code().to_owned());
    [intent, tier, mood, language].into_iter().flatten().collect()
}

/// The priority in systems that call the usual one `medium` or `normal`.
pub(crate) fn priority(priority: Priority, usual: &'static str) -> &'static str {
    match priority {
        Priority::Normal => usual,
        other => other.name(),
    }
}
