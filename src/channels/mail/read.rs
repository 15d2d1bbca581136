//! Who wrote a mail, to which mails does it answer, and what does it say?

use std::collections::BTreeSet;

use jiff::Timestamp;
use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser};
use sha2::{Digest, Sha256};

use super::automatic::{self, Automatic};
use super::report::{self, Report};
use super::{Attachment, attachments, body};

/// Characters of a subject that are read.
const SUBJECT_CHARS: usize = 300;
/// Characters of a name that are read.
const NAME_CHARS: usize = 120;
/// Longest identifier and address that are kept.
const ID_BYTES: usize = 300;
/// Mails that one refers to, the nearest first, and addresses in its head.
const MOST_REFERENCES: usize = 40;
const MOST_PEOPLE: usize = 60;

/// Ends the identifiers of mails that brought none.
const NO_ID: &str = "no-message-id.invalid";

/// A mail, as far as Lotse reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Message-ID without angle brackets; made of the contents where there is none.
    pub id: String,
    /// SHA-256 of sender, subject, date and words in hexadecimal: the same mail has the same one.
    pub digest: String,
    /// Who wrote it.
    pub from: Person,
    /// Where answers are wanted, if elsewhere.
    pub reply_to: Option<Person>,
    /// All addresses in its head, in lower case.
    pub people: BTreeSet<String>,
    /// When it was sent, as its head says.
    pub date: Option<Timestamp>,
    /// Subject, on one line.
    pub subject: String,
    /// The words of the body as plain lines, quoted history and signature included.
    pub text: String,
    /// Files that came along.
    pub attachments: Vec<Attachment>,
    /// Identifiers of the mails that it answers, the nearest first.
    pub references: Vec<String>,
    /// Why the bot does not answer it: a machine wrote it, or may have.
    pub automatic: Option<Automatic>,
    /// What it reports of a mail of ours.
    pub report: Option<Report>,
    /// The mailing list over which it came.
    pub list: Option<String>,
}

/// Somebody's name and address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// As in the mail's head.
    pub name: Option<String>,
    /// In lower case; blank where a mail names nobody.
    pub address: String,
}

/// The bytes are no mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "these bytes are no e-mail: they must begin with its head, \"From: …\" among others. Send the \
     mail as it came, undecoded"
)]
pub struct NotAMail;

/// Reads a mail; whatever is missing or broken in it is done without.
pub fn read(raw: &[u8]) -> Result<Mail, NotAMail> {
    let message = MessageParser::default().parse(raw).ok_or(NotAMail)?;
    if message.parts.is_empty() || !is_headed(&message) {
        return Err(NotAMail);
    }
    let from = people(&message, &HeaderName::From).into_iter().next();
    let from = from.or_else(|| people(&message, &HeaderName::Sender).into_iter().next());
    let from = from.unwrap_or_default();
    let reply_to = people(&message, &HeaderName::ReplyTo)
        .into_iter()
        .next()
        .filter(|person| person.address != from.address);
    let subject = subject(&message);
    let text = body::text_of(&message);
    let digest = digest(&[&from.address, &subject, header(&message, "Date").unwrap_or(""), &text]);
    let id = ids(&message, &HeaderName::MessageId).into_iter().next();
    let id = id.unwrap_or_else(|| made_id(&digest));
    let references = references(&message, &id);
    let answers = !references.is_empty();
    let automatic = automatic::of(&message, &from, reply_to.is_some(), answers, &subject);
    let report = report::of(&message, automatic, &text);
    let known = [HeaderName::From, HeaderName::ReplyTo, HeaderName::To, HeaderName::Cc];
    let people = known.iter().flat_map(|name| people(&message, name));
    Ok(Mail {
        people: people.map(|person| person.address).take(MOST_PEOPLE).collect(),
        attachments: attachments::of(&message),
        date: message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        references,
        id,
        digest,
        from,
        reply_to,
        subject,
        text,
        list: list(&message),
        automatic,
        report,
    })
}

impl Mail {
    /// The mail under an identifier of its own, where another one has used its Message-ID.
    pub(super) fn renamed(self) -> Self {
        Self { id: made_id(&self.digest), ..self }
    }
}

/// Whether an identifier came with a mail, so that its sender's program knows it.
pub(super) fn is_given(id: &str) -> bool {
    !id.ends_with(NO_ID)
}

fn made_id(digest: &str) -> String {
    format!("{}@{NO_ID}", &digest[..40])
}

/// One field that every mail has is enough; JSON and pictures have none.
fn is_headed(message: &Message<'_>) -> bool {
    [HeaderName::From, HeaderName::Sender, HeaderName::MessageId, HeaderName::Received]
        .into_iter()
        .any(|name| message.header(name).is_some())
}

/// The raw text of a field.
pub(super) fn header<'a>(message: &'a Message<'a>, name: &'static str) -> Option<&'a str> {
    message.header_raw(name).map(str::trim)
}

fn digest(fields: &[&str]) -> String {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(field.len().to_le_bytes());
        hash.update(field.as_bytes());
    }
    format!("{:x}", hash.finalize())
}

fn subject(message: &Message<'_>) -> String {
    let field = message.headers().iter().find(|header| header.name == HeaderName::Subject);
    let raw = field.and_then(|header| {
        message.raw_message.get(header.offset_start as usize..header.offset_end as usize)
    });
    let text = match raw {
        // Letters in the head that are not encoded at all.
        Some(raw) if !raw.is_ascii() && std::str::from_utf8(raw).is_err() => {
            body::in_charset(raw, None)
        }
        _ => message.subject().unwrap_or_default().to_owned(),
    };
    one_line(&text, SUBJECT_CHARS)
}

fn one_line(text: &str, most: usize) -> String {
    let folded: Vec<&str> = text
        .split(|sign: char| sign.is_whitespace() || sign.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    folded.join(" ").chars().take(most).collect()
}

fn people(message: &Message<'_>, name: &HeaderName<'static>) -> Vec<Person> {
    let fields = message.headers().iter().filter(|header| &header.name == name);
    let lists = fields.filter_map(|header| header.value.as_address());
    lists.flat_map(Address::iter).take(MOST_PEOPLE).filter_map(person).collect()
}

fn person(found: &mail_parser::Addr<'_>) -> Option<Person> {
    let address = found.address()?.trim().trim_matches(['<', '>']).to_lowercase();
    let fits = address.len() <= ID_BYTES
        && address.split_once('@').is_some_and(|(who, host)| !who.is_empty() && !host.is_empty())
        && !address.contains(|sign: char| sign.is_whitespace() || sign.is_control());
    let name = found.name().map(|name| one_line(name, NAME_CHARS)).filter(|name| !name.is_empty());
    fits.then_some(Person { name, address })
}

/// What stands in angle brackets in List-Id.
fn list(message: &Message<'_>) -> Option<String> {
    let field = header(message, "List-Id")?;
    let bare = field.rsplit_once('<').map_or(field, |(_, id)| id.trim_end_matches('>'));
    Some(one_line(bare, NAME_CHARS))
}

/// In-Reply-To, then References from the last to the first.
fn references(message: &Message<'_>, own: &str) -> Vec<String> {
    let mut found = ids(message, &HeaderName::InReplyTo);
    found.extend(ids(message, &HeaderName::References).into_iter().rev());
    let mut seen = BTreeSet::new();
    found.retain(|id| id != own && seen.insert(id.clone()));
    found.truncate(MOST_REFERENCES);
    found
}

fn ids(message: &Message<'_>, name: &HeaderName<'static>) -> Vec<String> {
    let fields = message.headers().iter().filter(|header| &header.name == name);
    let mut found = Vec::new();
    for field in fields {
        match &field.value {
            HeaderValue::Text(id) => found.push(id.trim().to_owned()),
            HeaderValue::TextList(list) => found.extend(list.iter().map(|id| id.trim().to_owned())),
            _ => {}
        }
    }
    found.retain(|id| is_id(id));
    found
}

/// An identifier that can be written into the head of another mail.
pub(super) fn is_id(id: &str) -> bool {
    (3..=ID_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>,".contains(&byte))
}
