//! Traces by OTLP over gRPC, when an endpoint is given: the spans of requests and of what they led to.
//!
//! Nothing waits for the collector: spans gather in memory and go out in batches on a thread of their own; what does
//! not fit is dropped, and at the end one bounded flush is tried.

use std::time::{Duration, SystemTime};

use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{Span as _, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, global};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;

/// The service's name, and that of its tracer.
const SERVICE: &str = "release-manager";

/// How long one batch may take, and the flush at the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// The endpoint cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("traces cannot be sent to --otlp-endpoint {endpoint}")]
pub(crate) struct TracesError {
    endpoint: String,
    #[source]
    source: opentelemetry_otlp::ExporterBuildError,
}

/// Sends spans until it is stopped.
pub(crate) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Starts sending; to be called inside of the runtime. The collector need not be there.
    pub(crate) fn start(endpoint: &str) -> Result<(Self, logs::Traces), TracesError> {
        let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).with_timeout(PATIENCE);
        let exporter =
            exporter.build().map_err(|source| TracesError { endpoint: endpoint.to_owned(), source })?;
        let resource = Resource::builder().with_service_name(SERVICE).build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        global::set_tracer_provider(provider.clone());
        // Lines of the log stay in the log.
        let spans = filter_fn(|metadata| metadata.is_span() && *metadata.level() <= Level::INFO);
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer(SERVICE));
        Ok((Self(provider), layer.with_filter(spans).boxed()))
    }

    /// Sends what is left, if that is fast.
    pub(crate) fn stop(self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::debug!(%error, "the last traces were not sent");
        }
    }
}

/// Lets a span follow the one that a `traceparent` names; another text changes nothing.
pub(crate) fn follow(span: &Span, trace_parent: &str) {
    let parent = context(trace_parent);
    if parent.span().span_context().is_valid() {
        // An error says that nobody follows spans.
        drop(span.set_parent(parent));
    }
}

/// The `traceparent` for what follows a span; empty when nobody follows spans.
pub(crate) fn trace_parent(span: &Span) -> String {
    let context = span.context();
    let span = context.span();
    let id = span.span_context();
    if !id.is_valid() {
        return String::new();
    }
    format!("00-{}-{}-{:02x}", id.trace_id(), id.span_id(), id.trace_flags().to_u8())
}

/// Tells how long something has waited in the queue, as a span that ends now.
pub(crate) fn waited(trace_parent: &str, since: SystemTime) {
    let tracer = global::tracer(SERVICE);
    let waited = tracer.span_builder("queue wait").with_start_time(since);
    waited.start_with_context(&tracer, &context(trace_parent)).end();
}

fn context(trace_parent: &str) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Parent(trace_parent))
}

/// The one header that says what to follow.
struct Parent<'a>(&'a str);

impl Extractor for Parent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}
