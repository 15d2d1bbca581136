//! What is going on? Metric names in one place, logging, health and shutdown.

/// Histogram: seconds of tokenising and encoding, a batch.
pub const ENCODE_SECONDS: &str = "lotse_encode_seconds";
