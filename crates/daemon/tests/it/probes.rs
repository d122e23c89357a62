//! The daemon as a library, with a cluster that does not answer: it starts, says so, and stops when told.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use daemon::Settings;
use daemon::post::http_client;
use daemon::report::Context;
use daemon::token::{Secret, TokenSource};
use testkit::wait;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::server::PATIENCE;

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn client_of_nothing() -> kube::Client {
    let nothing = format!("http://{}", free()).parse().unwrap();
    kube::Client::try_from(kube::Config::new(nothing)).unwrap()
}

#[tokio::test]
async fn without_a_cluster_it_lives_says_what_is_wrong_and_stops_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let (probes, flux) = (free(), free());
    let http = http_client(Duration::from_secs(5)).unwrap();
    let settings = Settings {
        server: "http://127.0.0.1:1".parse().unwrap(),
        token: TokenSource::Static(Secret::Given("t".into())),
        timeout: Duration::from_secs(5),
        context: Context { environment: "dev".into(), crash_every: 5 },
        namespaces: vec!["shop".into()],
        data_dir: dir.path().to_owned(),
        probes: Some(probes),
        flux: Some(flux),
    };
    let stop = CancellationToken::new();
    let mut daemon = JoinSet::new();
    daemon.spawn(daemon::run(settings, client_of_nothing(), stop.clone()));

    let get = async |path: &str| {
        let answer =
            http.get(format!("http://{probes}{path}")).send().await.map_err(|error| error.to_string())?;
        Ok::<_, String>((answer.status().as_u16(), answer.text().await.map_err(|error| error.to_string())?))
    };
    wait::until("the reason", PATIENCE, async || match get("/readyz").await? {
        (503, text) if text.contains("pods in shop: Connection refused") => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    assert_eq!(get("/healthz").await.unwrap(), (200, "ok\n".into()));
    assert_eq!(get("/dead-letters").await.unwrap(), (200, "[]".into()));
    let (_, metrics) = get("/metrics").await.unwrap();
    assert!(
        metrics.contains("release_daemon_outbox_pending 0\n") && metrics.ends_with("# EOF\n"),
        "{metrics}"
    );

    let alert = async |body: &'static str| {
        let answer =
            http.post(format!("http://{flux}/webhook/flux2-alerts")).body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let good =
        r#"{"involvedObject":{"kind":"Kustomization","name":"shop"},"severity":"info","message":"applied"}"#;
    assert_eq!(alert(good).await, (200, String::new()));
    assert_eq!(alert("{").await, (500, "unknown error".into()));

    stop.cancel();
    let ended = tokio::time::timeout(PATIENCE, daemon.join_next()).await.expect("it stops in time");
    ended.expect("one task").unwrap().unwrap();
}
