//! A Git host, a cluster without nodes behind a proxy, and the controller between them.

use std::sync::Arc;

use kube_bed::{Bed, BedOptions};
use process::Output;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::git::SecondWriter;
use testkit::{GitHost, HttpFaultProxy, Repository, wait};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::controller::{Controller, PATIENCE, install_crypto};

pub(crate) const BRANCH: &str = "master";

/// One cluster at a time: two would only make each other slow.
static TURN: std::sync::LazyLock<Arc<Mutex<()>>> = std::sync::LazyLock::new(Arc::default);

/// Dropped in this order: who asks goes before who answers.
pub(crate) struct Place {
    pub(crate) controller: Controller,
    pub(crate) bed: Bed,
    pub(crate) api: HttpFaultProxy,
    pub(crate) host: GitHost,
    pub(crate) config: Repository,
    pub(crate) writer: SecondWriter,
    _folder: TempDir,
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
        install_crypto();
        let api = HttpFaultProxy::start_with(&bed.url(), admin(&bed).await).unwrap();
        let host = GitHost::start().await.unwrap();
        let config = host.create("config").unwrap();
        let writer = config.second_writer().unwrap();
        let folder = TempDir::new().unwrap();
        let kubeconfig = folder.path().join("kubeconfig");
        std::fs::write(&kubeconfig, kubeconfig_of(&api.url()).to_string()).unwrap();
        let flags = [
            ("environment", "dev".to_owned()),
            ("kubeconfig", kubeconfig.display().to_string()),
            ("poll-interval", "200ms".to_owned()),
            ("data-dir", folder.path().join("mirror").display().to_string()),
        ];
        let controller = Controller::new(&host, &config, flags);
        Self { bed, api, host, config, writer, controller, _folder: folder, _turn: turn }
    }

    /// Puts files into one commit; returns its id.
    pub(crate) fn push(&self, files: &[(&str, &str)]) -> String {
        self.writer.push_files(BRANCH, files, "Release").unwrap()
    }

    pub(crate) fn remove(&self, paths: &[&str]) -> String {
        self.writer.remove(BRANCH, paths, "Remove").unwrap()
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
