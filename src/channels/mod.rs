//! How does each channel speak?
//!
//! A channel only translates: it makes an [`Incoming`] of what reaches it, hands that to the desk
//! ([`receive`]), and turns the [`Outcome`] into its own format. It takes no decision and holds no
//! SQL. A channel whose table is not in `lotse.toml` is off.

pub mod agi;
pub(crate) mod amazon;
pub(crate) mod rasa;
pub(crate) mod voice;

use crate::domain::{Incoming, Outcome};
use crate::http::App;
use crate::http::error::ApiError;
use crate::observe;

/// Takes a customer's message in, and counts it.
pub(crate) async fn receive(app: &App, incoming: Incoming) -> Result<Outcome, ApiError> {
    let channel = incoming.channel;
    let outcome = app.desk.receive(incoming).await?;
    metrics::counter!(
        observe::MESSAGES_TOTAL,
        "channel" => channel.name(), "action" => outcome.decision.action.name(),
    )
    .increment(1);
    Ok(outcome)
}
