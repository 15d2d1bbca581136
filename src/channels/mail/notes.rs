//! What are agents told of mails that no customer wrote?

use super::automatic::Automatic;
use super::read::Mail;
use crate::domain::Language;
use crate::text::clean;

/// Characters of an automatic mail that are shown.
const MOST_CHARS: usize = 1_000;

/// The note on a mail that a machine wrote; none where it says nothing to people.
pub(super) fn of_automatic(mail: &Mail, language: Language) -> Option<String> {
    match mail.automatic? {
        Automatic::MailingList => None,
        Automatic::Bounce => Some(of_bounce(mail, language)),
        kind => {
            let head = match (kind, language) {
                (Automatic::OwnAddress, Language::De) => "E-Mail von uns,",
                (Automatic::OwnAddress, Language::En) => "Mail of ours, from",
                (_, Language::De) => "Automatische Antwort von",
                (_, Language::En) => "Automatic reply from",
            };
            let words: String = clean::new_words(&mail.text).chars().take(MOST_CHARS).collect();
            let (address, subject) = (&mail.from.address, &mail.subject);
            Some(format!("{head} {address}: {subject}\n\n{words}").trim_end().to_owned())
        }
    }
}

/// The note on a mail of ours that came back.
pub(super) fn of_bounce(mail: &Mail, language: Language) -> String {
    let report = mail.report.clone().unwrap_or_default();
    let reason = report.reason.unwrap_or_else(|| mail.subject.clone());
    let to = report.recipient.map(|address| match language {
        Language::De => format!(" an {address}"),
        Language::En => format!(" to {address}"),
    });
    let to = to.unwrap_or_default();
    match (language, report.delayed) {
        (Language::De, false) => {
            format!("Unsere E-Mail{to} ist nicht angekommen. Der Mailserver meldet: {reason}")
        }
        (Language::De, true) => {
            format!("Unsere E-Mail{to} verspätet sich. Der Mailserver meldet: {reason}")
        }
        (Language::En, false) => {
            format!("Our e-mail{to} did not arrive. The mail server says: {reason}")
        }
        (Language::En, true) => {
            format!("Our e-mail{to} is delayed. The mail server says: {reason}")
        }
    }
}

/// The note on a mail of ours that could not be sent at all.
pub(super) fn of_failure(address: &str, reason: &str, language: Language) -> String {
    match language {
        Language::De => format!(
            "Die Antwort an {address} konnte nicht als E-Mail verschickt werden. Der Mailserver \
             meldet: {reason}"
        ),
        Language::En => format!(
            "The answer to {address} could not be sent by e-mail. The mail server says: {reason}"
        ),
    }
}

/// The note on a mail of ours that nobody would read.
pub(super) fn of_nobody(address: &str, language: Language) -> String {
    match language {
        Language::De => format!(
            "Die Antwort wurde nicht verschickt: {address} nimmt keine Antworten an. Bitte auf \
             anderem Weg antworten."
        ),
        Language::En => format!(
            "The answer was not sent: {address} takes no answers. Please answer in another way."
        ),
    }
}
