//! A service with workers whose clock is the test's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lotse::channels::outgoing::{Destination, Networks, Outside, WorkerSettings, Workers};
use lotse::desk::Clock;
use lotse::observe::Shutdown;
use lotse::store::{Delivery, Store};

use super::service::{Service, Settings};

/// A clock that goes only when it is put forward, from now on.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(Timestamp::now().as_millisecond())))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).expect("a time")
    }

    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub(crate) fn set(&self, to: Timestamp) {
        self.0.store(to.as_millisecond(), Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// Calls to this machine are allowed here.
pub(crate) fn outside() -> Outside {
    let networks = Networks::with(&["127.0.0.0/8".parse().expect("a network")]);
    Outside::with_limit(networks, Duration::from_millis(700)).expect("a client")
}

pub(crate) async fn service() -> Service {
    Service::start_with(Settings::default()).await
}

/// Workers of a service; dropped, they end as `kill -9` would end them.
pub(crate) struct Work {
    workers: Option<Workers>,
    shutdown: Shutdown,
}

impl Work {
    pub(crate) async fn start(
        service: &Service,
        clock: &TestClock,
        destinations: Vec<Arc<dyn Destination>>,
    ) -> Self {
        let settings =
            WorkerSettings { clock: clock.clock(), poll: Duration::from_millis(10), at_once: 4 };
        let (app, shutdown) = (&service.app, Shutdown::default());
        let workers = Workers::start(destinations, &app.store, &app.desk, &shutdown, &settings);
        Self { workers: Some(workers.await.expect("workers")), shutdown }
    }

    /// Ends in order: what is in work is finished.
    pub(crate) async fn end(mut self) {
        self.shutdown.begin();
        let workers = self.workers.take().expect("they end once");
        workers.ended(Duration::from_secs(20)).await;
    }
}

/// Waits until the value is as wished, and says what it was at last otherwise.
pub(crate) async fn until<T: std::fmt::Debug>(
    what: &str,
    mut value: impl AsyncFnMut() -> T,
    wished: impl Fn(&T) -> bool,
) -> T {
    let mut last = value().await;
    for _ in 0..1000 {
        if wished(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        last = value().await;
    }
    panic!("{what} did not come; at last: {last:?}");
}

/// Deliveries of a destination that wait, due or not.
pub(crate) async fn waiting(store: &dyn Store, destination: &str) -> Vec<Delivery> {
    let far = Timestamp::now() + SignedDuration::from_hours(24 * 365);
    store.due_deliveries(destination, far, 1000).await.expect("deliveries")
}

/// Waits until nothing waits any more.
pub(crate) async fn all_done(store: &dyn Store, destination: &str) {
    let last = store.last_event().await.expect("events");
    let cursor = async || store.cursor(destination).await.expect("a store").unwrap_or(-1);
    until("the reading of all events", cursor, |cursor| *cursor >= last).await;
    until("the end of the work", async || waiting(store, destination).await, Vec::is_empty).await;
}
