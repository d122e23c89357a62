//! Where things lie in the repository (spec, section 5.1).

use artifact::{EnvName, ServiceName};
use git_mirror::TreePath;

/// The name of the spec in a release's folder.
pub(crate) const SPEC: &str = "artifact.json";

/// Settings of the repository itself.
pub(crate) fn settings() -> TreePath {
    path(&["release-manager.yaml"])
}

/// The policies of a service.
pub(crate) fn policies(service: &ServiceName) -> TreePath {
    path(&["policies", &format!("{service}.json")])
}

/// The folder of an environment's namespaces.
pub(crate) fn namespaces(environment: &str) -> TreePath {
    path(&[environment, "releases"])
}

/// The folder of a release.
pub(crate) fn release(environment: &str, namespace: &str, service: &str) -> TreePath {
    path(&[environment, "releases", namespace, service])
}

/// The spec of a release.
pub(crate) fn spec(environment: &str, namespace: &str, service: &str) -> TreePath {
    path(&[environment, "releases", namespace, service, SPEC])
}

/// The Flux Kustomization of a release.
pub(crate) fn cluster(environment: &EnvName, namespace: &str, service: &ServiceName) -> TreePath {
    path(&["clusters", environment.as_str(), namespace, &format!("{service}.yaml")])
}

/// Joins components, which all come from types that are path components. Were one of them not, leaving it out would
/// name a whole environment, so it becomes one that no folder has.
fn path(components: &[&str]) -> TreePath {
    components.iter().fold(TreePath::root(), |path, component| match component.parse::<TreePath>() {
        Ok(plain) if plain.components().count() == 1 => path.join_path(&plain),
        _ => path.join_path(&nowhere()),
    })
}

fn nowhere() -> TreePath {
    "not-a-name".parse().expect("a plain word is a path")
}
