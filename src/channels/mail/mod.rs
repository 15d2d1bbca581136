//! How does e-mail speak? Mails come in over HTTP ([`post`]) and from a maildir ([`maildir`]), both
//! through one [`Inbox`]; answers go out by SMTP ([`smtp`]).
//!
//! `read` turns bytes into a [`Mail`]: whose it is, which mails it answers, whether a machine wrote
//! it, and its words. `inbox` finds its conversation and hands it to the desk. `compose` makes a
//! mail of what bot or agent said.

mod attachments;
mod automatic;
mod body;
mod choice;
mod flowed;
mod html;
mod inbox;
mod notes;
mod read;
mod report;
mod words;

pub use attachments::Attachment;
pub use automatic::Automatic;
pub use html::to_text as html_to_text;
pub use inbox::{Inbox, InboxError, Receipt};
pub use read::{Mail, NotAMail, Person, read};
pub use report::Report;
