//! A span per SQL statement, with the statement's name and never its values.
//!
//! sqlx tells of each statement when it is over, as an event with its text (placeholders,
//! no values) and its duration. This layer turns each into a span of the trace in which it
//! ran; so no act and no read has to think of it.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span, SpanKind, Tracer};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::dispatcher::WeakDispatch;
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

/// The target under which sqlx tells of its statements, at level DEBUG.
pub const TARGET: &str = "sqlx::query";

/// Tells, as sqlx does, of a statement that sqlx does not tell of: its name, and since when it
/// ran.
pub fn tell(summary: &'static str, begun: Instant) {
    tracing::debug!(
        target: TARGET,
        summary,
        elapsed_secs = begun.elapsed().as_secs_f64(),
        rows_returned = 0_u64,
    );
}

/// The layer.
pub struct StatementSpans {
    tracer: SdkTracer,
    dispatch: OnceLock<WeakDispatch>,
}

impl StatementSpans {
    /// Spans go to this tracer.
    pub fn new(tracer: SdkTracer) -> Self {
        Self { tracer, dispatch: OnceLock::new() }
    }
}

impl<S> Layer<S> for StatementSpans
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.dispatch.get_or_init(|| dispatch.downgrade());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != TARGET {
            return;
        }
        // A statement outside any trace, such as a poll, is of interest to nobody.
        let Some(parent) = context.event_span(event).and_then(|span| {
            let dispatch = self.dispatch.get()?.upgrade()?;
            tracing_opentelemetry::get_otel_context(&span.id(), &dispatch)
        }) else {
            return;
        };
        let mut statement = Statement::default();
        event.record(&mut statement);
        let ended = SystemTime::now();
        let mut span = self
            .tracer
            .span_builder(name(&statement.summary))
            .with_kind(SpanKind::Client)
            .with_start_time(ended.checked_sub(statement.elapsed).unwrap_or(ended))
            .with_attributes([
                KeyValue::new("db.system.name", "postgresql"),
                KeyValue::new("db.query.summary", name(&statement.summary)),
                KeyValue::new("db.response.returned_rows", statement.rows_returned),
            ])
            .start_with_context(&self.tracer, &parent);
        span.end_with_timestamp(ended);
    }
}

#[derive(Default)]
struct Statement {
    summary: String,
    elapsed: Duration,
    rows_returned: i64,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.summary = value.to_string();
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.elapsed = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows_returned = i64::try_from(value).unwrap_or(i64::MAX);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// `insert into act.request (principal, …` is named `insert into act.request`.
fn name(summary: &str) -> String {
    let end = summary.find(['(', '…', ';']).unwrap_or(summary.len());
    summary[..end].trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_statement_is_named_by_its_first_words() {
        assert_eq!(name("insert into act.request (principal, …"), "insert into act.request");
        assert_eq!(name("begin"), "begin");
        assert_eq!(name("select set_config('congdoan.issuer', $1, …"), "select set_config");
    }
}
