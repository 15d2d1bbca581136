//! What happened before, on whichever channel? One line for each earlier contact.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::compose::{clip, count, quote};
use super::{MOST_WORDS, intent_name};
use crate::domain::{Channel, Language, Summary, TicketState};

/// Words of an agent's reason for resolving a ticket that are quoted.
const RESOLUTION_WORDS: usize = 8;

/// An earlier contact of the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Where it came in.
    pub channel: Channel,
    /// When.
    pub at: Timestamp,
    /// Its latest intent.
    pub topic: Option<String>,
    /// Where its latest ticket stands; none if the bot dealt with it.
    pub ticket_state: Option<TicketState>,
    /// Why that ticket was resolved.
    pub resolution: Option<String>,
    /// It is about the same matter: the customer began it there.
    pub same: bool,
}

/// A line for each contact, such as "21.11. E-Mail: Rechnung, gelöst („Gutschrift erstellt“)".
pub fn earlier_contacts(contacts: &[Earlier], language: Language, zone: &TimeZone) -> Vec<String> {
    contacts.iter().map(|contact| line(contact, language, zone)).collect()
}

impl Summary {
    /// Adds what happened before. The running text tells the latest of it where there is room.
    pub fn add_before(&mut self, lines: &[String], language: Language) {
        self.before = lines.to_vec();
        let Some(latest) = lines.last() else { return };
        let told = match language {
            Language::De => format!("Vorher: {latest}."),
            Language::En => format!("Before: {latest}."),
        };
        if count(&self.text) + count(&told) <= MOST_WORDS {
            self.text = if self.text.is_empty() { told } else { format!("{} {told}", self.text) };
        }
    }
}

fn line(contact: &Earlier, language: Language, zone: &TimeZone) -> String {
    let day = contact.at.to_zoned(zone.clone());
    let day = match language {
        Language::De => day.strftime("%-d.%-m.").to_string(),
        Language::En => day.strftime("%-d %b").to_string(),
    };
    let (channel, outcome) = (channel_name(contact.channel, language), outcome(contact, language));
    let topic = contact.topic.as_deref().and_then(|topic| intent_name(topic, language));
    match topic {
        Some(topic) => format!("{day} {channel}: {topic}, {outcome}"),
        None => format!("{day} {channel}: {outcome}"),
    }
}

fn outcome(contact: &Earlier, language: Language) -> String {
    let (same, bot, open, resolved) = match language {
        Language::De => ("gleiches Anliegen", "vom Bot bearbeitet", "noch offen", "gelöst"),
        Language::En => ("the same matter", "dealt with by the bot", "still open", "resolved"),
    };
    match (contact.same, contact.ticket_state) {
        (true, _) => same.to_owned(),
        (false, None) => bot.to_owned(),
        (false, Some(TicketState::Open | TicketState::Claimed)) => open.to_owned(),
        (false, Some(TicketState::Resolved)) => {
            let reason = contact.resolution.as_deref().map(str::trim).unwrap_or_default();
            if reason.is_empty() {
                resolved.to_owned()
            } else {
                format!("{resolved} ({})", quote(&clip(reason, RESOLUTION_WORDS), language))
            }
        }
    }
}

fn channel_name(channel: Channel, language: Language) -> &'static str {
    match (channel, language) {
        (Channel::Chat, _) => "Chat",
        (Channel::Email, Language::De) => "E-Mail",
        (Channel::Email, Language::En) => "e-mail",
        (Channel::Phone, Language::De) => "Anruf",
        (Channel::Phone, Language::En) => "call",
        (Channel::Social, Language::De) => "soziales Netzwerk",
        (Channel::Social, Language::En) => "social network",
        (Channel::Messenger, Language::De) => "Messenger",
        (Channel::Messenger, Language::En) => "messenger",
        (Channel::Form, Language::De) => "Formular",
        (Channel::Form, Language::En) => "form",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact() -> Earlier {
        Earlier {
            channel: Channel::Email,
            at: "2026-11-21T23:30:00Z".parse().expect("valid time"),
            topic: None,
            ticket_state: None,
            resolution: None,
            same: false,
        }
    }

    fn told(contact: Earlier, language: Language) -> String {
        let zone = TimeZone::get("Europe/Berlin").expect("known zone");
        earlier_contacts(&[contact], language, &zone).remove(0)
    }

    #[test]
    fn a_line_says_when_where_what_and_what_became_of_it() {
        assert_eq!(told(contact(), Language::De), "22.11. E-Mail: vom Bot bearbeitet");
        let resolved = Earlier {
            ticket_state: Some(TicketState::Resolved),
            resolution: Some(" Gutschrift erstellt ".to_owned()),
            ..contact()
        };
        let line = told(resolved, Language::De);
        assert_eq!(line, "22.11. E-Mail: gelöst („Gutschrift erstellt“)");
        let same = Earlier { same: true, channel: Channel::Phone, ..contact() };
        assert_eq!(told(same, Language::En), "22 Nov call: the same matter");
    }

    #[test]
    fn the_text_keeps_within_its_words() {
        let line = "22.11. E-Mail: noch offen".to_owned();
        let mut short =
            Summary { text: "„Wo bleibt mein Paket?“".to_owned(), ..Summary::default() };
        short.add_before(std::slice::from_ref(&line), Language::De);
        assert!(short.text.ends_with("Vorher: 22.11. E-Mail: noch offen."), "{}", short.text);
        let full = vec!["Wort"; MOST_WORDS].join(" ");
        let mut long = Summary { text: full.clone(), ..Summary::default() };
        long.add_before(std::slice::from_ref(&line), Language::De);
        assert_eq!((long.text, long.before), (full, vec![line]));
    }
}
