//! A Git host, a cluster without nodes behind a proxy, and the controller between them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kube_bed::{Bed, BedOptions};
use process::Output;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::git::SecondWriter;
use testkit::{Access, GitHost, HttpFaultProxy, Launch, Port, Repository, Service, wait};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub(crate) const BRANCH: &str = "master";
const PATIENCE: Duration = Duration::from_secs(120);

/// One cluster at a time: two would only make each other slow.
static TURN: std::sync::LazyLock<Arc<Mutex<()>>> = std::sync::LazyLock::new(Arc::default);

pub(crate) struct Place {
    pub(crate) bed: Bed,
    pub(crate) api: HttpFaultProxy,
    pub(crate) host: GitHost,
    pub(crate) config: Repository,
    pub(crate) writer: SecondWriter,
    pub(crate) folder: TempDir,
    controller: Option<Service>,
    port: Port,
    http: reqwest::Client,
    _turn: OwnedMutexGuard<()>,
}

impl Place {
    pub(crate) async fn new(name: &str) -> Self {
        let turn = Arc::clone(&TURN).lock_owned().await;
        let options = BedOptions::new(name).without_nodes().owned();
        let bed = match Bed::up(&options, &mut |_| ()) {
            Ok(bed) => bed,
            Err(error) => panic!("{}", explain::Report::new(&error)),
        };
        drop(rustls::crypto::ring::default_provider().install_default());
        let api = HttpFaultProxy::start_with(&bed.url(), admin(&bed).await).unwrap();
        let host = GitHost::start().await.unwrap();
        let config = host.create("config").unwrap();
        let writer = config.second_writer().unwrap();
        let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        let folder = TempDir::new().unwrap();
        let port = Port::reserve().unwrap();
        Self { bed, api, host, config, writer, folder, controller: None, port, http, _turn: turn }
    }

    /// Starts the controller, or a new one after [`Self::kill`].
    pub(crate) fn start(&mut self) {
        let kubeconfig = self.folder.path().join("kubeconfig");
        std::fs::write(&kubeconfig, kubeconfig_of(&self.api.url()).to_string()).unwrap();
        let args = [
            ("config-repo", self.config.ssh_url().to_owned()),
            ("ssh-private-key", self.host.ssh_key(Access::Read).display().to_string()),
            ("known-hosts", self.host.known_hosts().display().to_string()),
            ("environment", "dev".to_owned()),
            ("kubeconfig", kubeconfig.display().to_string()),
            ("poll-interval", "200ms".to_owned()),
            ("data-dir", self.folder.path().join("mirror").display().to_string()),
            ("http-port", self.port.address().port().to_string()),
        ];
        let args = args.map(|(name, value)| format!("--{name}={value}")).to_vec();
        let program = PathBuf::from(env!("CARGO_BIN_EXE_release-controller"));
        let launch = Launch { name: "release-controller", program, args, env: Vec::new() };
        self.controller = Some(Service::start(launch).unwrap());
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.controller = None;
    }

    /// Puts files into one commit; returns its id.
    pub(crate) fn push(&self, files: &[(&str, &str)]) -> String {
        self.writer.push_files(BRANCH, files, "Release").unwrap()
    }

    pub(crate) fn remove(&self, paths: &[&str]) -> String {
        self.writer.remove(BRANCH, paths, "Remove").unwrap()
    }

    /// Waits until the controller says something about all units that `wanted` accepts.
    pub(crate) async fn units(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let (http, url) = (&self.http, format!("http://{}/units", self.port.address()));
        let wanted = &wanted;
        let probe = || {
            let request = http.get(&url);
            async move {
                let answer = request.send().await.map_err(|error| error.to_string())?;
                let units: Value = answer.json().await.map_err(|error| error.to_string())?;
                if wanted(&units) { Ok(units) } else { Err(format!("{units:#}\n{}", self.log())) }
            }
        };
        wait::until(what, PATIENCE, probe).await
    }

    /// Waits until this commit is enforced and every unit is healthy.
    pub(crate) async fn healthy(&self, commit: &str) -> Value {
        self.units(&format!("{commit} to be healthy"), |units| is_healthy(units, commit)).await
    }

    /// Waits until `/readyz` answers this status; returns what it says.
    pub(crate) async fn readyz(&self, status: u16) -> String {
        let url = format!("http://{}/readyz", self.port.address());
        let probe = || {
            let request = self.http.get(&url);
            async move {
                let answer = request.send().await.map_err(|error| error.to_string())?;
                let (seen, text) = (answer.status().as_u16(), answer.text().await.unwrap_or_default());
                if seen == status { Ok(text) } else { Err(format!("{seen}: {text}")) }
            }
        };
        wait::until(&format!("/readyz to answer {status}"), PATIENCE, probe).await
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.port.address());
        self.http.get(&url).send().await.unwrap().text().await.unwrap()
    }

    /// Runs kubectl as administrator, beside the proxy.
    pub(crate) fn kubectl(&self, args: &[&str]) -> Output {
        self.bed.kubectl().args(args.iter().copied()).run().unwrap()
    }

    /// Runs kubectl, which has to succeed, and returns what it printed.
    pub(crate) fn kubectl_ok(&self, args: &[&str]) -> String {
        let output = self.kubectl(args);
        assert!(output.succeeded(), "{args:?}: {}", output.stderr_text());
        output.stdout_text()
    }

    /// Waits until kubectl prints this.
    pub(crate) async fn see(&self, args: &[&str], expected: &str) {
        let probe = async || {
            let output = self.kubectl(args);
            let text = output.stdout_text();
            if text == expected { Ok(()) } else { Err(format!("{text}{}", output.stderr_text())) }
        };
        wait::until(&format!("{args:?} to print {expected:?}"), PATIENCE, probe).await;
    }

    /// The names of our ConfigMaps in a namespace.
    pub(crate) fn config_maps(&self, namespace: &str) -> String {
        let selector = "--selector=release-manager.io/environment=dev";
        let names = "--output=jsonpath={.items[*].metadata.name}";
        self.kubectl_ok(&["get", "configmaps", "--namespace", namespace, selector, names])
    }

    pub(crate) fn log(&self) -> String {
        self.controller.as_ref().map(Service::last_words).unwrap_or_default()
    }
}

fn is_healthy(units: &Value, commit: &str) -> bool {
    let all = units["units"].as_array().unwrap();
    units["revision"] == commit && all.iter().all(|unit| unit["state"] == "healthy")
}

/// The state and message of a unit.
pub(crate) fn unit<'a>(units: &'a Value, name: &str) -> (&'a str, &'a str) {
    let all = units["units"].as_array().unwrap();
    let unit = all.iter().find(|unit| unit["unit"].as_str().unwrap().ends_with(name));
    let text = |field: &str| unit.and_then(|unit| unit[field].as_str()).unwrap_or_default();
    (text("state"), text("message"))
}

/// The proxy speaks plain HTTP, and proves who we are upstream.
async fn admin(bed: &Bed) -> reqwest::ClientBuilder {
    let config = kube::config::Kubeconfig::read_from(bed.kubeconfig()).unwrap();
    let options = kube::config::KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(config, &options).await.unwrap();
    let roots = config.root_cert.unwrap();
    let roots = roots.iter().map(|root| reqwest::Certificate::from_der(root).unwrap());
    let auth = config.auth_info;
    let pem = |data: Option<String>, file: Option<String>| match (data, file) {
        (Some(data), _) => {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.decode(data).unwrap()
        }
        (None, file) => std::fs::read(file.unwrap()).unwrap(),
    };
    let mut identity = pem(auth.client_certificate_data, auth.client_certificate);
    identity.push(b'\n');
    let key = auth.client_key_data.map(|key| {
        use secrecy::ExposeSecret as _;
        key.expose_secret().to_owned()
    });
    identity.extend(pem(key, auth.client_key));
    reqwest::Client::builder()
        .tls_certs_only(roots)
        .identity(reqwest::Identity::from_pem(&identity).unwrap())
        .http1_only()
}

fn kubeconfig_of(server: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "it",
        "clusters": [{"name": "it", "cluster": {"server": server}}],
        "users": [{"name": "it", "user": {}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
    })
}

/// A ConfigMap as text.
pub(crate) fn config_map(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  value: \"{value}\"\n")
}

/// A Deployment without pods, which needs no node to be well.
pub(crate) fn deployment(name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n  replicas: 0\n  selector:\n    \
         matchLabels:\n      app: {name}\n  template:\n    metadata:\n      labels:\n        app: {name}\n    spec:\n      \
         containers:\n        - name: app\n          image: example.test/app:1\n"
    )
}
