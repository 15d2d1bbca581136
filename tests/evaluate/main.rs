//! Is the evaluation itself right? Every statistic against a slow, obvious second computation, and
//! the report, its gate and the lint on small sets that can be checked by hand.

#[path = "../common/mod.rs"]
mod common;
mod gate;
mod lint;
mod metrics;
mod report;
mod summaries;
