use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

use crate::store::StoreError;

// Primary result codes of SQLite, https://www.sqlite.org/rescode.html. The low byte of an extended
// code is its primary code.
const PERM: i32 = 3;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => from_sqlite(error.as_ref()),
            sqlx::Error::PoolTimedOut => Self::Locked("all its connections are in use".to_owned()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Closed,
            sqlx::Error::Io(error) => Self::Device(error.to_string()),
            sqlx::Error::ColumnDecode { index, source } => {
                Self::Damaged(format!("column {index} holds {source}"))
            }
            sqlx::Error::Decode(error) => Self::Damaged(error.to_string()),
            error => Self::Other(error.to_string()),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(found) => Self::Newer { found },
            MigrateError::VersionMismatch(version) => Self::Damaged(format!(
                "its schema {version} is not the one that this program would have made"
            )),
            error => Self::Other(error.to_string()),
        }
    }
}

fn from_sqlite(error: &dyn DatabaseError) -> StoreError {
    let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
    let message = format!("{} (SQLite {code})", error.message());
    match code & 0xff {
        BUSY | LOCKED => StoreError::Locked(message),
        FULL => StoreError::Full(message),
        READONLY | CANTOPEN | PERM => StoreError::ReadOnly(message),
        CORRUPT | NOTADB => StoreError::Damaged(message),
        IOERR => StoreError::Device(message),
        _ => StoreError::Other(message),
    }
}

/// Whether a constraint refused the change because such a row exists.
pub(super) fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(DatabaseError::is_unique_violation)
}

/// Whether a constraint refused the change because it names a row that does not exist.
pub(super) fn is_dangling(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(DatabaseError::is_foreign_key_violation)
}
