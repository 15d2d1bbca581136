//! What happens, as it happens: server-sent events that resume where a listener stopped.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::StreamExt;
use serde::Deserialize;
use utoipa::IntoParams;

use super::App;
use super::error::{ApiError, Code};
use super::extract::Query;
use crate::store::{self, Audience, EventFilter};

/// A line without meaning is sent this often, so that nobody in between takes the connection for
/// dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Time between two looks whether a listener may still listen.
const ASK_AGAIN: Duration = Duration::from_secs(20);

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsQuery {
    /// Begin after the event with this id; 0 begins with the first one that is kept. Left out, the
    /// header `Last-Event-ID` counts, and without it only what happens from now on is sent.
    after: Option<i64>,
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentEventsQuery {
    /// Only those of tickets in this queue.
    queue: Option<String>,
    /// As for a conversation's events.
    after: Option<i64>,
}

/// Events of all conversations that have or had a ticket: for agents' screens.
#[utoipa::path(
    get,
    path = "/v1/events",
    tag = "agents",
    params(AgentEventsQuery),
    responses((status = OK, body = String, content_type = "text/event-stream"))
)]
pub(super) async fn agent_events(
    State(app): State<App>,
    Query(query): Query<AgentEventsQuery>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let AgentEventsQuery { queue, after } = query;
    let filter = EventFilter { conversation_id: None, queue, audience: Audience::Agents };
    stream(&app, filter, &EventsQuery { after }, &headers).await
}

/// Sends events until the listener goes away, may not listen any more, or the service goes down.
pub(super) async fn stream(
    app: &App,
    filter: EventFilter,
    query: &EventsQuery,
    headers: &HeaderMap,
) -> Result<impl IntoResponse + use<>, ApiError> {
    let after = match (query.after, last_event_id(headers)?) {
        (Some(after), _) | (None, Some(after)) => after,
        (None, None) => app.store.last_event().await?,
    };
    let shutdown = app.shutdown.clone();
    let events = app
        .desk
        .listen(after, filter)
        .take_until(async move { shutdown.begun().await })
        .take_until(turned_away(app.clone(), headers.clone()))
        .filter_map(async |event| match event {
            Ok(event) => Some(Ok::<_, Infallible>(sent(&event))),
            Err(error) => {
                // The stream ends; the listener comes back and resumes.
                tracing::error!(%error, "events cannot be read");
                None
            }
        });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Waits until the listener's key or session is known no more. A store that does not answer says
/// nothing of that.
async fn turned_away(app: App, headers: HeaderMap) {
    loop {
        tokio::time::sleep(ASK_AGAIN).await;
        let answer = app.access.caller(&headers).await;
        if answer.is_err_and(|error| error.code() == Code::Unauthorized) {
            return;
        }
    }
}

fn sent(event: &store::Event) -> Event {
    let sent = Event::default().id(event.seq.to_string()).event(event.kind.name());
    sent.json_data(event).unwrap_or_else(|error| {
        tracing::error!(%error, seq = event.seq, "an event cannot be written as JSON");
        Event::default().comment("an event was left out")
    })
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let id = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    id.map(Some).ok_or_else(|| {
        let message = "The header Last-Event-ID is not the id of an event. Leave it out to begin \
                       with what happens from now on.";
        ApiError::new(Code::InvalidId, message)
    })
}
