use lotse::store::{SqliteSettings, SqliteStore};
use lotse::store::{Store, StoreError};
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use std::path::Path;

use crate::support::{answered, home, second};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/sqlite");

async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn schema(path: &Path) -> String {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT sql || ';' FROM sqlite_schema \
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations' \
         ORDER BY tbl_name, type DESC, name",
    )
    .fetch_all(&mut connect(path).await)
    .await
    .unwrap();
    rows.join("\n\n")
}

#[tokio::test]
async fn the_schema_is_the_one_that_was_reviewed() {
    let home = home().await;
    insta::assert_snapshot!(schema(&home.path).await);
}

#[test]
fn every_migration_file_is_compiled_in() {
    let files = std::fs::read_dir("src/store/migrations/sqlite").unwrap().count();
    assert_eq!(files, MIGRATIONS.iter().count(), "touch src/store/sqlite/open.rs and build again");
}

#[tokio::test]
async fn a_store_of_every_earlier_schema_is_brought_up_to_date() {
    let expected = schema(&home().await.path).await;
    let versions: Vec<i64> = MIGRATIONS.iter().map(|step| step.version).collect();
    for version in versions {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("old.db");
        let mut old = connect(&path).await;
        MIGRATIONS.run_to(version, &mut old).await.unwrap();
        sqlx::raw_sql(
            "INSERT INTO conversations (id, channel, language, customer_id, state, version, topic,
                 acknowledged, created_at, updated_at)
             VALUES ('old', 'email', 'en', 'K-7', 'bot', 3, NULL, 0, 5, 9);
             INSERT INTO turns (id, conversation_id, seq, author, text, at)
             VALUES ('old-1', 'old', 1, 'customer', 'Hello', 5);",
        )
        .execute(&mut old)
        .await
        .unwrap();
        old.close().await.unwrap();

        let store = SqliteStore::open(&path).await.unwrap();
        let conversation = store.conversation("old", 5).await.unwrap().unwrap();
        assert_eq!(conversation.head.version, 3);
        assert_eq!(conversation.turns[0].text, "Hello");
        store.record(&answered("new", None, "m1", second(1))).await.unwrap();
        assert_eq!(schema(&path).await, expected, "from schema {version}");
    }
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_left_alone() {
    let home = home().await;
    home.store.close().await;
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (999, 'future', 0, true, x'00', 1)")
        .execute(&mut connect(&home.path).await)
        .await
        .unwrap();
    for read_only in [false, true] {
        let settings = SqliteSettings { read_only, ..SqliteSettings::default() };
        let error = SqliteStore::open_with(&home.path, settings).await.unwrap_err();
        let StoreError::Open { source, .. } = &error else { panic!("{error}") };
        assert!(matches!(**source, StoreError::Newer { found: 999 }), "{error}");
    }
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.db");
    let mut other = connect(&path).await;
    sqlx::raw_sql("CREATE TABLE recipes (name TEXT)").execute(&mut other).await.unwrap();
    let before = schema(&path).await;
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(error.to_string().contains("another program's tables"), "{error}");
    assert_eq!(schema(&path).await, before);
}
