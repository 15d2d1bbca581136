use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection, SqlitePool};

use super::SqliteStore;
use crate::store::StoreError;

/// Steps from an empty file to the present schema. A released step is never edited: a store that
/// took it would no longer open.
static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/sqlite");

/// `SQLite`'s own default; named because the size limit counts pages.
const PAGE_BYTES: u32 = 4096;

/// Between two tries to open a file that another program is creating.
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// How the file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqliteSettings {
    /// Connections for reading.
    pub readers: u32,
    /// How long to wait for a lock that another program holds.
    pub busy_timeout: Duration,
    /// The file never grows beyond this; writes then fail with [`StoreError::Full`].
    pub largest_bytes: Option<u64>,
    /// Opens an existing, up-to-date store without the right to change it.
    pub read_only: bool,
}

impl Default for SqliteSettings {
    fn default() -> Self {
        Self {
            readers: 4,
            busy_timeout: Duration::from_secs(5),
            largest_bytes: None,
            read_only: false,
        }
    }
}

impl SqliteStore {
    /// Opens the store in this file, creates it (and its directory) if it is not there, and brings
    /// an older one up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, SqliteSettings::default()).await
    }

    /// Opens the store with other settings.
    pub async fn open_with(path: &Path, settings: SqliteSettings) -> Result<Self, StoreError> {
        connect(path, settings)
            .await
            .map_err(|source| StoreError::Open { path: path.to_owned(), source: Box::new(source) })
    }
}

async fn connect(path: &Path, settings: SqliteSettings) -> Result<SqliteStore, StoreError> {
    // An absolute path is never taken for a `file:` URI, and outlives a change of directory.
    let path = std::path::absolute(path).map_err(|error| StoreError::Device(error.to_string()))?;
    if let Some(directory) = path.parent()
        && !settings.read_only
    {
        std::fs::create_dir_all(directory).map_err(|error| {
            StoreError::ReadOnly(format!("{} cannot be created: {error}", directory.display()))
        })?;
    }
    let options = connect_options(&path, settings);
    let writer = connect_writer(&options, settings.busy_timeout).await?;
    prepare_schema(&mut *writer.acquire().await?, settings.read_only).await?;
    let readers = pool_options(settings.readers.max(1))
        .connect_with(options.pragma("query_only", "ON"))
        .await?;
    Ok(SqliteStore { writer, readers })
}

/// The one connection that writes. The first one to a new file switches it to the write-ahead log;
/// `SQLite` refuses a second program at that moment at once instead of letting it wait.
async fn connect_writer(
    options: &SqliteConnectOptions,
    patience: Duration,
) -> Result<SqlitePool, StoreError> {
    let deadline = Instant::now() + patience;
    loop {
        match pool_options(1).connect_with(options.clone()).await.map_err(StoreError::from) {
            Err(StoreError::Locked(_)) if Instant::now() < deadline => {
                tokio::time::sleep(LOCK_PAUSE).await;
            }
            connected => return connected,
        }
    }
}

fn connect_options(path: &Path, settings: SqliteSettings) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(settings.busy_timeout)
        .foreign_keys(true);
    if settings.read_only {
        return options.read_only(true);
    }
    let options = options
        .create_if_missing(true)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    match settings.largest_bytes {
        Some(bytes) => {
            options.pragma("max_page_count", (bytes / u64::from(PAGE_BYTES)).max(1).to_string())
        }
        None => options,
    }
}

fn pool_options(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        // SQLite itself ends a transaction that met a full disk. The roll-back that follows then
        // fails, and the driver goes on counting the transaction as open: such a connection could
        // never begin another one.
        .before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        })
}

/// Brings the schema up to date, all steps or none; a second program that opens the same file waits.
async fn prepare_schema(
    connection: &mut SqliteConnection,
    read_only: bool,
) -> Result<(), StoreError> {
    if read_only {
        refuse_foreign(connection).await?;
        return refuse_outdated(connection).await;
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    refuse_foreign(&mut transaction).await?;
    MIGRATIONS.run(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// A file with tables, but none of ours, belongs to another program.
async fn refuse_foreign(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let (tables, ours): (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE name = '_sqlx_migrations') FROM sqlite_schema \
         WHERE type = 'table'",
    )
    .fetch_one(connection)
    .await?;
    if tables > 0 && ours == 0 {
        return Err(StoreError::Damaged("it holds another program's tables".to_owned()));
    }
    Ok(())
}

async fn refuse_outdated(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await?;
    let known = MIGRATIONS.iter().map(|step| step.version).max();
    match found {
        found if found == known => Ok(()),
        Some(found) if Some(found) > known => Err(StoreError::Newer { found }),
        _ => Err(StoreError::ReadOnly(
            "its schema is older than this program, and bringing it up to date would change it"
                .to_owned(),
        )),
    }
}
