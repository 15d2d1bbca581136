//! Mails that a mail server puts into a directory: `new/` is read, what is taken goes to `cur/`.
//!
//! A mail that cannot be taken now (the store is locked, too much to do) stays in `new/` and is tried
//! again; one that never can goes to the folder `.Lotse-failed` beside them. A crash in between
//! leaves the mail in `new/`: taken in again, it changes nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Inbox, InboxError};
use crate::observe::Shutdown;

/// Between two looks into the directory.
const LOOK: Duration = Duration::from_secs(2);

/// The longest wait after failures in a row.
const LONGEST_WAIT: Duration = Duration::from_mins(2);

/// Folder for mails that can never be taken; mail programs show it as one.
const FAILED: &str = ".Lotse-failed";

/// What marks a mail as read.
const SEEN: &str = ":2,S";

/// Follows a maildir.
pub struct Maildir {
    inbox: Inbox,
    path: PathBuf,
}

/// What came of a look.
enum Look {
    /// All that was there is dealt with.
    Done,
    /// Something has to wait.
    Wait,
}

impl Maildir {
    /// The maildir of an inbox; none if it has none.
    pub fn new(inbox: Inbox) -> Option<Self> {
        let path = inbox.settings().maildir.clone()?;
        Some(Self { inbox, path })
    }

    /// Takes in what comes, until the end has begun.
    pub async fn follow(self, shutdown: Shutdown) {
        let mut wait = LOOK;
        loop {
            wait = match self.look(&shutdown).await {
                Ok(Look::Done) => LOOK,
                Ok(Look::Wait) => (wait * 2).min(LONGEST_WAIT),
                Err(error) => {
                    let maildir = self.path.display();
                    tracing::error!(%error, %maildir, "the maildir cannot be read; trying again");
                    (wait * 2).min(LONGEST_WAIT)
                }
            };
            tokio::select! {
                () = shutdown.begun() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Takes in all that is there, oldest first as far as the names tell.
    async fn look(&self, shutdown: &Shutdown) -> io::Result<Look> {
        for name in self.names().await? {
            let file = self.path.join("new").join(&name);
            let size = match tokio::fs::metadata(&file).await {
                Ok(found) if found.is_file() => found.len(),
                // Somebody else took it, or it is none.
                Ok(_) | Err(_) => continue,
            };
            let limit = self.inbox.settings().limit_bytes;
            if size > limit as u64 {
                self.put_aside(&file, &name, &format!("larger than {limit} bytes")).await?;
                continue;
            }
            let raw = tokio::fs::read(&file).await?;
            match self.inbox.take(raw).await {
                Ok(_) => self.keep(&file, &name).await?,
                Err(error) if may_pass(&error) => {
                    let reason = error_code(&error);
                    tracing::warn!(reason, mail = name, "a mail has to wait");
                    return Ok(Look::Wait);
                }
                Err(error) => self.put_aside(&file, &name, error_code(&error)).await?,
            }
            if shutdown.has_begun() {
                break;
            }
        }
        Ok(Look::Done)
    }

    async fn names(&self) -> io::Result<Vec<String>> {
        let mut entries = tokio::fs::read_dir(self.path.join("new")).await?;
        let mut names = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            // Names that are not Unicode are no maildir's.
            names
                .extend(entry.file_name().into_string().ok().filter(|name| !name.starts_with('.')));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// To `cur/`, marked as read.
    async fn keep(&self, file: &Path, name: &str) -> io::Result<()> {
        tokio::fs::rename(file, self.path.join("cur").join(read_name(name))).await
    }

    async fn put_aside(&self, file: &Path, name: &str, reason: &str) -> io::Result<()> {
        tracing::error!(
            mail = name,
            reason,
            folder = FAILED,
            "a mail cannot be taken and is put aside"
        );
        let folder = self.path.join(FAILED);
        for part in ["new", "cur", "tmp"] {
            tokio::fs::create_dir_all(folder.join(part)).await?;
        }
        tokio::fs::rename(file, folder.join("new").join(name)).await
    }
}

/// The name in `cur/`: flags follow ":2,".
fn read_name(name: &str) -> String {
    let base = name.split(":2,").next().unwrap_or(name);
    format!("{base}{SEEN}")
}

/// Whether the same mail may be taken later.
fn may_pass(error: &InboxError) -> bool {
    match error {
        InboxError::NotAMail(_) => false,
        InboxError::Desk(error) => {
            let status = crate::http::error::Code::from_name(error.code()).status();
            status.is_server_error() || matches!(status.as_u16(), 409 | 429)
        }
    }
}

fn error_code(error: &InboxError) -> &'static str {
    match error {
        InboxError::NotAMail(_) => "invalid_mail",
        InboxError::Desk(error) => error.code(),
    }
}
