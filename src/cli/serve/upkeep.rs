use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::http::App;
use crate::knowledge::{KnowledgeBase, Severity};
use crate::observe;

/// Time between two looks at the parts.
const LOOK: Duration = Duration::from_secs(5);
/// Time between two clearings of old events.
const CLEAR: Duration = Duration::from_hours(1);
/// Longer than this, a store does not count as answering.
const PATIENCE: Duration = Duration::from_secs(3);

/// Looks at the parts again and again, for `/readyz` and the figures, takes tickets back from agents
/// who have gone, and clears old events. Ends with the service.
pub(super) async fn run(app: App, knowledge: Arc<KnowledgeBase>) {
    let mut cleared: Option<Instant> = None;
    let started = Instant::now();
    let mut destinations = BTreeSet::new();
    loop {
        look_at_store(&app).await;
        look_at_knowledge(&app, &knowledge);
        look_at_deliveries(&app, &mut destinations).await;
        let patience = app.config.desk.claim_timeout;
        // While the service was down nobody could show that they are there.
        if !patience.is_zero() && started.elapsed() >= patience {
            return_abandoned(&app, patience).await;
        }
        if cleared.is_none_or(|cleared| cleared.elapsed() >= CLEAR) {
            cleared = Some(Instant::now());
            clear_events(&app).await;
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn look_at_store(app: &App) {
    let was_ready = app.readiness.report().store;
    let problem = match tokio::time::timeout(PATIENCE, app.store.check()).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    match (&problem, was_ready) {
        (Some(problem), true) => tracing::error!(problem, "the store is not ready"),
        (None, false) => tracing::info!("the store is ready"),
        _ => {}
    }
    app.readiness.set_store(problem.is_none());
}

fn look_at_knowledge(app: &App, knowledge: &KnowledgeBase) {
    let status = knowledge.status();
    for (language, articles) in &status.articles {
        metrics::gauge!(observe::KNOWLEDGE_ARTICLES, "language" => language.code())
            .set(*articles as f64);
    }
    let errors =
        status.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    metrics::gauge!(observe::KNOWLEDGE_PROBLEMS).set(errors as f64);
    app.readiness.set_knowledge(status.articles.values().any(|articles| *articles > 0));
}

/// `destinations` are those told of before: one for which nothing waits any more is not listed.
async fn look_at_deliveries(app: &App, destinations: &mut BTreeSet<String>) {
    // A store that does not answer is told of elsewhere.
    let Ok(counts) = app.store.delivery_counts().await else { return };
    destinations.extend(counts.iter().map(|count| count.destination.clone()));
    for name in destinations.iter() {
        let count = counts.iter().find(|count| count.destination == *name);
        let (waiting, abandoned) = count.map_or((0, 0), |count| (count.waiting, count.abandoned));
        let oldest = count.and_then(|count| count.oldest_waiting);
        let waited = oldest
            .map_or(0.0, |oldest| Timestamp::now().duration_since(oldest).as_secs_f64().max(0.0));
        let set = |metric: &'static str, value: f64| {
            metrics::gauge!(metric, "destination" => name.clone()).set(value);
        };
        set(observe::DELIVERIES_WAITING, f64::from(waiting));
        set(observe::DELIVERIES_ABANDONED, f64::from(abandoned));
        set(observe::DELIVERIES_OLDEST_SECONDS, waited);
    }
}

async fn return_abandoned(app: &App, patience: Duration) {
    match app.desk.return_abandoned(patience).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "tickets of absent agents are back in their queues"),
        Err(error) => tracing::warn!(%error, "tickets of absent agents cannot be taken back"),
    }
}

async fn clear_events(app: &App) {
    let kept = SignedDuration::try_from(app.config.store.keep_events);
    let Some(before) = kept.ok().and_then(|kept| Timestamp::now().checked_sub(kept).ok()) else {
        return;
    };
    match app.store.prune(before).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "old events cleared"),
        Err(error) => tracing::warn!(%error, "old events cannot be cleared"),
    }
}
