use std::time::Duration;

use axum::extract::{Request, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AGENT;
use super::event::{ChatwootEvent, Meaning};
use super::signature::is_signed;
use super::thread::Thread;
use crate::channels::receive;
use crate::config::ChatwootConfig;
use crate::desk::{AfterResolve, DeskError, Words};
use crate::domain::{Author, Caller, Incoming, Role, TicketState};
use crate::http::App;
use crate::http::error::{ApiError, Code};
use crate::http::extract::{parse, read_body};

/// Chatwoot waits for 5 seconds.
const PATIENCE: Duration = Duration::from_secs(4);

/// Turns looked at for the customer's latest one.
const TURNS: usize = 50;

/// What became of an event.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Taken {
    /// Whether it means anything here.
    taken: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Taken {
    const YES: Self = Self { taken: true, reason: None };

    fn not(reason: &str) -> Self {
        Self { taken: false, reason: Some(reason.to_owned()) }
    }
}

/// The routes of this channel.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(chatwoot))
}

/// Takes an event of a Chatwoot whose agent bot the service is.
///
/// What the bot says and does goes out over Chatwoot's own interface. An event that means nothing here
/// is acknowledged: `taken` is false and `reason` says why.
///
/// Needs no key: Chatwoot signs its events with the secret of the agent bot.
#[utoipa::path(
    post,
    path = "/channels/chatwoot",
    tag = "channels",
    request_body = Object,
    responses((status = OK, body = Taken))
)]
async fn chatwoot(State(app): State<App>, request: Request) -> Result<axum::Json<Taken>, ApiError> {
    let Some(settings) = &app.config.channels.chatwoot else {
        let message = "The channel chatwoot is off. Turn it on in lotse.toml: a table \
                       [channels.chatwoot] with base_url, token and webhook_secret.";
        return Err(ApiError::new(Code::ChannelOff, message));
    };
    let headers = request.headers().clone();
    let body = read_body(request, &app, app.config.server.body_limit_bytes).await?;
    if !is_signed(&settings.webhook_secret, &headers, &body, Timestamp::now()) {
        let message = "The signature does not fit, or is older than five minutes. Check \
                       webhook_secret in [channels.chatwoot] of lotse.toml, and the clocks.";
        return Err(ApiError::new(Code::WrongSignature, message));
    }
    let delivery = headers.get("x-chatwoot-delivery").and_then(|value| value.to_str().ok());
    tracing::debug!(delivery, "an event of Chatwoot");
    let event: ChatwootEvent = parse(&body)?;
    act(&app, settings, &event).await.map(axum::Json)
}

async fn act(
    app: &App,
    settings: &ChatwootConfig,
    event: &ChatwootEvent,
) -> Result<Taken, ApiError> {
    match event.meaning(settings) {
        Meaning::Said(incoming) => said(app, *incoming).await,
        Meaning::Answered { thread, text, message_id } => {
            let words = Words { text, message_id: Some(message_id), ..Words::default() };
            answered(app, thread, &words).await
        }
        Meaning::Resolved(thread) => resolved(app, thread).await,
        Meaning::Nothing(reason) => Ok(Taken::not(reason)),
    }
}

/// The message is recorded when this returns, or Chatwoot is told to come again.
async fn said(app: &App, incoming: Incoming) -> Result<Taken, ApiError> {
    let working = app.clone();
    // Goes on to the end if Chatwoot goes away: what comes again finds it done.
    let work = tokio::spawn(async move { receive(&working, incoming).await });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(outcome)) => outcome.map(|_| Taken::YES),
        Ok(Err(error)) => Err(ApiError::internal(&error)),
        Err(_) => Err(Code::Overloaded.into()),
    }
}

/// Words of people in Chatwoot are recorded at the ticket, if there is one.
async fn answered(app: &App, thread: Thread, words: &Words) -> Result<Taken, ApiError> {
    let Some(ticket) = app.store.unresolved_ticket(&thread.to_string()).await? else {
        return Ok(Taken::not("no_ticket"));
    };
    let caller = caller();
    if !listens(app, thread).await? {
        app.desk.note(&ticket.id, &caller, words).await?;
        return Ok(Taken::YES);
    }
    if ticket.state == TicketState::Open {
        not_lost(app.desk.claim(&ticket.id, &caller).await)?;
    }
    match app.desk.reply(&ticket.id, &caller, words).await {
        Ok(_) => Ok(Taken::YES),
        // Somebody else works on it here: for them it is news, and no reply of theirs.
        Err(DeskError::HeldByOther { .. } | DeskError::WrongState { .. }) => {
            app.desk.note(&ticket.id, &caller, words).await?;
            Ok(Taken::YES)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the customer wrote last in this conversation of Chatwoot, of all that belong together: a
/// reply would otherwise go out where they wrote last, a mail for example, once more.
async fn listens(app: &App, thread: Thread) -> Result<bool, ApiError> {
    let id = thread.to_string();
    let Some(conversation) = app.store.conversation(&id, TURNS).await? else { return Ok(false) };
    let latest = conversation.turns.iter().rfind(|turn| turn.from == Author::Customer);
    let place = latest.and_then(|turn| turn.thread.as_ref().map(|thread| thread.id.as_str()));
    Ok(place.unwrap_or(&conversation.head.id) == id)
}

/// A conversation that ended in Chatwoot ends its ticket; one that goes on elsewhere keeps it.
async fn resolved(app: &App, thread: Thread) -> Result<Taken, ApiError> {
    let conversation = thread.to_string();
    let ticket = app.store.unresolved_ticket(&conversation).await?;
    let Some(ticket) = ticket.filter(|ticket| ticket.conversation_id == conversation) else {
        return Ok(Taken::not("no_ticket"));
    };
    let caller = caller();
    if ticket.state == TicketState::Open {
        not_lost(app.desk.claim(&ticket.id, &caller).await)?;
    }
    let resolved =
        app.desk.resolve(&ticket.id, &caller, "resolved in Chatwoot", AfterResolve::Closed).await;
    not_lost(resolved)?;
    Ok(Taken::YES)
}

/// Somebody who was faster is no mistake: the next step finds out what they left.
fn not_lost<T>(step: Result<T, DeskError>) -> Result<(), ApiError> {
    match step {
        Ok(_) | Err(DeskError::HeldByOther { .. } | DeskError::WrongState { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The people of Chatwoot: they lead in conversations that are theirs.
fn caller() -> Caller {
    Caller { name: AGENT.to_owned(), role: Role::Lead }
}
