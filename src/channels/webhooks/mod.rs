//! How does a program of the company's learn what happens? By Standard Webhooks: each event is
//! posted to the address that the operator set, signed, with an id that stays the same however often
//! it is sent.
//!
//! The body is `{"type", "timestamp", "data"}`. Types, and what `data` holds besides
//! `conversation_id`, `ticket_id` and `queue` where there is a ticket:
//!
//! | type | data |
//! | --- | --- |
//! | `message.created` | `turn` (`id`, `from`, `text`, `at`, `agent`, `article_id`), `choices`; `channel` for words of bot and agents |
//! | `conversation.state_changed` | `state` (`bot`, `waiting`, `human`, `closed`), `agent` |
//! | `ticket.opened`, `ticket.refreshed`, `ticket.claimed`, `ticket.replied`, … | `state`, `agent`, `actor`, `priority`, `due_at`, `headline` |
//! | `note.created` | `turn` of an internal note |
//!
//! Only what `events` of the configuration names is sent, notes too. Success is 2xx alone; 410 ends
//! it until the configuration changes; 429, 502 and 504 slow everything to this address down.
//! Events of one conversation may overtake each other when one of them fails: `timestamp` tells
//! their order.

mod body;
mod signature;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use sha2::{Digest, Sha256};

use self::signature::signature;
use super::outgoing::{Answer, Delivered, Destination, Outside, Pauses};
use crate::config::WebhookConfig;
use crate::desk::Clock;
use crate::store::{Delivery, Event, NewDelivery, StoreError};

/// The retry table of the standard.
const PAUSES: Pauses = Pauses(&[
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
]);

/// A program that is told of events.
pub struct Webhook {
    name: String,
    settings: WebhookConfig,
    outside: Outside,
    clock: Clock,
}

impl Webhook {
    /// The program of these settings.
    pub fn new(settings: WebhookConfig, outside: Outside, clock: Clock) -> Arc<Self> {
        Arc::new(Self { name: format!("webhook:{}", settings.name), settings, outside, clock })
    }
}

#[async_trait]
impl Destination for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deliveries(&self, event: &Event) -> Result<Vec<NewDelivery>, StoreError> {
        let kind = body::kind(event);
        if !self.settings.events.iter().any(|wanted| body::covers(wanted, &kind)) {
            return Ok(Vec::new());
        }
        Ok(vec![NewDelivery { group: None, payload: body::of(event, &kind) }])
    }

    async fn deliver(&self, delivery: &Delivery) -> Delivered {
        let body = delivery.payload.to_string();
        let timestamp = (self.clock)().as_second();
        let signature = signature(&self.settings.secret, &delivery.id, timestamp, body.as_bytes());
        let request = match self.outside.request(Method::POST, &self.settings.url) {
            Ok(request) => request
                .header(CONTENT_TYPE, "application/json")
                .header("webhook-id", &delivery.id)
                .header("webhook-timestamp", timestamp)
                .header("webhook-signature", signature)
                .body(body),
            Err(error) => return Delivered::Later { after: None, error: error.to_string() },
        };
        match Answer::to(request).await {
            Ok(answer) => verdict(&answer),
            Err(failure) => failure.into(),
        }
    }

    fn pause_before(&self, attempt: u32) -> Option<Duration> {
        PAUSES.before(attempt)
    }

    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let WebhookConfig { name, url, secret, events } = &self.settings;
        hash.update(format!("{name}\n{url}\n{events:?}"));
        for key in secret {
            hash.update(Sha256::digest(key.bytes()));
        }
        format!("{:x}", hash.finalize())
    }
}

fn verdict(answer: &Answer) -> Delivered {
    if answer.status.is_success() {
        return Delivered::Done;
    }
    let (after, error) = (answer.retry_after, format!("it answered {}", answer.quoted()));
    match answer.status.as_u16() {
        410 => Delivered::Disabled { error },
        429 | 502 | 504 => Delivered::Busy { after, error },
        300..400 => {
            Delivered::Later { after, error: format!("{error}; redirects are not followed") }
        }
        _ => Delivered::Later { after, error },
    }
}
