//! The cluster of the story: the test bed, or one of the reader's own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use kube_bed::image::{Contents, app};
use kube_bed::{Bed, BedOptions};
use process::Program;
use serde_json::Value;

use crate::Narrator;
use crate::programs::must;

/// The environments, each a namespace of the one cluster.
pub(crate) const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// The kinds that the sample services consist of.
const KINDS: &str = "deployments,statefulsets,cronjobs,services,configmaps";

/// What the programs may do there; an operator applies it once for a new cluster.
const RIGHTS: &str = include_str!("../../../deploy/kubernetes/rights.yaml");

/// The namespaces the demo makes in a cluster that is not its own: the environments, and the controllers' inventory.
const OWN_NAMESPACES: [&str; 4] = ["dev", "staging", "prod", "release-system"];

/// The label of what the demo made in a cluster that is not its own.
const OWN_LABEL: &str = "release-manager.io/demo=true";

/// Where the demo's pods run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClusterChoice {
    /// The cluster that this context of the reader's kubeconfig names.
    Context(String),
    /// A Kubernetes of our own on this machine.
    Bed,
    /// Nowhere: the Git half only.
    None,
}

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    bed: Option<Bed>,
    context: Option<String>,
}

impl Cluster {
    /// Starts the test bed, or joins the cluster of a context.
    ///
    /// # Errors
    /// When it cannot be started or reached, or holds namespaces with the demo's names already.
    pub fn start(choice: &ClusterChoice, name: &str, narrator: &Narrator) -> Result<Option<Self>> {
        match choice {
            ClusterChoice::None => Ok(None),
            ClusterChoice::Bed => Self::start_bed(name, narrator).map(Some),
            ClusterChoice::Context(context) => Self::join(context).map(Some),
        }
    }

    fn start_bed(name: &str, narrator: &Narrator) -> Result<Self> {
        // What an earlier run that was killed has left behind.
        kube_bed::down(name).context("cannot remove an earlier cluster of the demo")?;
        let bed = Bed::up(&BedOptions::new(name).owned(), &mut |progress| {
            let kube_bed::Progress { what, step, steps, elapsed } = progress;
            narrator.progress(&format!("{what} (step {step} of {steps}, {} s)", elapsed.as_secs()), false);
        });
        narrator.progress("", true);
        let cluster = Self { bed: Some(bed?), context: None };
        cluster.load_image()?;
        cluster.install_rights()?;
        Ok(cluster)
    }

    fn join(context: &str) -> Result<Self> {
        let cluster = Self { bed: None, context: Some(context.to_owned()) };
        for namespace in OWN_NAMESPACES {
            let found =
                cluster.kubectl(["get", "namespace", namespace, "--ignore-not-found", "-o", "json"])?;
            let foreign = !found.is_empty() && !found.contains("release-manager.io/demo");
            ensure!(
                !foreign,
                "the cluster of context {context} has a namespace `{namespace}` that is not the demo's; use another cluster"
            );
            cluster.kubectl_in(["apply", "-f", "-"], &namespace_manifest(namespace))?;
        }
        Ok(cluster)
    }

    /// Puts the sample services' image where the bed's node finds it.
    fn load_image(&self) -> Result<()> {
        let Some(bed) = &self.bed else { return Ok(()) };
        let image = app(crate::stage::IMAGE, &Contents::default())?;
        Ok(bed.load_image(&image)?)
    }

    /// Gives the controller and the daemon their rights, as an operator does for a new cluster.
    ///
    /// # Errors
    /// When the API server refuses.
    pub fn install_rights(&self) -> Result<()> {
        self.kubectl_in(["apply", "-f", "-"], RIGHTS).map(drop)
    }

    /// The kubeconfig a program of ours runs with: its own user on the bed, the reader's context elsewhere.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn kubeconfig_for(&self, user: &str, folder: &Path) -> Result<PathBuf> {
        if let Some(bed) = &self.bed {
            return Ok(bed.kubeconfig_for(user, &[])?);
        }
        let path = folder.join(format!("{user}.kubeconfig"));
        let minified = self.kubectl(["config", "view", "--minify", "--flatten"])?;
        std::fs::write(&path, minified).with_context(|| format!("write {}", path.display()))?;
        Ok(path)
    }

    /// What a person exports to look around by hand.
    #[must_use]
    pub fn by_hand(&self) -> String {
        match (&self.bed, &self.context) {
            (Some(bed), _) => format!("export KUBECONFIG={}", bed.kubeconfig().display()),
            (None, context) => {
                format!("kubectl config use-context {}", context.as_deref().unwrap_or_default())
            }
        }
    }

    /// Throws everything away: the whole cluster of the bed, or the demo's namespaces elsewhere. An empty one is
    /// there when this returns.
    ///
    /// # Errors
    /// When the cluster does not come back.
    pub fn throw_away(&mut self, narrator: &Narrator) -> Result<()> {
        if let Some(bed) = &mut self.bed {
            let wiped = bed.wipe(&mut |progress| {
                let text = format!("{} ({} s)", progress.what, progress.elapsed.as_secs());
                narrator.progress(&text, false);
            });
            narrator.progress("", true);
            wiped?;
            self.load_image()?;
            return self.install_rights();
        }
        narrator.say("(It is yours: what is thrown away is all that the demo has there.)")?;
        self.clean()?;
        OWN_NAMESPACES.iter().try_for_each(|namespace| {
            self.kubectl_in(["apply", "-f", "-"], &namespace_manifest(namespace)).map(drop)
        })
    }

    /// Removes what the demo made in a cluster that is not its own, and nothing else.
    fn clean(&self) -> Result<()> {
        self.kubectl(["delete", "namespace", "--wait", "-l", OWN_LABEL]).map(drop)
    }

    /// Runs kubectl and returns what it printed.
    ///
    /// # Errors
    /// When it fails.
    pub fn kubectl<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Result<String> {
        self.kubectl_in(args, "")
    }

    fn kubectl_in<'a>(&self, args: impl IntoIterator<Item = &'a str>, input: &str) -> Result<String> {
        let args: Vec<&str> = args.into_iter().collect();
        let program = match (&self.bed, &self.context) {
            (Some(bed), _) => bed.kubectl(),
            (None, context) => Program::new("kubectl")
                .inherit("KUBECONFIG")
                .args(["--context", context.as_deref().unwrap_or_default()]),
        };
        let command = format!("kubectl {}", args.join(" "));
        let output = must(&command, program.args(args).input(input).deadline(Duration::from_secs(180)))?;
        Ok(output.stdout_text())
    }

    /// Waits until a workload has rolled out; kubectl watches, it does not poll.
    ///
    /// # Errors
    /// When it does not within the time, with what kubectl said.
    pub fn rolled_out(&self, namespace: &str, workload: &str) -> Result<String> {
        self.kubectl(["-n", namespace, "rollout", "status", workload, "--timeout=120s"])
    }

    /// Every object of the sample services, as far as Git decides on it, sorted: what has to be equal after a
    /// cluster was lost and came back.
    ///
    /// # Errors
    /// When the API server does not answer.
    pub fn objects(&self) -> Result<Vec<String>> {
        let mut objects = Vec::new();
        for namespace in ENVIRONMENTS {
            let text = self.kubectl(["-n", namespace, "get", KINDS, "-o", "json"])?;
            let list: Value = serde_json::from_str(&text).context("kubectl printed no JSON")?;
            let Some(items) = list["items"].as_array() else { bail!("kubectl printed no list") };
            objects.extend(items.iter().filter(|item| !made_by_cluster(item)).map(essence));
        }
        objects.sort();
        Ok(objects)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let removed = match self.bed.take() {
            Some(bed) => bed.down().map_err(anyhow::Error::from),
            None => self.clean(),
        };
        if let Err(error) = removed {
            // The next run removes what this one could not.
            drop(writeln!(std::io::stderr(), "warning: not all of the demo's cluster is gone: {error:#}"));
        }
    }
}

fn namespace_manifest(name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n  labels:\n    release-manager.io/demo: \"true\"\n"
    )
}

/// Kubernetes puts its own certificate into every namespace.
fn made_by_cluster(object: &Value) -> bool {
    object["kind"] == "ConfigMap" && object["metadata"]["name"] == "kube-root-ca.crt"
}

/// An object without what the cluster makes up anew for each one: identity, addresses, history, state.
fn essence(object: &Value) -> String {
    let metadata = &object["metadata"];
    let mut spec = object["spec"].clone();
    if object["kind"] == "Service"
        && let Some(spec) = spec.as_object_mut()
    {
        spec.remove("clusterIP");
        spec.remove("clusterIPs");
    }
    let mut annotations = metadata["annotations"].clone();
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.retain(|name, _| !name.starts_with("deployment.kubernetes.io/"));
    }
    format!(
        "{}/{}/{} labels={} annotations={annotations} data={} spec={spec}",
        metadata["namespace"].as_str().unwrap_or_default(),
        object["kind"].as_str().unwrap_or_default(),
        metadata["name"].as_str().unwrap_or_default(),
        metadata["labels"],
        object["data"],
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_lives_of_one_object_are_equal_and_two_objects_are_not() {
        let life = |uid: &str, ip: &str, port: u16| {
            json!({"kind": "Service", "metadata": {"namespace": "dev", "name": "web", "uid": uid, "resourceVersion": uid},
                   "spec": {"clusterIP": ip, "clusterIPs": [ip], "ports": [{"port": port}]}, "status": {"x": uid}})
        };
        assert_eq!(essence(&life("1", "10.0.0.1", 80)), essence(&life("2", "10.0.0.2", 80)));
        assert_ne!(essence(&life("1", "10.0.0.1", 80)), essence(&life("1", "10.0.0.1", 81)));
    }
}
