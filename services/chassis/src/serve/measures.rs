//! What is measured of every call.

use std::sync::Arc;
use std::time::Instant;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, UpDownCounter};
use proto::reason::code_name;
use tonic::Code;
use tracing::Span;

use crate::telemetry;

/// Rate, errors and duration of every method.
pub(super) struct Measures {
    requests: Counter<u64>,
    errors: Counter<u64>,
    duration: Histogram<f64>,
    active: UpDownCounter<i64>,
}

impl Measures {
    pub(super) fn new() -> Self {
        let meter = telemetry::meter();
        Self {
            requests: meter
                .u64_counter("rpc.server.requests")
                .with_description("Calls that came in.")
                .build(),
            errors: meter
                .u64_counter("rpc.server.errors")
                .with_description("Calls that were not answered with OK, by status code.")
                .build(),
            duration: meter
                .f64_histogram("rpc.server.call.duration")
                .with_unit("s")
                .with_description("From the first header in to the last frame out.")
                .with_boundaries(vec![
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
                ])
                .build(),
            active: meter
                .i64_up_down_counter("rpc.server.active")
                .with_description("Calls in progress.")
                .build(),
        }
    }
}

/// One call's part in the measures; counted when it is over.
pub(super) struct Measure {
    measures: Arc<Measures>,
    labels: Vec<KeyValue>,
    begun: Instant,
}

impl Measure {
    pub(super) fn begin(measures: &Arc<Measures>, labels: Vec<KeyValue>) -> Self {
        measures.requests.add(1, &labels);
        measures.active.add(1, &labels);
        Self { measures: measures.clone(), labels, begun: Instant::now() }
    }

    /// The call is over.
    pub(super) fn finish(mut self, span: &Span, code: Code) {
        self.measures.active.add(-1, &self.labels);
        self.labels.push(KeyValue::new("rpc.response.status_code", code_name(code)));
        self.measures.duration.record(self.begun.elapsed().as_secs_f64(), &self.labels);
        span.record("rpc.response.status_code", code_name(code));
        if code != Code::Ok {
            self.measures.errors.add(1, &self.labels);
        }
        // What the caller did wrong is no error of ours.
        if matches!(code, Code::Unknown | Code::Internal | Code::DataLoss) {
            span.record("otel.status_code", "ERROR");
        }
    }
}
