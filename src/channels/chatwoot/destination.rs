use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::calls::{self, Call, MARK, What};
use super::people;
use super::thread::Thread;
use crate::channels::handover;
use crate::channels::helpdesks::under;
use crate::channels::outgoing::{Answer, Delivered, Destination, Failure, Outside, Pauses};
use crate::config::{ChatwootConfig, Secret};
use crate::domain::{Author, Ticket, TicketState, Turn};
use crate::store::{Delivery, Event, EventKind, NewDelivery, Store, StoreError};

/// Pages of messages looked through for one that may have arrived.
const PAGES: usize = 10;

/// Turns looked through for the customer's.
const TURNS: usize = 200;

/// The clocks of both systems may differ by this many seconds.
const CLOCKS_DIFFER: i64 = 60;

/// What to do about a call that Chatwoot refuses for good.
const ADVICE: &str = "Check token, base_url and the teams in [channels.chatwoot], and that the \
                      conversation is still there";

/// The Chatwoot whose agent bot the service is.
pub struct Chatwoot {
    settings: ChatwootConfig,
    outside: Outside,
    store: Arc<dyn Store>,
}

impl Chatwoot {
    /// The Chatwoot of these settings.
    pub fn new(settings: ChatwootConfig, outside: Outside, store: Arc<dyn Store>) -> Self {
        Self { settings, outside, store }
    }
}

#[async_trait]
impl Destination for Chatwoot {
    fn name(&self) -> &'static str {
        "chatwoot"
    }

    async fn deliveries(&self, event: &Event) -> Result<Vec<NewDelivery>, StoreError> {
        let Some(thread) = Thread::parse(&event.conversation_id) else { return Ok(Vec::new()) };
        let calls = match event.kind {
            EventKind::Message => self.of_message(thread, event).await?,
            EventKind::Ticket => self.of_ticket(thread, event).await?,
            EventKind::State => self.of_state(thread, event).await?,
            EventKind::Note => Vec::new(),
        };
        Ok(calls.into_iter().map(|call| call.about(thread)).collect())
    }

    async fn deliver(&self, delivery: &Delivery) -> Delivered {
        let Ok(call) = serde_json::from_value::<Call>(delivery.payload.clone()) else {
            let error = "the delivery was planned by another version of the service".to_owned();
            return Delivered::Never { error };
        };
        let done = match &call.what {
            What::Message { text, private, choices } => {
                let body = calls::message_body(text, *private, choices, &delivery.id);
                self.say(call.thread, delivery, &body).await
            }
            What::Labels(labels) => self.label(call.thread, labels).await,
            What::Team(team) => {
                self.post(call.thread, "assignments", &json!({ "team_id": team })).await
            }
            What::Priority(priority) => {
                self.post(call.thread, "toggle_priority", &json!({ "priority": priority })).await
            }
            What::Status(status) => {
                self.post(call.thread, "toggle_status", &json!({ "status": status })).await
            }
        };
        match done {
            Ok(delivered) => delivered,
            Err(failure) => failure.into(),
        }
    }

    fn pause_before(&self, attempt: u32) -> Option<Duration> {
        Pauses::HELPDESK.before(attempt)
    }
}

impl Chatwoot {
    /// What was said, for the customer: where people speak, the bot does not. Words of a customer in
    /// a conversation that came back to the bot are for the person who holds it here all the same.
    async fn of_message(&self, thread: Thread, event: &Event) -> Result<Vec<What>, StoreError> {
        let said = || calls::said(&event.payload).into_iter().collect();
        let Some(ticket) = self.ticket(event).await? else { return Ok(said()) };
        let store = &*self.store;
        match calls::author(&event.payload) {
            Some(Author::Bot) if people::speak(store, thread, &ticket.id, event.seq).await? => {
                Ok(Vec::new())
            }
            // The bot says nothing then, and no other event tells of the message.
            Some(Author::Customer)
                if ticket.state == TicketState::Claimed
                    && people::have_ended(store, thread, &ticket.id, event.seq).await? =>
            {
                self.hand_over(thread, event, &ticket).await
            }
            _ => Ok(said()),
        }
    }

    /// What it means in Chatwoot that somebody else holds the conversation: people are waited for,
    /// have it, or are done with it.
    async fn of_state(&self, thread: Thread, event: &Event) -> Result<Vec<What>, StoreError> {
        let Some(ticket) = self.ticket(event).await? else { return Ok(Vec::new()) };
        if !self.concerns(thread, &ticket).await? {
            return Ok(Vec::new());
        }
        let by_chatwoot = ticket.agent.as_deref() == Some(super::AGENT);
        let state = event.payload["state"].as_str().unwrap_or_default();
        match state {
            "waiting" | "human" => self.hand_over(thread, event, &ticket).await,
            "bot" | "closed" => {
                people::end(&*self.store, thread, &ticket.id).await?;
                let resolved = (!by_chatwoot).then(|| What::Status("resolved".to_owned()));
                Ok(resolved.into_iter().collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Whether the customer wrote here about this ticket. An earlier conversation that belongs to the
    /// same story is left as it is.
    async fn concerns(&self, thread: Thread, ticket: &Ticket) -> Result<bool, StoreError> {
        let said = self.store.thread(&thread.to_string(), TURNS).await?;
        let turns = said.map(|said| said.turns).unwrap_or_default();
        let is_about = |turn: &Turn| turn.from == Author::Customer && turn.at >= ticket.created_at;
        Ok(turns.iter().any(is_about))
    }

    /// What a change of a ticket that waits already means in Chatwoot.
    async fn of_ticket(&self, thread: Thread, event: &Event) -> Result<Vec<What>, StoreError> {
        let Some(ticket) = self.ticket(event).await? else { return Ok(Vec::new()) };
        Ok(match event.payload["change"].as_str().unwrap_or_default() {
            "refreshed" if people::speak(&*self.store, thread, &ticket.id, event.seq).await? => {
                let raised = handover::raised(&*self.store, &ticket, event.at).await?;
                raised.map(calls::priority).into_iter().collect()
            }
            // A message that reached the bot while people are waited for: they get it as well.
            "refreshed" => self.hand_over(thread, event, &ticket).await?,
            "transferred" => calls::team(&ticket, &self.settings).into_iter().collect(),
            _ => Vec::new(),
        })
    }

    /// Gives the conversation to people, unless they have it.
    async fn hand_over(
        &self,
        thread: Thread,
        event: &Event,
        ticket: &Ticket,
    ) -> Result<Vec<What>, StoreError> {
        if people::speak(&*self.store, thread, &ticket.id, event.seq).await? {
            return Ok(Vec::new());
        }
        people::begin(&*self.store, thread, &ticket.id, event.seq).await?;
        Ok(calls::handed_over(ticket, &self.settings))
    }

    async fn ticket(&self, event: &Event) -> Result<Option<Ticket>, StoreError> {
        match &event.ticket_id {
            Some(id) => self.store.ticket(id).await,
            None => Ok(None),
        }
    }

    /// Posts a message, unless it has arrived already.
    async fn say(
        &self,
        thread: Thread,
        delivery: &Delivery,
        body: &Value,
    ) -> Result<Delivered, Failure> {
        let begun = self.store.begin_delivery(&delivery.id).await?;
        if begun && self.has_arrived(thread, delivery, body).await? {
            return Ok(Delivered::Done);
        }
        self.post(thread, "messages", body).await
    }

    /// Whether a message of this delivery is in the conversation. Where Chatwoot does not let us
    /// look, it counts as not there: twice is better than never.
    async fn has_arrived(
        &self,
        thread: Thread,
        delivery: &Delivery,
        body: &Value,
    ) -> Result<bool, Failure> {
        let earliest = delivery.created_at.as_second() - CLOCKS_DIFFER;
        let mut before = None;
        for _ in 0..PAGES {
            let mut url = self.url(thread, "messages");
            if let Some(before) = before {
                url.query_pairs_mut().append_pair("before", &format!("{before}"));
            }
            let answer = self.call(Method::GET, &url, self.wide_token(), None).await?;
            if [401, 403, 404].contains(&answer.status.as_u16()) {
                tracing::warn!(
                    delivery = delivery.id,
                    "Chatwoot does not say whether a message has arrived; it is sent again. Set \
                     user_token in [channels.chatwoot]"
                );
                return Ok(false);
            }
            if !answer.status.is_success() {
                return Err(Failure::NotSent(format!("Chatwoot answered {}", answer.quoted())));
            }
            let page = answer.json();
            let messages = page["payload"].as_array().map(Vec::as_slice).unwrap_or_default();
            if messages.iter().any(|message| is_it(message, &delivery.id, body, earliest)) {
                return Ok(true);
            }
            let oldest = messages.iter().min_by_key(|message| message["id"].as_u64());
            match oldest {
                Some(oldest) if oldest["created_at"].as_i64() >= Some(earliest) => {
                    before = oldest["id"].as_u64();
                }
                _ => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Sets labels besides those that are there: the call itself replaces them.
    async fn label(&self, thread: Thread, labels: &[String]) -> Result<Delivered, Failure> {
        let url = self.url(thread, "labels");
        let answer = self.call(Method::GET, &url, self.wide_token(), None).await?;
        if !answer.status.is_success() {
            return Ok(answer.delivered("Chatwoot", ADVICE));
        }
        let set = answer.json();
        let mut all: Vec<&str> =
            set["payload"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let known = all.len();
        for label in labels {
            if !all.contains(&label.as_str()) {
                all.push(label);
            }
        }
        if all.len() == known {
            return Ok(Delivered::Done);
        }
        let body = json!({ "labels": all });
        let answer = self.call(Method::POST, &url, self.wide_token(), Some(&body)).await?;
        Ok(answer.delivered("Chatwoot", ADVICE))
    }

    async fn post(&self, thread: Thread, what: &str, body: &Value) -> Result<Delivered, Failure> {
        let url = self.url(thread, what);
        let answer = self.call(Method::POST, &url, &self.settings.token, Some(body)).await?;
        Ok(answer.delivered("Chatwoot", ADVICE))
    }

    async fn call(
        &self,
        method: Method,
        url: &Url,
        token: &Secret,
        body: Option<&Value>,
    ) -> Result<Answer, Failure> {
        let request = self.outside.request(method, url)?;
        let mut request = request.header("api_access_token", token.reveal());
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::to(request).await
    }

    /// The token that may do most.
    fn wide_token(&self) -> &Secret {
        self.settings.user_token.as_ref().unwrap_or(&self.settings.token)
    }

    fn url(&self, thread: Thread, what: &str) -> Url {
        let Thread { account, conversation } = thread;
        under(
            &self.settings.base_url,
            &format!("api/v1/accounts/{account}/conversations/{conversation}/{what}"),
        )
    }
}

/// Whether a message of Chatwoot's list is the one of this delivery: by its mark; where Chatwoot kept
/// no mark, by words of the company's since then.
fn is_it(message: &Value, delivery_id: &str, body: &Value, earliest: i64) -> bool {
    match message["content_attributes"][MARK].as_str() {
        Some(mark) => mark == delivery_id,
        None => {
            message["message_type"] == 1
                && message["sender"]["type"] != "user"
                && message["private"] == body["private"]
                && message["content"] == body["content"]
                && message["created_at"].as_i64().is_some_and(|at| at >= earliest)
        }
    }
}
