//! Traces, metrics and logs.
//!
//! Logs go to standard error as JSON. With an endpoint configured, traces, metrics and logs
//! also go to a collector over OTLP/gRPC. Trace context (W3C) is taken from every call that
//! comes in and put into every call that goes out, with or without a collector.
//!
//! **Invariant:** no value that a statement was run with and no text that PostgreSQL sends
//! back reaches a log or a span: sqlx's own events are shut out of both, whatever the filter
//! says, and only a statement's name and duration become a span.

pub(crate) mod statement;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::metrics::Meter;
use opentelemetry::propagation::{Injector, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, TracerProvider as _};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use serde::Deserialize;
use tokio::runtime::Runtime;
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::{FilterExt, FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Filter, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

use statement::StatementSpans;

/// What is told, and to whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What is logged: a level, or `info,membership=debug`.
    pub filter: String,
    /// The OTLP/gRPC collector, for example `http://127.0.0.1:4317`.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The share of traces that begin here and are recorded.
    pub sample_ratio: f64,
    /// How often metrics are sent, in milliseconds.
    pub metrics_interval_ms: u64,
    /// Told to the collector as `deployment.environment.name`.
    pub environment: String,
}

/// Keeps telemetry going; flushes what is left when it is dropped.
#[derive(Clone)]
#[must_use = "what is left is flushed when the guard is dropped"]
pub struct Guard {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    logs: SdkLoggerProvider,
}

impl Guard {
    /// Sends what is left, now. Blocks until it is sent or given up.
    pub fn flush(&self) {
        // Nobody is left to tell: a collector that is away has been logged already.
        let _ = self.traces.force_flush();
        let _ = self.logs.force_flush();
        let _ = self.metrics.force_flush();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.flush();
    }
}

/// What was started, for the whole process and for good.
struct Started {
    guard: Guard,
    /// Exporters run here: neither a test's runtime that ends nor a busy one stops them.
    _runtime: Runtime,
}

static STARTED: Mutex<Option<Started>> = Mutex::new(None);

/// Starts telemetry for this process. Where several services share a process, the first one's
/// configuration and name hold; each call's span names its own service.
pub fn start(config: &Config, service: &str) -> anyhow::Result<Guard> {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(started) = &*started {
        return Ok(started.guard.clone());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("telemetry")
        .enable_all()
        .build()
        .context("start the runtime of telemetry")?;
    let guard = {
        let _entered = runtime.enter();
        providers(config, service)?
    };
    global::set_text_map_propagator(TraceContextPropagator::new());
    global::set_tracer_provider(guard.traces.clone());
    global::set_meter_provider(guard.metrics.clone());
    subscribe(config, &guard)?;
    *started = Some(Started { guard: guard.clone(), _runtime: runtime });
    Ok(guard)
}

/// With an endpoint, providers that export; without one, providers that only give out ids.
fn providers(config: &Config, service: &str) -> anyhow::Result<Guard> {
    let resource = Resource::builder()
        .with_service_name(service.to_string())
        .with_attributes([
            KeyValue::new("service.namespace", "congdoan"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("deployment.environment.name", config.environment.clone()),
        ])
        .build();
    // What nobody collects is not recorded: its ids are given out all the same.
    let sampler = match &config.endpoint {
        Some(_) => Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample_ratio))),
        None => Sampler::AlwaysOff,
    };
    let mut traces =
        SdkTracerProvider::builder().with_resource(resource.clone()).with_sampler(sampler);
    let mut metrics = SdkMeterProvider::builder().with_resource(resource.clone());
    let mut logs = SdkLoggerProvider::builder().with_resource(resource);
    if let Some(endpoint) = &config.endpoint {
        let spans = SpanExporter::builder().with_tonic().with_endpoint(endpoint).build();
        traces = traces.with_batch_exporter(spans.context("open the exporter of traces")?);
        let measures = MetricExporter::builder().with_tonic().with_endpoint(endpoint).build();
        let reader = PeriodicReader::builder(measures.context("open the exporter of metrics")?)
            .with_interval(Duration::from_millis(config.metrics_interval_ms))
            .build();
        metrics = metrics.with_reader(reader);
        let records = LogExporter::builder().with_tonic().with_endpoint(endpoint).build();
        logs = logs.with_batch_exporter(records.context("open the exporter of logs")?);
    }
    Ok(Guard { traces: traces.build(), metrics: metrics.build(), logs: logs.build() })
}

fn subscribe(config: &Config, guard: &Guard) -> anyhow::Result<()> {
    let tracer = guard.traces.tracer("congdoan");
    // Without a collector sqlx need not tell of each statement.
    let collected = config.endpoint.is_some();
    let level = if collected { LevelFilter::DEBUG } else { LevelFilter::OFF };
    let statements = filter_fn(move |about: &Metadata<'_>| {
        let told = (about.is_span() && traced(about)) || about.target() == statement::TARGET;
        collected && told
    });
    tracing_subscriber::registry()
        .with(fmt::layer().json().with_writer(std::io::stderr).with_filter(logged(config)?))
        .with(
            tracing_opentelemetry::layer()
                .with_tracer(tracer.clone())
                .with_threads(false)
                .with_tracked_inactivity(false)
                .with_filter(filter_fn(traced).with_max_level_hint(Level::INFO)),
        )
        .with(StatementSpans::new(tracer).with_filter(statements.with_max_level_hint(level)))
        .with(
            OpenTelemetryTracingBridge::new(&guard.logs)
                .with_filter(logged(config)?.and(any_level(|about| !of_the_exporter(about)))),
        )
        // A process that already has a subscriber, such as a test's, keeps it.
        .try_init()
        .or_else(|error| {
            tracing::warn!(%error, "another subscriber was there first");
            Ok(())
        })
}

/// What is logged: what the operator asked for, and never what sqlx has to say.
fn logged<S: Subscriber>(config: &Config) -> anyhow::Result<impl Filter<S> + use<S>> {
    let asked = EnvFilter::try_new(&config.filter).context("read telemetry.filter")?;
    Ok(asked.and(any_level(|about| !about.target().starts_with("sqlx"))))
}

/// A filter by what is told, at whatever level. It says so: one that does not say up to which
/// level it lets through has all that the libraries trace about each frame go through all
/// filters, which took a quarter of the time of a call.
fn any_level(lets: fn(&Metadata<'_>) -> bool) -> FilterFn<fn(&Metadata<'_>) -> bool> {
    FilterFn::new(lets).with_max_level_hint(Level::TRACE)
}

/// What belongs into a trace: our own spans and what is told in them.
fn traced(about: &Metadata<'_>) -> bool {
    *about.level() <= Level::INFO && !about.target().starts_with("sqlx") && !of_the_exporter(about)
}

/// What exporting itself causes: exporting that, too, would never end.
fn of_the_exporter(about: &Metadata<'_>) -> bool {
    ["opentelemetry", "tonic", "h2", "hyper", "tower"]
        .iter()
        .any(|source| about.target().starts_with(source))
}

/// Where instruments are made. To be asked after [`start`], or they measure nothing.
pub fn meter() -> Meter {
    global::meter("congdoan")
}

/// Puts the current span's context into a call that goes out.
pub fn inject(headers: &mut HeaderMap) {
    let context = Span::current().context();
    TraceContextPropagator::new().inject_context(&context, &mut Headers(headers));
}

/// The context that a call brings with it.
pub fn parent(headers: &HeaderMap) -> Context {
    let mut carried = HashMap::new();
    for name in ["traceparent", "tracestate"] {
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            carried.insert(name.to_string(), value.to_string());
        }
    }
    TraceContextPropagator::new().extract_with_context(&Context::new(), &carried)
}

/// The current span as a W3C `traceparent`, to be stored with what it wrote; empty without
/// one.
pub fn traceparent() -> String {
    let mut carried: HashMap<String, String> = HashMap::new();
    let context = Span::current().context();
    TraceContextPropagator::new().inject_context(&context, &mut carried);
    carried.remove("traceparent").unwrap_or_default()
}

/// Links a span to the one that wrote what it now works on. A `traceparent` that cannot be
/// read links nothing.
pub fn link(span: &Span, traceparent: &str) {
    let carried = HashMap::from([("traceparent".to_string(), traceparent.to_string())]);
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carried);
    let origin = context.span().span_context().clone();
    if origin.is_valid() {
        span.add_link(origin);
    }
}

/// The trace that a span belongs to, if it is in one: what a log line is found by.
pub fn trace_id(span: &Span) -> Option<String> {
    let context = span.context();
    let origin = context.span().span_context().clone();
    origin.is_valid().then(|| origin.trace_id().to_string())
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(key.as_bytes()), HeaderValue::from_str(&value))
        {
            self.0.insert(name, value);
        }
    }
}
