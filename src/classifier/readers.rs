//! How are many texts read at once?

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Classifier, ClassifierError, Reading};
use crate::text::PreparedText;

/// Texts that one pass encodes together.
const PASS: usize = 32;

/// Threads that read, each with a computing pool of one thread: several single-threaded passes are
/// faster than one pass over several threads.
pub struct Readers {
    pools: Vec<rayon::ThreadPool>,
}

impl Readers {
    /// So many threads; with 0 as many as the machine has cores.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if threads == 0 { cores() } else { threads };
        let pool = |_| {
            rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(std::io::Error::other)
        };
        Ok(Self { pools: (0..threads).map(pool).collect::<Result<_, _>>()? })
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.pools.len()
    }

    /// What `work` makes of each number below `count`, in their order.
    pub(crate) fn each<T: Send>(
        &self,
        count: usize,
        work: impl Fn(usize) -> T + Sync,
    ) -> Result<Vec<T>, ClassifierError> {
        let next = AtomicUsize::new(0);
        let take = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return done;
                }
                done.push((index, work(index)));
            }
        };
        let mut results: Vec<Option<T>> = (0..count).map(|_| None).collect();
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                self.pools.iter().map(|pool| scope.spawn(|| pool.install(take))).collect();
            for thread in threads {
                let done = thread
                    .join()
                    .map_err(|_| ClassifierError::Stopped("a thread that reads panicked"))?;
                for (index, result) in done {
                    results[index] = Some(result);
                }
            }
            Ok::<(), ClassifierError>(())
        })?;
        let results: Option<Vec<T>> = results.into_iter().collect();
        results.ok_or(ClassifierError::Stopped("a thread that reads left something undone"))
    }

    /// Reads texts, those of similar length in one pass; `then` is given each with its number. The
    /// passes depend on the texts alone, and not on the number of threads.
    pub fn read<T: Send>(
        &self,
        classifier: &Classifier,
        texts: &[&PreparedText],
        then: impl Fn(usize, Reading) -> T + Sync,
    ) -> Result<Vec<T>, ClassifierError> {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        // The longest first: at the end of the work threads then wait for short ones only.
        order.sort_by_key(|index| std::cmp::Reverse(texts[*index].cleaned.len()));
        let passes: Vec<&[usize]> = order.chunks(PASS).collect();
        let done = self.each(passes.len(), |number| {
            let pass = passes[number];
            let of_pass: Vec<&PreparedText> = pass.iter().map(|index| texts[*index]).collect();
            let readings = classifier.read(&of_pass)?;
            let numbered = pass.iter().zip(readings);
            Ok(numbered.map(|(index, reading)| (*index, then(*index, reading))).collect())
        })?;
        let done: Vec<Vec<(usize, T)>> =
            done.into_iter().collect::<Result<_, ClassifierError>>()?;
        let mut done: Vec<(usize, T)> = done.into_iter().flatten().collect();
        done.sort_unstable_by_key(|(index, _)| *index);
        Ok(done.into_iter().map(|(_, result)| result).collect())
    }
}
