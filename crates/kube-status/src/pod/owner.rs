//! Which workload a pod belongs to.

use serde_json::Value;

use crate::read::{items, text};

/// The workload that made a pod, as far as the pod itself tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PodOwner {
    /// Its API group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its name; its namespace is that of the pod.
    pub name: String,
}

/// The workload that made a pod: a Deployment is seen through its ReplicaSet.
#[must_use]
pub fn pod_owner(pod: &Value) -> Option<PodOwner> {
    let controls = |owner: &&Value| owner.pointer("/controller").and_then(Value::as_bool).unwrap_or(false);
    let owner = items(pod, "/metadata/ownerReferences").iter().find(controls)?;
    let group = text(owner, "/apiVersion").split_once('/').map_or("", |(group, _)| group);
    let (kind, name) = (text(owner, "/kind"), text(owner, "/name"));
    let hash = text(pod, "/metadata/labels/pod-template-hash");
    let deployment = (kind == "ReplicaSet" && !hash.is_empty())
        .then(|| name.strip_suffix(hash).and_then(|name| name.strip_suffix('-')))
        .flatten();
    let (kind, name) = match deployment {
        Some(deployment) => ("Deployment", deployment),
        None => (kind, name),
    };
    Some(PodOwner { group: group.to_owned(), kind: kind.to_owned(), name: name.to_owned() })
}
