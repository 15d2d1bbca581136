use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::channels::handover;
use crate::channels::mail::is_nobody;
use crate::channels::outgoing::{Delivered, Failure};
use crate::domain::{Author, Channel, Contact, Language, Priority, Ticket, Turn};
use crate::store::{Conversation, Event, EventKind, MailRecord, NewDelivery, Store, StoreError};

/// Turns told of a conversation.
const TURNS: usize = 200;

/// What is to be done in a helpdesk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Work {
    /// A ticket is to be made.
    Open(NewTicket),
    /// The customer has said more.
    Add {
        /// The ticket here.
        ticket_id: String,
        /// The words.
        text: String,
        /// The ticket's priority, if the words raised it.
        #[serde(default)]
        raised: Option<Priority>,
    },
}

/// A ticket as helpdesks need it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct NewTicket {
    /// Its identifier here.
    pub(super) id: String,
    /// One line.
    pub(super) subject: String,
    /// Summary and conversation, for the people of the company's.
    pub(super) note: String,
    /// Human queue.
    pub(super) queue: String,
    /// Rank.
    pub(super) priority: Priority,
    /// Short words: intent, tier, mood, language.
    pub(super) tags: Vec<String>,
    /// The customer.
    pub(super) customer: Contact,
}

/// What an event means for a helpdesk.
pub(super) async fn of(store: &dyn Store, event: &Event) -> Result<Vec<NewDelivery>, StoreError> {
    let Some(id) = &event.ticket_id else { return Ok(Vec::new()) };
    let Some(ticket) = store.ticket(id).await? else { return Ok(Vec::new()) };
    let work = match event.kind {
        EventKind::Ticket if event.payload["change"] == "opened" => {
            Some(Work::Open(new_ticket(store, ticket).await?))
        }
        EventKind::Message => added(store, event, &ticket).await?,
        _ => None,
    };
    Ok(work.into_iter().map(|work| delivery(&work, id)).collect())
}

fn delivery(work: &Work, ticket_id: &str) -> NewDelivery {
    let payload = serde_json::to_value(work).expect("texts and names can be written as JSON");
    NewDelivery { group: Some(ticket_id.to_owned()), payload }
}

async fn new_ticket(store: &dyn Store, ticket: Ticket) -> Result<NewTicket, StoreError> {
    let conversation = store.conversation(&ticket.conversation_id, TURNS).await?;
    let turns = conversation.as_ref().map(|known| known.turns.as_slice()).unwrap_or_default();
    let told = handover::transcript(turns, ticket.language);
    let customer = match &conversation {
        Some(known) => requester(store, &ticket, known).await?,
        None => Contact::default(),
    };
    Ok(NewTicket {
        subject: ticket.summary.headline.clone(),
        note: format!("{}\n\n---\n\n{told}", handover::summary(&ticket)),
        priority: ticket.priority,
        tags: handover::tags(&ticket),
        customer,
        id: ticket.id,
        queue: ticket.queue,
    })
}

/// How whoever opened the ticket is reached: an answer from the helpdesk goes there. Several people
/// may count as one customer, a couple with one telephone for example. Who wrote a mail is sure; of
/// several addresses else none is taken.
async fn requester(
    store: &dyn Store,
    ticket: &Ticket,
    conversation: &Conversation,
) -> Result<Contact, StoreError> {
    let own = conversation.head.id.as_str();
    if ticket.channel == Channel::Email {
        let opening = conversation
            .turns
            .iter()
            .find(|turn| turn.from == Author::Customer && turn.at == ticket.created_at);
        let thread = opening.and_then(|turn| turn.thread.as_ref());
        let thread = thread.map_or(own, |thread| thread.id.as_str());
        if let Some(mail) = mail_of(store, thread, ticket.created_at).await? {
            // As mails are answered here: in the mail's own conversation where its sender wishes.
            let sender = Some(mail.address).filter(|address| !is_nobody(address));
            let email = mail.reply_to.filter(|_| thread == own).or(sender);
            return Ok(Contact { email, phone: None, name: mail.name });
        }
    }
    let Some(number) = conversation.head.customer else { return Ok(Contact::default()) };
    let known = store.customer_of(number).await?;
    let only = |names: Vec<String>| <[String; 1]>::try_from(names).ok().map(|[name]| name);
    Ok(Contact { email: only(known.emails), phone: only(known.phones), name: known.name })
}

/// The latest mail that had come in by then under this very identifier.
async fn mail_of(
    store: &dyn Store,
    thread: &str,
    by: Timestamp,
) -> Result<Option<MailRecord>, StoreError> {
    let mail = store.latest_mail(thread, by).await?;
    Ok(mail.filter(|mail| mail.conversation_id == thread))
}

/// What the customer said after the ticket was opened.
async fn added(
    store: &dyn Store,
    event: &Event,
    ticket: &Ticket,
) -> Result<Option<Work>, StoreError> {
    let Ok(turn) = serde_json::from_value::<Turn>(event.payload["turn"].clone()) else {
        return Ok(None);
    };
    // The words that opened it stand in its first note.
    if turn.from != Author::Customer || turn.at <= ticket.created_at {
        return Ok(None);
    }
    let raised = handover::raised(store, ticket, turn.at).await?;
    // Who is answered there may be somebody else of the same story.
    let sender = mail_of(store, &event.conversation_id, turn.at).await?.map(|mail| mail.address);
    let told = handover::transcript(&[turn], ticket.language);
    let text = match (sender, ticket.language) {
        (None, _) => told,
        (Some(sender), Language::De) => format!("E-Mail von {sender}\n\n{told}"),
        (Some(sender), Language::En) => format!("E-mail from {sender}\n\n{told}"),
    };
    Ok(Some(Work::Add { ticket_id: ticket.id.clone(), text, raised }))
}

/// Tags of a ticket, with the name of the program that made it.
pub(super) fn tags(ticket: &NewTicket) -> Vec<String> {
    let mut tags = vec!["lotse".to_owned()];
    tags.extend(ticket.tags.iter().cloned());
    tags
}

/// Keeps what a ticket is called there.
pub(super) async fn keep(
    store: &dyn Store,
    destination: &str,
    ticket_id: &str,
    remote: u64,
) -> Result<Delivered, Failure> {
    store.keep_remote(destination, ticket_id, &remote.to_string()).await?;
    Ok(Delivered::Done)
}

/// A note whose ticket is not there.
pub(super) fn not_made(name: &str) -> Delivered {
    let error = format!("the ticket was never made in {name}; send that delivery again first");
    Delivered::Never { error }
}

/// A delivery that this version cannot read.
pub(super) fn unknown() -> Delivered {
    let error = "the delivery was planned by another version of the service".to_owned();
    Delivered::Never { error }
}
