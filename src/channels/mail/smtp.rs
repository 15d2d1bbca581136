//! How does an answer leave by mail? One [`Destination`]: each message of bot or agent in a
//! conversation that mails belong to becomes a mail in the thread of the customer's latest one.
//!
//! The Message-ID is made of the delivery's id: a mail that is sent twice, since a crash came
//! between sending and noting it, has the same one both times, and mail programs show it once.

use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{AsyncTransport, Tokio1Executor};
use serde::{Deserialize, Serialize};

use super::compose::{self, Envelope, Said};
use super::{Inbox, notes};
use crate::channels::outgoing::{Delivered, Destination, Pauses, choose_tls};
use crate::desk::DeskError;
use crate::domain::{Author, Channel, Reason, ReplyChoice, Turn};
use crate::store::{Delivery, Event, EventKind, MailRecord, NewDelivery, StoreError};

/// Mail servers are down for hours at times; two days in all, as they do among themselves.
const PAUSES: Pauses = Pauses(&[
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
    Duration::from_hours(2),
    Duration::from_hours(4),
    Duration::from_hours(8),
    Duration::from_hours(16),
    Duration::from_hours(16),
]);

/// Sends the answers of conversations that came by mail.
pub struct Outbox {
    inbox: Inbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// Why no mail can be sent with these settings.
#[derive(Debug, thiserror::Error)]
#[error("channels.mail.smtp_url cannot be used: {0}")]
pub struct OutboxError(smtp::Error);

/// What a delivery needs to know.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    conversation_id: String,
    turn: Turn,
    #[serde(default)]
    choices: Vec<ReplyChoice>,
    queue: Option<String>,
}

impl Outbox {
    /// An outbox for the mails of an inbox; none if nothing is to be sent.
    pub fn new(inbox: Inbox) -> Result<Option<Self>, OutboxError> {
        let Some(url) = &inbox.settings().smtp_url else { return Ok(None) };
        choose_tls();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal())
            .map_err(OutboxError)?
            .timeout(Some(inbox.settings().smtp_timeout))
            .build();
        Ok(Some(Self { inbox, transport }))
    }

    async fn send(&self, delivery: &Delivery, order: &Order) -> Result<Delivered, StoreError> {
        let store = self.inbox.store();
        let conversation = store.conversation(&order.conversation_id, 0).await?;
        let by = order.turn.at;
        let answered = store.latest_mail(&order.conversation_id, by).await?;
        let (Some(conversation), Some(answered)) = (conversation, answered) else {
            let error = "the conversation has no mail to answer".to_owned();
            return Ok(Delivered::Never { error });
        };
        let settings = self.inbox.settings();
        let id = message_id(&delivery.id, &settings.address);
        let to = self.recipient(&answered, &conversation.head.id);
        if self.inbox.is_nobody(&to) {
            let error = format!("{to} takes no answers; answer in another way");
            return Ok(Delivered::Never { error });
        }
        let sender = self.sender(order.queue.as_deref());
        let wanted = answered.reply_to.as_ref().is_none_or(|address| *address == to);
        let name = answered.name.as_deref().filter(|_| wanted);
        let said = Said {
            from: order.turn.from,
            text: &order.turn.text,
            agent: order.turn.agent.as_deref(),
            choices: &order.choices,
            language: conversation.head.language,
            at: order.turn.at,
        };
        let envelope = Envelope { id: &id, sender: &sender, to: &to, name, answered: &answered };
        let mail = match compose::mail(&said, &envelope, settings) {
            Ok(mail) => mail,
            Err(error) => return Ok(Delivered::Never { error }),
        };
        // Kept first: the customer's answer must find its conversation even after a crash.
        store.keep_mail(&sent(id, &to, &answered, order)).await?;
        // The transport's own time limit is for the connection alone.
        let (sending, limit) = (self.transport.send(mail), settings.smtp_timeout);
        Ok(match tokio::time::timeout(limit, sending).await {
            Ok(Ok(_)) => Delivered::Done,
            Ok(Err(error)) => judged(&error),
            Err(_) => Delivered::Later {
                after: None,
                error: format!("the mail server did not take it within {} s", limit.as_secs()),
            },
        })
    }

    /// Where the customer wants answers. In a conversation that the mail did not begin itself, only
    /// its sender gets them: a head can name anybody.
    fn recipient(&self, answered: &MailRecord, conversation_id: &str) -> String {
        let is_nobody = self.inbox.is_nobody(&answered.address);
        match &answered.reply_to {
            Some(address) if is_nobody || answered.conversation_id == conversation_id => {
                address.clone()
            }
            _ => answered.address.clone(),
        }
    }

    /// The queue's own address, or the company's.
    fn sender(&self, queue: Option<&str>) -> String {
        let routing = (self.inbox.routing())();
        let of_queue = queue.and_then(|name| {
            routing.queues().iter().find(|queue| queue.name == name).and_then(|queue| queue.email())
        });
        of_queue.unwrap_or(&self.inbox.settings().address).to_owned()
    }

    /// Tells people of a mail that will not go out: of the bot's as well, whose customer would wait for
    /// ever.
    async fn report(
        &self,
        delivery: &Delivery,
        order: &Order,
        error: &str,
    ) -> Result<(), StoreError> {
        let store = self.inbox.store();
        let Some(conversation) = store.conversation(&order.conversation_id, 0).await? else {
            return Ok(());
        };
        let answered = store.latest_mail(&order.conversation_id, order.turn.at).await?;
        let to =
            answered.map_or_else(String::new, |mail| self.recipient(&mail, &conversation.head.id));
        let text = |language| {
            if self.inbox.is_nobody(&to) {
                notes::of_nobody(&to, language)
            } else {
                notes::of_failure(&to, error, language)
            }
        };
        let id = format!("undelivered-{}", delivery.id);
        let reason = Reason::new("mail_undelivered", "an answer to the customer cannot be sent");
        match self.inbox.alert(&order.conversation_id, text, id, reason).await {
            Ok(_) => Ok(()),
            Err(DeskError::Store(error)) => Err(error),
            Err(error) => Err(StoreError::Other(error.to_string())),
        }
    }
}

#[async_trait]
impl Destination for Outbox {
    fn name(&self) -> &'static str {
        "mail"
    }

    async fn deliveries(&self, event: &Event) -> Result<Vec<NewDelivery>, StoreError> {
        if event.kind != EventKind::Message || event.channel != Some(Channel::Email) {
            return Ok(Vec::new());
        }
        let Some(order) = order(event) else { return Ok(Vec::new()) };
        // Programs that bring mails by way of the general interface send the answers themselves.
        let store = self.inbox.store();
        if store.latest_mail(&order.conversation_id, order.turn.at).await?.is_none() {
            return Ok(Vec::new());
        }
        let group = Some(order.conversation_id.clone());
        let payload =
            serde_json::to_value(&order).map_err(|error| StoreError::Other(error.to_string()))?;
        Ok(vec![NewDelivery { group, payload }])
    }

    async fn deliver(&self, delivery: &Delivery) -> Delivered {
        let order: Order = match serde_json::from_value(delivery.payload.clone()) {
            Ok(order) => order,
            Err(error) => return Delivered::Never { error: error.to_string() },
        };
        let delivered = self
            .send(delivery, &order)
            .await
            .unwrap_or_else(|error| Delivered::Later { after: None, error: error.to_string() });
        let last = self.pause_before(delivery.attempts + 2).is_none();
        let reported = match &delivered {
            Delivered::Never { error } => self.report(delivery, &order, error).await,
            Delivered::Later { error, .. } if last => self.report(delivery, &order, error).await,
            _ => Ok(()),
        };
        match reported {
            Ok(()) => delivered,
            Err(error) => Delivered::Later { after: None, error: error.to_string() },
        }
    }

    fn pause_before(&self, attempt: u32) -> Option<Duration> {
        PAUSES.before(attempt)
    }
}

/// What an event orders; none if the customer is not told by it.
fn order(event: &Event) -> Option<Order> {
    let turn: Turn = serde_json::from_value(event.payload.get("turn")?.clone()).ok()?;
    let choices = event.payload.get("choices").cloned().unwrap_or_default();
    let choices = serde_json::from_value(choices).unwrap_or_default();
    matches!(turn.from, Author::Bot | Author::Agent).then(|| Order {
        conversation_id: event.conversation_id.clone(),
        turn,
        choices,
        queue: event.queue.clone(),
    })
}

fn message_id(delivery: &str, address: &str) -> String {
    let domain = address.rsplit('@').next().unwrap_or_default();
    format!("{delivery}@{domain}")
}

/// What is kept of a mail of ours: answers to it belong to the conversation.
fn sent(id: String, to: &str, answered: &MailRecord, order: &Order) -> MailRecord {
    let mut references = vec![answered.message_id.clone()];
    references.extend(answered.references.iter().cloned());
    MailRecord {
        message_id: id,
        conversation_id: order.conversation_id.clone(),
        sent: true,
        digest: String::new(),
        address: to.to_owned(),
        reply_to: None,
        name: answered.name.clone(),
        subject: answered.subject.clone(),
        references,
        people: vec![to.to_lowercase()],
        at: order.turn.at,
    }
}

/// Answers of a mail server that tell of a mistake in the settings, and not of this mail.
const OF_SETTINGS: [u16; 11] = [500, 501, 502, 503, 504, 521, 523, 530, 534, 535, 538];

/// Whether it makes sense to try again.
fn judged(error: &smtp::Error) -> Delivered {
    let reason = std::error::Error::source(error)
        .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
    let code = error.status().map(u16::from);
    match code {
        Some(code) if OF_SETTINGS.contains(&code) => {
            tracing::error!(
                code,
                "the mail server refuses the service; check channels.mail.smtp_url"
            );
            Delivered::Later { after: None, error: reason }
        }
        Some(500..) => Delivered::Never { error: reason },
        _ => Delivered::Later { after: None, error: reason },
    }
}
