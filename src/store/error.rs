use std::path::PathBuf;

/// Why the store did not do what was asked. Every message tells the operator, or the caller, what
/// to do next.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What was named is not there.
    #[error("there is no {what} {id}")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// Its identifier, as asked for.
        id: String,
    },
    /// Somebody else was faster, or the wish contradicts what is recorded. Nothing was changed.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// Another program holds the store's lock, or all connections are in use.
    #[error(
        "the store is locked: {0}. Try again; if it stays so, look for a second program (a backup, \
         a database browser) that holds the file open"
    )]
    Locked(String),
    /// There is no room left.
    #[error(
        "the store is full: {0}. Free disk space or raise the store's size limit; what is recorded \
         is safe, and nothing of this change was kept"
    )]
    Full(String),
    /// The file or its directory may not be written.
    #[error(
        "the store cannot be written: {0}. Give this user write permission on the file and on its \
         directory (SQLite creates two files beside it), or mount the volume read-write"
    )]
    ReadOnly(String),
    /// The file is not a store, or its contents are broken.
    #[error(
        "the store is damaged: {0}. Stop the service, move the file away and restore the latest \
         backup; `sqlite3 FILE .recover` may save what came after it"
    )]
    Damaged(String),
    /// The operating system failed to read or write.
    #[error("reading or writing the store failed: {0}. Check the disk and the system's log")]
    Device(String),
    /// The file was written by a newer version of the program.
    #[error(
        "the store has schema {found}, which this version of the program does not know. Start the \
         version that wrote it, or a newer one"
    )]
    Newer {
        /// The schema version found in the file.
        found: i64,
    },
    /// The store could not be opened.
    #[error("cannot open the store {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<StoreError>,
    },
    /// The service is going down.
    #[error("the store is closed: the service is shutting down")]
    Closed,
    /// Anything else; a defect of the program.
    #[error("the store failed: {0}. Please report this with the log around it")]
    Other(String),
}

/// A wish that came too late or contradicts what is recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The message id was used before, for other words.
    #[error(
        "message id {0} was already used for another text: give every message an id of its own"
    )]
    MessageId(String),
    /// The conversation is no longer as it was seen.
    #[error("conversation {0} changed meanwhile: load it again")]
    Conversation(String),
    /// The ticket is no longer as it was seen.
    #[error("ticket {0} changed meanwhile: load it again")]
    Ticket(String),
    /// The conversation already waits for a person, or has one.
    #[error("conversation {0} already has an unresolved ticket: work on that one")]
    UnresolvedTicket(String),
    /// A key of this name is in use.
    #[error("a key called {0} is in use: choose another name or revoke that one first")]
    KeyName(String),
    /// There is a user of this name.
    #[error("there is a user called {0}: choose another name or remove that one first")]
    UserName(String),
}

impl StoreError {
    /// That `what` called `id` is not there.
    pub fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound { what, id: id.to_owned() }
    }

    /// Whether the same call may succeed a moment later, unchanged.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Locked(_) => true,
            Self::Open { source, .. } => source.is_temporary(),
            _ => false,
        }
    }
}
