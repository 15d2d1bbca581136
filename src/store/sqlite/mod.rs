mod callers;
mod conversations;
mod corrections;
mod customers;
mod deliveries;
mod destinations;
mod errors;
mod events;
mod facts;
mod mails;
mod open;
mod people;
mod rows;
mod steps;
mod threads;
mod tickets;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Sqlite, SqlitePool, Transaction};

pub use open::SqliteSettings;

use super::{
    Changed, Conversation, ConversationHead, Correction, Customer, CustomerNames, CustomerUpdate,
    Delivery, DeliveryCount, DisabledDestination, Event, EventFilter, Facts, FactsFilter, Helpful,
    Key, MailRecord, NewDelivery, Presence, QueueCount, Rating, Recorded, Request, Said, Session,
    Store, StoreError, TicketChange, TicketFilter, TurnRecord, User,
};
use crate::domain::{Outcome, QueueWait, Ticket, TicketEvent};

/// The store in one `SQLite` file.
///
/// One connection writes, so that writers queue up here instead of meeting as `SQLITE_BUSY`;
/// several read at the same time (write-ahead log). A commit returns when the disk has it
/// (`synchronous = FULL`).
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// A transaction that holds the write lock from the start: what it reads stays true until it
    /// commits. Dropped without a commit, it leaves nothing behind.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A transaction that sees one state of the file in all its queries.
    async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.readers.begin().await?)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn conversation(
        &self,
        id: &str,
        turns: usize,
    ) -> Result<Option<Conversation>, StoreError> {
        conversations::load(&mut *self.snapshot().await?, id, turns).await
    }

    async fn conversations_of(
        &self,
        customer: i64,
        most: usize,
    ) -> Result<Vec<ConversationHead>, StoreError> {
        conversations::of_customer(&self.readers, customer, most).await
    }

    async fn customer(&self, names: &CustomerNames) -> Result<Option<Customer>, StoreError> {
        customers::find(&mut *self.snapshot().await?, names).await
    }

    async fn customer_of(&self, number: i64) -> Result<Customer, StoreError> {
        customers::load(&mut *self.snapshot().await?, number).await
    }

    async fn know_customer(
        &self,
        update: &CustomerUpdate,
        current: Option<i64>,
        at: Timestamp,
    ) -> Result<Option<Customer>, StoreError> {
        let mut transaction = self.begin().await?;
        let customer = match customers::know(&mut transaction, update, current, at).await? {
            Some(number) => Some(customers::load(&mut transaction, number).await?),
            None => None,
        };
        transaction.commit().await?;
        Ok(customer)
    }

    async fn unresolved_of(
        &self,
        customer: i64,
        conversation_id: &str,
    ) -> Result<Vec<Ticket>, StoreError> {
        let mut snapshot = self.snapshot().await?;
        let ids = tickets::unresolved_of(&mut snapshot, customer, conversation_id).await?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(tickets::load(&mut snapshot, &id).await?);
        }
        Ok(found)
    }

    async fn latest_ticket(&self, conversation_id: &str) -> Result<Option<Ticket>, StoreError> {
        tickets::latest(&self.readers, conversation_id).await
    }

    async fn thread(&self, id: &str, turns: usize) -> Result<Option<Conversation>, StoreError> {
        conversations::load_thread(&mut *self.snapshot().await?, id, turns).await
    }

    async fn outcome_of(&self, request: &Request) -> Result<Option<Outcome>, StoreError> {
        conversations::outcome_of(&mut *self.readers.acquire().await?, request).await
    }

    async fn record(&self, record: &TurnRecord) -> Result<Recorded, StoreError> {
        let mut transaction = self.begin().await?;
        let recorded = conversations::record(&mut transaction, record).await?;
        transaction.commit().await?;
        Ok(recorded)
    }

    async fn ticket(&self, id: &str) -> Result<Option<Ticket>, StoreError> {
        tickets::load(&mut *self.readers.acquire().await?, id).await
    }

    async fn unresolved_ticket(&self, conversation_id: &str) -> Result<Option<Ticket>, StoreError> {
        tickets::unresolved(&self.readers, conversation_id).await
    }

    async fn ticket_events(&self, ticket_id: &str) -> Result<Vec<TicketEvent>, StoreError> {
        tickets::history(&self.readers, ticket_id).await
    }

    async fn tickets(&self, filter: &TicketFilter, most: usize) -> Result<Vec<Ticket>, StoreError> {
        tickets::list(&self.readers, filter, most).await
    }

    async fn waiting_before(&self, ticket: &Ticket) -> Result<u32, StoreError> {
        tickets::waiting_before(&self.readers, ticket).await
    }

    async fn queues(&self) -> Result<Vec<QueueCount>, StoreError> {
        tickets::queues(&self.readers).await
    }

    async fn words_sent(&self, key: &str) -> Result<Option<String>, StoreError> {
        conversations::words_sent(&self.readers, key).await
    }

    async fn waits(&self) -> Result<Vec<QueueWait>, StoreError> {
        tickets::waits(&self.readers).await
    }

    async fn claim_next(
        &self,
        queue: Option<&str>,
        agent: &str,
        at: Timestamp,
    ) -> Result<Option<Changed>, StoreError> {
        let mut transaction = self.begin().await?;
        let changed = steps::claim_next(&mut transaction, queue, agent, at).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    async fn change_ticket(&self, change: &TicketChange) -> Result<Changed, StoreError> {
        let mut transaction = self.begin().await?;
        let changed = steps::change(&mut transaction, change).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    async fn corrections(&self, since: Option<Timestamp>) -> Result<Vec<Correction>, StoreError> {
        corrections::since(&self.readers, since).await
    }

    async fn rate(&self, rating: &Rating) -> Result<(), StoreError> {
        callers::rate(&self.writer, rating).await
    }

    async fn rating(&self, conversation_id: &str) -> Result<Option<Rating>, StoreError> {
        callers::rating(&self.readers, conversation_id).await
    }

    async fn facts(&self, filter: &FactsFilter) -> Result<Facts, StoreError> {
        facts::load(&mut *self.snapshot().await?, filter).await
    }

    async fn said(&self, numbers: &[i64]) -> Result<Vec<Said>, StoreError> {
        facts::said(&mut *self.readers.acquire().await?, numbers).await
    }

    async fn rate_answer(&self, helpful: &Helpful) -> Result<(), StoreError> {
        callers::rate_answer(&self.writer, helpful).await
    }

    async fn events_after(
        &self,
        seq: i64,
        filter: &EventFilter,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        events::after(&self.readers, seq, filter, most).await
    }

    async fn last_event(&self) -> Result<i64, StoreError> {
        events::last(&self.readers).await
    }

    async fn cursor(&self, destination: &str) -> Result<Option<i64>, StoreError> {
        deliveries::cursor(&self.readers, destination).await
    }

    async fn plan_deliveries(
        &self,
        destination: &str,
        seen: Option<i64>,
        cursor: i64,
        deliveries: &[NewDelivery],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let planned =
            deliveries::plan(&mut transaction, destination, seen, cursor, deliveries, at).await?;
        transaction.commit().await?;
        Ok(planned)
    }

    async fn due_deliveries(
        &self,
        destination: &str,
        at: Timestamp,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        deliveries::due(&self.readers, destination, at, most).await
    }

    async fn finish_delivery(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        deliveries::finish(&self.writer, id, at).await
    }

    async fn postpone_delivery(
        &self,
        id: &str,
        due_at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        deliveries::postpone(&self.writer, id, due_at, error).await
    }

    async fn abandon_delivery(
        &self,
        id: &str,
        at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        deliveries::abandon(&self.writer, id, at, error).await
    }

    async fn abandoned_deliveries(&self, most: usize) -> Result<Vec<Delivery>, StoreError> {
        deliveries::abandoned(&self.readers, most).await
    }

    async fn retry_delivery(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        deliveries::retry(&self.writer, id, at).await
    }

    async fn begin_delivery(&self, id: &str) -> Result<bool, StoreError> {
        deliveries::begin(&self.writer, id).await
    }

    async fn disable_destination(
        &self,
        destination: &str,
        fingerprint: &str,
        error: &str,
    ) -> Result<(), StoreError> {
        destinations::disable(&self.writer, destination, fingerprint, error).await
    }

    async fn disabled_destination(
        &self,
        destination: &str,
    ) -> Result<Option<DisabledDestination>, StoreError> {
        destinations::disabled(&self.readers, destination).await
    }

    async fn enable_destination(&self, destination: &str) -> Result<(), StoreError> {
        destinations::enable(&self.writer, destination).await
    }

    async fn keep_remote(
        &self,
        destination: &str,
        ticket_id: &str,
        remote_id: &str,
    ) -> Result<(), StoreError> {
        destinations::keep_remote(&self.writer, destination, ticket_id, remote_id).await
    }

    async fn remote(
        &self,
        destination: &str,
        ticket_id: &str,
    ) -> Result<Option<String>, StoreError> {
        destinations::remote(&self.readers, destination, ticket_id).await
    }

    async fn delivery_counts(&self) -> Result<Vec<DeliveryCount>, StoreError> {
        deliveries::counts(&self.readers).await
    }

    async fn keep_mail(&self, mail: &MailRecord) -> Result<MailRecord, StoreError> {
        let mut transaction = self.begin().await?;
        let kept = mails::keep(&mut transaction, mail).await?;
        transaction.commit().await?;
        Ok(kept)
    }

    async fn mails(&self, message_ids: &[String]) -> Result<Vec<MailRecord>, StoreError> {
        mails::with_ids(&self.readers, message_ids).await
    }

    async fn latest_mail(
        &self,
        conversation_id: &str,
        by: Timestamp,
    ) -> Result<Option<MailRecord>, StoreError> {
        mails::latest(&self.readers, conversation_id, by).await
    }

    async fn is_in_mails(&self, conversation_id: &str, address: &str) -> Result<bool, StoreError> {
        mails::is_between(&self.readers, conversation_id, address).await
    }

    async fn prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let dropped = events::prune(&mut transaction, before).await?
            + deliveries::prune(&mut transaction, before).await?;
        transaction.commit().await?;
        Ok(dropped)
    }

    async fn key(&self, hash: &str) -> Result<Option<Key>, StoreError> {
        callers::key(&self.readers, hash).await
    }

    async fn keys(&self) -> Result<Vec<Key>, StoreError> {
        callers::keys(&self.readers).await
    }

    async fn add_key(&self, key: &Key) -> Result<(), StoreError> {
        callers::add_key(&self.writer, key).await
    }

    async fn revoke_key(&self, name: &str, at: Timestamp) -> Result<(), StoreError> {
        callers::revoke_key(&self.writer, name, at).await
    }

    async fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        people::user(&self.readers, name).await
    }

    async fn set_skills(&self, name: &str, skills: &[String]) -> Result<(), StoreError> {
        people::set_skills(&self.writer, name, skills).await
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        people::users(&self.readers).await
    }

    async fn add_user(&self, user: &User) -> Result<(), StoreError> {
        people::add_user(&self.writer, user).await
    }

    async fn set_password(&self, name: &str, password_hash: &str) -> Result<(), StoreError> {
        people::set_password(&self.writer, name, password_hash).await
    }

    async fn remove_user(&self, name: &str) -> Result<(), StoreError> {
        people::remove_user(&self.writer, name).await
    }

    async fn add_session(&self, session: &Session) -> Result<(), StoreError> {
        people::add_session(&self.writer, session).await
    }

    async fn session(&self, hash: &str, at: Timestamp) -> Result<Option<Session>, StoreError> {
        people::session(&self.readers, hash, at).await
    }

    async fn end_session(&self, hash: &str) -> Result<(), StoreError> {
        people::end_session(&self.writer, hash).await
    }

    async fn saw(&self, agent: &str, at: Timestamp) -> Result<(), StoreError> {
        people::saw(&self.writer, agent, at).await
    }

    async fn presence(&self, since: Timestamp) -> Result<Vec<Presence>, StoreError> {
        people::presence(&self.readers, since).await
    }

    async fn claims(&self) -> Result<Vec<(String, u32)>, StoreError> {
        people::claims(&self.readers).await
    }

    async fn abandoned(&self, before: Timestamp) -> Result<Vec<(String, String)>, StoreError> {
        people::abandoned(&self.readers, before).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        // Matches nothing, but is refused where writing would be.
        sqlx::query("DELETE FROM outbox WHERE seq < 0").execute(&mut *transaction).await?;
        transaction.rollback().await?;
        events::last(&self.readers).await.map(|_| ())
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
