use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::automatic::{self, Automatic};
use super::read::{self, Mail, NotAMail};
use super::{choice, notes, words};
use crate::channels;
use crate::config::MailConfig;
use crate::desk::{Desk, DeskError, RoutingSource, Words, new_id};
use crate::domain::{
    Action, Caller, Channel, Contact, ConversationState, Handling, Incoming, Language, Outcome,
    Reason, Role, Ticket,
};
use crate::store::{Conflict, MailRecord, Store, StoreError};
use crate::text::clean;

/// Longest message id that the desk takes.
const DESK_ID_CHARS: usize = 200;

/// In which [`MailConfig::answers_per_day`] are counted.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Turns in which a question of the bot that is still open stands.
const RECENT_TURNS: usize = 20;

/// Takes mails in: finds the conversation of each and hands it to the desk.
#[derive(Clone)]
pub struct Inbox {
    desk: Desk,
    store: Arc<dyn Store>,
    routing: RoutingSource,
    settings: Arc<MailConfig>,
}

/// What became of a mail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Whether it was recorded as a customer's message.
    pub taken: bool,
    /// Why not: `auto_reply`, `bounce`, `mailing_list`, `own_address`, `blank`, or `duplicate`. Of a
    /// recorded one, why people look after it without a word of the bot: `no_reply`, `own_address`,
    /// `maybe_automatic`, or `many_answers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its Message-ID, or one made of its contents.
    pub message_id: String,
    /// Its conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// Who holds the conversation now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ConversationState>,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The ticket that it opened, was added to, or was noted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<String>,
}

/// Why a mail was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// The bytes are no mail.
    #[error(transparent)]
    NotAMail(#[from] NotAMail),
    /// The desk could not take it.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<StoreError> for InboxError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl Inbox {
    /// An inbox with these settings.
    pub fn new(
        desk: Desk,
        store: Arc<dyn Store>,
        routing: RoutingSource,
        settings: MailConfig,
    ) -> Self {
        Self { desk, store, routing, settings: Arc::new(settings) }
    }

    /// The settings.
    pub fn settings(&self) -> &MailConfig {
        &self.settings
    }

    /// Takes in a mail as it came. The same mail again changes nothing.
    pub async fn take(&self, raw: Vec<u8>) -> Result<Receipt, InboxError> {
        let reading = tokio::task::spawn_blocking(move || read::read(&raw)).await;
        let mut mail = reading.map_err(|error| StoreError::Other(error.to_string()))??;
        self.look_at_addresses(&mut mail);
        let related: Vec<String> = mail
            .report
            .iter()
            .flat_map(|report| &report.about)
            .chain(&mail.references)
            .cloned()
            .collect();
        let known = self.store.mails(&related).await?;
        let nearest =
            related.iter().find_map(|id| known.iter().find(|mail| &mail.message_id == id));
        let thread = self.thread(&mail, &known).await?;
        match mail.automatic {
            None => self.receive(mail, thread, Handling::Usual).await,
            // Who answers a mail of ours over a list is one customer.
            Some(Automatic::MailingList) if thread.is_some() => {
                self.receive(mail, thread, Handling::Usual).await
            }
            Some(kind) if kind.is_certain() || self.is_known(kind, &mail, nearest).await? => {
                self.leave(&mail, kind.name(), nearest).await
            }
            Some(kind) => {
                let text = "a machine may have written the mail; the bot says nothing";
                let reason = Reason::new(kind.name(), text);
                self.receive(mail, thread, Handling::People(reason)).await
            }
        }
    }

    /// Whether a mail from one of our addresses is a copy of what we sent, or goes to the open ticket
    /// of a conversation as a note.
    async fn is_known(
        &self,
        kind: Automatic,
        mail: &Mail,
        about: Option<&MailRecord>,
    ) -> Result<bool, StoreError> {
        if kind != Automatic::OwnAddress {
            return Ok(false);
        }
        let same = self.store.mails(std::slice::from_ref(&mail.id)).await?;
        if same.iter().any(|known| known.sent) {
            return Ok(true);
        }
        match about {
            Some(about) => Ok(self.ticket(&about.conversation_id).await?.is_some()),
            None => Ok(false),
        }
    }

    /// Ours are not the customer's; who writes from one of ours, or over one of our lists, is told by
    /// the rest of the head.
    fn look_at_addresses(&self, mail: &mut Mail) {
        let own = self.own_addresses();
        let is_own = |address: &str| own.contains(address);
        if is_own(&mail.from.address)
            && mail.reply_to.as_ref().is_none_or(|to| is_own(&to.address))
            && !mail.automatic.is_some_and(Automatic::is_certain)
        {
            mail.automatic = Some(Automatic::OwnAddress);
        }
        if mail.automatic == Some(Automatic::MailingList)
            && mail.list.as_ref().is_some_and(|list| {
                self.settings.own_lists.iter().any(|own| list.eq_ignore_ascii_case(own))
            })
        {
            mail.automatic = None;
        }
        mail.people.retain(|address| !own.contains(address));
    }

    /// All addresses of the company.
    pub(super) fn own_addresses(&self) -> BTreeSet<String> {
        let routing = (self.routing)();
        let of_queues = routing.queues().iter().filter_map(|queue| queue.email());
        let configured = self.settings.own_addresses.iter().map(String::as_str);
        let all = of_queues.chain(configured).chain([self.settings.address.as_str()]);
        all.map(str::to_lowercase).collect()
    }

    /// The mail that this one continues: the nearest that it refers to and whose conversation its
    /// sender takes part in. Who merely knows an id must not get into another's conversation.
    async fn thread(
        &self,
        mail: &Mail,
        known: &[MailRecord],
    ) -> Result<Option<MailRecord>, InboxError> {
        for id in &mail.references {
            let Some(found) = known.iter().find(|known| &known.message_id == id) else { continue };
            if self.store.is_in_mails(&found.conversation_id, &mail.from.address).await? {
                return Ok(Some(found.clone()));
            }
        }
        Ok(None)
    }

    /// Keeps that the mail came, then hands it to the desk. In this order a crash in between is
    /// mended when the mail comes again, and an answer always finds the mail that it is for.
    async fn receive(
        &self,
        mail: Mail,
        thread: Option<MailRecord>,
        handling: Handling,
    ) -> Result<Receipt, InboxError> {
        let text = words::of(&mail, thread.as_ref().map(|thread| thread.subject.as_str()));
        if text.trim().is_empty() {
            return Ok(left(&mail, "blank"));
        }
        let (mail, record) = self.keep(mail, thread.as_ref()).await?;
        let text = match thread {
            Some(_) => self.choice(&mail, &record).await?.unwrap_or(text),
            None => text,
        };
        let mut incoming = Incoming::new(Channel::Email, text);
        incoming.conversation_id = Some(record.conversation_id.clone());
        incoming.message_id = Some(desk_id(&mail.id));
        incoming.contact = self.contact(&mail, &record);
        incoming.handling = match handling {
            Handling::Usual => self.unless_answered_often(&record).await?,
            other => other,
        };
        let reason = incoming.handling.reason().map(|reason| reason.code.clone());
        match Box::pin(self.desk.receive(incoming)).await {
            Ok(outcome) => Ok(Receipt { reason, ..recorded(&mail, outcome) }),
            // The same mail, read otherwise now: its first reading stands.
            Err(DeskError::Store(StoreError::Conflict(Conflict::MessageId(_)))) => {
                let conversation_id = Some(record.conversation_id);
                Ok(Receipt { conversation_id, ..left(&mail, "duplicate") })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Two machines must not write to each other for ever: who got many mails of ours lately is
    /// looked after by people.
    async fn unless_answered_often(&self, record: &MailRecord) -> Result<Handling, StoreError> {
        let mut addresses = vec![record.address.clone()];
        addresses.extend(record.reply_to.clone());
        let since = self.desk.now() - A_DAY;
        let sent = self.store.mails_sent(&record.conversation_id, &addresses, since).await?;
        if sent < self.settings.answers_per_day {
            return Ok(Handling::Usual);
        }
        tracing::warn!(sent, "a sender got many mails within a day; people look after the next");
        let text = format!("{sent} mails went to the sender within 24 hours; the bot says no more");
        Ok(Handling::People(Reason::new("many_answers", text)))
    }

    /// Keeps the mail; under another id if a different mail has its Message-ID.
    async fn keep(
        &self,
        mail: Mail,
        thread: Option<&MailRecord>,
    ) -> Result<(Mail, MailRecord), InboxError> {
        let conversation_id =
            thread.map_or_else(|| new_id("c"), |mail| mail.conversation_id.clone());
        let mut people: Vec<String> = mail.people.iter().cloned().collect();
        let mut reply_to = mail.reply_to.as_ref().map(|person| person.address.clone());
        // Answers to a running conversation do not go to somebody new on a head's word alone.
        if let (Some(thread), Some(address)) = (thread, &reply_to)
            && !self.store.is_in_mails(&thread.conversation_id, address).await?
        {
            people.retain(|person| person != address);
            reply_to = None;
        }
        // The name goes with the address that answers go to.
        let name = match &mail.reply_to {
            Some(person) if reply_to.is_some() => person.name.clone(),
            _ => mail.from.name.clone(),
        };
        let record = MailRecord {
            message_id: mail.id.clone(),
            conversation_id,
            sent: false,
            digest: mail.digest.clone(),
            address: mail.from.address.clone(),
            reply_to,
            name,
            subject: mail.subject.clone(),
            references: mail.references.clone(),
            people,
            at: self.desk.now(),
        };
        let kept = self.store.keep_mail(&record).await?;
        if kept.digest == record.digest {
            return Ok((mail, kept));
        }
        let mail = mail.renamed();
        let record = MailRecord { message_id: mail.id.clone(), ..record };
        let kept = self.store.keep_mail(&record).await?;
        Ok((mail, kept))
    }

    /// What the customer chose, if the mail answers a question of the bot by a number.
    async fn choice(&self, mail: &Mail, record: &MailRecord) -> Result<Option<String>, InboxError> {
        let conversation = self.store.thread(&record.conversation_id, RECENT_TURNS).await?;
        let choices = conversation.map(|conversation| conversation.choices).unwrap_or_default();
        let words = clean::new_words(&mail.text);
        Ok(choice::taken(&words, &choices).map(|choice| choice.value.clone()))
    }

    /// Who writes. The address of a machine or of ours is nobody's in particular: there, who fills
    /// in a form is known by where the answer is to go.
    fn contact(&self, mail: &Mail, record: &MailRecord) -> Contact {
        let of = |address: &String, name: &Option<String>| {
            let email = Some(address.clone()).filter(|address| !self.is_nobody(address));
            email.map(|email| Contact { email: Some(email), phone: None, name: name.clone() })
        };
        of(&mail.from.address, &mail.from.name)
            .or_else(|| record.reply_to.as_ref().and_then(|address| of(address, &record.name)))
            .unwrap_or_default()
    }

    /// Whether an address takes no answers, or is one of ours.
    pub(super) fn is_nobody(&self, address: &str) -> bool {
        automatic::is_nobody(address) || self.own_addresses().contains(address)
    }

    /// Leaves a mail unanswered; where people work on the conversation that it belongs to, they are
    /// told.
    async fn leave(
        &self,
        mail: &Mail,
        reason: &str,
        about: Option<&MailRecord>,
    ) -> Result<Receipt, InboxError> {
        let mut receipt = left(mail, reason);
        let Some(about) = about else {
            if mail.automatic == Some(Automatic::Bounce) {
                tracing::warn!("a bounce names no mail of ours; nobody is told of it");
            }
            return Ok(receipt);
        };
        receipt.conversation_id = Some(about.conversation_id.clone());
        let came_back = about.sent && mail.report.as_ref().is_some_and(|report| !report.delayed);
        if mail.automatic == Some(Automatic::Bounce) && came_back {
            let reason = Reason::new("mail_bounced", "a mail to the customer did not arrive");
            let text = |language| notes::of_bounce(mail, language);
            let alert = self.alert(&about.conversation_id, text, desk_id(&mail.id), reason).await?;
            receipt.ticket_id = alert;
            return Ok(receipt);
        }
        let Some(ticket) = self.ticket(&about.conversation_id).await? else { return Ok(receipt) };
        let text = notes::of_automatic(mail, ticket.language);
        if let Some(text) = text {
            self.note(&ticket, text, desk_id(&mail.id)).await?;
            receipt.ticket_id = Some(ticket.id);
        }
        Ok(receipt)
    }

    /// Tells people of something about a conversation, once for each id: by a note on its ticket, or
    /// on a new one. Gives the ticket.
    pub(super) async fn alert(
        &self,
        conversation_id: &str,
        text: impl FnOnce(Language) -> String,
        id: String,
        reason: Reason,
    ) -> Result<Option<String>, DeskError> {
        let Some(conversation) = self.store.conversation(conversation_id, 0).await? else {
            return Ok(None);
        };
        let mut note = Incoming::new(Channel::Email, text(conversation.head.language));
        note.conversation_id = Some(conversation_id.to_owned());
        note.message_id = Some(id);
        note.handling = Handling::Note(reason);
        match Box::pin(self.desk.receive(note)).await {
            Ok(outcome) => Ok(outcome.ticket.map(|ticket| ticket.id)),
            // The same note in other words: it was left before.
            Err(DeskError::Store(StoreError::Conflict(Conflict::MessageId(_)))) => {
                Ok(self.ticket(conversation_id).await?.map(|ticket| ticket.id))
            }
            Err(error) => Err(error),
        }
    }

    /// The unresolved ticket of a conversation, or of the one that it was joined into.
    async fn ticket(&self, conversation_id: &str) -> Result<Option<Ticket>, StoreError> {
        let Some(conversation) = self.store.conversation(conversation_id, 0).await? else {
            return Ok(None);
        };
        self.store.unresolved_ticket(&conversation.head.id).await
    }

    /// Leaves a note for the agents, once for each id.
    async fn note(&self, ticket: &Ticket, text: String, id: String) -> Result<(), DeskError> {
        let caller = Caller { name: "lotse".to_owned(), role: Role::Channel };
        let words = Words { text, message_id: Some(id), said_in: None };
        match self.desk.note(&ticket.id, &caller, &words).await {
            // The same note in other words: it was left before.
            Ok(_) | Err(DeskError::Store(StoreError::Conflict(Conflict::MessageId(_)))) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub(super) fn routing(&self) -> &RoutingSource {
        &self.routing
    }
}

fn left(mail: &Mail, reason: &str) -> Receipt {
    tracing::info!(reason, "a mail was left unanswered");
    Receipt { reason: Some(reason.to_owned()), message_id: mail.id.clone(), ..Receipt::default() }
}

fn recorded(mail: &Mail, outcome: Outcome) -> Receipt {
    channels::count(Channel::Email, &outcome);
    Receipt {
        taken: true,
        reason: None,
        message_id: mail.id.clone(),
        conversation_id: Some(outcome.conversation_id),
        state: Some(outcome.state),
        action: Some(outcome.decision.action),
        ticket_id: outcome.ticket.map(|ticket| ticket.id),
    }
}

/// The mail's id for the desk, which takes shorter ones.
fn desk_id(id: &str) -> String {
    if id.len() <= DESK_ID_CHARS {
        return id.to_owned();
    }
    format!("sha256-{:x}", Sha256::digest(id.as_bytes()))
}
