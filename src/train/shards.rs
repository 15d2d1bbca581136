//! How does training use all cores?

use candle_core::Device;

use super::TrainError;
use crate::encoder::Bert;

/// Threads that share the work, each with a computing pool of its own: candle spreads a product
/// over the pool it is called from, and short products lose more by that than they win.
pub(super) struct Shards {
    pools: Vec<rayon::ThreadPool>,
}

impl Shards {
    /// As many as the machine has cores; one where a GPU computes.
    pub(super) fn new(device: &Device) -> Result<Self, TrainError> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let count = if device.is_cpu() { cores } else { 1 };
        let pools = (0..count)
            .map(|_| rayon::ThreadPoolBuilder::new().num_threads(1).build())
            .collect::<Result<_, _>>()
            .map_err(|error| TrainError::Labels(format!("cannot start threads: {error}")))?;
        Ok(Self { pools })
    }

    pub(super) fn count(&self) -> usize {
        self.pools.len()
    }

    /// `work(shard)` for every shard at once, results in order.
    pub(super) fn run<R: Send>(&self, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
        let work = &work;
        std::thread::scope(|scope| {
            let threads: Vec<_> = self
                .pools
                .iter()
                .enumerate()
                .map(|(shard, pool)| scope.spawn(move || pool.install(|| work(shard))))
                .collect();
            threads
                .into_iter()
                .map(|thread| {
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
                .collect()
        })
    }

    /// Pooled vectors `[sequences][hidden_size]`, with a progress bar called `label`.
    pub(super) fn pooled(
        &self,
        encoder: &Bert,
        sequences: &[Vec<u32>],
        label: &'static str,
    ) -> Result<Vec<Vec<f32>>, TrainError> {
        // Neighbours in length go to different shards, so that these cost the same.
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|index| sequences[*index].len());
        let bar = indicatif::ProgressBar::new(sequences.len() as u64).with_message(label);
        let parts = self.run(|shard| {
            let rows: Vec<usize> =
                order.iter().skip(shard).step_by(self.count()).copied().collect();
            let sequences: Vec<Vec<u32>> = rows.iter().map(|row| sequences[*row].clone()).collect();
            (rows, encoder.pooled_all(&sequences, |done| bar.inc(done as u64)))
        });
        bar.finish_and_clear();
        let mut pooled = vec![Vec::new(); sequences.len()];
        for (rows, vectors) in parts {
            for (row, vector) in rows.into_iter().zip(vectors?) {
                pooled[row] = vector;
            }
        }
        Ok(pooled)
    }
}
