//! The programs of Kubernetes, and kwok: which ones, from which modules.

mod pinned;

use std::path::{Path, PathBuf};

use pinned::Pinned;

use crate::BedError;
use crate::progress::Progress;

const KUBERNETES: Pinned = Pinned {
    go_mod: include_str!("../../../tools/kube/go.mod"),
    go_sum: include_str!("../../../tools/kube/go.sum"),
    // What Kubernetes says its version is; without this its clients see `v0.0.0-master`.
    ldflags: "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3 \
         -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36",
    programs: &[
        ("etcd", "go.etcd.io/etcd/server/v3"),
        ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
        ("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
        ("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
        ("kubelet", "k8s.io/kubernetes/cmd/kubelet"),
        ("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
    ],
};

/// Apart from Kubernetes: who needs no simulated node never builds it.
const SIMULATOR: Pinned = Pinned {
    go_mod: include_str!("../../../tools/kwok/go.mod"),
    go_sum: include_str!("../../../tools/kwok/go.sum"),
    ldflags: "-s -w",
    programs: &[("kwok", "sigs.k8s.io/kwok/cmd/kwok")],
};

/// A folder with the built programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of one of them: `etcd`, `kube-apiserver`, `kube-controller-manager`, `kube-scheduler`,
    /// `kubelet`, `kubectl`.
    #[must_use]
    pub fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

/// Builds the programs unless these very ones were built before: same modules, Go and flags.
///
/// # Errors
/// When Go is missing, a module cannot be fetched or does not build, or the cache cannot be written.
pub fn tools(tell: &mut dyn FnMut(Progress)) -> Result<Tools, BedError> {
    KUBERNETES.provide(tell).map(Tools::at)
}

/// The path of kwok, built like [`tools`].
pub(crate) fn simulator(tell: &mut dyn FnMut(Progress)) -> Result<PathBuf, BedError> {
    SIMULATOR.provide(tell).map(|folder| folder.join("kwok"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_pinned_as_a_tool_and_go_decides_the_key() {
        for pinned in [KUBERNETES, SIMULATOR] {
            for (name, package) in pinned.programs {
                let tool = |line: &str| line.trim().trim_start_matches("tool ") == *package;
                assert!(pinned.go_mod.lines().any(tool), "{name}");
            }
        }
        let key = |go: &str| KUBERNETES.key(go);
        assert_ne!(key("go version go1.26.0 linux/amd64"), key("go version go1.26.1 linux/amd64"));
        assert_ne!(KUBERNETES.key("go"), SIMULATOR.key("go"));
    }

    #[test]
    fn the_version_told_to_clients_is_the_pinned_one() {
        let pinned = KUBERNETES
            .go_mod
            .lines()
            .find_map(|line| line.trim().strip_prefix("k8s.io/kubernetes "))
            .unwrap();
        let version = pinned.split_whitespace().next().unwrap();
        assert!(KUBERNETES.ldflags.contains(&format!("gitVersion={version} ")), "{version}");
    }
}
