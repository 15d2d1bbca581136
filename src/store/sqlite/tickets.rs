use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};

use super::rows::{from_json, limit, named, time, to_time};
use crate::domain::{Channel, Language, Priority, QueueWait, Ticket, TicketEvent, TicketState};
use crate::store::record::TicketName;
use crate::store::{QueueCount, StoreError, TicketFilter};

/// Words of a search that count; more do not make it more exact.
const MOST_WORDS: usize = 12;

/// Tickets with what their conversation knows of the customer; conditions follow.
const SELECT: &str = "SELECT ticket.id, ticket.conversation_id, conversation.customer_id, \
    coalesce((SELECT name FROM customers WHERE number = conversation.customer), \
        conversation.customer_id, \
        (SELECT value FROM customer_names WHERE customer = conversation.customer \
            ORDER BY CASE kind WHEN 'id' THEN 0 WHEN 'email' THEN 1 ELSE 2 END, value LIMIT 1) \
    ) AS customer, \
    thread.channel, conversation.language, ticket.queue, ticket.priority, ticket.state, \
    ticket.agent, ticket.due_at, ticket.first_response_at, ticket.created_at, ticket.updated_at, ticket.summary, \
    ticket.classification, ticket.decision, ticket.resolution, ticket.skills, ticket.version \
    FROM tickets AS ticket JOIN conversations AS conversation \
    ON conversation.id = ticket.conversation_id JOIN conversations AS thread \
    ON thread.id = coalesce(conversation.thread, conversation.id) WHERE ";

pub(super) async fn load(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<Option<Ticket>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push("ticket.id = ").push_bind(id);
    let row = query.build().fetch_optional(connection).await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn unresolved(
    pool: &SqlitePool,
    conversation_id: &str,
) -> Result<Option<Ticket>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push("ticket.state <> 'resolved' AND ticket.conversation_id = ");
    query.push("(SELECT coalesce(joined, id) FROM conversations WHERE id = ");
    query.push_bind(conversation_id).push(")");
    let row = query.build().fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// Tickets of a customer looked at.
const MOST_OF_CUSTOMER: i64 = 20;

/// Identifiers of the customer's unresolved tickets of other conversations, latest first.
pub(super) async fn unresolved_of(
    connection: &mut SqliteConnection,
    customer: i64,
    conversation_id: &str,
) -> Result<Vec<String>, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT ticket.id FROM conversations AS conversation \
         JOIN tickets AS ticket ON ticket.conversation_id = conversation.id \
         WHERE conversation.customer = ? AND ticket.state <> 'resolved' \
         AND conversation.id <> ? ORDER BY conversation.updated_at DESC, ticket.id DESC LIMIT ?",
    );
    let query = query.bind(customer).bind(conversation_id).bind(MOST_OF_CUSTOMER);
    Ok(query.fetch_all(connection).await?)
}

/// The ticket that was opened last in a conversation.
pub(super) async fn latest(
    pool: &SqlitePool,
    conversation_id: &str,
) -> Result<Option<Ticket>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push("ticket.conversation_id = ").push_bind(conversation_id);
    query.push(" ORDER BY ticket.created_at DESC LIMIT 1");
    let row = query.build().fetch_optional(pool).await?;
    row.as_ref().map(read).transpose()
}

/// Identifier and queue of the conversation's unresolved ticket.
pub(super) async fn unresolved_name(
    connection: &mut SqliteConnection,
    conversation_id: &str,
) -> Result<Option<TicketName>, StoreError> {
    let row: Option<(String, String)> = sqlx::query_as(
        "SELECT id, queue FROM tickets WHERE conversation_id = ? AND state <> 'resolved'",
    )
    .bind(conversation_id)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(id, queue)| TicketName { id, queue }))
}

pub(super) async fn list(
    pool: &SqlitePool,
    filter: &TicketFilter,
    most: usize,
) -> Result<Vec<Ticket>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push("true");
    if let Some(queue) = &filter.queue {
        query.push(" AND ticket.queue = ").push_bind(queue);
    }
    if !filter.states.is_empty() {
        query.push(" AND ticket.state IN (");
        let mut states = query.separated(", ");
        for state in &filter.states {
            states.push_bind(state.name());
        }
        query.push(")");
    }
    if let Some(agent) = &filter.agent {
        query.push(" AND ticket.agent = ").push_bind(agent);
    }
    if let Some(id) = &filter.conversation_id {
        query.push(" AND ticket.conversation_id = ").push_bind(id);
    }
    if let Some(id) = &filter.customer_id {
        query.push(" AND conversation.customer_id = ").push_bind(id);
    }
    if let Some(words) = &filter.words {
        query.push(" AND (ticket.id = ").push_bind(words.trim());
        query.push(" OR ticket.conversation_id = ").push_bind(words.trim());
        query.push(" OR conversation.customer_id = ").push_bind(words.trim());
        push_said(&mut query, words);
        query.push(")");
    }
    // What is done, or is looked for, is listed latest first; what is to be done in order of work.
    let is_history = filter.words.is_some() || filter.states == [TicketState::Resolved];
    query.push(if is_history {
        " ORDER BY ticket.updated_at DESC, ticket.id DESC LIMIT "
    } else {
        " ORDER BY ticket.priority DESC, ticket.due_at, ticket.id LIMIT "
    });
    query.push_bind(limit(most));
    query.build().fetch_all(pool).await?.iter().map(read).collect()
}

/// Or that each of these words was said somewhere in the conversation; the last one may be the
/// beginning of a word. In quotes, none is taken for an operator of FTS5,
/// <https://www.sqlite.org/fts5.html#full_text_query_syntax>.
fn push_said(query: &mut QueryBuilder<Sqlite>, words: &str) {
    let mut words: Vec<String> = words
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .map(|word| format!("\"{word}\""))
        .collect();
    let Some(last) = words.last_mut() else { return };
    last.push('*');
    for (index, word) in words.into_iter().enumerate() {
        query.push(if index == 0 { " OR (" } else { " AND " });
        query.push(
            "ticket.conversation_id IN (SELECT coalesce(joined, id) FROM said \
             JOIN conversations ON id = said.conversation_id WHERE said.text MATCH ",
        );
        query.push_bind(word).push(")");
    }
    query.push(")");
}

pub(super) async fn waiting_before(pool: &SqlitePool, ticket: &Ticket) -> Result<u32, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT count(*) FROM tickets WHERE queue = ?1 AND state = 'open' \
         AND (-priority, due_at, id) < (-?2, ?3, ?4)",
    );
    let query = query.bind(&ticket.queue).bind(rank(ticket.priority));
    Ok(query.bind(ticket.due_at.as_millisecond()).bind(&ticket.id).fetch_one(pool).await?)
}

pub(super) async fn queues(pool: &SqlitePool) -> Result<Vec<QueueCount>, StoreError> {
    let rows = sqlx::query(
        "SELECT queue, count(*) FILTER (WHERE state = 'open') AS open, \
         count(*) FILTER (WHERE state = 'claimed') AS claimed, \
         max(priority) FILTER (WHERE state = 'open') AS priority, \
         min(due_at) FILTER (WHERE state = 'open' AND first_response_at IS NULL) AS due_at \
         FROM tickets WHERE state <> 'resolved' GROUP BY queue ORDER BY queue",
    )
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(QueueCount {
                queue: row.try_get("queue")?,
                open: row.try_get("open")?,
                claimed: row.try_get("claimed")?,
                highest_priority: row
                    .try_get::<Option<i64>, _>("priority")?
                    .map(to_priority)
                    .transpose()?,
                next_due_at: row.try_get::<Option<i64>, _>("due_at")?.map(to_time).transpose()?,
            })
        })
        .collect()
}

pub(super) async fn waits(pool: &SqlitePool) -> Result<Vec<QueueWait>, StoreError> {
    let rows = sqlx::query(
        "SELECT ticket.queue, conversation.channel, count(*) AS open, \
         min(ticket.created_at) AS oldest FROM tickets AS ticket INDEXED BY tickets_open \
         JOIN conversations AS conversation ON conversation.id = ticket.conversation_id \
         WHERE ticket.state = 'open' AND ticket.first_response_at IS NULL \
         GROUP BY ticket.queue, conversation.channel ORDER BY ticket.queue, conversation.channel",
    )
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(QueueWait {
                queue: row.try_get("queue")?,
                channel: named(row, "channel", Channel::from_name)?,
                open: row.try_get("open")?,
                oldest: time(row, "oldest")?,
            })
        })
        .collect()
}

pub(super) async fn history(
    pool: &SqlitePool,
    ticket_id: &str,
) -> Result<Vec<TicketEvent>, StoreError> {
    let rows = sqlx::query(
        "SELECT kind, actor, detail, at FROM ticket_events WHERE ticket_id = ? ORDER BY id",
    )
    .bind(ticket_id)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(TicketEvent {
                kind: row.try_get("kind")?,
                actor: row.try_get("actor")?,
                detail: from_json(row, "detail")?,
                at: time(row, "at")?,
            })
        })
        .collect()
}

fn read(row: &SqliteRow) -> Result<Ticket, StoreError> {
    let states = [TicketState::Open, TicketState::Claimed, TicketState::Resolved];
    Ok(Ticket {
        id: row.try_get("id")?,
        conversation_id: row.try_get("conversation_id")?,
        customer_id: row.try_get("customer_id")?,
        customer: row.try_get("customer")?,
        channel: named(row, "channel", Channel::from_name)?,
        language: named(row, "language", Language::from_code)?,
        queue: row.try_get("queue")?,
        priority: to_priority(row.try_get("priority")?)?,
        state: named(row, "state", |name| states.into_iter().find(|state| state.name() == name))?,
        agent: row.try_get("agent")?,
        due_at: time(row, "due_at")?,
        first_response_at: row
            .try_get::<Option<i64>, _>("first_response_at")?
            .map(to_time)
            .transpose()?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        summary: from_json(row, "summary")?,
        classification: from_json(row, "classification")?,
        decision: from_json(row, "decision")?,
        resolution: row.try_get("resolution")?,
        skills: from_json(row, "skills")?,
        version: row.try_get("version")?,
    })
}

/// Position among all priorities, lowest first.
pub(super) fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

fn to_priority(rank: i64) -> Result<Priority, StoreError> {
    Priority::ALL
        .into_iter()
        .find(|priority| self::rank(*priority) == rank)
        .ok_or_else(|| StoreError::Damaged(format!("column priority holds {rank}")))
}
