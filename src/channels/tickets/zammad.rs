//! Zammad. It knows no keys that make two calls one: a ticket carries a tag with our identifier, and
//! is looked for by it (by a condition, which Zammad answers from its database at once; a search by
//! words goes over an index that lags behind) before it is made once more. A note carries the
//! delivery's id as its `message_id`, and is looked for among the notes of its ticket.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};

use super::work::{self, NewTicket, Work};
use crate::channels::helpdesks::under;
use crate::channels::outgoing::{Answer, Delivered, Destination, Failure, Outside, Pauses};
use crate::config::ZammadConfig;
use crate::domain::Priority;
use crate::store::{Delivery, Event, NewDelivery, Store, StoreError};

const NAME: &str = "zammad";

/// What to do about a call that Zammad refuses for good.
const ADVICE: &str =
    "Check token, group and groups in [channels.zammad], and the rights of the agent";

/// A Zammad in which people work on the tickets.
pub struct Zammad {
    settings: ZammadConfig,
    outside: Outside,
    store: Arc<dyn Store>,
}

impl Zammad {
    /// The Zammad of these settings.
    pub fn new(settings: ZammadConfig, outside: Outside, store: Arc<dyn Store>) -> Self {
        Self { settings, outside, store }
    }
}

#[async_trait]
impl Destination for Zammad {
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

impl Zammad {
    async fn open(&self, ticket: &NewTicket, delivery_id: &str) -> Result<Delivered, Failure> {
        if self.store.begin_delivery(delivery_id).await? {
            let mut url = self.url("tickets/search");
            url.query_pairs_mut().append_pair("limit", "1");
            let condition = json!({ "condition": {
                "ticket.tags": { "operator": "contains all", "value": tag(&ticket.id) },
            } });
            let answer = Answer::to(self.request(Method::POST, &url)?.json(&condition)).await?;
            if !answer.status.is_success() {
                return Ok(answer.delivered("Zammad", ADVICE));
            }
            if let Some(id) = answer.json()["tickets"][0].as_u64() {
                return work::keep(&*self.store, NAME, &ticket.id, id).await;
            }
        }
        let request = self.request(Method::POST, &self.url("tickets"))?.json(&self.body(ticket));
        let answer = Answer::to(request).await?;
        if !answer.status.is_success() {
            return Ok(answer.delivered("Zammad", ADVICE));
        }
        match answer.json()["id"].as_u64() {
            Some(id) => work::keep(&*self.store, NAME, &ticket.id, id).await,
            // The next attempt asks for it.
            None => Err(Failure::Unknown("Zammad did not name the ticket it made".to_owned())),
        }
    }

    fn body(&self, ticket: &NewTicket) -> Value {
        let settings = &self.settings;
        let mut tags = work::tags(ticket);
        tags.push(tag(&ticket.id));
        let customer = ticket.customer.email.as_ref().unwrap_or(&settings.unknown_customer);
        json!({
            "title": ticket.subject,
            "group": settings.groups.get(&ticket.queue).unwrap_or(&settings.group),
            // Makes the customer where there is none of this address.
            "customer_id": format!("guess:{customer}"),
            "priority": priority(ticket.priority),
            "tags": tags.join(","),
            "article": note(&ticket.subject, &ticket.note),
        })
    }

    async fn add(
        &self,
        ticket_id: &str,
        text: &str,
        raised: Option<Priority>,
        delivery_id: &str,
    ) -> Result<Delivered, Failure> {
        let Some(remote) = self.store.remote(NAME, ticket_id).await? else {
            return Ok(work::not_made("Zammad"));
        };
        let mark = format!("<{delivery_id}@lotse>");
        if !(self.store.begin_delivery(delivery_id).await? && self.is_there(&remote, &mark).await?)
        {
            let mut article = note("", text);
            article["ticket_id"] = remote.parse::<u64>().unwrap_or_default().into();
            article["message_id"] = mark.into();
            let request = self.request(Method::POST, &self.url("ticket_articles"))?.json(&article);
            let answer = Answer::to(request).await?;
            if !answer.status.is_success() {
                return Ok(answer.delivered("Zammad", ADVICE));
            }
        }
        let Some(raised) = raised else { return Ok(Delivered::Done) };
        // May be repeated without harm; the note above is there by now.
        let url = self.url(&format!("tickets/{remote}"));
        let request =
            self.request(Method::PUT, &url)?.json(&json!({ "priority": priority(raised) }));
        Ok(Answer::to(request).await?.delivered("Zammad", ADVICE))
    }

    /// Whether the note with this mark is at the ticket.
    async fn is_there(&self, remote: &str, mark: &str) -> Result<bool, Failure> {
        let url = self.url(&format!("ticket_articles/by_ticket/{remote}"));
        let answer = Answer::to(self.request(Method::GET, &url)?).await?;
        if !answer.status.is_success() {
            return Err(Failure::NotSent(format!("Zammad answered {}", answer.quoted())));
        }
        let notes = answer.json();
        Ok(notes.as_array().into_iter().flatten().any(|note| note["message_id"] == mark))
    }

    fn request(&self, method: Method, url: &Url) -> Result<RequestBuilder, Failure> {
        let token = format!("Token token={}", self.settings.token.reveal());
        Ok(self.outside.request(method, url)?.header(AUTHORIZATION, token))
    }

    fn url(&self, path: &str) -> Url {
        under(&self.settings.base_url, &format!("api/v1/{path}"))
    }
}

/// An internal note.
fn note(subject: &str, body: &str) -> Value {
    json!({
        "subject": subject, "body": body, "type": "note", "internal": true,
        "content_type": "text/plain",
    })
}

/// The tag by which our ticket is found.
fn tag(ticket_id: &str) -> String {
    format!("lotse-{ticket_id}")
}

/// Zammad has three, and calls them by number and name.
fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "1 low",
        Priority::Normal => "2 normal",
        Priority::High | Priority::Urgent => "3 high",
    }
}
