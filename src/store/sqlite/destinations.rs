use sqlx::SqlitePool;

use crate::store::{DisabledDestination, StoreError};

pub(super) async fn disable(
    pool: &SqlitePool,
    destination: &str,
    fingerprint: &str,
    error: &str,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE destinations SET disabled_settings = ?, disabled_reason = ? WHERE name = ?",
    );
    let changed = query.bind(fingerprint).bind(error).bind(destination).execute(pool).await?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::not_found("destination", destination));
    }
    Ok(())
}

pub(super) async fn disabled(
    pool: &SqlitePool,
    destination: &str,
) -> Result<Option<DisabledDestination>, StoreError> {
    let row: Option<(String, String)> = sqlx::query_as(
        "SELECT disabled_settings, disabled_reason FROM destinations \
         WHERE name = ? AND disabled_settings IS NOT NULL",
    )
    .bind(destination)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(fingerprint, error)| DisabledDestination { fingerprint, error }))
}

pub(super) async fn enable(pool: &SqlitePool, destination: &str) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE destinations SET disabled_settings = NULL, disabled_reason = NULL WHERE name = ?",
    )
    .bind(destination)
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn keep_remote(
    pool: &SqlitePool,
    destination: &str,
    ticket_id: &str,
    remote_id: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO remotes (destination, ticket_id, remote_id) VALUES (?, ?, ?) \
         ON CONFLICT DO UPDATE SET remote_id = excluded.remote_id",
    )
    .bind(destination)
    .bind(ticket_id)
    .bind(remote_id)
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn remote(
    pool: &SqlitePool,
    destination: &str,
    ticket_id: &str,
) -> Result<Option<String>, StoreError> {
    let query =
        sqlx::query_scalar("SELECT remote_id FROM remotes WHERE destination = ? AND ticket_id = ?");
    Ok(query.bind(destination).bind(ticket_id).fetch_optional(pool).await?)
}
