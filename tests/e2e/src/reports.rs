//! What the daemon of a cluster would say, where there is no cluster: by the same HTTP calls, with a token like its own.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testkit::oidc::TokenSpec;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::Stage;
use crate::ci::AUTHOR;

/// Waits until an artifact of the service `web` is in the config repository.
///
/// # Errors
/// When the stage has no config repository.
pub async fn lands(stage: &Stage, environment: &str, artifact: &str) -> Result<()> {
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

/// Reports that the Deployment `web` is up.
///
/// # Errors
/// When the server does not take the report.
pub async fn ready(stage: &Stage, environment: &str, artifact: &str) -> Result<()> {
    let body = json!({
        "name": "web", "namespace": environment, "resourceType": "Deployment", "availablePods": 1,
        "replicas": 1, "artifactId": artifact, "authorEmail": AUTHOR.1, "environment": environment,
    });
    post(stage, "/webhook/daemon/k8s/deploy", &body).await
}

/// Reports that the container of its pod ends again and again, with its last words.
///
/// # Errors
/// When the server does not take the report.
pub async fn crashed(stage: &Stage, environment: &str, artifact: &str, log: &str) -> Result<()> {
    let body = json!({
        "podName": "web-5d9c-abcde", "namespace": environment,
        "errors": [{"name": "web", "message": log, "type": "CrashLoopBackOff"}],
        "artifactId": artifact, "authorEmail": AUTHOR.1, "environment": environment,
    });
    post(stage, "/webhook/daemon/k8s/error", &body).await
}

async fn post(stage: &Stage, path: &str, body: &Value) -> Result<()> {
    let token = stage.issuer().token(&TokenSpec::new("daemon").scope("release_daemon"));
    let url = stage.server_url();
    let address = url.trim_start_matches("http://");
    let body = body.to_string();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.context("reach the server")?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    ensure!(answer.lines().next().unwrap_or_default().contains(" 200 "), "the report was refused: {answer}");
    Ok(())
}
