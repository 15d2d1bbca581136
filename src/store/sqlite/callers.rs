use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

use super::errors::{is_dangling, is_duplicate};
use super::rows::{named, time, to_time};
use crate::domain::Role;
use crate::store::{Conflict, Helpful, Key, Rating, StoreError};

pub(super) async fn key(pool: &SqlitePool, hash: &str) -> Result<Option<Key>, StoreError> {
    let row = sqlx::query(
        "SELECT name, role, hash, created_at, revoked_at FROM keys \
         WHERE hash = ? AND revoked_at IS NULL",
    )
    .bind(hash)
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(read_key).transpose()
}

pub(super) async fn keys(pool: &SqlitePool) -> Result<Vec<Key>, StoreError> {
    let rows = sqlx::query("SELECT name, role, hash, created_at, revoked_at FROM keys ORDER BY id")
        .fetch_all(pool)
        .await?;
    rows.iter().map(read_key).collect()
}

pub(super) async fn add_key(pool: &SqlitePool, key: &Key) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO keys (name, role, hash, created_at, revoked_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(&key.name)
    .bind(key.role.name())
    .bind(&key.hash)
    .bind(key.created_at.as_millisecond())
    .bind(key.revoked_at.map(Timestamp::as_millisecond))
    .execute(pool)
    .await
    .map_err(|error| {
        if is_duplicate(&error) {
            StoreError::from(Conflict::KeyName(key.name.clone()))
        } else {
            error.into()
        }
    })?;
    Ok(())
}

pub(super) async fn revoke_key(
    pool: &SqlitePool,
    name: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let result =
        sqlx::query("UPDATE keys SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL")
            .bind(at.as_millisecond())
            .bind(name)
            .execute(pool)
            .await?;
    if result.rows_affected() == 0 {
        return Err(StoreError::not_found("key in use called", name));
    }
    Ok(())
}

pub(super) async fn rate(pool: &SqlitePool, rating: &Rating) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO ratings (conversation_id, score, comment, at) VALUES (?, ?, ?, ?) \
         ON CONFLICT (conversation_id) \
         DO UPDATE SET score = excluded.score, comment = excluded.comment, at = excluded.at",
    )
    .bind(&rating.conversation_id)
    .bind(rating.score)
    .bind(&rating.comment)
    .bind(rating.at.as_millisecond())
    .execute(pool)
    .await
    .map_err(|error| {
        if is_dangling(&error) {
            StoreError::not_found("conversation", &rating.conversation_id)
        } else {
            error.into()
        }
    })?;
    Ok(())
}

pub(super) async fn rate_answer(pool: &SqlitePool, helpful: &Helpful) -> Result<(), StoreError> {
    let result = sqlx::query(
        "INSERT INTO helpful (turn_id, helpful, at) SELECT id, ?1, ?2 FROM turns \
         WHERE id = ?3 AND conversation_id = ?4 AND author = 'bot' \
         ON CONFLICT (turn_id) DO UPDATE SET helpful = excluded.helpful, at = excluded.at",
    )
    .bind(helpful.helpful)
    .bind(helpful.at.as_millisecond())
    .bind(&helpful.turn_id)
    .bind(&helpful.conversation_id)
    .execute(pool)
    .await?;
    if result.rows_affected() == 0 {
        return Err(StoreError::not_found("answer", &helpful.turn_id));
    }
    Ok(())
}

pub(super) async fn rating(
    pool: &SqlitePool,
    conversation_id: &str,
) -> Result<Option<Rating>, StoreError> {
    let row = sqlx::query(
        "SELECT conversation_id, score, comment, at FROM ratings WHERE conversation_id = ?",
    )
    .bind(conversation_id)
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(read_rating).transpose()
}

fn read_rating(row: &SqliteRow) -> Result<Rating, StoreError> {
    Ok(Rating {
        conversation_id: row.try_get("conversation_id")?,
        score: row.try_get("score")?,
        comment: row.try_get("comment")?,
        at: time(row, "at")?,
    })
}

fn read_key(row: &SqliteRow) -> Result<Key, StoreError> {
    Ok(Key {
        name: row.try_get("name")?,
        role: named(row, "role", Role::from_name)?,
        hash: row.try_get("hash")?,
        created_at: time(row, "created_at")?,
        revoked_at: row.try_get::<Option<i64>, _>("revoked_at")?.map(to_time).transpose()?,
    })
}
