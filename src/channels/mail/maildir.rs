//! Mails that a mail server puts into a directory: `new/` is read, what is taken goes to `cur/`.
//!
//! A mail that cannot be taken now (the store is locked, too much to do) stays in `new/` and is tried
//! again, while those behind it are taken; one that never can, or that failed again and again while
//! others were taken, goes to the folder `.Lotse-failed` beside them. A crash in between leaves the
//! mail in `new/`: taken in again, it changes nothing.

use std::collections::HashMap;
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

/// Looks at which a mail fails while others are taken, before it is put aside.
const MOST_FAILURES: u32 = 5;

/// Mails that fail one after another end a look: what ails them ails all.
const MOST_IN_A_ROW: usize = 5;

/// Follows a maildir.
pub struct Maildir {
    inbox: Inbox,
    path: PathBuf,
    failing: HashMap<String, Failing>,
}

/// A mail that could not be taken.
#[derive(Clone, Copy, Default)]
struct Failing {
    tries: u32,
    /// Those of them at which other mails were taken.
    alone: u32,
}

/// What came of a look.
#[derive(Default)]
struct Look {
    /// Mails that were taken.
    done: usize,
    /// Mails that failed, with the reason.
    failed: Vec<(String, String)>,
}

impl Maildir {
    /// The maildir of an inbox; none if it has none.
    pub fn new(inbox: Inbox) -> Option<Self> {
        let path = inbox.settings().maildir.clone()?;
        Some(Self { inbox, path, failing: HashMap::new() })
    }

    /// Takes in what comes, until the end has begun.
    pub async fn follow(mut self, shutdown: Shutdown) {
        let mut wait = LOOK;
        loop {
            wait = match self.look(&shutdown).await {
                Ok(look) if look.failed.is_empty() || look.done > 0 => LOOK,
                Ok(_) => (wait * 2).min(LONGEST_WAIT),
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

    /// Takes in all that is there, oldest first as far as the names tell; those that failed before
    /// come last.
    async fn look(&mut self, shutdown: &Shutdown) -> io::Result<Look> {
        // Whoever made the maildir may have made new/ alone.
        for part in ["cur", "tmp"] {
            tokio::fs::create_dir_all(self.path.join(part)).await?;
        }
        let mut names = self.names().await?;
        self.failing.retain(|name, _| names.contains(name));
        names.sort_by_cached_key(|name| (self.tries(name), name.clone()));
        let mut look = Look::default();
        let mut in_a_row = 0;
        for name in names {
            match self.take(&name).await {
                Ok(taken) => {
                    look.done += usize::from(taken);
                    in_a_row = 0;
                }
                Err(reason) => {
                    tracing::warn!(reason, mail = name, "a mail has to wait");
                    look.failed.push((name, reason));
                    in_a_row += 1;
                }
            }
            if in_a_row >= MOST_IN_A_ROW || shutdown.has_begun() {
                break;
            }
        }
        self.count(&look).await;
        Ok(look)
    }

    fn tries(&self, name: &str) -> u32 {
        self.failing.get(name).map_or(0, |failing| failing.tries)
    }

    /// Takes one in, and says whether it was; an error is a reason to try again.
    async fn take(&self, name: &str) -> Result<bool, String> {
        let file = self.path.join("new").join(name);
        let size = match tokio::fs::metadata(&file).await {
            Ok(found) if found.is_file() => found.len(),
            // Somebody else took it, or it is none.
            Ok(_) | Err(_) => return Ok(false),
        };
        let limit = self.inbox.settings().limit_bytes;
        if size > limit as u64 {
            return self
                .put_aside(name, &format!("larger than {limit} bytes"))
                .await
                .map(|()| false);
        }
        let raw = tokio::fs::read(&file).await.map_err(|error| error.to_string())?;
        match self.inbox.take(raw).await {
            Ok(_) => self.keep(&file, name).await.map_err(|error| error.to_string()).map(|()| true),
            Err(error) if may_pass(&error) => Err(error_code(&error).to_owned()),
            Err(error) => self.put_aside(name, error_code(&error)).await.map(|()| false),
        }
    }

    /// Counts what failed, and puts aside what fails while others do not.
    async fn count(&mut self, look: &Look) {
        for (name, reason) in &look.failed {
            let failing = self.failing.entry(name.clone()).or_default();
            failing.tries += 1;
            failing.alone += u32::from(look.done > 0);
            if failing.alone >= MOST_FAILURES
                && let Err(error) = self.put_aside(name, reason).await
            {
                tracing::error!(mail = name, error, "a mail cannot be put aside");
            }
        }
    }

    async fn names(&self) -> io::Result<Vec<String>> {
        let mut entries = tokio::fs::read_dir(self.path.join("new")).await?;
        let mut names = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            // Names that are not Unicode are no maildir's.
            names
                .extend(entry.file_name().into_string().ok().filter(|name| !name.starts_with('.')));
        }
        Ok(names)
    }

    /// To `cur/`, marked as read.
    async fn keep(&self, file: &Path, name: &str) -> io::Result<()> {
        tokio::fs::rename(file, self.path.join("cur").join(read_name(name))).await
    }

    async fn put_aside(&self, name: &str, reason: &str) -> Result<(), String> {
        tracing::error!(
            mail = name,
            reason,
            folder = FAILED,
            "a mail cannot be taken and is put aside"
        );
        self.to_failed(name).await.map_err(|error| error.to_string())
    }

    async fn to_failed(&self, name: &str) -> io::Result<()> {
        let folder = self.path.join(FAILED);
        for part in ["new", "cur", "tmp"] {
            tokio::fs::create_dir_all(folder.join(part)).await?;
        }
        tokio::fs::rename(self.path.join("new").join(name), folder.join("new").join(name)).await
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
