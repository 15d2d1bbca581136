//! What waits for people, and who takes the next.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::error::{ApiError, Code};
use super::extract::{Path, Query};
use super::input::check_text;
use crate::domain::{Caller, Language, Ticket, TicketState};
use crate::store::{QueueCount, TicketFilter};

/// Tickets given where the caller names no number.
const TICKETS: usize = 50;
/// Tickets given at most.
const MAX_TICKETS: usize = 500;

/// All queues.
#[derive(Serialize, ToSchema)]
pub(super) struct Queues {
    queues: Vec<QueueView>,
}

/// A queue and what waits in it.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueView {
    /// What people call it, by language; left out where it goes by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    title: BTreeMap<Language, String>,
    /// What it takes, for people.
    takes: String,
    /// Languages spoken there.
    languages: Vec<Language>,
    #[serde(flatten)]
    count: QueueCount,
}

/// The queues with what waits in them.
#[utoipa::path(
    get,
    path = "/v1/queues",
    tag = "agents",
    responses((status = OK, body = Queues))
)]
pub(super) async fn list_queues(State(app): State<App>) -> Result<axum::Json<Queues>, ApiError> {
    let mut counts: BTreeMap<String, QueueCount> =
        app.store.queues().await?.into_iter().map(|count| (count.queue.clone(), count)).collect();
    let routing = (app.routing)();
    let known = routing.queues().iter().map(|queue| {
        let count = counts.remove(&queue.name).unwrap_or_else(|| empty(&queue.name));
        QueueView {
            title: queue.title.clone(),
            takes: queue.takes.clone(),
            languages: queue.languages.clone(),
            count,
        }
    });
    let mut queues: Vec<QueueView> = known.collect();
    // Tickets of a queue that was since taken out of the file must not be lost from sight.
    queues.extend(counts.into_values().map(|count| QueueView {
        title: BTreeMap::new(),
        takes: String::new(),
        languages: Vec::new(),
        count,
    }));
    Ok(axum::Json(Queues { queues }))
}

fn empty(queue: &str) -> QueueCount {
    QueueCount {
        queue: queue.to_owned(),
        open: 0,
        claimed: 0,
        highest_priority: None,
        next_due_at: None,
    }
}

/// Which tickets.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketsQuery {
    /// Only in this state; left out, open and claimed ones.
    state: Option<TicketState>,
    /// Number of tickets, 50 if left out, 500 at most.
    limit: Option<usize>,
}

/// Tickets in the order in which they should be worked on.
#[derive(Serialize, ToSchema)]
pub(super) struct Tickets {
    tickets: Vec<Ticket>,
}

/// The tickets of a queue: highest priority first, then earliest due, then oldest.
#[utoipa::path(
    get,
    path = "/v1/queues/{queue}/tickets",
    tag = "agents",
    params(("queue" = String, Path, description = "Queue"), TicketsQuery),
    responses((status = OK, body = Tickets))
)]
pub(super) async fn list_tickets(
    State(app): State<App>,
    Path(queue): Path<String>,
    Query(query): Query<TicketsQuery>,
) -> Result<axum::Json<Tickets>, ApiError> {
    let states = query
        .state
        .map_or_else(|| vec![TicketState::Open, TicketState::Claimed], |state| vec![state]);
    let is_known = (app.routing)().queues().iter().any(|known| known.name == queue);
    let filter = TicketFilter { queue: Some(queue), states, ..TicketFilter::default() };
    let most = query.limit.unwrap_or(TICKETS).min(MAX_TICKETS);
    let tickets = app.store.tickets(&filter, most).await?;
    // Tickets of a queue that was since taken out of the file can still be listed.
    if tickets.is_empty() && !is_known {
        return Err(Code::QueueNotFound.into());
    }
    Ok(axum::Json(Tickets { tickets }))
}

/// Which tickets, of all queues.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct AllTicketsQuery {
    /// Only those of this queue.
    queue: Option<String>,
    /// Only in this state.
    state: Option<TicketState>,
    /// Only those that this agent holds or resolved.
    agent: Option<String>,
    /// Only those of this customer.
    customer_id: Option<String>,
    /// Only those in whose conversation all these words were said, the last one perhaps not to its
    /// end, or that have this identifier.
    q: Option<String>,
    /// Number of tickets, 50 if left out, 500 at most.
    limit: Option<usize>,
}

/// Tickets of all queues: highest priority first, then earliest due, then oldest. Those that were
/// looked for by words, and resolved ones, come latest first.
#[utoipa::path(
    get,
    path = "/v1/tickets",
    tag = "agents",
    params(AllTicketsQuery),
    responses((status = OK, body = Tickets))
)]
pub(super) async fn find_tickets(
    State(app): State<App>,
    Query(query): Query<AllTicketsQuery>,
) -> Result<axum::Json<Tickets>, ApiError> {
    let AllTicketsQuery { queue, state, agent, customer_id, q, limit } = query;
    let words = q.filter(|words| !words.trim().is_empty());
    if let Some(words) = &words {
        check_text("q", words)?;
    }
    let states = state.into_iter().collect();
    let filter =
        TicketFilter { queue, states, agent, customer_id, words, ..TicketFilter::default() };
    let most = limit.unwrap_or(TICKETS).min(MAX_TICKETS);
    Ok(axum::Json(Tickets { tickets: app.store.tickets(&filter, most).await? }))
}

/// Gives the caller the next ticket of a queue; 204 when nothing waits. No two callers get the same.
#[utoipa::path(
    post,
    path = "/v1/queues/{queue}/claim",
    tag = "agents",
    params(("queue" = String, Path, description = "Queue")),
    responses(
        (status = OK, body = Ticket),
        (status = NO_CONTENT, description = "Nothing waits in this queue")
    )
)]
pub(super) async fn claim_next(
    State(app): State<App>,
    caller: Caller,
    Path(queue): Path<String>,
) -> Result<Response, ApiError> {
    claim(&app, Some(&queue), &caller).await
}

/// Gives the caller the next ticket of all queues; 204 when nothing waits.
#[utoipa::path(
    post,
    path = "/v1/claim",
    tag = "agents",
    responses(
        (status = OK, body = Ticket),
        (status = NO_CONTENT, description = "Nothing waits")
    )
)]
pub(super) async fn claim_any(
    State(app): State<App>,
    caller: Caller,
) -> Result<Response, ApiError> {
    claim(&app, None, &caller).await
}

async fn claim(app: &App, queue: Option<&str>, caller: &Caller) -> Result<Response, ApiError> {
    Ok(match app.desk.claim_next(queue, caller).await? {
        Some(ticket) => axum::Json(ticket).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}
