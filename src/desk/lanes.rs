use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// One message of a conversation at a time, in the order of arrival; conversations side by side.
#[derive(Clone, Default)]
pub(super) struct Lanes {
    queues: Arc<Mutex<HashMap<String, Arc<AsyncMutex<()>>>>>,
}

/// The right to work on a conversation, until it is dropped.
pub(super) struct Lane {
    lanes: Lanes,
    name: String,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Lanes {
    /// Waits for all that came before.
    pub(super) async fn enter(&self, name: &str) -> Lane {
        let queue = Arc::clone(self.queues().entry(name.to_owned()).or_default());
        // Made before waiting, so that a caller that gives up tidies up as well.
        let mut lane = Lane { lanes: self.clone(), name: name.to_owned(), turn: None };
        lane.turn = Some(queue.lock_owned().await);
        lane
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<String, Arc<AsyncMutex<()>>>> {
        // No code that can panic runs under this lock.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut queues = self.lanes.queues();
        self.turn = None;
        // The map's own handle is the last one: nobody works and nobody waits, and nobody can begin
        // to wait while the map is locked.
        if queues.get(&self.name).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time_in_order_and_nothing_is_left() {
        let lanes = Lanes::default();
        let order = Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                let (lanes, order) = (lanes.clone(), Arc::clone(&order));
                tokio::spawn(async move {
                    let _lane = lanes.enter("c1").await;
                    order.lock().unwrap().push((number, "in"));
                    tokio::task::yield_now().await;
                    order.lock().unwrap().push((number, "out"));
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let expected: Vec<_> =
            (0..20).flat_map(|number| [(number, "in"), (number, "out")]).collect();
        assert_eq!(*order.lock().unwrap(), expected);
        assert!(lanes.queues().is_empty());
    }

    #[tokio::test]
    async fn conversations_do_not_wait_for_each_other() {
        let lanes = Lanes::default();
        let _first = lanes.enter("c1").await;
        let _second = lanes.enter("c2").await;
        assert_eq!(lanes.queues().len(), 2);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_leaves_nothing_behind() {
        let lanes = Lanes::default();
        let first = lanes.enter("c1").await;
        let waiting = tokio::time::timeout(std::time::Duration::ZERO, lanes.enter("c1")).await;
        assert!(waiting.is_err());
        drop(first);
        assert!(lanes.queues().is_empty());
    }
}
