//! Changes of tickets, each inside a transaction of the caller.

use jiff::Timestamp;
use serde_json::json;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::errors::is_duplicate;
use super::tickets::{load, rank};
use super::{conversations, corrections, events, rows, threads};
use crate::domain::{Author, ConversationState, Priority, Summary, Ticket, TicketEvent};
use crate::store::{Changed, Conflict, StoreError, TicketChange, TicketPart};

/// Opens or refreshes a ticket as part of a customer's message.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    part: &TicketPart,
    at: Timestamp,
) -> Result<(), StoreError> {
    match part {
        TicketPart::Open(ticket) => {
            insert(connection, ticket).await?;
            let event = TicketEvent {
                kind: "opened".to_owned(),
                actor: "lotse".to_owned(),
                detail: json!({ "queue": ticket.queue, "priority": ticket.priority }),
                at,
            };
            append_history(connection, &ticket.id, &event).await
        }
        TicketPart::Refresh { id, summary, priority, due_at, event } => {
            refresh(connection, id, summary, *priority, *due_at, at).await?;
            match event {
                Some(event) => append_history(connection, id, event).await,
                None => Ok(()),
            }
        }
    }
}

async fn insert(connection: &mut SqliteConnection, ticket: &Ticket) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO tickets (id, conversation_id, queue, priority, state, agent, due_at, \
         created_at, updated_at, summary, classification, decision, resolution, skills, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&ticket.id)
    .bind(&ticket.conversation_id)
    .bind(&ticket.queue)
    .bind(rank(ticket.priority))
    .bind(ticket.state.name())
    .bind(&ticket.agent)
    .bind(ticket.due_at.as_millisecond())
    .bind(ticket.created_at.as_millisecond())
    .bind(ticket.updated_at.as_millisecond())
    .bind(rows::json(&ticket.summary)?)
    .bind(rows::json(&ticket.classification)?)
    .bind(rows::json(&ticket.decision)?)
    .bind(&ticket.resolution)
    .bind(rows::json(&ticket.skills)?)
    .bind(ticket.version)
    .execute(connection)
    .await
    .map_err(|error| beside_another(error, &ticket.conversation_id))?;
    Ok(())
}

async fn refresh(
    connection: &mut SqliteConnection,
    id: &str,
    summary: &Summary,
    priority: Priority,
    due_at: Timestamp,
    at: Timestamp,
) -> Result<(), StoreError> {
    let result = sqlx::query(
        "UPDATE tickets SET summary = ?, priority = ?, due_at = ?, updated_at = ?, \
         version = version + 1 WHERE id = ? AND state = 'open'",
    )
    .bind(rows::json(summary)?)
    .bind(rank(priority))
    .bind(due_at.as_millisecond())
    .bind(at.as_millisecond())
    .bind(id)
    .execute(connection)
    .await?;
    if result.rows_affected() == 0 {
        return Err(Conflict::Ticket(id.to_owned()).into());
    }
    Ok(())
}

/// Whether agent ?1 can take a ticket at the time ?2: has all its skills, or no skills on record at
/// all. A ticket that is overdue is offered to everybody: late is better than never.
const ABLE: &str = "(skills = '[]' OR due_at <= ?2 OR NOT EXISTS (\
     SELECT 1 FROM users JOIN json_each(tickets.skills) AS needed \
     WHERE users.name = ?1 AND users.skills <> '[]' \
     AND needed.value NOT IN (SELECT value FROM json_each(users.skills))))";

pub(super) async fn claim_next(
    connection: &mut SqliteConnection,
    queue: Option<&str>,
    agent: &str,
    at: Timestamp,
) -> Result<Option<Changed>, StoreError> {
    // Two conditions, for an index each.
    let among = match queue {
        Some(_) => "queue = ?3 AND state = 'open'",
        None => "?3 IS NULL AND state = 'open'",
    };
    let claimed: Option<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "UPDATE tickets SET state = 'claimed', agent = ?1, updated_at = ?2, version = version + 1 \
         WHERE state = 'open' AND id = (SELECT id FROM tickets \
         WHERE {among} AND {ABLE} ORDER BY priority DESC, due_at, id LIMIT 1) RETURNING id",
    )))
    .bind(agent)
    .bind(at.as_millisecond())
    .bind(queue)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(id) = claimed else {
        return Ok(None);
    };
    let ticket = reload(connection, &id).await?;
    let event = TicketEvent {
        kind: "claimed".to_owned(),
        actor: agent.to_owned(),
        detail: json!({ "queue": ticket.queue }),
        at,
    };
    let change = TicketChange {
        ticket,
        conversation_state: Some(ConversationState::Human),
        turn: None,
        said_in: None,
        key: None,
        event,
        correction: None,
    };
    follow_up(connection, change.ticket.clone(), &change).await.map(Some)
}

pub(super) async fn change(
    connection: &mut SqliteConnection,
    change: &TicketChange,
) -> Result<Changed, StoreError> {
    let ticket = &change.ticket;
    let result = sqlx::query(
        "UPDATE tickets SET queue = ?, priority = ?, state = ?, agent = ?, due_at = ?, \
         first_response_at = ?, updated_at = ?, summary = ?, resolution = ?, skills = ?, \
         version = version + 1 WHERE id = ? AND version = ?",
    )
    .bind(&ticket.queue)
    .bind(rank(ticket.priority))
    .bind(ticket.state.name())
    .bind(&ticket.agent)
    .bind(ticket.due_at.as_millisecond())
    .bind(ticket.first_response_at.map(Timestamp::as_millisecond))
    .bind(change.event.at.as_millisecond())
    .bind(rows::json(&ticket.summary)?)
    .bind(&ticket.resolution)
    .bind(rows::json(&ticket.skills)?)
    .bind(&ticket.id)
    .bind(ticket.version)
    .execute(&mut *connection)
    .await
    .map_err(|error| beside_another(error, &ticket.conversation_id))?;
    let changed = load(connection, &ticket.id).await?;
    match (result.rows_affected(), changed) {
        (_, None) => Err(StoreError::not_found("ticket", &ticket.id)),
        (0, Some(_)) => Err(Conflict::Ticket(ticket.id.clone()).into()),
        (_, Some(ticket)) => follow_up(connection, ticket, change).await,
    }
}

/// What every change of a ticket brings along: the conversation moves with it, the turn and the
/// history are written, and listeners learn of it.
async fn follow_up(
    connection: &mut SqliteConnection,
    ticket: Ticket,
    change: &TicketChange,
) -> Result<Changed, StoreError> {
    let id = &ticket.conversation_id;
    let moved = move_conversation(connection, id, change).await?;
    let written = change.turn.as_ref().is_some_and(|turn| turn.from == Author::Agent);
    let thread = match &change.said_in {
        Some(said_in) => threads::named_thread(connection, id, said_in).await?,
        None => threads::latest(connection, id, written).await?,
    };
    if let Some(turn) = &change.turn {
        conversations::append_turn(connection, id, &thread.id, turn, &[]).await?;
        if let Some(key) = &change.key {
            conversations::put_key(connection, key, turn).await?;
        }
    }
    append_history(connection, &ticket.id, &change.event).await?;
    if let Some(correction) = &change.correction {
        corrections::insert(connection, correction).await?;
    }
    let all = threads::all(connection, id).await?;
    let seq = events::append(connection, &change.events(&ticket, moved, &thread, &all)).await?;
    Ok(Changed { ticket, threads: all, seq })
}

/// Sets who holds the conversation; gives the new state if it is another than before. The
/// conversation's version rises with it, so that a decision made meanwhile on the old state is not
/// kept. A new waiting period begins without an acknowledgement.
async fn move_conversation(
    connection: &mut SqliteConnection,
    id: &str,
    change: &TicketChange,
) -> Result<Option<ConversationState>, StoreError> {
    let mut moved = None;
    if let Some(state) = change.conversation_state {
        let result = sqlx::query(
            "UPDATE conversations SET state = ?1, version = version + 1, acknowledged = 0 \
             WHERE id = ?2 AND state <> ?1",
        )
        .bind(state.name())
        .bind(id)
        .execute(&mut *connection)
        .await?;
        moved = (result.rows_affected() > 0).then_some(state);
    }
    if moved.is_some() || change.turn.is_some() {
        sqlx::query("UPDATE conversations SET updated_at = ? WHERE id = ?")
            .bind(change.event.at.as_millisecond())
            .bind(id)
            .execute(connection)
            .await?;
    }
    Ok(moved)
}

async fn append_history(
    connection: &mut SqliteConnection,
    ticket_id: &str,
    event: &TicketEvent,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO ticket_events (ticket_id, kind, actor, detail, at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(ticket_id)
    .bind(&event.kind)
    .bind(&event.actor)
    .bind(rows::json(&event.detail)?)
    .bind(event.at.as_millisecond())
    .execute(connection)
    .await?;
    Ok(())
}

async fn reload(connection: &mut SqliteConnection, id: &str) -> Result<Ticket, StoreError> {
    load(connection, id).await?.ok_or_else(|| StoreError::not_found("ticket", id))
}

fn beside_another(error: sqlx::Error, conversation_id: &str) -> StoreError {
    if is_duplicate(&error) {
        Conflict::UnresolvedTicket(conversation_id.to_owned()).into()
    } else {
        error.into()
    }
}
