use serde::{Deserialize, Serialize};

use crate::channels::handover;
use crate::channels::outgoing::{Delivered, Failure};
use crate::domain::{Author, Contact, Priority, Ticket, Turn};
use crate::store::{Event, EventKind, NewDelivery, Store, StoreError};

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
    let customer = match conversation.as_ref().and_then(|known| known.head.customer) {
        Some(number) => contact(store, number).await?,
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

/// How the customer is reached.
async fn contact(store: &dyn Store, customer: i64) -> Result<Contact, StoreError> {
    let known = store.customer_of(customer).await?;
    let first = |names: Vec<String>| names.into_iter().next();
    Ok(Contact { email: first(known.emails), phone: first(known.phones), name: known.name })
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
    let history = store.ticket_events(&ticket.id).await?;
    let is_raised = history.iter().any(|step| step.kind == "raised" && step.at == turn.at);
    Ok(Some(Work::Add {
        ticket_id: ticket.id.clone(),
        text: handover::transcript(&[turn], ticket.language),
        raised: is_raised.then_some(ticket.priority),
    }))
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
