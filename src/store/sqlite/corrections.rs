use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::rows::{named, time};
use crate::domain::{Channel, Language, Sentiment};
use crate::store::{Correction, StoreError};

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    correction: &Correction,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO corrections (id, ticket_id, conversation_id, text, language, channel, \
         intent, tier, sentiment, agent, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&correction.id)
    .bind(&correction.ticket_id)
    .bind(&correction.conversation_id)
    .bind(&correction.text)
    .bind(correction.language.code())
    .bind(correction.channel.name())
    .bind(&correction.intent)
    .bind(correction.tier)
    .bind(correction.sentiment.map(Sentiment::name))
    .bind(&correction.agent)
    .bind(correction.at.as_millisecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn since(
    pool: &SqlitePool,
    from: Option<Timestamp>,
) -> Result<Vec<Correction>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, ticket_id, conversation_id, text, language, channel, intent, tier, sentiment, \
         agent, at FROM corrections WHERE at >= ? ORDER BY at, id",
    )
    .bind(from.map_or(i64::MIN, Timestamp::as_millisecond))
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<Correction, StoreError> {
    let sentiment: Option<String> = row.try_get("sentiment")?;
    Ok(Correction {
        id: row.try_get("id")?,
        ticket_id: row.try_get("ticket_id")?,
        conversation_id: row.try_get("conversation_id")?,
        text: row.try_get("text")?,
        language: named(row, "language", Language::from_code)?,
        channel: named(row, "channel", Channel::from_name)?,
        intent: row.try_get("intent")?,
        tier: row.try_get("tier")?,
        sentiment: Sentiment::ALL
            .into_iter()
            .find(|known| Some(known.name()) == sentiment.as_deref()),
        agent: row.try_get("agent")?,
        at: time(row, "at")?,
    })
}
