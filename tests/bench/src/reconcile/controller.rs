//! The controller under measurement.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use testkit::{Access, GitHost, Launch, Port, Repository, Service};

use super::cluster::{Cluster, User};
use super::unit::NAMESPACE;
use crate::machine::resident_bytes;

/// A running controller.
pub(crate) struct Controller {
    service: Service,
    port: Port,
    _data: TempDir,
    http: reqwest::Client,
}

impl Controller {
    /// Starts one on an empty disk; it may not be ready yet.
    pub(crate) fn start(host: &GitHost, config: &Repository, cluster: &Cluster, poll: &str) -> Result<Self> {
        let (data, port) = (TempDir::with_prefix("bench-")?, Port::reserve()?);
        let args = [
            ("config-repo", config.ssh_url().to_owned()),
            ("ssh-private-key", host.ssh_key(Access::Read).display().to_string()),
            ("known-hosts", host.known_hosts().display().to_string()),
            ("environment", NAMESPACE.to_owned()),
            ("kubeconfig", cluster.kubeconfig(User::Controller)?.display().to_string()),
            ("poll-interval", poll.to_owned()),
            ("data-dir", data.path().display().to_string()),
            ("http-port", port.address().port().to_string()),
        ];
        let args = args.map(|(name, value)| format!("--{name}={value}")).to_vec();
        let launch = Launch { name: "release-controller", program: program()?, args, env: Vec::new() };
        let service = Service::start(launch)?;
        let http = reqwest::Client::builder().tls_certs_only([]).build()?;
        Ok(Self { service, port, _data: data, http })
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
        Ok(self.service.ready(Duration::from_secs(120), probe).await?)
    }

    /// Its resident memory, for a table.
    pub(crate) fn memory(&self) -> String {
        format!("{} MB", resident_bytes(self.service.pid()) >> 20)
    }
}

/// The program that was built together with this one.
fn program() -> Result<PathBuf> {
    let this = std::env::current_exe().context("cannot tell where this program is")?;
    let program = this.with_file_name("release-controller");
    ensure!(program.is_file(), "no {}; build it: cargo build --release -p controller", program.display());
    Ok(program)
}
