//! What is going on? Metric names in one place, logging, health and shutdown.

mod logging;
mod metrics_page;
mod readiness;
mod shutdown;
mod spent;

pub use logging::start_logging;
pub use metrics_page::MetricsPage;
pub use readiness::{Readiness, ReadinessReport};
pub use shutdown::{Shutdown, stop_signal};
pub use spent::{Step, measured, spent, timed};

/// Histogram: seconds of tokenising, a batch.
pub const TOKENISE_SECONDS: &str = "lotse_tokenise_seconds";
/// Histogram: seconds of encoding, a batch.
pub const ENCODE_SECONDS: &str = "lotse_encode_seconds";
/// Histogram: seconds that a message waited for a worker of the encoder.
pub const QUEUE_SECONDS: &str = "lotse_queue_seconds";
/// Histogram: seconds of tokenising, as each message of a batch waits for it.
pub const TOKENISED_SECONDS: &str = "lotse_message_tokenise_seconds";
/// Histogram: seconds of encoding, as each message of a batch waits for it.
pub const ENCODED_SECONDS: &str = "lotse_message_encode_seconds";
/// Counter by `outcome`, `hit` or `miss`: texts that were encoded already, and others.
pub const REPEATED_TEXTS_TOTAL: &str = "lotse_repeated_texts_total";
/// Histogram: seconds of the knowledge search, a message.
pub const SEARCH_SECONDS: &str = "lotse_search_seconds";
/// Histogram: seconds of the transaction that records a message.
pub const STORE_SECONDS: &str = "lotse_store_seconds";
/// Counter by `channel` and `action`: messages taken and what was decided.
pub const MESSAGES_TOTAL: &str = "lotse_messages_total";
/// Counter by `route`, `method` and `status`: answers given.
pub const HTTP_REQUESTS_TOTAL: &str = "lotse_http_requests_total";
/// Histogram by `route`: seconds from the head of a request to the head of its answer.
pub const HTTP_REQUEST_SECONDS: &str = "lotse_http_request_seconds";
/// Counter: messages refused because as many as allowed were in work.
pub const HTTP_REFUSED_TOTAL: &str = "lotse_http_refused_total";
/// Gauge: connections open now.
pub const HTTP_CONNECTIONS: &str = "lotse_http_connections";
/// Gauge by `language`: approved articles that may be said.
pub const KNOWLEDGE_ARTICLES: &str = "lotse_knowledge_articles";
/// Gauge: files of the knowledge directory with a mistake; the last good state is in use.
pub const KNOWLEDGE_PROBLEMS: &str = "lotse_knowledge_problems";
/// Counter by `destination` and `outcome`: attempts to tell another system something.
pub const DELIVERY_ATTEMPTS_TOTAL: &str = "lotse_delivery_attempts_total";
/// Gauge by `destination`: deliveries that are still to be carried out.
pub const DELIVERIES_WAITING: &str = "lotse_deliveries_waiting";
/// Gauge by `destination`: deliveries that were given up, for people to look at.
pub const DELIVERIES_ABANDONED: &str = "lotse_deliveries_abandoned";
/// Gauge by `destination`: seconds that the oldest delivery has waited; 0 where none waits.
pub const DELIVERIES_OLDEST_SECONDS: &str = "lotse_deliveries_oldest_wait";
