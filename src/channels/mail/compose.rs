//! How is what bot or agent said written as a mail? Salutation, words, closing; in the thread of the
//! mail that it answers.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use super::read;
use super::words::bare_subject;
use crate::config::MailConfig;
use crate::domain::{Author, Language, ReplyChoice};
use crate::store::MailRecord;
use crate::text::letters::{is_closed, is_greeted};
use crate::text::markdown;

/// Mails that References names: the first and the latest.
const MOST_REFERENCES: usize = 20;

/// What is to be said.
pub(super) struct Said<'a> {
    pub(super) from: Author,
    pub(super) text: &'a str,
    /// The agent's name.
    pub(super) agent: Option<&'a str>,
    pub(super) choices: &'a [ReplyChoice],
    pub(super) language: Language,
    pub(super) at: Timestamp,
}

/// How the mail goes.
pub(super) struct Envelope<'a> {
    /// Message-ID without angle brackets.
    pub(super) id: &'a str,
    /// Address of the company that the mail comes from.
    pub(super) sender: &'a str,
    /// Where it goes.
    pub(super) to: &'a str,
    /// The mail that it answers.
    pub(super) answered: &'a MailRecord,
}

/// The mail, or why there can be none.
pub(super) fn mail(
    said: &Said<'_>,
    envelope: &Envelope<'_>,
    settings: &MailConfig,
) -> Result<Message, String> {
    let answered = envelope.answered;
    let sender: Address = envelope.sender.parse().map_err(|_| {
        format!("{} is no address to send from; correct it in the settings", envelope.sender)
    })?;
    let to: Address =
        envelope.to.parse().map_err(|_| format!("{} is no address to send to", envelope.to))?;
    let mut builder = Message::builder()
        .from(Mailbox::new(settings.name.clone(), sender))
        .to(Mailbox::new(answered.name.clone(), to))
        .subject(subject(answered, said.language))
        .date(SystemTime::from(said.at))
        .message_id(Some(format!("<{}>", envelope.id)));
    if let Some((answered, references)) = thread(answered) {
        builder = builder.in_reply_to(answered).references(references);
    }
    if said.from == Author::Bot {
        for (name, value) in
            [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "OOF, AutoReply")]
        {
            let name = HeaderName::new_from_ascii_str(name);
            builder = builder.raw_header(HeaderValue::new(name, value.to_owned()));
        }
    }
    let (plain, html) = bodies(said, settings, answered.name.as_deref());
    builder
        .multipart(MultiPart::alternative_plain_html(plain, html))
        .map_err(|error| format!("the mail cannot be written: {error}"))
}

/// "Re:" once. An answer to a mail without subject needs one nevertheless.
fn subject(answered: &MailRecord, language: Language) -> String {
    let bare = bare_subject(&answered.subject);
    let bare = match (bare, language) {
        ("", Language::De) => "Ihre Nachricht",
        ("", Language::En) => "Your message",
        _ => bare,
    };
    format!("Re: {bare}")
}

/// In-Reply-To and References; none for a mail whose sender's program gave it no id.
fn thread(answered: &MailRecord) -> Option<(String, String)> {
    let id = &answered.message_id;
    if !read::is_given(id) {
        return None;
    }
    // The record has the nearest first, the field the oldest.
    let mut all: Vec<&String> = answered.references.iter().rev().chain([id]).collect();
    all.retain(|id| read::is_id(id));
    if all.len() > MOST_REFERENCES {
        let surplus = all.len() - MOST_REFERENCES;
        all.drain(1..=surplus);
    }
    let references: Vec<String> = all.into_iter().map(|id| format!("<{id}>")).collect();
    Some((format!("<{id}>"), references.join(" ")))
}

/// The words as plain text and as HTML.
fn bodies(said: &Said<'_>, settings: &MailConfig, name: Option<&str>) -> (String, String) {
    let is_agent = said.from == Author::Agent;
    let opening = (!is_agent || !is_greeted(said.text)).then(|| salutation(said.language, name));
    let closing = (!is_agent || !is_closed(said.text)).then(|| closing(said, settings));
    let choices = choices(said);
    let footer = settings.footer.get(&said.language).map(|footer| footer.trim());
    let (words, rich) = if is_agent {
        (said.text.trim().to_owned(), markdown::words_to_html(said.text))
    } else {
        let text = format!("{}\n\n{choices}", said.text);
        (markdown::to_plain(&text), markdown::to_html(&text))
    };
    let plain = [opening.as_deref(), Some(&words), closing.as_deref()];
    let mut plain = plain.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let as_html =
        |words: &Option<String>| words.as_deref().map(markdown::words_to_html).unwrap_or_default();
    let mut html = [as_html(&opening), rich, as_html(&closing)].join("\n");
    if let Some(footer) = footer {
        plain = format!("{plain}\n\n-- \n{footer}");
        let small = markdown::words_to_html(footer);
        html = format!("{html}\n<div style=\"color:#666;font-size:85%\">{small}</div>");
    }
    let language = said.language.code();
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.4\">\n{html}\n</body></html>\n"
    );
    (format!("{plain}\n"), html)
}

/// "Guten Tag Jana Petersen,"
fn salutation(language: Language, name: Option<&str>) -> String {
    let name = name.and_then(person_name).map(|name| format!(" {name}")).unwrap_or_default();
    match language {
        Language::De => format!("Guten Tag{name},"),
        Language::En => format!("Hello{name},"),
    }
}

/// The name as one addresses a person; none where it may be that of a company or a mailbox.
fn person_name(name: &str) -> Option<String> {
    let name = name.trim().trim_matches(['"', '\'']);
    let name = match name.split_once(',') {
        Some((last, first)) => format!("{} {}", first.trim(), last.trim()),
        None => name.to_owned(),
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_word = |word: &&str| {
        word.chars().all(|sign| sign.is_alphabetic() || "-'.’".contains(sign))
            && !COMPANY_WORDS.contains(&word.to_lowercase().trim_end_matches('.'))
    };
    let begins = words.first().is_some_and(|word| word.starts_with(char::is_uppercase));
    let fits = (2..=5).contains(&words.len()) && words.iter().all(is_word) && begins;
    fits.then(|| words.join(" "))
}

/// Words that no person is called.
const COMPANY_WORDS: &[&str] = &[
    "gmbh",
    "ag",
    "kg",
    "ohg",
    "ug",
    "gbr",
    "ltd",
    "limited",
    "inc",
    "llc",
    "corp",
    "team",
    "service",
    "kundenservice",
    "support",
    "info",
    "office",
    "büro",
    "verein",
    "shop",
    "via",
];

fn closing(said: &Said<'_>, settings: &MailConfig) -> String {
    let company = settings.name.as_deref().unwrap_or_default();
    let regards = match said.language {
        Language::De => "Freundliche Grüße",
        Language::En => "Kind regards",
    };
    let lines = match (said.from, said.agent, settings.closing.get(&said.language)) {
        (Author::Agent, Some(agent), _) => vec![regards, agent, company],
        (_, _, Some(closing)) => vec![closing.trim()],
        _ => vec![regards, company],
    };
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The choices of a question, to be answered by number.
fn choices(said: &Said<'_>) -> String {
    if said.choices.is_empty() {
        return String::new();
    }
    let listed: Vec<String> = said
        .choices
        .iter()
        .enumerate()
        .map(|(index, choice)| format!("{}. {}", index + 1, choice.label))
        .collect();
    let how = match said.language {
        Language::De => "Antworten Sie einfach mit der Nummer oder in eigenen Worten.",
        Language::En => "Simply answer with the number or in your own words.",
    };
    format!("{}\n\n{how}", listed.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_addressed_by_name_and_nobody_else() {
        let greeting = |name| salutation(Language::De, name);
        assert_eq!(greeting(Some("Jana Petersen")), "Guten Tag Jana Petersen,");
        assert_eq!(greeting(Some("\"Petersen, Jana\"")), "Guten Tag Jana Petersen,");
        for name in ["Muster GmbH", "jana", "info@muster.example", "Team Muster", "x <b>", "J4 N4"]
        {
            assert_eq!(greeting(Some(name)), "Guten Tag,", "{name}");
        }
        assert_eq!(salutation(Language::En, None), "Hello,");
    }
}
