//! Tokens from an identity provider.

use daemon::token::{Secret, TokenSource};
use testkit::{HttpFaultProxy, Issuer, wait};

use crate::delivery::{Courier, told};
use crate::server::{PATIENCE, Server};

fn credentials(issuer: &str, secret: &str) -> TokenSource {
    TokenSource::ClientCredentials {
        endpoint: format!("{issuer}/v1/token").parse().unwrap(),
        client_id: "daemon".into(),
        client_secret: Secret::Given(secret.into()),
        scope: "release_daemon".into(),
    }
}

#[tokio::test]
async fn one_token_serves_many_events_until_the_server_refuses_it() {
    let issuer = Issuer::start().await.unwrap();
    issuer.add_client("daemon", "plain");
    let identity = HttpFaultProxy::start(issuer.url()).unwrap();
    let server = Server::start(&[]).await;
    let proxy = HttpFaultProxy::start(&server.url).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let courier = Courier::start(dir.path(), &proxy.url(), credentials(&identity.url(), "plain"));
    for artifact in ["1", "2", "3"] {
        courier.put("a", artifact);
    }
    courier.drained().await;
    assert_eq!(identity.count("POST", "/v1/token"), 1);
    proxy.fail_next(1, 401);
    courier.put("a", "4");
    courier.drained().await;
    assert_eq!(identity.count("POST", "/v1/token"), 2);
    assert_eq!(told(&server).len(), 4);
}

#[tokio::test]
async fn a_provider_that_does_not_look_into_the_header_is_asked_by_the_body() {
    let issuer = Issuer::start().await.unwrap();
    // The issuer takes escaped credentials in the header as they are, so that these do not fit there.
    issuer.add_client("daemon", "s/e:c");
    let server = Server::start(&[]).await;
    let dir = tempfile::tempdir().unwrap();
    let courier = Courier::start(dir.path(), &server.url, credentials(issuer.url(), "s/e:c"));
    courier.put("a", "1");
    courier.drained().await;
    assert_eq!(told(&server).len(), 1);
}

#[tokio::test]
async fn an_identity_provider_that_is_away_loses_no_event() {
    let issuer = Issuer::start().await.unwrap();
    issuer.add_client("daemon", "s");
    let identity = HttpFaultProxy::start(issuer.url()).unwrap();
    identity.network().refuse().await;
    let server = Server::start(&[]).await;
    let dir = tempfile::tempdir().unwrap();
    let courier = Courier::start(dir.path(), &server.url, credentials(&identity.url(), "s"));
    courier.put("a", "1");
    wait::until("a failed try", PATIENCE, async || match courier.is_connected() {
        Some(false) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    identity.network().heal().await;
    courier.drained().await;
    assert_eq!(told(&server).len(), 1);
}

#[tokio::test]
async fn a_mounted_token_may_change() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("token");
    std::fs::write(&file, "old\n").unwrap();
    let server = Server::start(&["new"]).await;
    let courier = Courier::start(
        &dir.path().join("data"),
        &server.url,
        TokenSource::Static(Secret::File(file.clone())),
    );
    courier.put("a", "1");
    wait::until("a refused token", PATIENCE, async || match courier.is_connected() {
        Some(false) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    std::fs::write(&file, "new\n").unwrap();
    courier.drained().await;
    assert_eq!(told(&server).len(), 1);
}
