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
mod compose;
mod flowed;
mod html;
mod inbox;
mod maildir;
mod notes;
mod post;
mod read;
mod report;
mod smtp;
mod words;

pub use attachments::Attachment;
pub use automatic::Automatic;
pub(crate) use automatic::is_nobody;
pub use html::to_text as html_to_text;
pub use inbox::{Inbox, InboxError, Receipt};
pub use maildir::Maildir;
pub(crate) use post::routes;
pub use read::{Mail, NotAMail, Person, read};
pub use report::Report;
pub use smtp::{Outbox, OutboxError};
pub(crate) use words::of as customer_words;

use crate::http::App;

/// The inbox of a service; none if the channel is off.
pub(crate) fn inbox(app: &App) -> Option<Inbox> {
    let settings = app.config.channels.mail.clone()?;
    let (store, routing) = (std::sync::Arc::clone(&app.store), std::sync::Arc::clone(&app.routing));
    Some(Inbox::new(app.desk.clone(), store, routing, settings))
}
