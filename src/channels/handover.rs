//! What does another system read of a conversation that is handed over?

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::domain::{Author, EntityKind, Fact, Language, Priority, Ticket, Turn};
use crate::store::{Store, StoreError};

/// Of a long conversation the latest words are told.
const TRANSCRIPT_CHARS: usize = 20_000;

/// What an agent reads first: headline, summary, what happened before, numbers and dates, next step,
/// articles that may help.
pub(crate) fn summary(ticket: &Ticket) -> String {
    let (summary, language) = (&ticket.summary, ticket.language);
    let (before, facts) = match language {
        Language::De => ("Vorher", "Angaben"),
        Language::En => ("Before", "Facts"),
    };
    let (next, articles, until) = match language {
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
    line(before, &summary.before.join("; "));
    let told = |fact: &Fact| format!("{} {}", kind(fact.kind, language), fact.text);
    line(facts, &summary.facts.iter().map(told).collect::<Vec<_>>().join("; "));
    line(next, &summary.next_step);
    let titles: Vec<&str> = summary.articles.iter().map(|article| article.title.as_str()).collect();
    line(articles, &titles.join("; "));
    line(until, &ticket.due_at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    text
}

/// What a fact is, as the console says it.
fn kind(kind: EntityKind, language: Language) -> &'static str {
    let (german, english) = match kind {
        EntityKind::OrderNumber => ("Bestellung", "Order"),
        EntityKind::CustomerNumber => ("Kunde", "Customer"),
        EntityKind::InvoiceNumber => ("Rechnung", "Invoice"),
        EntityKind::TrackingNumber => ("Sendung", "Tracking"),
        EntityKind::Date => ("Datum", "Date"),
        EntityKind::Amount => ("Betrag", "Amount"),
        EntityKind::Email => ("E-Mail", "E-mail"),
        EntityKind::Phone => ("Telefon", "Phone"),
        EntityKind::CallbackNumber => ("Rückruf unter", "Call back on"),
        EntityKind::Iban => ("IBAN", "IBAN"),
        EntityKind::Device => ("Gerät", "Device"),
    };
    match language {
        Language::De => german,
        Language::En => english,
    }
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

/// The priority of a ticket, if what the customer said at that time raised it.
pub(crate) async fn raised(
    store: &dyn Store,
    ticket: &Ticket,
    at: Timestamp,
) -> Result<Option<Priority>, StoreError> {
    let history = store.ticket_events(&ticket.id).await?;
    let is_raised = history.iter().any(|step| step.kind == "raised" && step.at == at);
    Ok(is_raised.then_some(ticket.priority))
}
