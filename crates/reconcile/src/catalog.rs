//! The kinds a cluster serves.

use std::collections::HashMap;

use crate::object::{GroupKind, Manifest, ObjectRef};

/// How a kind is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The kind.
    pub kind: GroupKind,
    /// Its name in addresses.
    pub plural: Box<str>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// The versions served, the preferred one first.
    pub versions: Vec<Box<str>>,
}

/// All kinds a cluster serves.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    kinds: HashMap<GroupKind, Resource>,
}

impl Catalog {
    /// A catalog of these kinds.
    #[must_use]
    pub fn new(resources: impl IntoIterator<Item = Resource>) -> Self {
        Self { kinds: resources.into_iter().map(|resource| (resource.kind.clone(), resource)).collect() }
    }

    /// How a kind is reached, if it is served.
    #[must_use]
    pub fn resource(&self, kind: &GroupKind) -> Option<&Resource> {
        self.kinds.get(kind)
    }

    /// The identity of an object that a unit wants; `None` while its kind is not served.
    #[must_use]
    pub fn resolve(&self, manifest: &Manifest, default_namespace: &str) -> Option<ObjectRef> {
        let resource = self.kinds.get(&manifest.kind)?;
        let namespace = match (&manifest.namespace, resource.namespaced) {
            (_, false) => "",
            (Some(namespace), true) => namespace,
            (None, true) => default_namespace,
        };
        Some(ObjectRef::new(manifest.kind.clone(), namespace, &manifest.name))
    }

    /// Whether the version of the API that a manifest is written in is served.
    #[must_use]
    pub fn serves(&self, manifest: &Manifest) -> bool {
        self.kinds.get(&manifest.kind).is_some_and(|resource| resource.versions.contains(&manifest.version))
    }
}
