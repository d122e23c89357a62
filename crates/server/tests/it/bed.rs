//! A server with a Git host of its own, and those who call it.

use std::path::PathBuf;
use std::time::Duration;

use api::{
    Client, ClientError, CreateArtifactRequest, CreateArtifactResponse, IntentBody, KnownRelease,
    ReleaseRequest, ReleaseResponse, StatusResponse, routes,
};
use artifact::Intent;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use reqwest::Method;
use testkit::git::Commit;
use testkit::{Access, GitHost, Launch, Port, Repository, Service, wait};

use crate::make;

/// How long anything may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The config repository's branch.
pub(crate) const BRANCH: &str = "master";

/// What outlives a server: its Git host, its data folder, its port.
pub(crate) struct Bed {
    pub(crate) git: GitHost,
    pub(crate) repo: Repository,
    pub(crate) data: tempfile::TempDir,
    pub(crate) port: Port,
    /// Flags beside those of the bed.
    pub(crate) flags: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
}

/// A running server. Dropped, it is killed without warning.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) service: Service,
}

impl Bed {
    pub(crate) async fn new() -> Self {
        let git = GitHost::start().await.unwrap();
        let repo = git.create("config").unwrap();
        let (data, port) = (tempfile::tempdir().unwrap(), Port::reserve().unwrap());
        Self { git, repo, data, port, flags: Vec::new(), env: Vec::new() }
    }

    /// With a flag, such as `--slack-token=x`.
    pub(crate) fn flag(mut self, flag: impl Into<String>) -> Self {
        self.flags.push(flag.into());
        self
    }

    pub(crate) fn launch(&self) -> Launch {
        let args = [
            "start".to_owned(),
            format!("--http-port={}", self.port.address().port()),
            format!("--data-dir={}", self.data.path().display()),
            format!("--config-repo={}", self.repo.ssh_url()),
            format!("--ssh-private-key={}", self.git.ssh_key(Access::Write).display()),
            format!("--known-hosts={}", self.git.known_hosts().display()),
            "--hamctl-auth-token=hamctl-token".to_owned(),
            "--artifact-auth-token=ci-token".to_owned(),
            "--daemon-auth-token=daemon-token".to_owned(),
        ];
        Launch {
            name: "release-manager",
            program: PathBuf::from(env!("CARGO_BIN_EXE_release-manager")),
            args: args.into_iter().chain(self.flags.clone()).collect(),
            env: self.env.clone(),
        }
    }

    /// Starts a server, and does not wait for it.
    pub(crate) fn launched(&self) -> Service {
        Service::start(self.launch()).unwrap()
    }

    /// Starts a server, and waits until it is ready.
    pub(crate) async fn start(&self) -> Server {
        self.start_until(routes::READYZ).await
    }

    /// Starts a server, and waits until this path is answered well.
    pub(crate) async fn start_until(&self, path: &str) -> Server {
        let mut service = self.launched();
        let url = format!("http://{}", self.port.address());
        let ready = format!("{url}{path}");
        let http = http();
        service
            .ready(PATIENCE, || async {
                let answer = http.get(&ready).send().await.map_err(|error| error.to_string())?;
                if answer.status().is_success() { Ok(()) } else { Err(answer.status().to_string()) }
            })
            .await
            .unwrap();
        Server { url, service }
    }

    /// The commits of the config repository, newest first; none while it is empty.
    pub(crate) fn history(&self) -> Vec<Commit> {
        match self.repo.tip(BRANCH).unwrap() {
            Some(_) => self.repo.log(BRANCH).unwrap(),
            None => Vec::new(),
        }
    }

    /// Waits for a commit with this title.
    pub(crate) async fn commit(&self, title: &str) -> Commit {
        wait::until(title, PATIENCE, async || {
            let history = self.history();
            let titles: Vec<String> = history.iter().map(|commit| commit.subject().to_owned()).collect();
            history.into_iter().find(|commit| commit.subject() == title).ok_or(format!("{titles:?}"))
        })
        .await
    }
}

/// An HTTP client for loopback alone.
pub(crate) fn http() -> reqwest::Client {
    // An error says that another test of this process was first.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().tls_certs_only([]).build().unwrap()
}

impl Server {
    /// A typed client with a token.
    pub(crate) fn client(&self, token: &str) -> Client {
        Client::new(&self.url, token.to_owned().into(), "test", PATIENCE).unwrap()
    }

    pub(crate) fn hamctl(&self) -> Client {
        self.client("hamctl-token")
    }

    /// Uploads an artifact as CI does.
    pub(crate) async fn upload(&self, service: &str, id: &str, branch: &str) {
        let spec = make::spec(service, id, branch);
        let zip = make::zip(&spec);
        assert_eq!(self.upload_zip(&spec, zip).await, 200);
    }

    /// Uploads these bytes as that artifact; the status of the upload.
    pub(crate) async fn upload_zip(&self, spec: &artifact::ArtifactSpec, zip: Vec<u8>) -> u16 {
        self.upload_zip_as("ci-token", spec, zip).await
    }

    /// The same, with another token.
    pub(crate) async fn upload_zip_as(
        &self,
        token: &str,
        spec: &artifact::ArtifactSpec,
        zip: Vec<u8>,
    ) -> u16 {
        let md5 = BASE64_STANDARD.encode(Md5::digest(&zip));
        let request = CreateArtifactRequest { artifact: spec.clone(), md5: md5.clone() };
        let made: CreateArtifactResponse =
            self.client(token).call(Method::POST, &[routes::CREATE_ARTIFACT], &request).await.unwrap();
        // The public address is not the one a test reaches the server under.
        let port = url::Url::parse(&self.url).unwrap().port().unwrap();
        let url =
            made.artifact_upload_url.replace(&format!("localhost:{port}"), &format!("127.0.0.1:{port}"));
        let put = http().put(url).header("Content-MD5", md5).body(zip).send().await.unwrap();
        put.status().as_u16()
    }

    /// Asks for a release.
    pub(crate) async fn release(
        &self,
        service: &str,
        environment: &str,
        id: &str,
        intent: &Intent,
    ) -> Result<ReleaseResponse, ClientError> {
        let request = ReleaseRequest {
            service: service.to_owned(),
            environment: environment.to_owned(),
            artifact_id: id.to_owned(),
            committer_name: "Ida Holm".to_owned(),
            committer_email: "ida@corp.test".to_owned(),
            intent: IntentBody::from(intent),
        };
        self.hamctl().call(Method::POST, &[routes::RELEASE], &request).await
    }

    pub(crate) async fn status(&self, service: &str) -> StatusResponse {
        self.hamctl().get(&[routes::STATUS], &[("service", service)]).await.unwrap()
    }

    /// What became of an accepted release.
    pub(crate) async fn known(&self, id: &str) -> Result<KnownRelease, ClientError> {
        self.hamctl().known_release(id).await
    }

    /// Waits for work of a kind that was given up; why it was.
    pub(crate) async fn dead(&self, kind: &str) -> String {
        wait::until(kind, PATIENCE, async || {
            let waiting: serde_json::Value =
                self.hamctl().get(&["/queue"], &[]).await.map_err(|error| error.to_string())?;
            let items = waiting["items"].as_array().cloned().unwrap_or_default();
            let dead = items.iter().find(|item| item["kind"] == kind && item["state"] == "dead");
            dead.map(|item| item["reason"].as_str().unwrap_or_default().to_owned()).ok_or(waiting.to_string())
        })
        .await
    }
}
