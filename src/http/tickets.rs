//! What agents do with a ticket. Every step gives back the ticket as it stands then.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::App;
use super::error::ApiError;
use super::extract::{Json, Path};
use crate::desk::{AfterResolve, DeskError, Labels, Target, Words};
use crate::domain::{Caller, Sentiment, Ticket, TicketEvent};

/// What a step answers with.
type Stepped = Result<axum::Json<Ticket>, ApiError>;

fn answer(result: Result<Ticket, DeskError>) -> Stepped {
    Ok(axum::Json(result?))
}

/// A ticket with its history.
#[derive(Serialize, ToSchema)]
pub(super) struct TicketWithHistory {
    #[serde(flatten)]
    ticket: Ticket,
    /// What happened to it, oldest first.
    events: Vec<TicketEvent>,
}

/// A ticket with its history; `GET /v1/conversations/{id}` has what was said.
#[utoipa::path(
    get,
    path = "/v1/tickets/{id}",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    responses((status = OK, body = TicketWithHistory))
)]
pub(super) async fn get_ticket(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<axum::Json<TicketWithHistory>, ApiError> {
    let ticket = app.desk.ticket(&id).await?;
    let events = app.store.ticket_events(&id).await?;
    Ok(axum::Json(TicketWithHistory { ticket, events }))
}

/// Takes this ticket; the bot is silent from then on. Done again by the same agent, it changes
/// nothing.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/claim",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    responses((status = OK, body = Ticket))
)]
pub(super) async fn claim(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Stepped {
    answer(app.desk.claim(&id, &caller).await)
}

/// Words of an agent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWords {
    /// The words.
    text: String,
    /// The client's own id: the same words with the same id are kept once.
    message_id: Option<String>,
}

impl From<NewWords> for Words {
    fn from(NewWords { text, message_id }: NewWords) -> Self {
        Self { text, message_id, said_in: None }
    }
}

/// Says something to the customer. Only the agent who holds the ticket may.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/reply",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    request_body = NewWords,
    responses((status = OK, body = Ticket))
)]
pub(super) async fn reply(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(words): Json<NewWords>,
) -> Stepped {
    answer(app.desk.reply(&id, &caller, &words.into()).await)
}

/// Leaves a note for other agents that the customer never sees.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/note",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    request_body = NewWords,
    responses((status = OK, body = Ticket))
)]
pub(super) async fn note(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(words): Json<NewWords>,
) -> Stepped {
    answer(app.desk.note(&id, &caller, &words.into()).await)
}

/// Where a ticket is to go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    /// The other queue.
    queue: Option<String>,
    /// The colleague who is to hold it; without one, nobody does.
    agent: Option<String>,
    /// A note for whoever takes it on.
    note: Option<String>,
    /// The client's own id of the note: sent again with it, nothing happens twice.
    message_id: Option<String>,
}

/// Puts the ticket into another queue, held by nobody, or hands it to a colleague.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/transfer",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    request_body = Transfer,
    responses((status = OK, body = Ticket))
)]
pub(super) async fn transfer(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(transfer): Json<Transfer>,
) -> Stepped {
    let Transfer { queue, agent, note, message_id } = transfer;
    let note = note.map(|text| Words { text, message_id, said_in: None });
    answer(app.desk.transfer(&id, &caller, Target { queue, agent, note }).await)
}

/// Puts the ticket back into its queue.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/release",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    responses((status = OK, body = Ticket))
)]
pub(super) async fn release(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Stepped {
    answer(app.desk.release(&id, &caller).await)
}

/// How a ticket ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resolution {
    /// What was done.
    reason: String,
    /// Who has the conversation afterwards; `bot` if left out.
    #[serde(default)]
    then: Then,
}

/// Who has a conversation whose ticket is resolved.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Then {
    /// The bot answers further messages.
    #[default]
    Bot,
    /// It is closed; a further message opens it again for the bot.
    Closed,
}

impl From<Then> for AfterResolve {
    fn from(then: Then) -> Self {
        match then {
            Then::Bot => Self::Bot,
            Then::Closed => Self::Closed,
        }
    }
}

/// Ends the work on the ticket.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/resolve",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    request_body = Resolution,
    responses((status = OK, body = Ticket))
)]
pub(super) async fn resolve(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(resolution): Json<Resolution>,
) -> Stepped {
    let Resolution { reason, then } = resolution;
    answer(app.desk.resolve(&id, &caller, &reason, then.into()).await)
}

/// Puts a resolved ticket back into its queue.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/reopen",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    responses((status = OK, body = Ticket))
)]
pub(super) async fn reopen(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Stepped {
    answer(app.desk.reopen(&id, &caller).await)
}

/// What a message should have been read as. At least one label is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectLabels {
    /// The customer's turn; the one that opened the ticket if left out.
    turn_id: Option<String>,
    /// The right intent; `out_of_scope` for none.
    intent: Option<String>,
    /// The right tier.
    #[schema(minimum = 1, maximum = 3)]
    tier: Option<u8>,
    /// The right sentiment.
    sentiment: Option<Sentiment>,
}

/// Says what a message should have been read as; it is kept as a labelled example for training.
#[utoipa::path(
    post,
    path = "/v1/tickets/{id}/correct",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    request_body = CorrectLabels,
    responses((status = OK, body = Ticket))
)]
pub(super) async fn correct(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(labels): Json<CorrectLabels>,
) -> Stepped {
    let CorrectLabels { turn_id, intent, tier, sentiment } = labels;
    answer(app.desk.correct(&id, &caller, Labels { turn_id, intent, tier, sentiment }).await)
}
