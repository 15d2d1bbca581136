use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of the buckets of all histograms of seconds: from a knowledge search to a request
/// that runs into its deadline.
const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// Metrics go to one place a process, however many services tests start in it.
static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();

/// All metrics of the process in the text form of Prometheus.
#[derive(Clone)]
pub struct MetricsPage {
    handle: PrometheusHandle,
}

impl MetricsPage {
    /// Makes this the place where the process's metrics go.
    pub fn install() -> Self {
        let handle = INSTALLED.get_or_init(|| {
            let with_buckets = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS);
            // Buckets are refused only where there are none.
            let recorder = with_buckets.unwrap_or_default().build_recorder();
            let handle = recorder.handle();
            // Another recorder can only be there when this library is part of another program;
            // then that one receives the metrics, and this page stays empty.
            let _ = metrics::set_global_recorder(recorder);
            handle
        });
        Self { handle: handle.clone() }
    }

    /// The page as it is now.
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}
