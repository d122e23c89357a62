//! A corner of the cluster that all tests share, with pods: an environment and namespaces of its own.

use kube_bed::Bed;
use kube_bed::image::{self, Contents};
use tempfile::TempDir;
use testkit::git::SecondWriter;
use testkit::{GitHost, Repository};

use crate::controller::Controller;
use crate::place::BRANCH;

/// The image of the pods.
pub(crate) const IMAGE: &str = "docker.io/library/busybox:1.36";

/// Dropped in this order: the controller would make again what is cleaned up.
pub(crate) struct Corner {
    pub(crate) controller: Controller,
    cluster: Cluster,
    writer: SecondWriter,
    folder: TempDir,
    _config: Repository,
    _host: GitHost,
}

/// The shared cluster; dropping this removes what is ours.
struct Cluster {
    bed: Bed,
    environment: String,
}

impl Corner {
    pub(crate) async fn new() -> Self {
        let bed = match kube_bed::shared(&mut |_| ()) {
            Ok(bed) => bed,
            Err(error) => panic!("{}", explain::Report::new(&error)),
        };
        bed.load_image(&image::app(IMAGE, &Contents::default()).unwrap()).unwrap();
        let cluster = Cluster { bed, environment: format!("pods-{}", std::process::id()) };
        let host = GitHost::start().await.unwrap();
        let config = host.create("config").unwrap();
        let writer = config.second_writer().unwrap();
        let folder = TempDir::new().unwrap();
        let flags = [
            ("environment", cluster.environment.clone()),
            ("kubeconfig", cluster.bed.kubeconfig().display().to_string()),
            ("data-dir", folder.path().join("mirror").display().to_string()),
        ];
        let controller = Controller::new(&host, &config, flags);
        Self { controller, cluster, writer, folder, _config: config, _host: host }
    }

    /// The namespace of a service; each has one of its own.
    pub(crate) fn namespace(&self, service: &str) -> String {
        self.cluster.namespace(service)
    }

    /// Puts the one file of some services into one commit; returns its id.
    pub(crate) fn push(&self, files: &[(&str, &str)]) -> String {
        let environment = &self.cluster.environment;
        let path = |service: &str| {
            format!("{environment}/releases/{}/{service}/40-deployment.yaml", self.namespace(service))
        };
        let files: Vec<_> = files.iter().map(|(service, text)| (path(service), *text)).collect();
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        self.writer.push_files(BRANCH, &files, "Release").unwrap()
    }

    /// A field of a service's Deployment.
    pub(crate) fn deployment(&self, service: &str, field: &str) -> String {
        let namespace = format!("--namespace={}", self.namespace(service));
        let output = format!("--output=jsonpath={{{field}}}");
        self.cluster.kubectl(&["get", "deployment", service, &namespace, &output])
    }

    /// Writes a file for a flag; returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Cluster {
    fn namespace(&self, service: &str) -> String {
        format!("{}-{service}", self.environment)
    }

    fn kubectl(&self, args: &[&str]) -> String {
        let output = self.bed.kubectl().args(args.iter().copied()).run().unwrap();
        assert!(output.succeeded(), "{args:?}: {}", output.stderr_text());
        output.stdout_text()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let namespaces = ["web", "side"].map(|service| self.namespace(service));
        let inventory = format!("--selector=release-manager.io/inventory={}", self.environment);
        let removals: [&[&str]; 2] = [
            &["delete", "configmaps", "--namespace=release-system", &inventory],
            &["delete", "namespaces", "--ignore-not-found", "--timeout=120s", &namespaces[0], &namespaces[1]],
        ];
        for removal in removals {
            let output = self.bed.kubectl().args(removal.iter().copied()).run();
            if !std::thread::panicking() {
                assert!(output.unwrap().succeeded(), "{removal:?} leaves something behind");
            }
        }
    }
}

/// Whether beds with nodes can be had here.
pub(crate) fn can_have_nodes() -> bool {
    if rustix::process::geteuid().is_root() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "a bed with a node needs root, and CI must run everything");
    eprintln!("skipped: a bed with a node needs root");
    false
}
