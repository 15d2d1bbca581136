use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection, SqlitePool};

use super::errors::is_duplicate;
use super::rows::{from_json, from_optional_json, json, limit, named, optional_json, time};
use super::{customers, events, steps, threads, tickets};
use crate::domain::{
    Author, Channel, ConversationState, Language, Outcome, ReplyChoice, Thread, Turn,
};
use crate::store::{
    Conflict, Conversation, ConversationHead, ConversationUpdate, Recorded, Request, StoreError,
    TicketPart, TurnRecord,
};

/// Conversations with the channel over which the customer last wrote; conditions follow.
const HEAD: &str = "SELECT conversation.id, thread.channel, conversation.language, \
    conversation.customer_id, conversation.customer, conversation.state, conversation.version, \
    conversation.topic, conversation.acknowledged, conversation.created_at, \
    conversation.updated_at FROM conversations AS conversation JOIN conversations AS thread \
    ON thread.id = coalesce(conversation.thread, conversation.id) WHERE ";

pub(super) async fn load(
    connection: &mut SqliteConnection,
    id: &str,
    turns: usize,
) -> Result<Option<Conversation>, StoreError> {
    let sql = format!(
        "{HEAD} conversation.id = (SELECT coalesce(joined, id) FROM conversations WHERE id = ?)"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut *connection).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let head = read_head(&row)?;
    let all: i64 = last_seq(connection, &head.id).await?;
    let mut rows = sqlx::query(
        "SELECT turn.id, author, text, at, agent, classification, decision, article_id, choices, \
         conversation_id AS thread, thread.channel AS thread_channel FROM turns AS turn \
         JOIN conversations AS thread ON thread.id = turn.conversation_id \
         WHERE thread.id = ?1 OR thread.joined = ?1 ORDER BY seq DESC LIMIT ?2",
    )
    .bind(&head.id)
    .bind(limit(turns))
    .fetch_all(&mut *connection)
    .await?;
    rows.reverse();
    let mut turns = rows.iter().map(read_turn).collect::<Result<Vec<_>, _>>()?;
    if !threads::has_joined(connection, &head.id).await? {
        for turn in &mut turns {
            turn.thread = None;
        }
    }
    let earlier_turns = usize::try_from(all).unwrap_or(0).saturating_sub(turns.len());
    let choices = open_choices(&rows, &turns)?;
    Ok(Some(Conversation { head, earlier_turns, turns, choices }))
}

/// What was said under one identifier alone.
pub(super) async fn load_thread(
    connection: &mut SqliteConnection,
    id: &str,
    turns: usize,
) -> Result<Option<Conversation>, StoreError> {
    let Some(whole) = load(connection, id, turns).await? else { return Ok(None) };
    if !threads::has_joined(connection, &whole.head.id).await? {
        return Ok(Some(whole));
    }
    let row = sqlx::query(
        "SELECT channel, language, customer_id, created_at, updated_at FROM conversations \
         WHERE id = ?",
    )
    .bind(id)
    .fetch_one(&mut *connection)
    .await?;
    let head = ConversationHead {
        id: id.to_owned(),
        channel: named(&row, "channel", Channel::from_name)?,
        language: named(&row, "language", Language::from_code)?,
        customer_id: row.try_get("customer_id")?,
        topic: None,
        created_at: time(&row, "created_at")?,
        updated_at: time(&row, "updated_at")?,
        ..whole.head
    };
    let mut rows = sqlx::query(
        "SELECT id, author, text, at, agent, classification, decision, article_id, choices, \
         conversation_id AS thread, ?3 AS thread_channel FROM turns \
         WHERE conversation_id = ?1 ORDER BY seq DESC LIMIT ?2",
    )
    .bind(id)
    .bind(limit(turns))
    .bind(head.channel.name())
    .fetch_all(&mut *connection)
    .await?;
    rows.reverse();
    let turns = rows.iter().map(read_turn).collect::<Result<Vec<_>, _>>()?;
    let all: i64 = sqlx::query_scalar("SELECT count(*) FROM turns WHERE conversation_id = ?")
        .bind(id)
        .fetch_one(connection)
        .await?;
    let earlier_turns = usize::try_from(all).unwrap_or(0).saturating_sub(turns.len());
    let choices = open_choices(&rows, &turns)?;
    Ok(Some(Conversation { head, earlier_turns, turns, choices }))
}

/// Position of the last turn of a conversation, those of joined ones among them.
pub(super) async fn last_seq(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<i64, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT coalesce(max(seq), 0) FROM turns WHERE conversation_id IN \
         (SELECT id FROM conversations WHERE id = ?1 OR joined = ?1)",
    );
    Ok(query.bind(id).fetch_one(connection).await?)
}

/// The choices of the bot's question, if nobody but note-takers said anything since.
fn open_choices(rows: &[SqliteRow], turns: &[Turn]) -> Result<Vec<ReplyChoice>, StoreError> {
    let last = turns.iter().rposition(|turn| turn.from != Author::Note);
    match last {
        Some(index) if turns[index].from == Author::Bot => {
            Ok(from_optional_json(&rows[index], "choices")?.unwrap_or_default())
        }
        _ => Ok(Vec::new()),
    }
}

pub(super) async fn of_customer(
    pool: &SqlitePool,
    customer: i64,
    most: usize,
) -> Result<Vec<ConversationHead>, StoreError> {
    let sql = format!(
        "{HEAD} conversation.customer = ? AND conversation.joined IS NULL \
         ORDER BY conversation.updated_at DESC, conversation.id DESC LIMIT ?"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(customer).bind(limit(most));
    query.fetch_all(pool).await?.iter().map(read_head).collect()
}

pub(super) async fn words_sent(pool: &SqlitePool, key: &str) -> Result<Option<String>, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT text FROM sent JOIN turns ON turns.id = sent.turn_id WHERE key = ?",
    );
    Ok(query.bind(key).fetch_optional(pool).await?)
}

/// Keeps that a turn came with this key; a conflict if another one did.
pub(super) async fn put_key(
    connection: &mut SqliteConnection,
    key: &str,
    turn: &Turn,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO sent (key, turn_id) VALUES (?, ?)")
        .bind(key)
        .bind(&turn.id)
        .execute(connection)
        .await
        .map_err(|error| {
            if is_duplicate(&error) {
                StoreError::from(Conflict::MessageId(key.to_owned()))
            } else {
                error.into()
            }
        })?;
    Ok(())
}

pub(super) async fn outcome_of(
    connection: &mut SqliteConnection,
    request: &Request,
) -> Result<Option<Outcome>, StoreError> {
    let query = match &request.conversation_id {
        Some(id) => sqlx::query(
            "SELECT text_hash, outcome FROM receipts WHERE conversation_id = ? AND message_id = ?",
        )
        .bind(id),
        None => sqlx::query(
            "SELECT text_hash, outcome FROM receipts WHERE scope = ? AND message_id = ?",
        )
        .bind(request.scope()),
    };
    let Some(row) = query.bind(&request.message_id).fetch_optional(connection).await? else {
        return Ok(None);
    };
    if row.try_get::<Vec<u8>, _>("text_hash")? != request.text_hash() {
        return Err(Conflict::MessageId(request.message_id.clone()).into());
    }
    Ok(Some(from_json(&row, "outcome")?))
}

pub(super) async fn record(
    connection: &mut SqliteConnection,
    record: &TurnRecord,
) -> Result<Recorded, StoreError> {
    if let Some(request) = &record.request
        && let Some(outcome) = outcome_of(connection, request).await?
    {
        return Ok(Recorded::Duplicate(Box::new(outcome)));
    }
    let update = &record.conversation;
    if let Some(number) = update.customer
        && !customers::exists(connection, number).await?
    {
        return Err(Conflict::Conversation(update.id.clone()).into());
    }
    refuse_second_ticket(connection, record).await?;
    if update.thread != update.id {
        threads::put(connection, update).await?;
    }
    put_head(connection, update).await?;
    append_turn(connection, &update.id, &update.thread, &record.message, &[]).await?;
    if let Some(reply) = &record.reply {
        append_turn(connection, &update.id, &update.thread, reply, &record.choices).await?;
    }
    if let Some(part) = &record.ticket {
        steps::put(connection, part, update.at).await?;
    }
    if let Some(request) = &record.request {
        put_receipt(connection, request, record).await?;
    }
    let unresolved = tickets::unresolved_name(connection, &update.id).await?;
    let seq = events::append(connection, &record.events(unresolved.as_ref())).await?;
    Ok(Recorded::New { seq })
}

/// A conflict if a ticket is about to be opened on the ground that the customer has none, and has
/// one by now.
async fn refuse_second_ticket(
    connection: &mut SqliteConnection,
    record: &TurnRecord,
) -> Result<(), StoreError> {
    let customer = record.conversation.customer;
    let (Some(TicketPart::Open(ticket)), Some(customer)) = (&record.ticket, customer) else {
        return Ok(());
    };
    let now = tickets::unresolved_of(connection, customer, &ticket.conversation_id).await?;
    if now.iter().all(|id| record.other_tickets.contains(id)) {
        return Ok(());
    }
    Err(Conflict::Conversation(record.conversation.id.clone()).into())
}

/// Creates the conversation, or changes it if it still is at the version that was seen.
async fn put_head(
    connection: &mut SqliteConnection,
    update: &ConversationUpdate,
) -> Result<(), StoreError> {
    let (sql, version) = match update.seen_version {
        None => (
            "INSERT INTO conversations (id, channel, language, customer_id, state, version, \
             topic, acknowledged, created_at, updated_at, customer) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10) ON CONFLICT (id) DO NOTHING",
            1,
        ),
        // What came in under another identifier leaves the channel as it was.
        Some(version) => (
            "UPDATE conversations SET channel = iif(?11 = ?1, ?2, channel), language = ?3, \
             customer_id = coalesce(customer_id, ?4), state = ?5, version = version + 1, \
             topic = ?7, acknowledged = ?8, updated_at = ?9, customer = coalesce(?10, customer), \
             thread = nullif(?11, ?1) WHERE id = ?1 AND version = ?6 AND joined IS NULL",
            version,
        ),
    };
    let result = sqlx::query(sql)
        .bind(&update.id)
        .bind(update.channel.name())
        .bind(update.language.code())
        .bind(&update.customer_id)
        .bind(update.state.name())
        .bind(version)
        .bind(&update.topic)
        .bind(update.acknowledged)
        .bind(update.at.as_millisecond())
        .bind(update.customer)
        .bind(&update.thread)
        .execute(connection)
        .await?;
    if result.rows_affected() == 0 {
        return Err(Conflict::Conversation(update.id.clone()).into());
    }
    Ok(())
}

/// Adds a turn at the end of the conversation, under the identifier of a thread.
pub(super) async fn append_turn(
    connection: &mut SqliteConnection,
    conversation_id: &str,
    thread: &str,
    turn: &Turn,
    choices: &[ReplyChoice],
) -> Result<(), StoreError> {
    let seq = last_seq(connection, conversation_id).await? + 1;
    sqlx::query(
        "INSERT INTO turns (id, conversation_id, seq, author, text, at, agent, classification, \
         decision, article_id, choices) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&turn.id)
    .bind(thread)
    .bind(seq)
    .bind(turn.from.name())
    .bind(&turn.text)
    .bind(turn.at.as_millisecond())
    .bind(&turn.agent)
    .bind(optional_json(turn.classification.as_ref())?)
    .bind(optional_json(turn.decision.as_ref())?)
    .bind(&turn.article_id)
    .bind(optional_json((!choices.is_empty()).then_some(choices))?)
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_receipt(
    connection: &mut SqliteConnection,
    request: &Request,
    record: &TurnRecord,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO receipts (conversation_id, message_id, scope, text_hash, outcome, at) \
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&record.conversation.thread)
    .bind(&request.message_id)
    .bind(request.scope())
    .bind(request.text_hash())
    .bind(json(&record.outcome)?)
    .bind(record.conversation.at.as_millisecond())
    .execute(connection)
    .await?;
    Ok(())
}

fn read_head(row: &SqliteRow) -> Result<ConversationHead, StoreError> {
    Ok(ConversationHead {
        id: row.try_get("id")?,
        channel: named(row, "channel", Channel::from_name)?,
        language: named(row, "language", Language::from_code)?,
        customer_id: row.try_get("customer_id")?,
        customer: row.try_get("customer")?,
        state: named(row, "state", ConversationState::from_name)?,
        topic: row.try_get("topic")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        version: row.try_get("version")?,
        acknowledged: row.try_get("acknowledged")?,
    })
}

fn read_turn(row: &SqliteRow) -> Result<Turn, StoreError> {
    let channel = named(row, "thread_channel", Channel::from_name)?;
    let thread = Some(Thread { id: row.try_get("thread")?, channel });
    Ok(Turn {
        id: row.try_get("id")?,
        from: named(row, "author", Author::from_name)?,
        text: row.try_get("text")?,
        at: time(row, "at")?,
        agent: row.try_get("agent")?,
        classification: from_optional_json(row, "classification")?,
        decision: from_optional_json(row, "decision")?,
        article_id: row.try_get("article_id")?,
        thread,
    })
}
