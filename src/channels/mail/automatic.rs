//! Did a machine write this mail? Such a mail is never answered: two machines would write to each
//! other for ever (RFC 3834).

use std::sync::LazyLock;

use mail_parser::{HeaderName, Message, MimeHeaders};
use regex::Regex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Person;
use super::read::header;

/// Why a mail needs no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Automatic {
    /// Vacation notes, confirmations of receipt and the like.
    AutoReply,
    /// A mail server tells what became of a mail.
    Bounce,
    /// Sent to many.
    MailingList,
    /// Its sender takes no answers.
    NoReply,
    /// One of our own addresses sent it: a colleague passes something on.
    OwnAddress,
    /// It bears a sign of a machine that mails of contact forms and of people bear as well.
    Unclear,
}

impl Automatic {
    /// The name used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::AutoReply => "auto_reply",
            Self::Bounce => "bounce",
            Self::MailingList => "mailing_list",
            Self::NoReply => "no_reply",
            Self::OwnAddress => "own_address",
            Self::Unclear => "maybe_automatic",
        }
    }

    /// Whether no customer's matter can be in it. All others go to people.
    pub fn is_certain(self) -> bool {
        matches!(self, Self::AutoReply | Self::Bounce | Self::MailingList)
    }
}

/// Subjects that mail programs give their automatic answers.
static AUTO_REPLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\s* (?:(?:re|aw|antwort)\s*:\s*)* (?:
            abwesenheits(?:notiz|meldung|nachricht|assistent|benachrichtigung)
          | abwesen(?:d|heit)\s*(?::|$) | ich\ bin\ (?:derzeit\ )?(?:nicht\ im\ b(?:ü|ue)ro|abwesend)
          | automatische\ (?:antwort|r(?:ü|ue)ckantwort|abwesenheit|eingangsbest(?:ä|ae)tigung)
          | out[\ -]of[\ -](?:the[\ -])?office
          | (?:automatic|auto)[\ -]?(?:reply|response|responder|antwort)\b
          | auto\s*: | vacation\ (?:reply|message|notice) | away\ from\ (?:the\ )?office
        )",
    )
    .expect("a fixed pattern")
});

/// Subjects that mail servers give their reports.
static BOUNCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\s* (?:
            undeliver(?:able|ed) | unzustellbar | nicht\ zustellbar | unzustellbarkeitsbericht
          | mail\ (?:delivery|system)\ (?:failed|failure|error|subsystem) | delivery\ (?:status\ notification|failure|has\ failed)
          | returned\ mail | failure\ notice | zustellung\ (?:der\ nachricht\ )?fehlgeschlagen
          | nachricht\ (?:konnte\ )?nicht\ zugestellt
        )",
    )
    .expect("a fixed pattern")
});

/// Names of senders that are mail servers.
const SERVERS: &[&str] = &["mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon"];

/// Names of senders who take no answers.
static NO_REPLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:no|do[._-]?not|nicht)[._-]?(?:reply|antworten|answer)|^noreply|[._-]noreply$",
    )
    .expect("a fixed pattern")
});

/// Why the mail needs no answer, if it needs none. `has_reply_to`: an answer is wanted at another
/// address, as contact forms of web sites do that send as `noreply`. `answers`: it refers to another
/// mail; what refers to none is no automatic reply, whatever its subject.
pub(super) fn of(
    message: &Message<'_>,
    from: &Person,
    has_reply_to: bool,
    answers: bool,
    subject: &str,
) -> Option<Automatic> {
    let field = |name| header(message, name).unwrap_or_default().to_ascii_lowercase();
    let user = from.address.split('@').next().unwrap_or_default();
    let is_server = SERVERS.contains(&user);
    let without_return = header(message, "Return-Path") == Some("<>");
    let kind = message.root_part().content_type();
    let is_report = kind.is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
    });
    let of_delivery = kind
        .and_then(|kind| kind.attribute("report-type"))
        .is_none_or(|of| of.eq_ignore_ascii_case("delivery-status"));
    let failed = message.header(HeaderName::Other("X-Failed-Recipients".into())).is_some();
    if (is_report && of_delivery)
        || failed
        || (is_server && (without_return || BOUNCE.is_match(subject)))
    {
        return Some(Automatic::Bounce);
    }
    let submitted = field("Auto-Submitted");
    let precedence = field("Precedence");
    let suppressed = field("X-Auto-Response-Suppress");
    let marked = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply"]
        .iter()
        .any(|name| header(message, name).is_some_and(|value| !value.eq_ignore_ascii_case("no")));
    let has = |name| header(message, name).is_some();
    let is_submitted = !(submitted.is_empty() || submitted.starts_with("no"));
    let sounds_so = is_submitted || AUTO_REPLY.is_match(subject);
    let is_reply = is_report
        || is_server
        || without_return
        || marked
        || submitted.starts_with("auto-replied")
        || precedence == "auto_reply"
        || (sounds_so && answers);
    let is_list =
        matches!(precedence.as_str(), "list" | "junk") || has("List-Id") || has("X-Campaign");
    // Services that send for web sites put these into every mail, those of contact forms too.
    let is_unclear = sounds_so
        || precedence == "bulk"
        || ["all", "oof", "autoreply"].iter().any(|word| suppressed.contains(word))
        || has("List-Unsubscribe")
        || (has("Feedback-ID") && !has_reply_to);
    if is_list && !marked {
        Some(Automatic::MailingList)
    } else if is_reply {
        Some(Automatic::AutoReply)
    } else if NO_REPLY.is_match(user) && !has_reply_to {
        Some(Automatic::NoReply)
    } else if is_unclear {
        Some(Automatic::Unclear)
    } else {
        None
    }
}

/// Whether an address stands for no person: what it sends is not by one customer.
pub(crate) fn is_nobody(address: &str) -> bool {
    NO_REPLY.is_match(address.split('@').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_of_machines_are_known_and_those_of_people_are_not() {
        for subject in [
            "Abwesenheitsnotiz: Ihre Bestellung",
            "Automatische Antwort: Re: Router",
            "Re: Out of Office",
            "Automatic reply: your order",
            "Abwesend: Jana Petersen",
            "Auto: Danke",
        ] {
            assert!(AUTO_REPLY.is_match(subject), "{subject}");
        }
        for subject in [
            "Abwesenheit beim Liefertermin",
            "Auto-Ladegerät defekt",
            "Autoradio: kein Ton",
            "Antwort auf Ihre Frage",
            "office router out of order",
        ] {
            assert!(!AUTO_REPLY.is_match(subject), "{subject}");
        }
        assert!(BOUNCE.is_match("Undeliverable: Re: Rechnung"));
        assert!(!BOUNCE.is_match("Paket nicht zustellbar?"));
    }

    #[test]
    fn addresses_of_nobody() {
        for address in [
            "noreply@a.example",
            "no-reply@a.example",
            "donotreply@b.example",
            "shop-noreply@c.example",
        ] {
            assert!(is_nobody(address), "{address}");
        }
        for address in ["nora@a.example", "nonreplyer@a.example", "reply@b.example"] {
            assert!(!is_nobody(address), "{address}");
        }
    }
}
