//! Who speaks in a conversation of Chatwoot that has a ticket: the bot, or people?
//!
//! Kept beside the ticket, as the number of the event since which people do. An event that is read
//! once more, after a crash for example, thereby gives the same calls as the first time.

use super::thread::Thread;
use crate::store::{Store, StoreError};

/// Kept where the bot has the conversation although there is a ticket.
const BOT: &str = "bot";

/// Whether people spoke already when this event happened.
pub(super) async fn speak(
    store: &dyn Store,
    thread: Thread,
    ticket_id: &str,
    event: i64,
) -> Result<bool, StoreError> {
    let kept = store.remote(&thread.to_string(), ticket_id).await?;
    Ok(kept.and_then(|since| since.parse::<i64>().ok()).is_some_and(|since| since < event))
}

/// From this event on people speak.
pub(super) async fn begin(
    store: &dyn Store,
    thread: Thread,
    ticket_id: &str,
    event: i64,
) -> Result<(), StoreError> {
    store.keep_remote(&thread.to_string(), ticket_id, &event.to_string()).await
}

/// People speak already, as Chatwoot says: it may know sooner than the event that tells of it here.
pub(super) async fn have_begun(
    store: &dyn Store,
    thread: Thread,
    ticket_id: &str,
) -> Result<(), StoreError> {
    let last = store.last_event().await?;
    // `speak` counts what comes after.
    if speak(store, thread, ticket_id, last + 1).await? {
        return Ok(());
    }
    begin(store, thread, ticket_id, last).await
}

/// The bot has the conversation again.
pub(super) async fn end(
    store: &dyn Store,
    thread: Thread,
    ticket_id: &str,
) -> Result<(), StoreError> {
    store.keep_remote(&thread.to_string(), ticket_id, BOT).await
}

/// Whether the bot had the conversation again when this event happened.
pub(super) async fn have_ended(
    store: &dyn Store,
    thread: Thread,
    ticket_id: &str,
    event: i64,
) -> Result<bool, StoreError> {
    let kept = store.remote(&thread.to_string(), ticket_id).await?;
    // The event itself may have given it to people, when it was read for the first time.
    Ok(kept.is_some_and(|since| since == BOT || since == event.to_string()))
}
