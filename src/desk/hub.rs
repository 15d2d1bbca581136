use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::store::{Event, EventFilter, Store, StoreError};

/// Notices that a slow listener may miss; it reads the store all the same.
const BACKLOG: usize = 1024;

/// Events read from the store at once.
const PAGE: usize = 100;

/// A listener looks into the store this often even without a notice: another process may write too.
const POLL: Duration = Duration::from_secs(30);

/// Tells listeners that the outbox has grown. The events themselves are read from the store, so
/// that a listener that was away misses none.
#[derive(Clone)]
pub(super) struct Hub {
    notices: broadcast::Sender<Notice>,
}

/// That a conversation has new events.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    /// Number of the latest one.
    pub(super) seq: i64,
    /// All identifiers that listeners may know it by.
    pub(super) conversations: Arc<[String]>,
}

impl Notice {
    /// That the conversation of these identifiers has events up to this number.
    pub(super) fn of(seq: i64, conversations: &[String]) -> Self {
        Self { seq, conversations: conversations.into() }
    }
}

impl Hub {
    pub(super) fn new() -> Self {
        Self { notices: broadcast::Sender::new(BACKLOG) }
    }

    /// Tells that events are in the store.
    pub(super) fn publish(&self, notice: Notice) {
        // Nobody listens: nobody has to be told.
        let _ = self.notices.send(notice);
    }

    /// Tells of everything from now on.
    pub(super) fn news(&self) -> News {
        News { notices: self.notices.subscribe() }
    }

    /// Events after number `after`, and all that follow. The stream ends only with an error.
    pub(super) fn listen(
        &self,
        store: Arc<dyn Store>,
        after: i64,
        filter: EventFilter,
    ) -> impl Stream<Item = Result<Event, StoreError>> + Send + use<> {
        let listener = Listener {
            store,
            notices: self.notices.subscribe(),
            filter,
            after,
            read: VecDeque::new(),
            failed: false,
        };
        futures::stream::unfold(listener, |mut listener| async move {
            let event = listener.next().await?;
            Some((event, listener))
        })
    }
}

/// Tells that something was recorded, for those who read the store themselves.
pub struct News {
    notices: broadcast::Receiver<Notice>,
}

impl News {
    /// Waits until something is recorded. Having missed a notice counts as one; what was recorded
    /// since the last wait ends this one at once.
    pub async fn wait(&mut self) {
        match self.notices.recv().await {
            // All that came meanwhile is read in one go.
            Ok(_) | Err(RecvError::Lagged(_)) => self.notices = self.notices.resubscribe(),
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

struct Listener {
    store: Arc<dyn Store>,
    notices: broadcast::Receiver<Notice>,
    filter: EventFilter,
    /// Number of the last event read.
    after: i64,
    /// Read and not yet handed on.
    read: VecDeque<Event>,
    failed: bool,
}

impl Listener {
    async fn next(&mut self) -> Option<Result<Event, StoreError>> {
        if self.failed {
            return None;
        }
        loop {
            if let Some(event) = self.read.pop_front() {
                return Some(Ok(event));
            }
            match self.store.events_after(self.after, &self.filter, PAGE).await {
                Ok(events) if events.is_empty() => self.wait().await,
                Ok(events) => {
                    self.after = events.last().map_or(self.after, |event| event.seq);
                    self.read = events.into();
                }
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
    }

    fn concerns(&self, notice: &Notice) -> bool {
        let wanted = self.filter.conversation_id.as_deref();
        notice.seq > self.after
            && wanted.is_none_or(|id| notice.conversations.iter().any(|known| known == id))
    }

    /// Until something may be new. Having lagged behind counts as news; after the end of the
    /// notices only the clock is left.
    async fn wait(&mut self) {
        let news = async {
            loop {
                match self.notices.recv().await {
                    Ok(notice) if !self.concerns(&notice) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        let _ = tokio::time::timeout(POLL, news).await;
    }
}
