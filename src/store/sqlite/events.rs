use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};

use super::rows::{from_json, json, limit, named, optional_named, time};
use crate::domain::Channel;
use crate::store::{Audience, Event, EventFilter, EventKind, NewEvent, StoreError};

const COLUMNS: &str = "seq, kind, conversation_id, ticket_id, queue, payload, channel, created_at";

/// Writes events; gives the number of the last one, 0 if there are none.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    events: &[NewEvent],
) -> Result<i64, StoreError> {
    let mut seq = 0;
    for event in events {
        seq = sqlx::query_scalar(
            "INSERT INTO outbox (kind, conversation_id, ticket_id, queue, payload, channel, \
             created_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING seq",
        )
        .bind(event.kind.name())
        .bind(&event.conversation_id)
        .bind(event.ticket.as_ref().map(|ticket| &ticket.id))
        .bind(event.ticket.as_ref().map(|ticket| &ticket.queue))
        .bind(json(&event.payload)?)
        .bind(event.channel.map(Channel::name))
        .bind(event.at.as_millisecond())
        .fetch_one(&mut *connection)
        .await?;
    }
    Ok(seq)
}

pub(super) async fn after(
    pool: &SqlitePool,
    seq: i64,
    filter: &EventFilter,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
    query.push(COLUMNS).push(" FROM outbox WHERE seq > ").push_bind(seq);
    if let Some(id) = &filter.conversation_id {
        match filter.audience {
            Audience::Customer => query.push(" AND conversation_id = ").push_bind(id),
            // Whoever works on the conversation sees what comes in under all its identifiers.
            Audience::Agents | Audience::Everyone => query
                .push(" AND conversation_id IN (SELECT id FROM conversations WHERE id = ")
                .push_bind(id)
                .push(" OR joined = ")
                .push_bind(id)
                .push(")"),
        };
    }
    if let Some(queue) = &filter.queue {
        query.push(" AND queue = ").push_bind(queue);
    }
    match filter.audience {
        Audience::Customer => query.push(" AND kind IN ('message', 'state')"),
        Audience::Agents => query.push(" AND ticket_id IS NOT NULL"),
        Audience::Everyone => &mut query,
    };
    query.push(" ORDER BY seq LIMIT ").push_bind(limit(most));
    query.build().fetch_all(pool).await?.iter().map(read).collect()
}

pub(super) async fn last(pool: &SqlitePool) -> Result<i64, StoreError> {
    // The sequence outlives the rows: a number is never given twice, even after pruning.
    let seq: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
            .fetch_optional(pool)
            .await?;
    Ok(seq.unwrap_or(0))
}

/// Drops events and receipts of before then; returns how many.
pub(super) async fn prune(
    connection: &mut SqliteConnection,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let events = sqlx::query("DELETE FROM outbox WHERE created_at < ?")
        .bind(before.as_millisecond())
        .execute(&mut *connection)
        .await?;
    let receipts = sqlx::query("DELETE FROM receipts WHERE at < ?")
        .bind(before.as_millisecond())
        .execute(&mut *connection)
        .await?;
    let sessions = sqlx::query("DELETE FROM sessions WHERE expires_at < ?")
        .bind(before.as_millisecond())
        .execute(connection)
        .await?;
    Ok(events.rows_affected() + receipts.rows_affected() + sessions.rows_affected())
}

fn read(row: &SqliteRow) -> Result<Event, StoreError> {
    Ok(Event {
        seq: row.try_get("seq")?,
        kind: named(row, "kind", EventKind::from_name)?,
        conversation_id: row.try_get("conversation_id")?,
        ticket_id: row.try_get("ticket_id")?,
        queue: row.try_get("queue")?,
        payload: from_json(row, "payload")?,
        channel: optional_named(row, "channel", Channel::from_name)?,
        at: time(row, "created_at")?,
    })
}
