//! Makes reports: loads the facts, computes, reads the questions without an answer.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::gaps::{self, Gap, Vectors};
use super::{Ask, AskError, Asked, Report, Table, TableName, report, rising};
use crate::desk::{Reads, RoutingSource};
use crate::domain::Language;
use crate::store::{Facts, FactsFilter, Store, StoreError};
use crate::triage::Queue;

/// More messages than these do not make one report.
const MOST_MESSAGES: usize = 3_000_000;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The request makes no sense.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// There is no such queue.
    #[error("there is no queue {queue}")]
    UnknownQueue {
        /// The queue asked for.
        queue: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// More happened than one report can tell.
    #[error("there were more than {MOST_MESSAGES} messages: choose a shorter period")]
    TooMuch,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The computation failed; a defect of the program.
    #[error("computing the report failed: {0}")]
    Failed(String),
}

/// Makes reports of what the store holds.
pub struct Reports {
    store: Arc<dyn Store>,
    reads: Arc<dyn Reads>,
    routing: RoutingSource,
    vectors: Arc<Vectors>,
    /// One report at a time: two long ones would take both memory and processors away from
    /// customers.
    turn: Semaphore,
}

impl Reports {
    /// Reports of this store.
    pub fn new(store: Arc<dyn Store>, reads: Arc<dyn Reads>, routing: RoutingSource) -> Self {
        Self { store, reads, routing, vectors: Arc::default(), turn: Semaphore::new(1) }
    }

    /// The names of all queues, and what people call them in a language.
    pub fn queues(&self, language: Language) -> Vec<(String, String)> {
        let title = |queue: &Queue| queue.title.get(&language).unwrap_or(&queue.name).clone();
        (self.routing)().queues().iter().map(|queue| (queue.name.clone(), title(queue))).collect()
    }

    /// What is meant by a request at this moment.
    pub fn understand(&self, ask: &Ask) -> Result<Asked, AskError> {
        ask.read(Timestamp::now(), (self.routing)().timezone())
    }

    /// The whole report.
    pub async fn report(&self, ask: &Ask) -> Result<Report, ReportError> {
        let (report, gaps) = self.compute(ask).await?;
        self.with_gaps(report, gaps).await
    }

    /// One part of the report as rows.
    pub async fn table(&self, ask: &Ask, name: TableName) -> Result<Table, ReportError> {
        let (report, gaps) = self.compute(ask).await?;
        // Only the gaps need the encoder.
        let report = match name {
            TableName::Gaps => self.with_gaps(report, gaps).await?,
            _ => report,
        };
        Ok(Table::of(&report, name))
    }

    /// All but the words of the gaps, and the latest gaps.
    async fn compute(&self, ask: &Ask) -> Result<(Report, Vec<Gap>), ReportError> {
        let asked = self.understand(ask)?;
        let _turn = self.turn.acquire().await;
        let began = Instant::now();
        let facts = self.load(&asked).await?;
        let (messages, seconds) = (facts.messages.len(), began.elapsed().as_secs_f64());
        tracing::debug!(messages, seconds, "facts of a report loaded");
        let computed = tokio::task::spawn_blocking(move || {
            let mut gaps = gaps::find(&facts, &asked.period);
            let latest = gaps.split_off(gaps.len().saturating_sub(gaps::MOST));
            (report(&facts, &asked), latest)
        });
        let computed = computed.await.map_err(|error| ReportError::Failed(error.to_string()));
        tracing::debug!(seconds = began.elapsed().as_secs_f64(), "figures of a report computed");
        computed
    }

    async fn load(&self, asked: &Asked) -> Result<Facts, ReportError> {
        let (period, filters) = (&asked.period, &asked.filters);
        let before = period.before().map_or(period.from, |before| before.from);
        let filter = FactsFilter {
            from: before.min(rising::needed_from(period)),
            to: period.to,
            channel: filters.channel,
            language: filters.language,
            queue: filters.queue.clone(),
            most: MOST_MESSAGES,
        };
        let facts = self.store.facts(&filter).await?;
        if facts.truncated {
            return Err(ReportError::TooMuch);
        }
        // Tickets of a queue that was since taken out of the file still count.
        if let Some(queue) = &filters.queue
            && facts.tickets.is_empty()
        {
            let routing = (self.routing)();
            let known: Vec<String> =
                routing.queues().iter().map(|known| known.name.clone()).collect();
            if !known.contains(queue) {
                return Err(ReportError::UnknownQueue { queue: queue.clone(), known });
            }
        }
        Ok(facts)
    }

    async fn with_gaps(&self, mut report: Report, latest: Vec<Gap>) -> Result<Report, ReportError> {
        let numbers: Vec<i64> = latest.iter().map(|gap| gap.number).collect();
        let said = self.store.said(&numbers).await?;
        let read = self.vectors.of(&self.reads, &latest, said).await;
        let counted = report.gaps.clone();
        let together = tokio::task::spawn_blocking(move || {
            gaps::put_together(&counted, &read, latest.len() - read.len())
        });
        report.gaps = together.await.map_err(|error| ReportError::Failed(error.to_string()))?;
        Ok(report)
    }
}
