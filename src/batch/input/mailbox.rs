//! Mails of an mbox file. The words are those that the mail channel would take.

use std::io::BufRead;

use super::lines::{Line, read_line};
use super::{Record, Rows};
use crate::batch::Rejection;
use crate::channels::mail;

/// Longest mail that is read, in bytes; mail servers refuse longer ones.
const MAX_MAIL_BYTES: usize = 50_000_000;

/// The columns of a mail.
const COLUMNS: [&str; 7] = ["id", "from", "name", "date", "subject", "text", AUTOMATIC];

/// The column that says why a machine may have written a mail; blank where nothing speaks for it.
const AUTOMATIC: &str = "automatic";

/// Reads mails, each after a line that begins with `From `.
pub(super) struct Mailbox<R> {
    pub(super) input: R,
    /// Whether the line that begins the next mail has been read.
    pub(super) begun: bool,
}

impl<R: BufRead> Mailbox<R> {
    /// The bytes of the next mail.
    fn mail(&mut self) -> std::io::Result<Option<Result<Vec<u8>, Rejection>>> {
        let mut mail = Vec::new();
        let mut is_too_long = false;
        // A line of the text that begins with "From " is told from a mail's begin by the blank line
        // before it, as writers of mbox files leave one.
        let mut after_blank = true;
        while let Some(Line { bytes, is_cut }) = read_line(&mut self.input)? {
            if after_blank && bytes.starts_with(b"From ") {
                let is_first = !std::mem::replace(&mut self.begun, true);
                if is_first {
                    continue;
                }
                return Ok(Some(whole(mail, is_too_long)));
            }
            after_blank = bytes.trim_ascii().is_empty();
            if self.begun {
                let quotes = bytes.iter().take_while(|byte| **byte == b'>').count();
                let is_quoted = quotes > 0 && bytes[quotes..].starts_with(b"From ");
                is_too_long |= is_cut || mail.len() + bytes.len() > MAX_MAIL_BYTES;
                if !is_too_long {
                    mail.extend_from_slice(&bytes[usize::from(is_quoted)..]);
                }
            }
        }
        let is_last = std::mem::take(&mut self.begun);
        Ok(is_last.then(|| whole(mail, is_too_long)))
    }
}

fn whole(mail: Vec<u8>, is_too_long: bool) -> Result<Vec<u8>, Rejection> {
    if is_too_long { Err(Rejection::too_long(MAX_MAIL_BYTES)) } else { Ok(mail) }
}

impl<R: BufRead + Send> Rows for Mailbox<R> {
    fn columns(&self) -> Option<Vec<String>> {
        Some(COLUMNS.iter().map(|name| (*name).to_owned()).collect())
    }

    fn automatic(&self) -> Option<&'static str> {
        Some(AUTOMATIC)
    }

    fn next(&mut self) -> std::io::Result<Option<Result<Record, Rejection>>> {
        Ok(self.mail()?.map(|mail| read(&mail?)))
    }
}

fn read(raw: &[u8]) -> Result<Record, Rejection> {
    let mail =
        mail::read(raw).map_err(|error| Rejection::new("invalid_mail", error.to_string()))?;
    let text = mail::customer_words(&mail, None);
    Ok(Record::Texts(vec![
        mail.id,
        mail.from.address,
        mail.from.name.unwrap_or_default(),
        mail.date.map(|date| date.to_string()).unwrap_or_default(),
        mail.subject,
        text,
        mail.automatic.map_or(String::new(), |automatic| automatic.name().to_owned()),
    ]))
}
