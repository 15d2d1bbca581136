//! Who has this conversation, and until when?
//!
//! [`Desk::receive`] takes a customer's message and is the only place that knows the order of the
//! steps; the agents' steps ([`Desk::claim`], [`Desk::reply`] …) follow the state machine
//! `bot → waiting → human → bot | closed`. Ticket and conversation always move together, in one
//! transaction of the store.

mod agents;
mod before;
mod call_back;
mod context;
mod customer;
mod decided;
mod error;
mod hub;
mod join;
mod lanes;
mod parts;
mod people;
mod plan;
mod receive;
mod reply;
mod steps;
mod validate;
mod waiting;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use futures::Stream;
use jiff::Timestamp;

pub use agents::{Labels, Target, Words};
pub use error::DeskError;
pub use hub::News;
use hub::{Hub, Notice};
use lanes::Lanes;
pub use parts::{Clock, DeskParts, Finds, Reads, RoutingSource, system_clock};
pub use people::Colleague;
pub use steps::AfterResolve;
pub(crate) use validate::text as readable_text;
pub use waiting::Waiting;

use crate::domain::{Channel, Contact, Incoming, Ticket};
use crate::observe::{self, Step};
use crate::store::{
    Conversation, Customer, Event, EventFilter, Helpful, Rating, Store, StoreError,
};
use crate::triage::{Policy, Texts};

/// Where messages and agents meet. Clones share everything.
#[derive(Clone)]
pub struct Desk {
    store: Arc<dyn Store>,
    reads: Arc<dyn Reads>,
    finds: Arc<dyn Finds>,
    routing: RoutingSource,
    texts: Arc<Texts>,
    policy: Arc<Policy>,
    clock: Clock,
    /// Of telephone numbers in the national form.
    country_code: Arc<str>,
    hub: Hub,
    lanes: Lanes,
}

impl Desk {
    /// A desk made of these parts.
    pub fn new(parts: DeskParts) -> Self {
        Self {
            store: parts.store,
            reads: parts.reads,
            finds: parts.finds,
            routing: parts.routing,
            texts: Arc::new(parts.texts),
            policy: Arc::new(parts.policy),
            clock: parts.clock,
            country_code: "49".into(),
            hub: Hub::new(),
            lanes: Lanes::default(),
        }
    }

    /// The same desk in a country with this code: of telephone numbers in the national form.
    #[must_use]
    pub fn with_country_code(self, country_code: &str) -> Self {
        Self { country_code: country_code.into(), ..self }
    }

    /// Keeps what is known of a customer, new or not.
    pub async fn know_customer(
        &self,
        customer_id: &str,
        contact: &Contact,
        attributes: &BTreeMap<String, String>,
    ) -> Result<Customer, DeskError> {
        let incoming = validate::incoming(Incoming {
            customer_id: Some(customer_id.to_owned()),
            contact: contact.clone(),
            attributes: attributes.clone(),
            ..Incoming::new(Channel::Form, "-")
        })?;
        let told = customer::told(&incoming, &self.country_code);
        for (given, taken, problem) in [
            (&contact.email, &told.names.email, "contact.email is no e-mail address"),
            (
                &contact.phone,
                &told.names.phone,
                "contact.phone is no telephone number; write it like +49 431 123456",
            ),
        ] {
            if given.is_some() && taken.is_none() {
                return Err(DeskError::InvalidValue(problem));
            }
        }
        let known = self.store.know_customer(&told, None, self.now()).await?;
        known.ok_or_else(|| StoreError::not_found("customer", customer_id).into())
    }

    /// A conversation with its last `turns` turns.
    pub async fn conversation(&self, id: &str, turns: usize) -> Result<Conversation, DeskError> {
        let conversation = self.store.conversation(id, turns).await?;
        conversation.ok_or_else(|| StoreError::not_found("conversation", id).into())
    }

    /// What was said under this identifier alone: what its customer may see. See
    /// [`Store::thread`].
    pub async fn thread(&self, id: &str, turns: usize) -> Result<Conversation, DeskError> {
        let thread = self.store.thread(id, turns).await?;
        thread.ok_or_else(|| StoreError::not_found("conversation", id).into())
    }

    /// A ticket.
    pub async fn ticket(&self, id: &str) -> Result<Ticket, DeskError> {
        let ticket = self.store.ticket(id).await?;
        ticket.ok_or_else(|| StoreError::not_found("ticket", id).into())
    }

    /// Keeps a customer's rating: 1 very dissatisfied to 5 very satisfied.
    pub async fn rate(
        &self,
        conversation_id: &str,
        score: u8,
        comment: Option<&str>,
    ) -> Result<(), DeskError> {
        if !(1..=5).contains(&score) {
            return Err(DeskError::InvalidValue("the rating must be a number from 1 to 5"));
        }
        let comment = match comment.map(validate::text) {
            Some(Ok(comment)) => Some(comment),
            // Stars without words.
            None | Some(Err(DeskError::TextBlank)) => None,
            Some(Err(error)) => return Err(error),
        };
        let conversation_id = conversation_id.to_owned();
        let rating = Rating { conversation_id, score, comment, at: self.now() };
        Ok(self.store.rate(&rating).await?)
    }

    /// Keeps whether an answer of the bot helped.
    pub async fn rate_answer(
        &self,
        conversation_id: &str,
        turn_id: &str,
        helpful: bool,
    ) -> Result<(), DeskError> {
        let (conversation_id, turn_id) = (conversation_id.to_owned(), turn_id.to_owned());
        let helpful = Helpful { conversation_id, turn_id, helpful, at: self.now() };
        Ok(self.store.rate_answer(&helpful).await?)
    }

    /// Events after number `after`, and all that follow, for a listener who may see what `filter`
    /// lets through. The stream ends only with an error.
    pub fn listen(
        &self,
        after: i64,
        filter: EventFilter,
    ) -> impl Stream<Item = Result<Event, StoreError>> + Send + use<> {
        self.hub.listen(Arc::clone(&self.store), after, filter)
    }

    /// Tells whenever something is recorded, for those who read the store themselves.
    pub fn news(&self) -> News {
        self.hub.news()
    }

    /// Now, to the millisecond: what the store keeps.
    pub(crate) fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Changes the store and tells the listeners. Goes on to the end even if the caller goes away
    /// meanwhile: what is kept is also told.
    async fn keep<T, Work, Change>(
        &self,
        work: Work,
        news: impl FnOnce(&T) -> Option<Notice> + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        Work: FnOnce(Arc<dyn Store>) -> Change,
        Change: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (change, hub) = (work(Arc::clone(&self.store)), self.hub.clone());
        let task = tokio::spawn(async move {
            let kept = change.await?;
            if let Some(notice) = news(&kept) {
                hub.publish(notice);
            }
            Ok(kept)
        });
        let started = Instant::now();
        // The task is never aborted; it can only fail to join by a panic, or at the runtime's end.
        let kept = task.await.unwrap_or_else(|error| Err(StoreError::Other(error.to_string())));
        observe::spent(Step::Store, started.elapsed());
        kept
    }
}

/// A new identifier: a letter for the kind, then a UUID that rises with time.
pub(crate) fn new_id(kind: &str) -> String {
    format!("{kind}{}", uuid::Uuid::now_v7().simple())
}
