//! Is the evaluation itself right? Every statistic against a slow, obvious second computation, and
//! the report, its gate and the lint on small sets that can be checked by hand.

#[path = "../common/mod.rs"]
mod common;

mod baseline;
mod commands;
mod costs;
mod folds;
mod foreign;
mod gate;
mod guarantee;
mod labels;
mod lint;
mod metrics;
mod report;
mod summaries;
