//! The cluster: a bed of its own with simulated nodes, on which two users are counted apart.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use kube_bed::{Bed, BedOptions, Progress};
use serde_json::{Value, json};

use super::requests::Requests;
use super::unit::NAMESPACE;
use crate::release::tell;

/// A node takes 2,000 pods; a few, so that the scheduler has a choice.
const NODES: usize = 4;

/// Who acts. Each has a flow schema of its own, by which the API server counts it, and the same priority as any
/// service account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    /// The bare apply loop.
    Bare,
    /// The controller.
    Controller,
}

impl User {
    pub(crate) const ALL: [Self; 2] = [Self::Bare, Self::Controller];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare-loop",
            Self::Controller => "release-controller",
        }
    }
}

/// A running cluster.
pub(crate) struct Cluster {
    bed: Bed,
}

impl Cluster {
    /// Starts one.
    pub(crate) fn start() -> Result<Self> {
        let options = BedOptions::new("bench").without_nodes().owned();
        let mut told = String::new();
        let mut steps = |progress: Progress| tell_step(&progress, &mut told);
        let mut bed = Bed::up(&options, &mut steps)?;
        bed.add_simulated_nodes(NODES, &mut steps)?;
        let cluster = Self { bed };
        cluster.prepare()?;
        Ok(cluster)
    }

    /// Throws everything away and starts an empty one at the same address.
    pub(crate) fn wipe(&mut self) -> Result<()> {
        let mut told = String::new();
        self.bed.wipe(&mut |progress| tell_step(&progress, &mut told))?;
        self.prepare()
    }

    fn prepare(&self) -> Result<()> {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}});
        let items: Vec<Value> =
            User::ALL.iter().flat_map(|user| user_objects(user.name())).chain([namespace]).collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
        let output = self.bed.kubectl().args(["apply", "-f", "-"]).input(list.to_string()).run()?;
        ensure!(output.succeeded(), "the cluster could not be prepared: {}", output.stderr_text());
        Ok(())
    }

    /// The kubeconfig of a user.
    pub(crate) fn kubeconfig(&self, user: User) -> Result<PathBuf> {
        Ok(self.bed.kubeconfig_for(user.name(), &[])?)
    }

    /// A client that acts as a user.
    pub(crate) async fn client(&self, user: User) -> Result<Client> {
        connect(self.kubeconfig(user)?).await
    }

    /// A client that nobody counts.
    pub(crate) async fn observer(&self) -> Result<Client> {
        connect(self.bed.kubeconfig()).await
    }

    /// What the API server has counted so far.
    pub(crate) fn requests(&self) -> Result<Requests> {
        let output = self.bed.kubectl().args(["get", "--raw=/metrics"]).run()?;
        ensure!(output.succeeded(), "the API server gave no metrics: {}", output.stderr_text());
        Ok(Requests::parse(&output.stdout_text()))
    }
}

fn tell_step(progress: &Progress, told: &mut String) {
    if *told != progress.what {
        told.clone_from(&progress.what);
        tell(told);
    }
}

async fn connect(kubeconfig: PathBuf) -> Result<Client> {
    let read = Kubeconfig::read_from(&kubeconfig).context("cannot read the kubeconfig")?;
    let config = Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await?;
    Ok(Client::try_from(config)?)
}

/// What a user needs: the right to do everything, and a count of its own.
fn user_objects(user: &str) -> [Value; 2] {
    let subject = json!({"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"});
    let role =
        json!({"kind": "ClusterRole", "name": "cluster-admin", "apiGroup": "rbac.authorization.k8s.io"});
    let everything = json!({
        "subjects": [{"kind": "User", "user": {"name": user}}],
        "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "clusterScope": true, "namespaces": ["*"]}],
        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    });
    [
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
               "metadata": {"name": user}, "roleRef": role, "subjects": [subject]}),
        json!({"apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema", "metadata": {"name": user},
               "spec": {"priorityLevelConfiguration": {"name": "workload-low"}, "matchingPrecedence": 100,
                        "distinguisherMethod": {"type": "ByUser"}, "rules": [everything]}}),
    ]
}
