//! The HTTP fault proxy, in front of the Grafana double and of Git over HTTP.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use process::Program;
use serde_json::json;
use testkit::{Access, GitHost, Grafana, HttpFaultProxy};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

use crate::client;

async fn annotate(proxy: &HttpFaultProxy, grafana: &Grafana) -> reqwest::Result<u16> {
    let url = format!("{}/api/annotations/graphite?from=test", proxy.url());
    let body = json!({"what": "x".repeat(100_000), "tags": []});
    Ok(client().post(url).bearer_auth(grafana.api_key()).json(&body).send().await?.status().as_u16())
}

#[tokio::test]
async fn faults_are_answered_in_order_and_then_requests_pass() {
    let grafana = Grafana::start().await.unwrap();
    let proxy = HttpFaultProxy::start(&grafana.url()).unwrap();
    proxy.fail_next(2, 500);
    proxy.fail_next_on("GET", "/", 1, 503);
    proxy.fail_next_on("POST", "/api/annotations", 1, 429);
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(annotate(&proxy, &grafana).await.unwrap());
    }
    assert_eq!(answers, [500, 500, 429, 200]);
    assert_eq!(grafana.annotations().len(), 1);
    assert_eq!(grafana.annotations()[0].what.len(), 100_000);
    let limited = client().get(proxy.url()).send().await.unwrap();
    assert_eq!((limited.status().as_u16(), limited.headers().contains_key("retry-after")), (503, true));
}

#[tokio::test]
async fn requests_are_counted_by_method_and_path() {
    let grafana = Grafana::start().await.unwrap();
    let proxy = HttpFaultProxy::start(&grafana.url()).unwrap();
    annotate(&proxy, &grafana).await.unwrap();
    assert_eq!(client().get(format!("{}/nothing", proxy.url())).send().await.unwrap().status(), 404);
    assert_eq!(proxy.count("POST", "/api/annotations"), 1);
    assert_eq!((proxy.count("", "/"), proxy.count("GET", "/api")), (2, 0));
    assert_eq!(proxy.seen()[0].query, "from=test");
}

#[tokio::test]
async fn the_network_below_has_its_own_switches() {
    let grafana = Grafana::start().await.unwrap();
    let proxy = HttpFaultProxy::start(&grafana.url()).unwrap();
    proxy.network().refuse().await;
    assert!(annotate(&proxy, &grafana).await.unwrap_err().is_connect());
    proxy.network().heal().await;
    assert_eq!(annotate(&proxy, &grafana).await.unwrap(), 200);
    drop(grafana);
    assert_eq!(annotate(&proxy, &Grafana::start().await.unwrap()).await.unwrap(), 502);
}

#[tokio::test]
async fn a_stream_passes_as_it_happens() {
    let events = watch::Sender::new("one");
    let seen = events.subscribe();
    let watch = get(async move || Body::from_stream(WatchStream::new(seen).map(Ok::<_, Infallible>)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, Router::new().route("/watch", watch)).await });
    let proxy = HttpFaultProxy::start(&upstream).unwrap();
    let mut answer = client().get(format!("{}/watch", proxy.url())).send().await.unwrap();
    // The second event is made only when the first has come through: a proxy that waits for the end fails.
    for (event, next) in [("one", "two"), ("two", "three")] {
        let chunk = tokio::time::timeout(Duration::from_secs(30), answer.chunk()).await.unwrap();
        assert_eq!(chunk.unwrap().unwrap(), event);
        events.send_replace(next);
    }
    proxy.network().cut().await;
    while let Ok(chunk) = answer.chunk().await {
        assert!(chunk.is_some(), "a cut must not look like the end of the stream");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn git_works_through_it() {
    let host = GitHost::start().await.unwrap();
    let repository = host.create("config").unwrap();
    repository.second_writer().unwrap().push("main", "README.md", "hello", "Start").unwrap();
    let proxy = HttpFaultProxy::start(&format!("http://{}", host.http().addr())).unwrap();
    let url = format!("http://git:{}@{}/config.git", host.token(Access::Read), proxy.network().addr());
    let list = Program::new("git").args(["ls-remote", &url]);
    let output = tokio::task::block_in_place(|| list.run().unwrap());
    assert!(output.stdout_text().contains("refs/heads/main"), "{}", output.stderr_text());
    assert_eq!(proxy.count("POST", "/config.git/git-upload-pack"), 1);
}
