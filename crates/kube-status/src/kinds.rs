//! The kinds we know more about than their name: one row each.

use serde_json::Value;

use crate::health::{Health, batch, generic, network, other, storage, workload};

/// How much of an object its health needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Observe {
    /// It is well when it exists: metadata is enough.
    Existence,
    /// Its status has to be read.
    Status,
}

/// A row of [`KINDS`]: everything that follows from the kind of an object.
#[derive(Debug)]
pub struct Kind {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// How much of it has to be watched.
    pub observe: Observe,
    rule: fn(&Value) -> Health,
}

impl Kind {
    /// The health of an object of this kind that is neither being deleted nor behind its spec.
    pub(crate) fn health(&self, object: &Value) -> Health {
        (self.rule)(object)
    }

    /// Its place in the order of applying; pruning goes the other way.
    #[must_use]
    pub fn order(&self) -> usize {
        KINDS.iter().position(|row| std::ptr::eq(row, self)).unwrap_or(KINDS.len())
    }
}

const fn exists(group: &'static str, kind: &'static str) -> Kind {
    Kind { group, kind, observe: Observe::Existence, rule: other::existence }
}

const fn status(group: &'static str, kind: &'static str, rule: fn(&Value) -> Health) -> Kind {
    Kind { group, kind, observe: Observe::Status, rule }
}

/// The row for every kind that has none of its own: custom resources, mostly.
const ANY: &str = "*";

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// Every kind, in the order of applying: what others need comes first, and a webhook that could refuse the rest
/// comes last.
pub static KINDS: [Kind; 37] = [
    status("", "Namespace", other::namespace),
    status("apiextensions.k8s.io", "CustomResourceDefinition", other::definition),
    exists("scheduling.k8s.io", "PriorityClass"),
    exists("storage.k8s.io", "StorageClass"),
    exists("networking.k8s.io", "IngressClass"),
    exists("", "ServiceAccount"),
    exists(RBAC, "ClusterRole"),
    exists(RBAC, "Role"),
    exists(RBAC, "ClusterRoleBinding"),
    exists(RBAC, "RoleBinding"),
    exists("", "ConfigMap"),
    exists("", "Secret"),
    status("", "ResourceQuota", generic::conditions),
    exists("", "LimitRange"),
    exists("networking.k8s.io", "NetworkPolicy"),
    status("", "PersistentVolume", storage::volume),
    status("", "PersistentVolumeClaim", storage::claim),
    status("", "Service", network::service),
    exists("discovery.k8s.io", "EndpointSlice"),
    exists("", "Endpoints"),
    status("policy", "PodDisruptionBudget", generic::conditions),
    status("apps", "DaemonSet", workload::daemon_set),
    status("apps", "StatefulSet", workload::stateful_set),
    status("apps", "Deployment", workload::deployment),
    status("apps", "ReplicaSet", workload::replica_set),
    status("", "ReplicationController", workload::replica_set),
    status("", "Pod", batch::pod),
    status("batch", "Job", batch::job),
    exists("batch", "CronJob"),
    status("autoscaling", "HorizontalPodAutoscaler", other::autoscaler),
    status("networking.k8s.io", "Ingress", generic::conditions),
    status(ANY, ANY, generic::conditions),
    status("apiregistration.k8s.io", "APIService", other::api_service),
    exists(ADMISSION, "ValidatingAdmissionPolicy"),
    exists(ADMISSION, "ValidatingAdmissionPolicyBinding"),
    exists(ADMISSION, "MutatingWebhookConfiguration"),
    exists(ADMISSION, "ValidatingWebhookConfiguration"),
];

/// The row of a kind; kinds we do not know share one.
#[must_use]
pub fn kind_of(group: &str, kind: &str) -> &'static Kind {
    let row = |group: &str, kind: &str| KINDS.iter().find(|row| row.group == group && row.kind == kind);
    row(group, kind).or_else(|| row(ANY, ANY)).unwrap_or(&KINDS[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(group: &str, kind: &str) -> usize {
        kind_of(group, kind).order()
    }

    #[test]
    fn no_kind_has_two_rows() {
        for row in &KINDS {
            let same =
                KINDS.iter().filter(|other| (other.group, other.kind) == (row.group, row.kind)).count();
            assert_eq!(same, 1, "{} {}", row.group, row.kind);
        }
    }

    #[test]
    fn what_others_need_is_applied_first_and_pruned_last() {
        let chain = [
            ("", "Namespace"),
            ("apiextensions.k8s.io", "CustomResourceDefinition"),
            ("", "ServiceAccount"),
            ("", "ConfigMap"),
            ("", "Service"),
            ("apps", "Deployment"),
            ("example.test", "Widget"),
            ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ];
        for pair in chain.windows(2) {
            let ((group, kind), (next_group, next_kind)) = (pair[0], pair[1]);
            assert!(order(group, kind) < order(next_group, next_kind), "{kind} before {next_kind}");
        }
    }

    #[test]
    fn a_kind_of_another_group_is_not_mistaken() {
        assert_eq!(kind_of("serving.knative.dev", "Service").kind, ANY);
        assert_eq!(kind_of("", "Service").kind, "Service");
    }
}
