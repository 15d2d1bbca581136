//! What could the agent answer? A draft to change and send: a greeting as the channel has it, a word
//! that fits the mood, and the approved text of the article that fits best. It says nothing that the
//! knowledge base or the conversation does not say.

use crate::domain::{Article, Channel, EntityKind, Language, Sentiment, Ticket};

/// A draft for the agent who holds this ticket.
pub fn draft(ticket: &Ticket, agent: &str, article: Option<&Article>) -> String {
    let words = words(ticket.language);
    let is_letter = matches!(ticket.channel, Channel::Email | Channel::Form);
    let mut parts = vec![words.greeting.to_owned()];
    parts.push(opening(ticket, &words));
    parts.push(article.map_or_else(|| words.looking.to_owned(), |article| article.body.clone()));
    if is_letter {
        parts.push(format!("{}\n{agent}", words.closing));
    }
    parts.join("\n\n")
}

/// Sorry where the customer is cross, thanks otherwise, and what it is about if that has a number.
fn opening(ticket: &Ticket, words: &Words) -> String {
    let is_cross = ticket.summary.mood.now == Sentiment::Negative;
    let first = if is_cross { words.sorry } else { words.thanks };
    let number = ticket.summary.facts.iter().find(|fact| {
        matches!(
            fact.kind,
            EntityKind::OrderNumber | EntityKind::InvoiceNumber | EntityKind::TrackingNumber
        )
    });
    match number {
        Some(fact) => format!("{first} {}", words.about.replace("{number}", &fact.text)),
        None => first.to_owned(),
    }
}

struct Words {
    greeting: &'static str,
    thanks: &'static str,
    sorry: &'static str,
    about: &'static str,
    looking: &'static str,
    closing: &'static str,
}

fn words(language: Language) -> Words {
    match language {
        Language::De => Words {
            greeting: "Guten Tag,",
            thanks: "vielen Dank für Ihre Nachricht.",
            sorry: "es tut mir leid, dass Sie Ärger damit haben.",
            about: "Es geht um {number}, ich habe den Vorgang vor mir.",
            looking: "Ich sehe mir das an und melde mich, sobald ich mehr weiß.",
            closing: "Freundliche Grüße",
        },
        Language::En => Words {
            greeting: "Hello,",
            thanks: "Thank you for your message.",
            sorry: "I am sorry for the trouble you have had.",
            about: "This is about {number}, and I have it in front of me.",
            looking: "I am looking into it and will get back to you as soon as I know more.",
            closing: "Kind regards",
        },
    }
}
