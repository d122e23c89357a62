//! What the daemon of a cluster would say.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use testkit::oidc::TokenSpec;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::Stage;
use crate::ci::AUTHOR;

/// Waits until the artifact is in the config repository.
pub(super) async fn lands(stage: &Stage, environment: &str, artifact: &str) -> Result<()> {
    let config = stage.repository("config")?.clone();
    let prefix = format!("[{environment}/web] release {artifact}");
    testkit::wait::until("the release to land", Duration::from_secs(60), || {
        let titles: Vec<String> = config
            .log("master")
            .map(|commits| commits.iter().map(|commit| commit.subject().to_owned()).collect())
            .unwrap_or_default();
        let landed = titles.iter().any(|title| title.starts_with(&prefix));
        async move { if landed { Ok(()) } else { Err(format!("{titles:?}")) } }
    })
    .await;
    Ok(())
}

/// Reports that the Deployment is up.
pub(super) async fn reports(stage: &Stage, environment: &str, artifact: &str) -> Result<()> {
    let token = stage.issuer().token(&TokenSpec::new("daemon").scope("release_daemon"));
    let (_, author) = AUTHOR;
    let body = serde_json::json!({
        "name": "web", "namespace": environment, "resourceType": "Deployment", "availablePods": 1,
        "replicas": 1, "artifactId": artifact, "authorEmail": author, "environment": environment,
    })
    .to_string();
    let url = stage.server_url();
    let address = url.trim_start_matches("http://");
    let request = format!(
        "POST /webhook/daemon/k8s/deploy HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.context("reach the server")?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    ensure!(answer.lines().next().unwrap_or_default().contains(" 200 "), "the report was refused: {answer}");
    Ok(())
}
