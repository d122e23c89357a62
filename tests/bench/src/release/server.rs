//! The release manager under measurement, and those who call it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::Programs;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Access, GitHost, Launch, Port, Service};

/// The token of every caller here.
const TOKEN: &str = "bench-token";

/// A running server.
pub(crate) struct Server {
    service: Service,
    port: Port,
    data: TempDir,
    caller: Caller,
    /// From its start until it said it was ready.
    pub(crate) started_in: Duration,
}

/// Someone who calls it.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    base: Arc<str>,
}

impl Server {
    /// Starts one on an empty disk.
    pub(crate) async fn start(programs: &Programs, host: &GitHost, url: &str) -> Result<Self> {
        Self::start_on(TempDir::with_prefix("bench-")?, programs, host, url).await
    }

    /// Stops it and starts it again on the same disk.
    pub(crate) async fn restart(self, programs: &Programs, host: &GitHost, url: &str) -> Result<Self> {
        let Self { service, data, .. } = self;
        drop(service);
        Self::start_on(data, programs, host, url).await
    }

    async fn start_on(data: TempDir, programs: &Programs, host: &GitHost, url: &str) -> Result<Self> {
        let port = Port::reserve()?;
        let address = port.address();
        let args = [
            "start".to_owned(),
            format!("--http-port={}", address.port()),
            format!("--config-repo={url}"),
            format!("--ssh-private-key={}", host.ssh_key(Access::Write).display()),
            format!("--known-hosts={}", host.known_hosts().display()),
            format!("--data-dir={}", data.path().display()),
            format!("--public-url=http://{address}"),
        ];
        let env = ["HAMCTL_AUTH_TOKEN", "ARTIFACT_AUTH_TOKEN"]
            .map(|name| (name.to_owned(), TOKEN.to_owned()))
            .to_vec();
        let started = Instant::now();
        let program = programs.path("release-manager");
        let mut service =
            Service::start(Launch { name: "release-manager", program, args: args.to_vec(), env })?;
        let http = reqwest::Client::builder().tls_certs_only([]).pool_max_idle_per_host(512).build()?;
        let caller = Caller { http, base: format!("http://{address}/").into() };
        service
            .ready(Duration::from_secs(120), || {
                let caller = caller.clone();
                async move { caller.get("readyz").await.map_err(|error| format!("{error:#}")) }
            })
            .await?;
        Ok(Self { service, port, data, caller, started_in: started.elapsed() })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        // The port is held for as long as the server may need it.
        let _held = &self.port;
        self.service.pid()
    }

    /// Someone who calls it.
    pub(crate) fn caller(&self) -> Caller {
        self.caller.clone()
    }

    /// The HTTP client.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.caller.http
    }

    /// `GET path`.
    pub(crate) async fn get(&self, path: &str) -> Result<()> {
        self.caller.get(path).await
    }

    /// `POST path`.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.caller.post(path, body).await
    }

    /// A release that has to land.
    pub(crate) async fn release(&self, service: &str, environment: &str, artifact: &str) -> Result<()> {
        self.caller.release(service, environment, artifact).await
    }
}

impl Caller {
    async fn get(&self, path: &str) -> Result<()> {
        let answer = self.http.get(format!("{}{path}", self.base)).bearer_auth(TOKEN).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "GET {path}: {status} {text}");
        Ok(())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request =
            self.http.post(format!("{}{path}", self.base)).bearer_auth(TOKEN).body(body.to_string());
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "POST {path}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// A release that has to land.
    pub(crate) async fn release(&self, service: &str, environment: &str, artifact: &str) -> Result<()> {
        let body = json!({
            "service": service, "environment": environment, "artifactId": artifact,
            "committerName": "Ida Holm", "committerEmail": "ida@example.test",
            "intent": {"type": "ReleaseArtifact"},
        });
        let answer = self.post("release", &body).await?;
        ensure!(
            answer["state"] == "landed",
            "the release of {service} to {environment} did not land: {answer}"
        );
        Ok(())
    }
}
