//! Traces, as an OTLP collector receives them by gRPC.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use api::routes;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use rustix::process::{Pid, Signal, kill_process};
use testkit::{PartError, wait};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::bed::{Bed, PATIENCE, http};

/// The trace and the span that the caller belongs to.
const PARENT: (&str, &str) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");

type Spans = Arc<Mutex<Vec<Span>>>;

/// A collector, and the spans that it has received.
struct Collector {
    address: SocketAddr,
    spans: Spans,
    _task: JoinSet<()>,
}

impl Collector {
    async fn start() -> Self {
        let spans = Spans::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
        let router = Router::new().route(path, axum::routing::post(export)).with_state(Arc::clone(&spans));
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, spans, _task: task }
    }
}

/// A message of gRPC is a flag for compression, four bytes of length, and the message.
const FRAME: usize = 5;

async fn export(State(spans): State<Spans>, body: Bytes) -> Response {
    let request = ExportTraceServiceRequest::decode(body.slice(FRAME..)).unwrap();
    let received = request.resource_spans.into_iter().flat_map(|of_one| of_one.scope_spans);
    spans.lock().unwrap().extend(received.flat_map(|scope| scope.spans));
    let trailers = async { Some(Ok([("grpc-status", "0")].iter().map(header).collect())) };
    let body = Full::new(Bytes::from_static(&[0; FRAME])).with_trailers(trailers);
    Response::builder().header("content-type", "application/grpc").body(Body::new(body)).unwrap()
}

fn header((name, value): &(&'static str, &'static str)) -> (http::HeaderName, http::HeaderValue) {
    (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_led_to_is_one_trace_that_follows_the_caller() {
    let collector = Collector::start().await;
    let bed = Bed::new().await.flag(format!("--otlp-endpoint=http://{}", collector.address));
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let body = r#"{"service":"billing","environment":"dev","artifactId":"master-1","committerName":"Ida",
        "committerEmail":"ida@corp.test","intent":{"type":"ReleaseArtifact"}}"#;
    let request = http()
        .post(format!("{}{}", server.url, routes::RELEASE))
        .header("Authorization", "hamctl-token")
        .header("traceparent", format!("00-{}-{}-01", PARENT.0, PARENT.1))
        .body(body);
    assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    let expected = ["http POST /release", "accept", "queue wait", "release", "write", "decide", "push"];
    let spans = wait::until("the spans of the release", PATIENCE, async || {
        let spans = collector.spans.lock().unwrap().clone();
        let ours: Vec<Span> = spans.into_iter().filter(|span| hex(&span.trace_id) == PARENT.0).collect();
        let names: Vec<&str> = ours.iter().map(|span| span.name.as_str()).collect();
        if expected.iter().all(|name| names.contains(name)) { Ok(ours) } else { Err(format!("{names:?}")) }
    })
    .await;
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let request = named("http POST /release");
    assert_eq!(hex(&request.parent_span_id), PARENT.1);
    for name in ["accept", "queue wait", "release"] {
        assert_eq!(named(name).parent_span_id, request.span_id, "{name}");
    }
    assert_eq!(named("write").parent_span_id, named("release").span_id);
    for name in ["decide", "push"] {
        assert_eq!(named(name).parent_span_id, named("write").span_id, "{name}");
    }
    let of_push: Vec<&str> =
        named("push").attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    assert!(of_push.contains(&"requests") && of_push.contains(&"outcome"), "{of_push:?}");
    let attributes: Vec<&str> = request.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    for key in ["request.id", "http.status_code", "http.url", "http.method", "error"] {
        assert!(attributes.contains(&key), "{key}: {attributes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_down_keeps_nobody_from_serving_or_ending() {
    let bed = Bed::new().await.flag("--otlp-endpoint=http://127.0.0.1:9");
    let mut server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    kill_process(Pid::from_raw(server.service.pid().cast_signed()).unwrap(), Signal::TERM).unwrap();
    let ended = server.service.ready(PATIENCE, || async { Err::<(), _>("it runs".to_owned()) }).await;
    let Err(PartError::Ended { status, log, .. }) = ended else { panic!("{ended:?}") };
    assert_eq!(status, "exit status: 0", "{log}");
}
