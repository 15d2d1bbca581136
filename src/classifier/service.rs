use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::repeated::Repeated;
use super::{Classifier, ClassifierError, Reading};
use crate::observe;
use crate::text::PreparedText;

/// Messages that one worker takes from the queue at once.
const BATCH: usize = 32;

/// How the service uses the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceSettings {
    /// Worker threads, each with a computing pool of one thread: short texts are encoded faster by
    /// several single-threaded passes than by one pass over several threads.
    pub workers: usize,
    /// Messages that may wait or be worked on; one more is refused at once.
    pub capacity: usize,
    /// Latest texts that are not encoded once more when they are sent again; 0 for none.
    pub repeated: usize,
}

impl Default for ServiceSettings {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { workers, capacity: 256, repeated: 2048 }
    }
}

/// Where the time of one message went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// From admission until a worker took it.
    pub queue: Duration,
    /// Tokenising of its batch.
    pub tokenise: Duration,
    /// Encoding of its batch.
    pub encode: Duration,
}

/// Why a message was not read.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// As many messages wait as are allowed to.
    #[error("too many messages at once: try again in {retry_after_seconds} s")]
    Overloaded {
        /// When to try again.
        retry_after_seconds: u64,
    },
    /// The process is going down.
    #[error("the service is shutting down")]
    Stopped,
    /// The encoder failed.
    #[error("reading the message failed: {0}")]
    Failed(String),
}

struct Job {
    text: PreparedText,
    admitted: Instant,
    answer: oneshot::Sender<Result<(Reading, Timings), ServiceError>>,
    _permit: OwnedSemaphorePermit,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    stopped: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    repeated: Repeated,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A worker that panicked leaves a whole queue behind: jobs are moved out before the work.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads messages for a server: admission by permits, batches made of what waits when a worker is
/// free (no artificial delay), one computing thread a worker.
pub struct ClassifierService {
    classifier: Arc<Classifier>,
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
}

impl ClassifierService {
    /// Starts the workers, each of which has read something when this returns: the first visitor
    /// waits no longer than the others.
    pub fn start(classifier: Arc<Classifier>, settings: ServiceSettings) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue::default()),
            arrived: Condvar::new(),
            repeated: Repeated::new(settings.repeated),
        });
        let workers = settings.workers.max(1);
        let (warm, are_warm) = std::sync::mpsc::channel();
        for index in 0..workers {
            let (shared, classifier) = (Arc::clone(&shared), Arc::clone(&classifier));
            let warm = warm.clone();
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .build()
                .map_err(std::io::Error::other)?;
            std::thread::Builder::new().name(format!("encoder-{index}")).spawn(move || {
                pool.install(|| {
                    warm_up(&classifier);
                    // Whoever started this may have given up waiting.
                    let _ = warm.send(());
                    work(&shared, &classifier);
                });
            })?;
        }
        drop(warm);
        if are_warm.iter().take(workers).count() < workers {
            let problem =
                "a thread of the encoder ended before its first message: the log says why";
            return Err(std::io::Error::other(problem));
        }
        let permits = Arc::new(Semaphore::new(settings.capacity));
        Ok(Self { classifier, shared, permits })
    }

    /// The pack behind the service.
    pub fn classifier(&self) -> &Arc<Classifier> {
        &self.classifier
    }

    /// Reads one message. Dropping the future before a worker takes it cancels the work. A text that
    /// was encoded lately is read at once, with the same result.
    pub async fn classify(&self, text: PreparedText) -> Result<(Reading, Timings), ServiceError> {
        if let Some(pooled) = self.shared.repeated.get(&text.cleaned) {
            return Ok((self.classifier.interpret(&text, pooled), Timings::default()));
        }
        let permit = Arc::clone(&self.permits)
            .try_acquire_owned()
            .map_err(|_| ServiceError::Overloaded { retry_after_seconds: 1 })?;
        let (answer, answered) = oneshot::channel();
        {
            let mut queue = self.shared.queue();
            if queue.stopped {
                return Err(ServiceError::Stopped);
            }
            queue.jobs.push_back(Job { text, admitted: Instant::now(), answer, _permit: permit });
        }
        self.shared.arrived.notify_one();
        answered.await.unwrap_or(Err(ServiceError::Stopped))
    }
}

impl Drop for ClassifierService {
    fn drop(&mut self) {
        self.shared.queue().stopped = true;
        self.shared.arrived.notify_all();
    }
}

/// Takes the memory and the pages of the weights that a batch needs.
fn warm_up(classifier: &Classifier) {
    let text = crate::text::prepare("Guten Tag! Wann kommt mein Paket? Good morning!", None);
    if let Err(error) = classifier.read(&[text]) {
        tracing::warn!(%error, "the first reading failed");
    }
}

fn work(shared: &Shared, classifier: &Classifier) {
    while let Some(jobs) = next_batch(shared) {
        let started = Instant::now();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            read(classifier, &shared.repeated, &jobs)
        }));
        match result {
            Ok(Ok((readings, [tokenise, encode]))) => {
                for (job, reading) in jobs.into_iter().zip(readings) {
                    let queue = started.duration_since(job.admitted);
                    // The caller may have gone away meanwhile; then nobody waits for this.
                    let _ = job.answer.send(Ok((reading, Timings { queue, tokenise, encode })));
                }
            }
            Ok(Err(error)) => fail(jobs, &error.to_string()),
            Err(_) => fail(jobs, "the encoder panicked; see the log"),
        }
    }
}

/// Reads a batch; how long tokenising and encoding took.
fn read(
    classifier: &Classifier,
    repeated: &Repeated,
    jobs: &[Job],
) -> Result<(Vec<Reading>, [Duration; 2]), ClassifierError> {
    let started = Instant::now();
    let token_ids = |job: &Job| classifier.token_ids(&job.text);
    let sequences = jobs.iter().map(token_ids).collect::<Result<Vec<_>, _>>()?;
    let tokenised = Instant::now();
    let vectors = classifier.encode(&sequences)?;
    let times = [tokenised - started, tokenised.elapsed()];
    for (metric, time) in [observe::TOKENISE_SECONDS, observe::ENCODE_SECONDS].iter().zip(times) {
        metrics::histogram!(*metric).record(time.as_secs_f64());
    }
    let read = |(job, vector): (&Job, Vec<f32>)| {
        repeated.keep(&job.text.cleaned, &vector);
        classifier.interpret(&job.text, vector)
    };
    Ok((jobs.iter().zip(vectors).map(read).collect(), times))
}

fn fail(jobs: Vec<Job>, problem: &str) {
    for job in jobs {
        let _ = job.answer.send(Err(ServiceError::Failed(problem.to_owned())));
    }
}

/// Waits for work; none when the service is stopped and nothing is left.
fn next_batch(shared: &Shared) -> Option<Vec<Job>> {
    let mut queue = shared.queue();
    loop {
        let mut jobs = Vec::new();
        while jobs.len() < BATCH {
            match queue.jobs.pop_front() {
                Some(job) if job.answer.is_closed() => {}
                Some(job) => jobs.push(job),
                None => break,
            }
        }
        if !jobs.is_empty() {
            return Some(jobs);
        }
        if queue.stopped {
            return None;
        }
        queue = shared.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}
