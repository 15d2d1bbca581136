use std::cell::RefCell;
use std::time::{Duration, Instant};

tokio::task_local! {
    static SPENT: RefCell<Vec<(Step, Duration)>>;
}

/// A step of working on a message whose time is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Waiting for a worker of the encoder.
    Queue,
    /// Cutting into tokens, of the batch in which the message was.
    Tokenise,
    /// Encoding, of the batch in which the message was.
    Encode,
    /// The knowledge search.
    Search,
    /// The transaction that records it.
    Store,
}

impl Step {
    /// Where the figures count it. A batch's encoding is counted once, where it is done, so that
    /// this is the time that each message waited for its batch.
    fn metric(self) -> &'static str {
        match self {
            Self::Queue => super::QUEUE_SECONDS,
            Self::Tokenise => super::TOKENISED_SECONDS,
            Self::Encode => super::ENCODED_SECONDS,
            Self::Search => super::SEARCH_SECONDS,
            Self::Store => super::STORE_SECONDS,
        }
    }

    /// The name in the header `Server-Timing`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Tokenise => "tokenise",
            Self::Encode => "encode",
            Self::Search => "search",
            Self::Store => "store",
        }
    }
}

/// Runs a piece of work and gives, beside its result, where its time went: what
/// [`spent`] and [`timed`] noted within. A step that was taken several times is summed up.
pub async fn measured<F: Future>(work: F) -> (F::Output, Vec<(Step, Duration)>) {
    SPENT
        .scope(RefCell::default(), async {
            let result = work.await;
            (result, SPENT.with(RefCell::take))
        })
        .await
}

/// Notes the time of a step: for the figures, and within [`measured`] work for its caller.
pub fn spent(step: Step, duration: Duration) {
    metrics::histogram!(step.metric()).record(duration.as_secs_f64());
    // Outside of measured work there is no place for it, which is no mistake.
    let _ = SPENT.try_with(|spent| {
        let mut spent = spent.borrow_mut();
        match spent.iter_mut().find(|(known, _)| *known == step) {
            Some((_, sum)) => *sum += duration,
            None => spent.push((step, duration)),
        }
    });
}

/// Takes a step and notes its time.
pub fn timed<T>(step: Step, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    spent(step, started.elapsed());
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn steps_are_summed_and_kept_apart() {
        spent(Step::Search, Duration::from_secs(9));
        let ((), spent) = measured(async {
            spent(Step::Encode, Duration::from_millis(2));
            tokio::task::yield_now().await;
            spent(Step::Encode, Duration::from_millis(3));
            timed(Step::Search, || ());
        })
        .await;
        assert_eq!(spent.len(), 2);
        assert_eq!(spent[0], (Step::Encode, Duration::from_millis(5)));
        assert_eq!(spent[1].0, Step::Search);
    }
}
