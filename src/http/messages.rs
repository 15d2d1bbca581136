//! The main job: a customer's message comes in.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use super::error::{ApiError, Code};
use super::extract::Json;
use super::timing::ServerTiming;
use crate::channels;
use crate::domain::{Caller, Channel, Contact, Handling, Incoming, Language, Outcome, Role};
use crate::observe;

/// A customer's message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMessage {
    /// Where it came in.
    channel: Channel,
    /// The words, at most 20,000 characters.
    text: String,
    /// The conversation that it continues; left out, it begins one.
    conversation_id: Option<String>,
    /// The customer, if known.
    customer_id: Option<String>,
    /// The client's own id of the message: a message that is sent twice with it is recorded once,
    /// and gets the same answer.
    message_id: Option<String>,
    /// Language, if the client knows better than the text.
    language: Option<Language>,
    /// How else the customer is known. Messages with the same address or number are one customer's,
    /// whatever the channel.
    #[serde(default)]
    contact: Contact,
    /// What the company knows of the customer, for routing rules to ask for, such as
    /// `{"vip": "true"}`. It is kept for later messages; an empty value removes it.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// Takes a message in and answers it, asks back, or opens a ticket.
///
/// Send a `message_id` of your own: then a message can be sent again after a broken connection.
#[utoipa::path(
    post,
    path = "/v1/messages",
    tag = "messages",
    request_body = NewMessage,
    responses((status = OK, body = Outcome))
)]
pub(super) async fn post_message(
    State(app): State<App>,
    caller: Caller,
    Json(message): Json<NewMessage>,
) -> Result<(ServerTiming, axum::Json<Outcome>), ApiError> {
    if caller.role == Role::Widget {
        check_widget_words(&message)?;
        check_widget_ids(&message)?;
    }
    let channel = message.channel;
    let incoming = Incoming {
        channel,
        text: message.text,
        conversation_id: message.conversation_id,
        customer_id: message.customer_id,
        message_id: message.message_id,
        language: message.language,
        contact: message.contact,
        attributes: message.attributes,
        handling: Handling::Usual,
    };
    let (outcome, spent) = Box::pin(observe::measured(channels::receive(&app, incoming))).await;
    let mut outcome = outcome?;
    if caller.role == Role::Widget {
        for_customers(&mut outcome);
    }
    Ok((ServerTiming(spent), axum::Json(outcome)))
}

/// What agents read of a customer, and by which thresholds a message was decided, is not for the
/// customer.
fn for_customers(outcome: &mut Outcome) {
    outcome.ticket.iter_mut().for_each(|ticket| ticket.summary = None);
    outcome.decision.reasons.clear();
    let read = &mut outcome.classification;
    (read.sentiment, read.tier, read.in_scope, read.answerable) = (None, None, None, None);
    read.alternatives.clear();
    read.articles.clear();
}

/// A widget's key is public: it speaks for nobody but the visitor in front of it.
fn check_widget_words(message: &NewMessage) -> Result<(), ApiError> {
    let names_customer = message.customer_id.is_some()
        || message.contact != Contact::default()
        || !message.attributes.is_empty();
    if message.channel != Channel::Chat || names_customer {
        let problem = "A widget's key is for the chat, and cannot name a customer: anybody has it. \
                       Use a key with the role channel.";
        return Err(ApiError::new(Code::Forbidden, problem));
    }
    Ok(())
}

/// A widget runs in browsers of strangers: the ids that it sends must be ones that nobody guesses,
/// or it could speak in, or learn of, another customer's conversation.
fn check_widget_ids(message: &NewMessage) -> Result<(), ApiError> {
    if message.conversation_id.as_deref().is_some_and(|id| !is_unguessable(id)) {
        return Err(Code::ConversationNotFound.into());
    }
    if message.message_id.as_deref().is_some_and(|id| Uuid::try_parse(id).is_err()) {
        let problem = "The message_id of a widget must be a UUID.";
        return Err(ApiError::new(Code::InvalidId, problem));
    }
    Ok(())
}

/// Whether an identifier is one that the service made: a letter and a UUID.
pub(super) fn is_unguessable(id: &str) -> bool {
    let mut characters = id.chars();
    characters.next().is_some_and(|first| first.is_ascii_lowercase())
        && Uuid::try_parse(characters.as_str()).is_ok()
}
