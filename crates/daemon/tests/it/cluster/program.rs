//! The running program, and the cluster it watches.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use kube_bed::Bed;
use kube_bed::image::{self, Contents};
use testkit::wait;
use tokio::process::{Child, Command};

use crate::server::PATIENCE;
use crate::start::BINARY;

/// What the daemon may do: read.
const ROLE: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: release-daemon}
rules:
  - {apiGroups: [apps], resources: [deployments, daemonsets, statefulsets], verbs: [list, watch]}
  - {apiGroups: [batch], resources: [jobs], verbs: [list, watch]}
  - {apiGroups: [""], resources: [pods], verbs: [list, watch]}
  - {apiGroups: [""], resources: [pods/log], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: release-daemon}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: release-daemon}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: release-daemon}]
"#;

/// A running `release-daemon`; it is killed when this is dropped.
pub(super) struct Daemon {
    child: Child,
    ready: String,
}

impl Daemon {
    pub(super) fn start(server: &str, kubeconfig: &Path, data_dir: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(BINARY)
            .args(["start", "--environment", "dev", "--flux-port", "0", "--release-manager-url", server])
            .args(["--http-port", &port.to_string()])
            .arg("--kubeconfig")
            .arg(kubeconfig)
            .arg("--data-dir")
            .arg(data_dir)
            .env_clear()
            .env("DAEMON_AUTH_TOKEN", "secret")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { child, ready: format!("http://127.0.0.1:{port}/readyz") }
    }

    /// Until it has seen the whole cluster.
    pub(super) async fn ready(&mut self) {
        let client = daemon::post::http_client(PATIENCE).unwrap();
        wait::until("a daemon that sees everything", PATIENCE, async || {
            let answer = client.get(&self.ready).send().await.map_err(|error| error.to_string())?;
            if answer.status().is_success() { Ok(()) } else { Err(answer.text().await.unwrap_or_default()) }
        })
        .await;
    }

    /// SIGKILL.
    pub(super) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM, and its exit code.
    pub(super) async fn terminate(mut self) -> Option<i32> {
        let id = i32::try_from(self.child.id().expect("it runs")).unwrap();
        let pid = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops in time").unwrap().code()
    }
}

/// Whether beds with nodes can be had here.
pub(super) fn can_have_nodes() -> bool {
    if rustix::process::geteuid().is_root() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "a bed with a node needs root, and CI must run everything");
    eprintln!("skipped: a bed with a node needs root");
    false
}

/// Gives the node the image of the story.
pub(super) fn load_image(bed: &Bed) {
    let contents = Contents { files: vec![], entrypoint: vec!["sh".into()] };
    bed.load_image(&image::app("example/shell:v1", &contents).unwrap()).unwrap();
}

/// Lets the daemon read, and makes the namespace of the story.
pub(super) fn prepare(bed: &Bed) {
    apply(bed, ROLE);
    apply(bed, "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
}

pub(super) fn apply(bed: &Bed, manifest: &str) {
    let output = bed.kubectl().args(["apply", "-f", "-"]).input(manifest).run().unwrap();
    assert!(output.succeeded(), "{manifest}\n{}", output.stderr_text());
}

pub(super) fn kubectl(bed: &Bed, arguments: &[&str]) {
    let output = bed.kubectl().args(arguments.iter().copied()).run().unwrap();
    assert!(output.succeeded(), "{arguments:?}\n{}", output.stderr_text());
}
