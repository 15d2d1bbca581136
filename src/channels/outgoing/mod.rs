//! How does something reach another system for certain? Whatever leaves the service (a mail, a
//! helpdesk's ticket, a webhook) is a delivery that the store keeps until it is done or given up.
//!
//! A [`Worker`] a destination reads the events after its cursor, asks the [`Destination`] which
//! deliveries follow from each, keeps them together with the cursor in one transaction, and then
//! carries out those that are due: at the same time where they have nothing to do with each other,
//! one after the other within a group. After `kill -9` it goes on where it was. A delivery may
//! therefore be carried out twice (the work was done, the word of it was lost); its id stays the
//! same, for the other system to tell. Where that system cannot, [`Store::begin_delivery`] says that
//! an attempt was made before, and the destination looks there first.
//!
//! [`Outside`] is the one way to call other systems over HTTP: in time, without redirects, and never
//! into the company's own networks unless the operator opened them.

mod answer;
mod network;
mod outside;
mod pauses;
mod worker;
mod workers;

use std::time::Duration;

use async_trait::async_trait;

pub use answer::{Answer, Failure};
pub use network::Networks;
pub use outside::{Outside, OutsideError, choose_tls};
pub use pauses::Pauses;
pub use worker::{Worker, WorkerSettings};
pub use workers::Workers;

use crate::store::{Delivery, Event, NewDelivery, StoreError};

#[cfg(doc)]
use crate::store::Store;

/// A system outside that learns of what happens here.
#[async_trait]
pub trait Destination: Send + Sync {
    /// Its name in the store and in figures, such as `mail` or `webhook:crm`.
    fn name(&self) -> &str;

    /// Which deliveries follow from this event. An error is tried again with the next look, and
    /// holds up all later events: what can never be mapped gives no deliveries instead.
    async fn deliveries(&self, event: &Event) -> Result<Vec<NewDelivery>, StoreError>;

    /// Carries one out. Ends by itself within a reasonable time.
    async fn deliver(&self, delivery: &Delivery) -> Delivered;

    /// How long to wait before this attempt after the one before it failed; the first attempt is
    /// number 1. None to give up.
    fn pause_before(&self, attempt: u32) -> Option<Duration>;

    /// Changes whenever the operator changes where deliveries go: what was disabled is then tried
    /// again.
    fn fingerprint(&self) -> String {
        String::new()
    }
}

/// What became of an attempt. Errors are for people; they may hold what the other system said, and
/// never hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// It is done.
    Done,
    /// It failed and may succeed later: after the pause of the destination, and not before `after`.
    Later {
        /// How long the other system asks to wait.
        after: Option<Duration>,
        /// Why.
        error: String,
    },
    /// As [`Self::Later`], and the other system has too much to do: nothing else is sent to it
    /// meanwhile.
    Busy {
        /// How long the other system asks to wait.
        after: Option<Duration>,
        /// Why.
        error: String,
    },
    /// It will never succeed as it is: kept for people to see.
    Never {
        /// Why, and what to do.
        error: String,
    },
    /// The destination is gone: nothing is sent to it any more until its settings change.
    Disabled {
        /// Why.
        error: String,
    },
}
