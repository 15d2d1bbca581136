use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::rows::{from_json, json, limit, time};
use crate::store::{Delivery, DeliveryCount, NewDelivery, StoreError};

const COLUMNS: &str = "id, destination, lane, payload, created_at, due_at, attempts, last_error";

pub(super) async fn cursor(
    pool: &SqlitePool,
    destination: &str,
) -> Result<Option<i64>, StoreError> {
    let query = sqlx::query_scalar("SELECT cursor FROM destinations WHERE name = ?");
    Ok(query.bind(destination).fetch_optional(pool).await?)
}

pub(super) async fn plan(
    connection: &mut SqliteConnection,
    destination: &str,
    seen: Option<i64>,
    cursor: i64,
    deliveries: &[NewDelivery],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let moved = match seen {
        None => sqlx::query(
            "INSERT INTO destinations (name, cursor) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        ),
        Some(_) => {
            sqlx::query("UPDATE destinations SET cursor = ?2 WHERE name = ?1 AND cursor = ?3")
        }
    };
    let moved = moved.bind(destination).bind(cursor).bind(seen).execute(&mut *connection).await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    for delivery in deliveries {
        sqlx::query(
            "INSERT INTO deliveries (id, destination, lane, payload, state, created_at, due_at) \
             VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?5)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(destination)
        .bind(&delivery.group)
        .bind(json(&delivery.payload)?)
        .bind(at.as_millisecond())
        .execute(&mut *connection)
        .await?;
    }
    Ok(true)
}

pub(super) async fn due(
    pool: &SqlitePool,
    destination: &str,
    at: Timestamp,
    most: usize,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM deliveries AS delivery \
         WHERE destination = ?1 AND state = 'waiting' AND due_at <= ?2 AND (lane IS NULL OR \
         NOT EXISTS (SELECT 1 FROM deliveries AS before WHERE before.destination = ?1 \
         AND before.lane = delivery.lane AND before.state = 'waiting' \
         AND before.lane IS NOT NULL AND before.number < delivery.number)) \
         ORDER BY number LIMIT ?3",
    )))
    .bind(destination)
    .bind(at.as_millisecond())
    .bind(limit(most))
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn begin(pool: &SqlitePool, id: &str) -> Result<bool, StoreError> {
    let query = sqlx::query("UPDATE deliveries SET begun = 1 WHERE id = ? AND begun = 0");
    Ok(query.bind(id).execute(pool).await?.rows_affected() == 0)
}

pub(super) async fn finish(pool: &SqlitePool, id: &str, at: Timestamp) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE deliveries SET state = 'done', due_at = ? WHERE id = ? AND state = 'waiting'",
    );
    one(query.bind(at.as_millisecond()).bind(id).execute(pool).await?.rows_affected(), id)
}

pub(super) async fn postpone(
    pool: &SqlitePool,
    id: &str,
    due_at: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE deliveries SET due_at = ?, last_error = ?, attempts = attempts + 1 \
         WHERE id = ? AND state = 'waiting'",
    );
    let query = query.bind(due_at.as_millisecond()).bind(error).bind(id);
    one(query.execute(pool).await?.rows_affected(), id)
}

pub(super) async fn abandon(
    pool: &SqlitePool,
    id: &str,
    at: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE deliveries SET state = 'abandoned', due_at = ?, last_error = ?, \
         attempts = attempts + 1 WHERE id = ? AND state = 'waiting'",
    );
    let query = query.bind(at.as_millisecond()).bind(error).bind(id);
    one(query.execute(pool).await?.rows_affected(), id)
}

pub(super) async fn abandoned(pool: &SqlitePool, most: usize) -> Result<Vec<Delivery>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM deliveries WHERE state = 'abandoned' \
         ORDER BY due_at DESC, number DESC LIMIT ?",
    )))
    .bind(limit(most))
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn retry(pool: &SqlitePool, id: &str, at: Timestamp) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE deliveries SET state = 'waiting', due_at = ?, attempts = 0 \
         WHERE id = ? AND state = 'abandoned'",
    );
    one(query.bind(at.as_millisecond()).bind(id).execute(pool).await?.rows_affected(), id)
}

pub(super) async fn counts(pool: &SqlitePool) -> Result<Vec<DeliveryCount>, StoreError> {
    let rows = sqlx::query(
        "SELECT destination, count(*) FILTER (WHERE state = 'waiting') AS waiting, \
         count(*) FILTER (WHERE state = 'abandoned') AS abandoned, \
         min(created_at) FILTER (WHERE state = 'waiting') AS oldest \
         FROM deliveries WHERE state <> 'done' GROUP BY destination ORDER BY destination",
    )
    .fetch_all(pool)
    .await?;
    let read = |row: &SqliteRow| {
        let oldest: Option<i64> = row.try_get("oldest")?;
        Ok(DeliveryCount {
            destination: row.try_get("destination")?,
            waiting: row.try_get("waiting")?,
            abandoned: row.try_get("abandoned")?,
            oldest_waiting: oldest.and_then(|oldest| Timestamp::from_millisecond(oldest).ok()),
        })
    };
    rows.iter().map(read).collect()
}

/// Drops what was done before then. What was given up stays until somebody has looked at it.
pub(super) async fn prune(
    connection: &mut SqliteConnection,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let query = sqlx::query("DELETE FROM deliveries WHERE state = 'done' AND due_at < ?");
    Ok(query.bind(before.as_millisecond()).execute(connection).await?.rows_affected())
}

fn one(rows: u64, id: &str) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::not_found("delivery", id)) } else { Ok(()) }
}

fn read(row: &SqliteRow) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.try_get("id")?,
        destination: row.try_get("destination")?,
        group: row.try_get("lane")?,
        payload: from_json(row, "payload")?,
        created_at: time(row, "created_at")?,
        due_at: time(row, "due_at")?,
        attempts: row.try_get("attempts")?,
        last_error: row.try_get("last_error")?,
    })
}
