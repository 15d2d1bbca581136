//! Reads the facts of a period.
//!
//! There are many short rows, and handing over one row costs far more than reading it. So a page of
//! rows comes as one row, a JSON list of lists.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::rows::{json, limit, to_time};
use crate::domain::{Action, Channel, Language, Sentiment, TicketState};
use crate::store::StoreError;
use crate::store::facts::{
    ConversationFact, Facts, FactsFilter, MessageFact, RatingFact, Said, StepFact, StepKind,
    TicketFact,
};

/// Rows of a page.
const PAGE: usize = 4_000;

/// Customers' messages with what was decided on them; conditions follow. The codes of the reasons
/// are wanted only where a question may have stayed without an answer.
const MESSAGES: &str = "SELECT json_group_array(json_array(number, at, conversation, action, \
    intent, sentiment, CASE WHEN action IN ('escalate', 'clarify') THEN \
    (SELECT group_concat(value ->> 'code', ' ') FROM json_each(decision, '$.reasons')) END)) \
    FROM (SELECT turn.rowid AS number, turn.at, conversation.rowid AS conversation, \
    turn.decision, json_extract(turn.decision, '$.action') AS action, \
    json_extract(turn.classification, '$.intent.name') AS intent, \
    json_extract(turn.classification, '$.sentiment.name') AS sentiment \
    FROM turns AS turn JOIN conversations AS thread ON thread.id = turn.conversation_id \
    JOIN conversations AS conversation ON conversation.id = coalesce(thread.joined, thread.id) \
    WHERE turn.author = 'customer' AND (turn.at, turn.rowid) > (";

/// Which tickets matter; the two indexes find them, whatever the age of the store.
const TICKET_NUMBERS: &str = "SELECT json_group_array(number) FROM (\
    SELECT rowid AS number FROM tickets WHERE state <> 'resolved' \
    UNION SELECT rowid FROM tickets WHERE updated_at >= ?)";

const TICKETS: &str = "SELECT json_group_array(json_array(ticket.rowid, conversation.rowid, \
    ticket.queue, ticket.state, ticket.created_at, ticket.due_at)) FROM json_each(";

const STEPS: &str = "SELECT json_group_array(json_array(\
    tickets.rowid, step.id, step.kind, step.actor, step.at)) \
    FROM json_each(?) AS wanted JOIN tickets ON tickets.rowid = wanted.value \
    JOIN ticket_events AS step ON step.ticket_id = tickets.id";

const RATINGS: &str = "SELECT json_group_array(json_array(\
    conversation.rowid, rating.score, rating.at)) FROM ratings AS rating \
    JOIN conversations AS thread ON thread.id = rating.conversation_id \
    JOIN conversations AS conversation ON conversation.id = coalesce(thread.joined, thread.id) \
    WHERE rating.at >= ";

const CONVERSATIONS: &str = "SELECT json_group_array(json_array(\
    conversation.rowid, channel, language, CASE WHEN customer IS NOT NULL \
    THEN '#' || customer END, created_at)) \
    FROM json_each(?) AS wanted JOIN conversations AS conversation \
    ON conversation.rowid = wanted.value";

const WORDS: &str = "SELECT json_group_array(json_array(turn.rowid, turn.id, turn.text)) \
    FROM json_each(?) AS wanted JOIN turns AS turn ON turn.rowid = wanted.value";

/// A text of a row, borrowed where it needs no unescaping.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

// Rows as the queries above list their columns; JSON lists are read by position.

#[derive(Deserialize)]
struct MessageRow<'a> {
    number: i64,
    at: i64,
    conversation: i64,
    #[serde(borrow)]
    action: Option<Text<'a>>,
    #[serde(borrow)]
    intent: Option<Text<'a>>,
    #[serde(borrow)]
    sentiment: Option<Text<'a>>,
    #[serde(borrow)]
    reasons: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct TicketRow<'a> {
    number: i64,
    conversation: i64,
    #[serde(borrow)]
    queue: Text<'a>,
    #[serde(borrow)]
    state: Text<'a>,
    opened_at: i64,
    due_at: i64,
}

#[derive(Deserialize)]
struct StepRow<'a> {
    ticket: i64,
    number: i64,
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    actor: Text<'a>,
    at: i64,
}

#[derive(Deserialize)]
struct RatingRow {
    conversation: i64,
    score: u8,
    at: i64,
}

#[derive(Deserialize)]
struct ConversationRow<'a> {
    number: i64,
    #[serde(borrow)]
    channel: Text<'a>,
    #[serde(borrow)]
    language: Text<'a>,
    #[serde(borrow)]
    customer: Option<Text<'a>>,
    began_at: i64,
}

/// The facts of a period; the caller's transaction makes them belong together.
pub(super) async fn load(
    connection: &mut SqliteConnection,
    filter: &FactsFilter,
) -> Result<Facts, StoreError> {
    let mut reader = Reader::default();
    reader.messages(connection, filter).await?;
    reader.tickets(connection, filter).await?;
    reader.ratings(connection, filter).await?;
    reader.conversations(connection).await?;
    let first: Option<i64> =
        sqlx::query_scalar("SELECT min(at) FROM turns").fetch_one(&mut *connection).await?;
    reader.facts.first_message_at = first.map(to_time).transpose()?;
    Ok(reader.facts)
}

pub(super) async fn said(
    connection: &mut SqliteConnection,
    numbers: &[i64],
) -> Result<Vec<Said>, StoreError> {
    let page: String = sqlx::query_scalar(WORDS).bind(json(numbers)?).fetch_one(connection).await?;
    let rows: Vec<(i64, String, String)> = parse(&page)?;
    Ok(rows.into_iter().map(|(number, turn_id, text)| Said { number, turn_id, text }).collect())
}

/// The facts so far, and what is needed to name each conversation and each word once.
#[derive(Default)]
struct Reader {
    facts: Facts,
    /// Row of a conversation to its position.
    places: HashMap<i64, u32>,
    names: HashSet<Arc<str>>,
}

impl Reader {
    async fn messages(
        &mut self,
        connection: &mut SqliteConnection,
        filter: &FactsFilter,
    ) -> Result<(), StoreError> {
        // The page begins after this message.
        let mut last = (filter.from.as_millisecond(), i64::MIN);
        loop {
            let mut query = QueryBuilder::<Sqlite>::new(MESSAGES);
            query.push_bind(last.0).push(", ").push_bind(last.1).push(") AND turn.at < ");
            query.push_bind(filter.to.as_millisecond());
            restrict(&mut query, filter);
            query.push(" ORDER BY turn.at, turn.rowid LIMIT ").push_bind(limit(PAGE)).push(")");
            let page: String = query.build_query_scalar().fetch_one(&mut *connection).await?;
            let mut rows: Vec<MessageRow<'_>> = parse(&page)?;
            rows.sort_by_key(|row| (row.at, row.number));
            let Some(end) = rows.last() else { return Ok(()) };
            last = (end.at, end.number);
            let is_full = rows.len() == PAGE;
            for row in rows {
                if self.facts.messages.len() == filter.most {
                    self.facts.truncated = true;
                    return Ok(());
                }
                self.message(&row)?;
            }
            if !is_full {
                return Ok(());
            }
        }
    }

    fn message(&mut self, row: &MessageRow<'_>) -> Result<(), StoreError> {
        let message = MessageFact {
            number: row.number,
            conversation: self.place(row.conversation),
            at: to_time(row.at)?,
            action: row.action.as_ref().and_then(|name| Action::from_name(&name.0)),
            intent: row.intent.as_ref().map(|name| self.name(&name.0)),
            sentiment: row.sentiment.as_ref().and_then(|name| Sentiment::from_name(&name.0)),
            reasons: row.reasons.as_ref().map(|codes| self.name(&codes.0)),
        };
        self.facts.messages.push(message);
        Ok(())
    }

    async fn tickets(
        &mut self,
        connection: &mut SqliteConnection,
        filter: &FactsFilter,
    ) -> Result<(), StoreError> {
        let numbers: String = sqlx::query_scalar(TICKET_NUMBERS)
            .bind(filter.from.as_millisecond())
            .fetch_one(&mut *connection)
            .await?;
        let mut tickets: Vec<(i64, TicketFact)> = Vec::new();
        for numbers in parse::<Vec<i64>>(&numbers)?.chunks(PAGE) {
            let mut query = QueryBuilder::<Sqlite>::new(TICKETS);
            query.push_bind(json(numbers)?);
            query.push(
                ") AS wanted JOIN tickets AS ticket ON ticket.rowid = wanted.value \
                 JOIN conversations AS conversation ON conversation.id = ticket.conversation_id \
                 WHERE ticket.created_at < ",
            );
            query.push_bind(filter.to.as_millisecond());
            if let Some(queue) = &filter.queue {
                query.push(" AND ticket.queue = ").push_bind(queue);
            }
            restrict_conversation(&mut query, filter);
            let page: String = query.build_query_scalar().fetch_one(&mut *connection).await?;
            for row in parse::<Vec<TicketRow<'_>>>(&page)? {
                tickets.push((row.number, self.ticket(&row)?));
            }
        }
        tickets.sort_by_key(|(number, ticket)| (ticket.opened_at, *number));
        let numbers: Vec<i64> = tickets.iter().map(|(number, _)| *number).collect();
        self.facts.tickets = tickets.into_iter().map(|(_, ticket)| ticket).collect();
        self.steps(connection, &numbers).await
    }

    fn ticket(&mut self, row: &TicketRow<'_>) -> Result<TicketFact, StoreError> {
        Ok(TicketFact {
            conversation: self.place(row.conversation),
            queue: self.name(&row.queue.0),
            state: known("state", &row.state.0, TicketState::from_name)?,
            opened_at: to_time(row.opened_at)?,
            due_at: to_time(row.due_at)?,
        })
    }

    async fn steps(
        &mut self,
        connection: &mut SqliteConnection,
        numbers: &[i64],
    ) -> Result<(), StoreError> {
        let places: HashMap<i64, u32> = numbers.iter().copied().zip(0..).collect();
        let mut steps: Vec<(i64, StepFact)> = Vec::new();
        for numbers in numbers.chunks(PAGE) {
            let page: String =
                sqlx::query_scalar(STEPS).bind(json(numbers)?).fetch_one(&mut *connection).await?;
            for row in parse::<Vec<StepRow<'_>>>(&page)? {
                let Some(ticket) = places.get(&row.ticket) else { continue };
                let step = StepFact {
                    ticket: *ticket,
                    kind: StepKind::from_name(&row.kind.0),
                    actor: self.name(&row.actor.0),
                    at: to_time(row.at)?,
                };
                steps.push((row.number, step));
            }
        }
        steps.sort_by_key(|(number, step)| (step.at, *number));
        self.facts.steps = steps.into_iter().map(|(_, step)| step).collect();
        Ok(())
    }

    async fn ratings(
        &mut self,
        connection: &mut SqliteConnection,
        filter: &FactsFilter,
    ) -> Result<(), StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new(RATINGS);
        query.push_bind(filter.from.as_millisecond());
        query.push(" AND rating.at < ").push_bind(filter.to.as_millisecond());
        restrict(&mut query, filter);
        let page: String = query.build_query_scalar().fetch_one(connection).await?;
        for row in parse::<Vec<RatingRow>>(&page)? {
            let (conversation, at) = (self.place(row.conversation), to_time(row.at)?);
            self.facts.ratings.push(RatingFact { conversation, score: row.score, at });
        }
        self.facts.ratings.sort_by_key(|rating| (rating.at, rating.conversation));
        Ok(())
    }

    /// The conversations that were named.
    async fn conversations(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut numbers: Vec<(i64, u32)> =
            self.places.iter().map(|(row, place)| (*row, *place)).collect();
        numbers.sort_unstable();
        let mut found: Vec<Option<ConversationFact>> = vec![None; numbers.len()];
        for numbers in numbers.chunks(PAGE) {
            let numbers: Vec<i64> = numbers.iter().map(|(row, _)| *row).collect();
            let page: String = sqlx::query_scalar(CONVERSATIONS)
                .bind(json(&numbers)?)
                .fetch_one(&mut *connection)
                .await?;
            for row in parse::<Vec<ConversationRow<'_>>>(&page)? {
                found[self.place(row.number) as usize] = Some(ConversationFact {
                    channel: known("channel", &row.channel.0, Channel::from_name)?,
                    language: known("language", &row.language.0, Language::from_code)?,
                    customer: row.customer.map(|customer| Arc::from(&*customer.0)),
                    began_at: to_time(row.began_at)?,
                });
            }
        }
        let all: Option<Vec<ConversationFact>> = found.into_iter().collect();
        // One transaction saw the names and the rows.
        self.facts.conversations =
            all.ok_or_else(|| StoreError::Damaged("a conversation has no row".to_owned()))?;
        Ok(())
    }

    /// The position of the conversation in this row.
    fn place(&mut self, row: i64) -> u32 {
        let next = self.places.len() as u32;
        *self.places.entry(row).or_insert(next)
    }

    /// The same word kept once.
    fn name(&mut self, word: &str) -> Arc<str> {
        if let Some(known) = self.names.get(word) {
            return Arc::clone(known);
        }
        let word: Arc<str> = word.into();
        self.names.insert(Arc::clone(&word));
        word
    }
}

/// What the filter says of conversations.
fn restrict(query: &mut QueryBuilder<Sqlite>, filter: &FactsFilter) {
    restrict_conversation(query, filter);
    if let Some(queue) = &filter.queue {
        query.push(" AND conversation.id IN (SELECT conversation_id FROM tickets WHERE queue = ");
        query.push_bind(queue.clone()).push(")");
    }
}

fn restrict_conversation(query: &mut QueryBuilder<Sqlite>, filter: &FactsFilter) {
    if let Some(channel) = filter.channel {
        query.push(" AND conversation.channel = ").push_bind(channel.name());
    }
    if let Some(language) = filter.language {
        query.push(" AND conversation.language = ").push_bind(language.code());
    }
}

fn parse<'a, T: Deserialize<'a>>(page: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(page).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The value that a column names.
fn known<T>(
    column: &str,
    name: &str,
    from_name: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    from_name(name).ok_or_else(|| StoreError::Damaged(format!("column {column} holds {name:?}")))
}
