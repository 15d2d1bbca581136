//! Is the evaluation itself right? Every statistic against a slow, obvious second computation, and
//! the report, its gate and the lint on small sets that can be checked by hand.

mod costs;
mod folds;
mod gate;
mod guarantee;
mod lint;
mod metrics;
mod report;
