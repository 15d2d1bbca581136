//! Conversations that join another: each goes on under its own identifier, and is told there.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::conversations;
use super::rows::named;
use crate::domain::{Channel, Thread};
use crate::store::{Conflict, ConversationUpdate, StoreError};

/// Keeps the thread of a message that came under another identifier than its conversation's.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    update: &ConversationUpdate,
) -> Result<(), StoreError> {
    if let Some((joining, version)) = &update.joins {
        join(connection, joining, *version, &update.id).await?;
    }
    let result = sqlx::query(
        "INSERT INTO conversations (id, channel, language, customer_id, state, version, \
         created_at, updated_at, customer, joined) VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6, ?7, ?8) \
         ON CONFLICT (id) DO UPDATE SET channel = ?2, language = ?3, updated_at = ?6, \
         customer = coalesce(?7, customer) WHERE joined = ?8",
    )
    .bind(&update.thread)
    .bind(update.channel.name())
    .bind(update.language.code())
    .bind(&update.customer_id)
    .bind(update.state.name())
    .bind(update.at.as_millisecond())
    .bind(update.customer)
    .bind(&update.id)
    .execute(connection)
    .await?;
    if result.rows_affected() == 0 {
        return Err(Conflict::Conversation(update.thread.clone()).into());
    }
    Ok(())
}

/// Makes a conversation, with those that joined it before, part of another. Its turns come after
/// those of the other.
async fn join(
    connection: &mut SqliteConnection,
    joining: &str,
    version: i64,
    into: &str,
) -> Result<(), StoreError> {
    let offset = conversations::last_seq(connection, into).await?;
    // Through negative numbers: no two turns may share a position even for a moment.
    for statement in [
        "UPDATE turns SET seq = -(seq + ?1) WHERE conversation_id IN \
         (SELECT id FROM conversations WHERE id = ?2 OR joined = ?2)",
        "UPDATE turns SET seq = -seq WHERE seq < min(?1, 0) AND conversation_id IN \
         (SELECT id FROM conversations WHERE id = ?2 OR joined = ?2)",
    ] {
        let query = sqlx::query(statement).bind(offset).bind(joining);
        query.execute(&mut *connection).await?;
    }
    let joined = sqlx::query(
        "UPDATE conversations SET joined = ?1, thread = NULL, version = version + 1 \
         WHERE id = ?2 AND version = ?3 AND joined IS NULL",
    )
    .bind(into)
    .bind(joining)
    .bind(version)
    .execute(&mut *connection)
    .await?;
    if joined.rows_affected() == 0 {
        return Err(Conflict::Conversation(joining.to_owned()).into());
    }
    for statement in [
        "UPDATE conversations SET joined = ?1 WHERE joined = ?2",
        // All of them are resolved; one that is opened again belongs to the whole.
        "UPDATE tickets SET conversation_id = ?1 WHERE conversation_id = ?2",
    ] {
        sqlx::query(statement).bind(into).bind(joining).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether other conversations have joined this one.
pub(super) async fn has_joined(
    connection: &mut SqliteConnection,
    conversation_id: &str,
) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM conversations WHERE joined = ?)");
    Ok(query.bind(conversation_id).fetch_one(connection).await?)
}

/// All identifiers of a conversation, its own first.
pub(super) async fn all(
    connection: &mut SqliteConnection,
    conversation_id: &str,
) -> Result<Vec<String>, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT id FROM conversations WHERE id = ?1 OR joined = ?1 ORDER BY id <> ?1, id",
    );
    Ok(query.bind(conversation_id).fetch_all(connection).await?)
}

/// The thread of this identifier.
pub(super) async fn named_thread(
    connection: &mut SqliteConnection,
    conversation_id: &str,
    id: &str,
) -> Result<Thread, StoreError> {
    let row = sqlx::query(
        "SELECT id, channel FROM conversations WHERE id = ?1 AND (id = ?2 OR joined = ?2)",
    )
    .bind(id)
    .bind(conversation_id)
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| StoreError::not_found("conversation", id))?;
    read(&row)
}

fn read(row: &SqliteRow) -> Result<Thread, StoreError> {
    Ok(Thread { id: row.try_get("id")?, channel: named(row, "channel", Channel::from_name)? })
}

/// Where the customer of a conversation is spoken to: where the latest message came from. `written`
/// words do not go to a telephone if the customer ever wrote.
pub(super) async fn latest(
    connection: &mut SqliteConnection,
    conversation_id: &str,
    written: bool,
) -> Result<Thread, StoreError> {
    let row = sqlx::query(
        "SELECT thread.id, thread.channel FROM conversations AS thread \
         JOIN conversations AS conversation ON conversation.id = ?1 \
         WHERE thread.id = ?1 OR thread.joined = ?1 \
         ORDER BY (?2 AND thread.channel = 'phone'), \
         thread.id = coalesce(conversation.thread, conversation.id) DESC, \
         (SELECT max(seq) FROM turns WHERE conversation_id = thread.id AND author = 'customer') \
         DESC LIMIT 1",
    )
    .bind(conversation_id)
    .bind(written)
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| StoreError::not_found("conversation", conversation_id))?;
    read(&row)
}
