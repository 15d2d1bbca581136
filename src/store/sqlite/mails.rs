use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection, SqlitePool};

use super::rows::{from_json, json, time};
use crate::store::{MailRecord, StoreError};

const COLUMNS: &str =
    "message_id, conversation_id, sent, digest, address, reply_to, name, subject, refs, people, at";

/// Mails of the conversation asked for, and of those that joined it.
const OF_STORY: &str = "(conversation_id = ?1 OR conversation_id IN \
    (SELECT id FROM conversations WHERE joined = ?1))";

/// Keeps a mail unless one of its id is kept, and gives the one that is.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    mail: &MailRecord,
) -> Result<MailRecord, StoreError> {
    sqlx::query(
        "INSERT INTO mails (message_id, conversation_id, sent, digest, address, reply_to, \
         name, subject, refs, people, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(&mail.message_id)
    .bind(&mail.conversation_id)
    .bind(mail.sent)
    .bind(&mail.digest)
    .bind(&mail.address)
    .bind(&mail.reply_to)
    .bind(&mail.name)
    .bind(&mail.subject)
    .bind(json(&mail.references)?)
    .bind(json(&mail.people)?)
    .bind(mail.at.as_millisecond())
    .execute(&mut *connection)
    .await?;
    let row =
        sqlx::query(AssertSqlSafe(format!("SELECT {COLUMNS} FROM mails WHERE message_id = ?")))
            .bind(&mail.message_id)
            .fetch_one(connection)
            .await?;
    read(&row)
}

pub(super) async fn with_ids(
    pool: &SqlitePool,
    ids: &[String],
) -> Result<Vec<MailRecord>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM mails WHERE message_id IN (SELECT value FROM json_each(?))"
    )))
    .bind(json(ids)?)
    .fetch_all(pool)
    .await?;
    rows.iter().map(read).collect()
}

/// The latest mail that came in by then.
pub(super) async fn latest(
    pool: &SqlitePool,
    conversation_id: &str,
    by: Timestamp,
) -> Result<Option<MailRecord>, StoreError> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM mails WHERE NOT sent AND at <= ?2 AND {OF_STORY} \
         ORDER BY at DESC, message_id DESC LIMIT 1"
    )))
    .bind(conversation_id)
    .bind(by.as_millisecond())
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(read).transpose()
}

/// How many went out since then to these addresses, or in the conversation.
pub(super) async fn sent_since(
    pool: &SqlitePool,
    conversation_id: &str,
    addresses: &[String],
    since: Timestamp,
) -> Result<u32, StoreError> {
    // Two conditions, for an index each.
    let query = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT COUNT(*) FROM (\
         SELECT message_id FROM mails WHERE sent AND at > ?3 AND {OF_STORY} UNION \
         SELECT message_id FROM mails WHERE sent AND at > ?3 \
         AND address IN (SELECT value FROM json_each(?2)))"
    )));
    let query = query.bind(conversation_id).bind(json(addresses)?).bind(since.as_millisecond());
    Ok(query.fetch_one(pool).await?)
}

/// Whether an address stands in the head of any mail of the conversation.
pub(super) async fn is_between(
    pool: &SqlitePool,
    conversation_id: &str,
    address: &str,
) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT EXISTS (SELECT 1 FROM mails, json_each(mails.people) AS person \
         WHERE {OF_STORY} AND person.value = ?2)"
    )));
    Ok(query.bind(conversation_id).bind(address).fetch_one(pool).await?)
}

fn read(row: &SqliteRow) -> Result<MailRecord, StoreError> {
    Ok(MailRecord {
        message_id: row.try_get("message_id")?,
        conversation_id: row.try_get("conversation_id")?,
        sent: row.try_get("sent")?,
        digest: row.try_get("digest")?,
        address: row.try_get("address")?,
        reply_to: row.try_get("reply_to")?,
        name: row.try_get("name")?,
        subject: row.try_get("subject")?,
        references: from_json(row, "refs")?,
        people: from_json(row, "people")?,
        at: time(row, "at")?,
    })
}
