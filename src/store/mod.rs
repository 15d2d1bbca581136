//! What must outlive the process? Conversations, tickets, events, ratings, corrections and keys.
//!
//! [`Store`] is all that the other folders know; [`SqliteStore`] keeps it in one file. What belongs
//! together is kept in one transaction: a customer's message with the decision, the reply or ticket
//! and the events that tell of it ([`TurnRecord`]), or an agent's step with the ticket, the
//! conversation and the history ([`TicketChange`]). This is the only folder that knows SQL.

mod caller;
mod conversation;
mod customer;
mod delivery;
mod error;
mod event;
mod facts;
mod mail;
mod person;
mod record;
mod sqlite;
mod ticket;

use async_trait::async_trait;
use jiff::Timestamp;

pub use caller::{Helpful, Key, Rating, hash_key};
pub use conversation::{Conversation, ConversationHead};
pub use customer::{Customer, CustomerNames, CustomerUpdate};
pub use delivery::{Delivery, DeliveryCount, DisabledDestination, NewDelivery};
pub use error::{Conflict, StoreError};
use event::NewEvent;
pub use event::{Audience, Event, EventFilter, EventKind};
pub use facts::{
    ConversationFact, Facts, FactsFilter, MessageFact, RatingFact, Said, StepFact, StepKind,
    TicketFact,
};
pub use mail::MailRecord;
pub use person::{Presence, Session, User};
pub use record::{ConversationUpdate, Recorded, Request, TicketPart, TurnRecord};
pub use sqlite::{SqliteSettings, SqliteStore};
pub use ticket::{Changed, Correction, QueueCount, TicketChange, TicketFilter};

use crate::domain::{Outcome, QueueWait, Ticket, TicketEvent};

/// What must outlive the process.
///
/// Writes are atomic: they happen in full, or the error says why nothing happened. Times are kept
/// to the millisecond.
#[async_trait]
pub trait Store: Send + Sync {
    /// The conversation with its last `turns` turns, none if there is no such conversation. The
    /// identifier of one that has joined another gives that other one.
    async fn conversation(
        &self,
        id: &str,
        turns: usize,
    ) -> Result<Option<Conversation>, StoreError>;

    /// What was said under this identifier alone, with its own channel and customer: of a call that
    /// joined a mail, the call. The state is that of the whole conversation.
    async fn thread(&self, id: &str, turns: usize) -> Result<Option<Conversation>, StoreError>;

    /// Conversations of a customer, latest first; those that joined another are left out.
    async fn conversations_of(
        &self,
        customer: i64,
        most: usize,
    ) -> Result<Vec<ConversationHead>, StoreError>;

    /// The customer whom these names belong to, if they are known.
    async fn customer(&self, names: &CustomerNames) -> Result<Option<Customer>, StoreError>;

    /// The customer with this number, see [`ConversationHead::customer`].
    async fn customer_of(&self, number: i64) -> Result<Customer, StoreError>;

    /// Keeps what is known of a customer, new or not. `current` is whom the conversation is with, if
    /// known: names of somebody else do not change that. None where there are no names and nobody
    /// is known.
    async fn know_customer(
        &self,
        update: &CustomerUpdate,
        current: Option<i64>,
        at: Timestamp,
    ) -> Result<Option<Customer>, StoreError>;

    /// The outcome recorded for this request, if it came before; [`Conflict::MessageId`] if it
    /// came with other words.
    async fn outcome_of(&self, request: &Request) -> Result<Option<Outcome>, StoreError>;

    /// Keeps a customer's message with all that follows from it. [`Conflict::Conversation`] if the
    /// conversation is no longer at the version that the decision was made on.
    async fn record(&self, record: &TurnRecord) -> Result<Recorded, StoreError>;

    /// A ticket.
    async fn ticket(&self, id: &str) -> Result<Option<Ticket>, StoreError>;

    /// The ticket that a conversation, or the one that it joined, waits on or is held by.
    async fn unresolved_ticket(&self, conversation_id: &str) -> Result<Option<Ticket>, StoreError>;

    /// The unresolved tickets that a customer has in other conversations, latest first.
    async fn unresolved_of(
        &self,
        customer: i64,
        conversation_id: &str,
    ) -> Result<Vec<Ticket>, StoreError>;

    /// The ticket that was opened last in a conversation.
    async fn latest_ticket(&self, conversation_id: &str) -> Result<Option<Ticket>, StoreError>;

    /// A ticket's history, oldest first.
    async fn ticket_events(&self, ticket_id: &str) -> Result<Vec<TicketEvent>, StoreError>;

    /// Tickets in the order in which they should be worked on; those looked for by words, or
    /// resolved ones alone, latest first.
    async fn tickets(&self, filter: &TicketFilter, most: usize) -> Result<Vec<Ticket>, StoreError>;

    /// Number of open tickets of the same queue that are worked on before this one.
    async fn waiting_before(&self, ticket: &Ticket) -> Result<u32, StoreError>;

    /// All queues that hold unresolved tickets.
    async fn queues(&self) -> Result<Vec<QueueCount>, StoreError>;

    /// What waits for a first answer, by queue and channel.
    async fn waits(&self) -> Result<Vec<QueueWait>, StoreError>;

    /// The words that came with this [`TicketChange::key`].
    async fn words_sent(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Gives the agent the next ticket of a queue, or of all queues: highest priority, then earliest due, then
    /// oldest. Of tickets that ask for skills only those that the agent has, unless they are overdue
    /// or the agent has none on record. None if nothing waits. No two calls ever get the same ticket.
    async fn claim_next(
        &self,
        queue: Option<&str>,
        agent: &str,
        at: Timestamp,
    ) -> Result<Option<Changed>, StoreError>;

    /// Changes a ticket with its conversation. [`Conflict::Ticket`] if the ticket is no longer at
    /// the version that was seen, [`Conflict::UnresolvedTicket`] if a resolved one would come back
    /// beside another.
    async fn change_ticket(&self, change: &TicketChange) -> Result<Changed, StoreError>;

    /// Corrections made since then, oldest first.
    async fn corrections(&self, since: Option<Timestamp>) -> Result<Vec<Correction>, StoreError>;

    /// Keeps a rating; a later one of the same conversation replaces an earlier one.
    async fn rate(&self, rating: &Rating) -> Result<(), StoreError>;

    /// The rating of a conversation.
    async fn rating(&self, conversation_id: &str) -> Result<Option<Rating>, StoreError>;

    /// What happened in a period, as far as reports count it: one state of the store.
    async fn facts(&self, filter: &FactsFilter) -> Result<Facts, StoreError>;

    /// The words of these messages, see [`MessageFact::number`].
    async fn said(&self, numbers: &[i64]) -> Result<Vec<Said>, StoreError>;

    /// Keeps whether an answer of the bot helped; a later word replaces an earlier one.
    async fn rate_answer(&self, helpful: &Helpful) -> Result<(), StoreError>;

    /// At most `most` events after number `seq`, oldest first.
    async fn events_after(
        &self,
        seq: i64,
        filter: &EventFilter,
        most: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// Number of the latest event, 0 if there never was one.
    async fn last_event(&self) -> Result<i64, StoreError>;

    /// Up to which event a destination has read; none for one that never read.
    async fn cursor(&self, destination: &str) -> Result<Option<i64>, StoreError>;

    /// Keeps deliveries and moves the destination's cursor from `seen` to `cursor`. False, and
    /// nothing is kept, if the cursor was moved meanwhile: each event is planned for once.
    async fn plan_deliveries(
        &self,
        destination: &str,
        seen: Option<i64>,
        cursor: i64,
        deliveries: &[NewDelivery],
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Deliveries to a destination that are due by then, oldest first; of a group only the oldest
    /// one that still waits.
    async fn due_deliveries(
        &self,
        destination: &str,
        at: Timestamp,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// A delivery is carried out.
    async fn finish_delivery(&self, id: &str, at: Timestamp) -> Result<(), StoreError>;

    /// A delivery has failed and is tried again later. Counts the attempt.
    async fn postpone_delivery(
        &self,
        id: &str,
        due_at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError>;

    /// A delivery is given up, and kept with its error for people to see. Its group goes on.
    async fn abandon_delivery(
        &self,
        id: &str,
        at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError>;

    /// Deliveries that were given up, latest first.
    async fn abandoned_deliveries(&self, most: usize) -> Result<Vec<Delivery>, StoreError>;

    /// A delivery that was given up waits again, from the first attempt on.
    async fn retry_delivery(&self, id: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Notes that an attempt is about to be made. Whether one was noted before: then nobody may know
    /// whether it was successful.
    async fn begin_delivery(&self, id: &str) -> Result<bool, StoreError>;

    /// Notes that a destination is gone, with its settings of now.
    async fn disable_destination(
        &self,
        destination: &str,
        fingerprint: &str,
        error: &str,
    ) -> Result<(), StoreError>;

    /// Whether a destination is gone.
    async fn disabled_destination(
        &self,
        destination: &str,
    ) -> Result<Option<DisabledDestination>, StoreError>;

    /// A destination that was gone gets deliveries again.
    async fn enable_destination(&self, destination: &str) -> Result<(), StoreError>;

    /// Keeps what a ticket is called in another system; a later name replaces an earlier one.
    async fn keep_remote(
        &self,
        destination: &str,
        ticket_id: &str,
        remote_id: &str,
    ) -> Result<(), StoreError>;

    /// What a ticket is called in another system.
    async fn remote(
        &self,
        destination: &str,
        ticket_id: &str,
    ) -> Result<Option<String>, StoreError>;

    /// What waits for each destination, by name.
    async fn delivery_counts(&self) -> Result<Vec<DeliveryCount>, StoreError>;

    /// Keeps a mail unless one with its Message-ID is kept, and gives the one that is.
    async fn keep_mail(&self, mail: &MailRecord) -> Result<MailRecord, StoreError>;

    /// The mails with these Message-IDs, in no particular order.
    async fn mails(&self, message_ids: &[String]) -> Result<Vec<MailRecord>, StoreError>;

    /// The latest mail that had come into a conversation by then, or into one that was joined into
    /// it.
    async fn latest_mail(
        &self,
        conversation_id: &str,
        by: Timestamp,
    ) -> Result<Option<MailRecord>, StoreError>;

    /// Whether an address, in lower case, stands in the head of any mail of a conversation.
    async fn is_in_mails(&self, conversation_id: &str, address: &str) -> Result<bool, StoreError>;

    /// Drops events, receipts, expired sessions and finished deliveries of before then; returns how
    /// many. Turns and tickets stay.
    async fn prune(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// The key in use with this hash.
    async fn key(&self, hash: &str) -> Result<Option<Key>, StoreError>;

    /// All keys, revoked ones too, oldest first.
    async fn keys(&self) -> Result<Vec<Key>, StoreError>;

    /// Adds a key. [`Conflict::KeyName`] if a key of this name is in use.
    async fn add_key(&self, key: &Key) -> Result<(), StoreError>;

    /// Revokes the key of this name: it is refused from now on.
    async fn revoke_key(&self, name: &str, at: Timestamp) -> Result<(), StoreError>;

    /// The user of this name, whatever its case.
    async fn user(&self, name: &str) -> Result<Option<User>, StoreError>;

    /// All users by name.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// Adds a user. [`Conflict::UserName`] if there is one of this name.
    async fn add_user(&self, user: &User) -> Result<(), StoreError>;

    /// Gives a user another password and ends the sessions.
    async fn set_password(&self, name: &str, password_hash: &str) -> Result<(), StoreError>;

    /// Says what a user can do; nothing means everything.
    async fn set_skills(&self, name: &str, skills: &[String]) -> Result<(), StoreError>;

    /// Removes a user and ends the sessions. What the user did stays.
    async fn remove_user(&self, name: &str) -> Result<(), StoreError>;

    /// Keeps that somebody is signed in.
    async fn add_session(&self, session: &Session) -> Result<(), StoreError>;

    /// The session with this hash, unless it has ended by then.
    async fn session(&self, hash: &str, at: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Ends a session; one that has ended is left as it is.
    async fn end_session(&self, hash: &str) -> Result<(), StoreError>;

    /// Keeps that an agent is there.
    async fn saw(&self, agent: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Who was there since then, by name.
    async fn presence(&self, since: Timestamp) -> Result<Vec<Presence>, StoreError>;

    /// How many tickets each agent holds, by name.
    async fn claims(&self) -> Result<Vec<(String, u32)>, StoreError>;

    /// Tickets whose holder was last there before then, and which nobody touched since; with the
    /// holder.
    async fn abandoned(&self, before: Timestamp) -> Result<Vec<(String, String)>, StoreError>;

    /// Whether the store can be read and written at this moment.
    async fn check(&self) -> Result<(), StoreError>;

    /// Finishes what is under way and closes the store; every later call fails.
    async fn close(&self);
}
