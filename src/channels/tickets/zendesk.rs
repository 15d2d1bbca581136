//! Zendesk. A ticket is made with the delivery's id as `Idempotency-Key`, which Zendesk remembers for
//! a while, and with our identifier as `external_id`, by which it is looked for before it is made once
//! more. A note carries the delivery's id in the `metadata` of its audit, and is looked for there.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};

use super::work::{self, NewTicket, Work};
use crate::channels::handover;
use crate::channels::helpdesks::under;
use crate::channels::outgoing::{Answer, Delivered, Destination, Failure, Outside, Pauses};
use crate::config::ZendeskConfig;
use crate::domain::Priority;
use crate::store::{Delivery, Event, NewDelivery, Store, StoreError};

const NAME: &str = "zendesk";

/// Pages of audits looked through for a note.
const PAGES: usize = 10;

/// Name of the delivery's id in an audit.
const MARK: &str = "lotse_delivery";

/// What to do about a call that Zendesk refuses for good.
const ADVICE: &str =
    "Check email, token and groups in [channels.zendesk], and the rights of the agent";

/// A Zendesk in which people work on the tickets.
pub struct Zendesk {
    settings: ZendeskConfig,
    outside: Outside,
    store: Arc<dyn Store>,
}

impl Zendesk {
    /// The Zendesk of these settings.
    pub fn new(settings: ZendeskConfig, outside: Outside, store: Arc<dyn Store>) -> Self {
        Self { settings, outside, store }
    }
}

#[async_trait]
impl Destination for Zendesk {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn deliveries(&self, event: &Event) -> Result<Vec<NewDelivery>, StoreError> {
        work::of(&*self.store, event).await
    }

    async fn deliver(&self, delivery: &Delivery) -> Delivered {
        let done = match serde_json::from_value(delivery.payload.clone()) {
            Ok(Work::Open(ticket)) => self.open(&ticket, &delivery.id).await,
            Ok(Work::Add { ticket_id, text, raised }) => {
                self.add(&ticket_id, &text, raised, &delivery.id).await
            }
            Err(_) => return work::unknown(),
        };
        done.unwrap_or_else(Delivered::from)
    }

    fn pause_before(&self, attempt: u32) -> Option<Duration> {
        Pauses::HELPDESK.before(attempt)
    }
}

impl Zendesk {
    async fn open(&self, ticket: &NewTicket, delivery_id: &str) -> Result<Delivered, Failure> {
        if self.store.begin_delivery(delivery_id).await? {
            let mut url = self.url("tickets.json");
            url.query_pairs_mut().append_pair("external_id", &ticket.id);
            let answer = Answer::to(self.request(Method::GET, &url)?).await?;
            if !answer.status.is_success() {
                return Ok(answer.delivered("Zendesk", ADVICE));
            }
            let found = answer.json();
            if let Some(id) = found["tickets"][0]["id"].as_u64() {
                return work::keep(&*self.store, NAME, &ticket.id, id).await;
            }
        }
        let request = self
            .request(Method::POST, &self.url("tickets.json"))?
            .header("Idempotency-Key", delivery_id)
            .json(&self.body(ticket));
        let answer = Answer::to(request).await?;
        if !answer.status.is_success() {
            return Ok(answer.delivered("Zendesk", ADVICE));
        }
        match answer.json()["ticket"]["id"].as_u64() {
            Some(id) => work::keep(&*self.store, NAME, &ticket.id, id).await,
            // The next attempt asks for it.
            None => Err(Failure::Unknown("Zendesk did not name the ticket it made".to_owned())),
        }
    }

    fn body(&self, ticket: &NewTicket) -> Value {
        let mut body = json!({
            "subject": ticket.subject,
            "comment": { "body": ticket.note, "public": false },
            "priority": handover::priority(ticket.priority, "normal"),
            "external_id": ticket.id,
            "tags": work::tags(ticket),
        });
        if let Some(group) = self.settings.groups.get(&ticket.queue) {
            body["group_id"] = (*group).into();
        }
        // A requester needs a name; without an address nobody could be answered.
        if let Some(email) = &ticket.customer.email {
            let name = ticket.customer.name.as_ref().unwrap_or(email);
            body["requester"] = json!({ "name": name, "email": email });
        }
        json!({ "ticket": body })
    }

    async fn add(
        &self,
        ticket_id: &str,
        text: &str,
        raised: Option<Priority>,
        delivery_id: &str,
    ) -> Result<Delivered, Failure> {
        let Some(remote) = self.store.remote(NAME, ticket_id).await? else {
            return Ok(work::not_made("Zendesk"));
        };
        if self.store.begin_delivery(delivery_id).await?
            && self.is_there(&remote, delivery_id).await?
        {
            return Ok(Delivered::Done);
        }
        let mut ticket = json!({
            "comment": { "body": text, "public": false }, "metadata": { MARK: delivery_id },
        });
        if let Some(priority) = raised {
            ticket["priority"] = handover::priority(priority, "normal").into();
        }
        let url = self.url(&format!("tickets/{remote}.json"));
        let request = self.request(Method::PUT, &url)?.json(&json!({ "ticket": ticket }));
        Ok(Answer::to(request).await?.delivered("Zendesk", ADVICE))
    }

    /// Whether the note of this delivery is at the ticket.
    async fn is_there(&self, remote: &str, delivery_id: &str) -> Result<bool, Failure> {
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            let mut url = self.url(&format!("tickets/{remote}/audits.json"));
            url.query_pairs_mut().append_pair("page[size]", "100");
            if let Some(cursor) = &cursor {
                url.query_pairs_mut().append_pair("page[after]", cursor);
            }
            let answer = Answer::to(self.request(Method::GET, &url)?).await?;
            if !answer.status.is_success() {
                return Err(Failure::NotSent(format!("Zendesk answered {}", answer.quoted())));
            }
            let page = answer.json();
            let mut audits = page["audits"].as_array().into_iter().flatten();
            if audits.any(|audit| audit["metadata"]["custom"][MARK] == delivery_id) {
                return Ok(true);
            }
            cursor = page["meta"]["after_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() || page["meta"]["has_more"] != true {
                return Ok(false);
            }
        }
        Ok(false)
    }

    fn request(&self, method: Method, url: &Url) -> Result<RequestBuilder, Failure> {
        let user = format!("{}/token", self.settings.email);
        let request = self.outside.request(method, url)?;
        Ok(request.basic_auth(user, Some(self.settings.token.reveal())))
    }

    fn url(&self, path: &str) -> Url {
        under(&self.settings.base_url, &format!("api/v2/{path}"))
    }
}
