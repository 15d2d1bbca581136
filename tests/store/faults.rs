use std::path::Path;
use std::time::Duration;

use lotse::domain::{ConversationState, Priority};
use lotse::store::{EventFilter, Recorded, SqliteSettings, SqliteStore, Store, StoreError};
use sqlx::{Connection, SqliteConnection};

use crate::support::{answered, escalate, home, second};

fn source(error: StoreError) -> StoreError {
    match error {
        StoreError::Open { source, .. } => *source,
        other => panic!("not an error of opening: {other}"),
    }
}

#[tokio::test]
async fn a_missing_directory_is_created() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b/lotse.db");
    SqliteStore::open(&path).await.unwrap().check().await.unwrap();
    assert!(path.exists());
}

#[tokio::test]
async fn a_path_below_a_file_is_refused_with_the_path_in_the_message() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = SqliteStore::open(&file.join("lotse.db")).await.unwrap_err();
    assert!(error.to_string().contains("file/lotse.db"), "{error}");
    assert!(matches!(source(error), StoreError::ReadOnly(_)));
    let error = SqliteStore::open(directory.path()).await.unwrap_err();
    assert!(matches!(source(error), StoreError::ReadOnly(_)), "a directory is no file");
}

#[tokio::test]
async fn a_read_only_store_reads_and_refuses_to_write() {
    let home = home().await;
    home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    let settings = SqliteSettings { read_only: true, ..SqliteSettings::default() };
    let store = SqliteStore::open_with(&home.path, settings).await.unwrap();
    assert!(store.conversation("c1", 1).await.unwrap().is_some());
    for attempt in 0..2 {
        let error = store.record(&answered("c2", None, "m1", second(1))).await.unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly(_)), "attempt {attempt}: {error}");
    }
    assert!(matches!(store.check().await, Err(StoreError::ReadOnly(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_without_write_permission_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let home = home().await;
    home.store.close().await;
    let set = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(&home.path, 0o444);
    set(home.path.parent().unwrap(), 0o555);
    // The superuser may write all the same; then there is nothing to see here.
    let superuser = std::fs::OpenOptions::new().append(true).open(&home.path).is_ok();
    let opened = SqliteStore::open(&home.path).await;
    set(home.path.parent().unwrap(), 0o755);
    if !superuser {
        assert!(matches!(source(opened.unwrap_err()), StoreError::ReadOnly(_)));
    }
}

#[tokio::test]
async fn a_full_store_refuses_writes_keeps_what_it_has_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lotse.db");
    let settings = SqliteSettings { largest_bytes: Some(512 * 1024), ..SqliteSettings::default() };
    let store = SqliteStore::open_with(&path, settings).await.unwrap();
    let record = |index: usize| {
        let mut record = answered(&format!("c{index}"), None, "m1", second(1));
        record.message.text = "x".repeat(10_000);
        record
    };
    let mut kept = 0;
    let error = loop {
        match store.record(&record(kept)).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full(_)), "{error}");
    assert!(kept > 3, "only {kept} fitted");
    for _ in 0..3 {
        // The connection that met the full disk must still work, and say the same again.
        let error = store.record(&record(kept)).await.unwrap_err();
        assert!(matches!(error, StoreError::Full(_)), "{error}");
    }
    assert!(store.conversation(&format!("c{}", kept - 1), 9).await.unwrap().is_some());
    assert_eq!(store.conversation(&format!("c{kept}"), 9).await.unwrap(), None);

    // Room within the file is used again.
    assert!(store.prune(second(100)).await.unwrap() > 0);
    store.record(&answered("small", None, "m1", second(2))).await.unwrap();
    store.close().await;
    let store = SqliteStore::open(&path).await.unwrap();
    store.record(&record(kept)).await.unwrap();
    for index in 0..=kept {
        let conversation = store.conversation(&format!("c{index}"), 9).await.unwrap().unwrap();
        assert_eq!(conversation.turns.len(), 2);
    }
}

#[tokio::test]
async fn a_lock_held_by_another_program_is_reported_and_passes() {
    let home = home().await;
    let settings =
        SqliteSettings { busy_timeout: Duration::from_millis(50), ..SqliteSettings::default() };
    let store = SqliteStore::open_with(&home.path, settings).await.unwrap();
    let mut other =
        SqliteConnection::connect(&format!("sqlite://{}", home.path.display())).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let error = store.record(&answered("c1", None, "m1", second(1))).await.unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)) && error.is_temporary(), "{error}");
    assert!(matches!(store.check().await, Err(StoreError::Locked(_))));
    assert_eq!(store.conversation("c1", 1).await.unwrap(), None, "reading goes on");
    let error = SqliteStore::open_with(&home.path, settings).await.unwrap_err();
    assert!(error.is_temporary());
    assert!(matches!(source(error), StoreError::Locked(_)));

    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_store_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lotse.db");
    let garbage = "This is a letter, not a database. ".repeat(500);
    std::fs::write(&path, &garbage).unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(error.to_string().contains("restore the latest backup"), "{error}");
    assert!(matches!(source(error), StoreError::Damaged(_)));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), garbage);
}

#[tokio::test]
async fn overwritten_pages_are_reported_as_damage() {
    let home = home().await;
    for index in 0..200 {
        home.store.record(&answered(&format!("c{index}"), None, "m1", second(1))).await.unwrap();
    }
    home.store.close().await;
    let mut bytes = std::fs::read(&home.path).unwrap();
    // The first page names the schema; all others are lost.
    bytes[4096..].fill(0xA5);
    std::fs::write(&home.path, bytes).unwrap();
    let outcome = match SqliteStore::open(&home.path).await {
        Err(error) => Err(source(error)),
        Ok(store) => store.conversation("c7", 9).await,
    };
    assert!(matches!(outcome, Err(StoreError::Damaged(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_column_that_cannot_be_read_is_reported_as_damage() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let mut other =
        SqliteConnection::connect(&format!("sqlite://{}", home.path.display())).await.unwrap();
    sqlx::raw_sql("UPDATE tickets SET summary = '{'").execute(&mut other).await.unwrap();
    let error = home.store.ticket("t1").await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
    assert!(error.to_string().contains("column summary"), "{error}");
}

#[tokio::test]
async fn a_caller_that_goes_away_in_the_middle_leaves_nothing_half_done() {
    let home = home().await;
    for index in 0..40_u64 {
        let record = answered(&format!("c{index}"), None, "m1", second(1));
        let pause = Duration::from_micros(index * 40);
        // Whether it was in time or not: all of it is there, or nothing.
        let _ = tokio::time::timeout(pause, home.store.record(&record)).await;
    }
    home.store.check().await.unwrap();
    for index in 0..40 {
        let id = format!("c{index}");
        let turns = home.store.conversation(&id, 9).await.unwrap().map_or(0, |c| c.turns.len());
        let filter = EventFilter { conversation_id: Some(id.clone()), ..Default::default() };
        let events = home.store.events_after(0, &filter, 9).await.unwrap().len();
        assert!(matches!((turns, events), (0, 0) | (2, 2)), "{id}: {turns} turns, {events} events");
    }
    let seen = Some((1, ConversationState::Bot));
    home.store.record(&answered("last", None, "m1", second(1))).await.unwrap();
    let recorded = home.store.record(&answered("last", seen, "m2", second(1))).await.unwrap();
    assert!(matches!(recorded, Recorded::New { .. }));
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let home = home().await;
    home.store.close().await;
    let error = home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap_err();
    assert!(matches!(error, StoreError::Closed), "{error}");
}

#[tokio::test]
async fn two_programs_may_open_a_new_store_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lotse.db");
    let opened = futures::future::join_all((0..4).map(|_| SqliteStore::open(&path))).await;
    for store in opened {
        store.unwrap().check().await.unwrap();
    }
}
