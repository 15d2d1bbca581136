use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{Id, JoinError, JoinSet};

use super::{Delivered, Destination};
use crate::desk::{Clock, News};
use crate::observe::{self, Shutdown};
use crate::store::{Audience, Delivery, EventFilter, Store, StoreError};

/// Events mapped in one transaction.
const PAGE: usize = 100;

/// A destination that has too much to do, and does not say for how long, is left alone for this long;
/// so is one whose program fails here.
const BUSY: Duration = Duration::from_secs(30);

/// Between two tries to keep what became of an attempt.
const KEEP_AGAIN: Duration = Duration::from_secs(1);

/// Tries to keep it. Afterwards the delivery is carried out again, at the next start at the latest.
const KEEP_TRIES: u32 = 60;

/// How a worker works.
#[derive(Clone)]
pub struct WorkerSettings {
    /// What time it is.
    pub clock: Clock,
    /// It looks for work this often even if nothing tells of any.
    pub poll: Duration,
    /// Deliveries carried out at the same time.
    pub at_once: usize,
}

/// Plans and carries out the deliveries of one destination.
pub struct Worker {
    store: Arc<dyn Store>,
    destination: Arc<dyn Destination>,
    settings: WorkerSettings,
    /// Nothing is sent before then.
    busy_until: Option<Timestamp>,
    disabled: bool,
}

/// What an attempt means for those to come.
#[derive(Default)]
struct Carried {
    busy_until: Option<Timestamp>,
    disabled: bool,
}

impl Worker {
    /// A worker that reads on where the one before it stopped; one for a new destination begins with
    /// what happens from now on.
    pub async fn new(
        store: Arc<dyn Store>,
        destination: Arc<dyn Destination>,
        settings: WorkerSettings,
    ) -> Result<Self, StoreError> {
        let name = destination.name();
        if store.cursor(name).await?.is_none() {
            let last = store.last_event().await?;
            // Another process that begins as well begins at the same place, or later.
            store.plan_deliveries(name, None, last, &[], (settings.clock)()).await?;
        }
        let mut disabled = false;
        if let Some(end) = store.disabled_destination(name).await? {
            disabled = end.fingerprint == destination.fingerprint();
            if disabled {
                tracing::warn!(
                    destination = name,
                    "this destination is gone and gets nothing; change its settings, or take it out"
                );
            } else {
                store.enable_destination(name).await?;
            }
        }
        Ok(Self { store, destination, settings, busy_until: None, disabled })
    }

    /// Works until the end has begun; then finishes what is in work.
    pub async fn run(mut self, mut news: News, shutdown: Shutdown) {
        let mut work: JoinSet<Carried> = JoinSet::new();
        let mut in_work: HashMap<Id, String> = HashMap::new();
        loop {
            if let Err(error) = self.round(&mut work, &mut in_work).await {
                let destination = self.destination.name();
                tracing::warn!(destination, %error, "deliveries cannot be read; trying again");
            }
            tokio::select! {
                () = shutdown.begun() => break,
                () = news.wait() => {}
                Some(done) = work.join_next_with_id() => {
                    // Those that ended meanwhile as well free their places before the next look.
                    self.note(done, &mut in_work);
                    while let Some(done) = work.try_join_next_with_id() {
                        self.note(done, &mut in_work);
                    }
                }
                () = tokio::time::sleep(self.settings.poll) => {}
            }
        }
        while work.join_next().await.is_some() {}
    }

    fn now(&self) -> Timestamp {
        (self.settings.clock)()
    }

    /// Plans what is new and begins what is due. A delivery leaves `in_work` between two rounds only,
    /// so that none is begun by a list that was read before it ended.
    async fn round(
        &mut self,
        work: &mut JoinSet<Carried>,
        in_work: &mut HashMap<Id, String>,
    ) -> Result<(), StoreError> {
        if self.disabled {
            return Ok(());
        }
        let planned = self.plan().await;
        let now = self.now();
        if self.busy_until.is_some_and(|until| now < until) {
            return planned;
        }
        self.busy_until = None;
        let places = self.settings.at_once.saturating_sub(in_work.len());
        if places == 0 {
            return planned;
        }
        let most = places + in_work.len();
        let due = self.store.due_deliveries(self.destination.name(), now, most).await?;
        let begun: Vec<String> = in_work.values().cloned().collect();
        let free = due.into_iter().filter(|delivery| !begun.contains(&delivery.id));
        for delivery in free.take(places) {
            let id = delivery.id.clone();
            let (store, destination) = (Arc::clone(&self.store), Arc::clone(&self.destination));
            let clock = Arc::clone(&self.settings.clock);
            let task = work.spawn(carry_out(store, destination, clock, delivery));
            in_work.insert(task.id(), id);
        }
        planned
    }

    /// Maps all events that are new.
    async fn plan(&self) -> Result<(), StoreError> {
        let name = self.destination.name();
        let filter = EventFilter { audience: Audience::Everyone, ..EventFilter::default() };
        loop {
            let Some(seen) = self.store.cursor(name).await? else { return Ok(()) };
            let events = self.store.events_after(seen, &filter, PAGE).await?;
            let Some(cursor) = events.last().map(|event| event.seq) else { return Ok(()) };
            let mut deliveries = Vec::new();
            for event in &events {
                deliveries.extend(self.destination.deliveries(event).await?);
            }
            let (seen, at) = (Some(seen), self.now());
            // If another process was faster, it has planned for these events.
            self.store.plan_deliveries(name, seen, cursor, &deliveries, at).await?;
        }
    }

    fn note(&mut self, done: Result<(Id, Carried), JoinError>, in_work: &mut HashMap<Id, String>) {
        match done {
            Ok((task, carried)) => {
                in_work.remove(&task);
                self.busy_until = self.busy_until.max(carried.busy_until);
                self.disabled |= carried.disabled;
            }
            Err(error) => {
                let delivery = in_work.remove(&error.id());
                let destination = self.destination.name();
                tracing::error!(destination, ?delivery, %error, "a delivery failed here");
                self.busy_until = self.busy_until.max(after(self.now(), BUSY));
            }
        }
    }
}

/// One attempt, and what became of it kept.
async fn carry_out(
    store: Arc<dyn Store>,
    destination: Arc<dyn Destination>,
    clock: Clock,
    delivery: Delivery,
) -> Carried {
    let delivered = destination.deliver(&delivery).await;
    let (name, id, now) = (destination.name(), delivery.id.as_str(), clock());
    count(name, &delivered);
    let mut carried = Carried::default();
    let verdict = match delivered {
        Delivered::Done => Verdict::Done,
        Delivered::Never { error } => Verdict::GivenUp(error),
        Delivered::Later { after, error } => later(&*destination, &delivery, now, after, error),
        Delivered::Busy { after: wait, error } => {
            carried.busy_until = after(now, wait.unwrap_or(BUSY));
            later(&*destination, &delivery, now, wait, error)
        }
        Delivered::Disabled { error } => {
            carried.disabled = true;
            let fingerprint = destination.fingerprint();
            let reason = &error;
            keep(name, || store.disable_destination(name, &fingerprint, reason)).await;
            tracing::error!(destination = name, "the destination is gone and gets nothing more");
            // It is the first to go out when the settings have changed.
            Verdict::Again(now, error)
        }
    };
    match &verdict {
        Verdict::Done => keep(name, || store.finish_delivery(id, now)).await,
        Verdict::Again(due, error) => {
            let attempts = delivery.attempts + 1;
            tracing::warn!(destination = name, delivery = id, attempts, "a delivery failed");
            tracing::debug!(destination = name, delivery = id, error, "why a delivery failed");
            keep(name, || store.postpone_delivery(id, *due, error)).await;
        }
        Verdict::GivenUp(error) => {
            tracing::error!(
                destination = name,
                delivery = id,
                "a delivery is given up; `lotse deliveries list` says why"
            );
            keep(name, || store.abandon_delivery(id, now, error)).await;
        }
    }
    carried
}

/// What is kept of an attempt.
enum Verdict {
    Done,
    Again(Timestamp, String),
    GivenUp(String),
}

/// When to try again: after the pause of the table, and not before the other system wishes.
fn later(
    destination: &dyn Destination,
    delivery: &Delivery,
    now: Timestamp,
    wait: Option<Duration>,
    error: String,
) -> Verdict {
    let tried = delivery.attempts + 1;
    let due = destination
        .pause_before(tried + 1)
        .and_then(|pause| after(now, pause.max(wait.unwrap_or_default())));
    match due {
        Some(due) => Verdict::Again(due, error),
        None => Verdict::GivenUp(format!("{error} (given up after {tried} attempts)")),
    }
}

fn after(now: Timestamp, wait: Duration) -> Option<Timestamp> {
    now.checked_add(SignedDuration::try_from(wait).ok()?).ok()
}

/// Keeps what happened outside: a store that is locked for a moment must not make it happen twice.
async fn keep<Change>(destination: &str, change: impl Fn() -> Change)
where
    Change: Future<Output = Result<(), StoreError>>,
{
    for _ in 0..KEEP_TRIES {
        match change().await {
            // Not there: somebody else has ended it meanwhile.
            Ok(()) | Err(StoreError::NotFound { .. } | StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(destination, %error, "what became of a delivery cannot be kept");
                tokio::time::sleep(KEEP_AGAIN).await;
            }
        }
    }
}

fn count(destination: &str, delivered: &Delivered) {
    let outcome = match delivered {
        Delivered::Done => "done",
        Delivered::Later { .. } => "later",
        Delivered::Busy { .. } => "busy",
        Delivered::Never { .. } => "never",
        Delivered::Disabled { .. } => "disabled",
    };
    let destination = destination.to_owned();
    metrics::counter!(
        observe::DELIVERY_ATTEMPTS_TOTAL, "destination" => destination, "outcome" => outcome,
    )
    .increment(1);
}
