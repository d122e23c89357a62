//! The controller under measurement.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use testkit::{Access, GitHost, Launch, Port, Repository, Service};

use super::cluster::{Cluster, User};
use super::unit::NAMESPACE;
use crate::machine::resident_bytes;

/// Nothing here takes this long unless it is broken.
const DEADLINE: Duration = Duration::from_secs(300);

/// Where it reads, and what it drives.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) host: &'a GitHost,
    pub(crate) config: &'a Repository,
}

/// A running controller.
pub(crate) struct Controller {
    service: Service,
    port: Port,
    webhook: Port,
    _data: TempDir,
    http: reqwest::Client,
}

impl Controller {
    /// Starts one on an empty disk; it may not be ready yet.
    pub(crate) fn start(parts: Parts<'_>, poll: &str) -> Result<Self> {
        let Parts { cluster, host, config } = parts;
        let (data, port, webhook) = (TempDir::with_prefix("bench-")?, Port::reserve()?, Port::reserve()?);
        let args = [
            ("config-repo", config.ssh_url().to_owned()),
            ("ssh-private-key", host.ssh_key(Access::Read).display().to_string()),
            ("known-hosts", host.known_hosts().display().to_string()),
            ("environment", NAMESPACE.to_owned()),
            ("kubeconfig", cluster.kubeconfig(User::Controller)?.display().to_string()),
            ("poll-interval", poll.to_owned()),
            ("data-dir", data.path().display().to_string()),
            ("http-port", port.address().port().to_string()),
            ("webhook-port", webhook.address().port().to_string()),
        ];
        let args = args.map(|(name, value)| format!("--{name}={value}")).to_vec();
        let launch = Launch { name: "release-controller", program: program()?, args, env: Vec::new() };
        let service = Service::start(launch)?;
        let http = reqwest::Client::builder().tls_certs_only([]).build()?;
        Ok(Self { service, port, webhook, _data: data, http })
    }

    /// Waits until it says that it is ready.
    pub(crate) async fn ready(&mut self) -> Result<()> {
        let (http, url) = (self.http.clone(), format!("http://{}/readyz", self.port.address()));
        let probe = || {
            let request = http.get(&url);
            async move {
                let answer = request.send().await.map_err(|error| error.to_string())?;
                if answer.status().is_success() { Ok(()) } else { Err(answer.status().to_string()) }
            }
        };
        Ok(self.service.ready(DEADLINE, probe).await?)
    }

    /// Waits until it says that so many units are healthy.
    pub(crate) async fn healthy(&mut self, units: usize) -> Result<()> {
        let (http, url) = (self.http.clone(), format!("http://{}/units", self.port.address()));
        let probe = || {
            let request = http.get(&url);
            async move {
                let healthy = healthy_units(request).await.map_err(|error| format!("{error:#}"))?;
                if healthy == units { Ok(()) } else { Err(format!("{healthy} units are healthy")) }
            }
        };
        Ok(self.service.ready(DEADLINE, probe).await?)
    }

    /// Tells it of a push, as a Git host does.
    pub(crate) async fn ring(&self) -> Result<()> {
        let answer = self.http.post(format!("http://{}/", self.webhook.address())).send().await?;
        ensure!(answer.status().is_success(), "the webhook was refused: {}", answer.status());
        Ok(())
    }

    /// Its resident memory, for a table.
    pub(crate) fn memory(&self) -> String {
        format!("{} MB", resident_bytes(self.service.pid()) >> 20)
    }
}

async fn healthy_units(request: reqwest::RequestBuilder) -> Result<usize> {
    let answer: Value = serde_json::from_str(&request.send().await?.error_for_status()?.text().await?)?;
    let units = answer["units"].as_array().context("no list of units")?;
    Ok(units.iter().filter(|unit| unit["state"] == "healthy").count())
}

/// The program that was built together with this one.
fn program() -> Result<PathBuf> {
    let this = std::env::current_exe().context("cannot tell where this program is")?;
    let program = this.with_file_name("release-controller");
    ensure!(program.is_file(), "no {}; build it: cargo build --release -p controller", program.display());
    Ok(program)
}
