//! The edge to the API server: every request we make, and what its answer means.

mod ask;
mod inventory;
mod sight;
mod watch;

use kube::Client;
use serde_json::json;

use crate::catalog::{Catalog, Resource};
use crate::fault::{Fault, FaultKind};
use crate::live::Live;
use crate::machine::Connection;
use crate::name::Environment;
use crate::object::{GroupKind, Manifest, ObjectRef};
use crate::plan::Prune;
use ask::Ask;
use sight::Metadata;

/// The name under which the API server keeps what we have applied.
pub(crate) const FIELD_MANAGER: &str = "release-controller";

/// A cluster, and the environment in it that is ours.
#[derive(Clone)]
pub(crate) struct Cluster {
    ask: Ask,
    client: Client,
    environment: Environment,
}

impl Cluster {
    pub(crate) fn new(client: Client, environment: Environment) -> Self {
        Self { ask: Ask::new(client.clone()), client, environment }
    }

    /// Everything that has to be known before work can begin.
    pub(crate) async fn connect(&self) -> Result<Connection, Fault> {
        let cluster = self.identity().await?;
        let (catalog, pages) = futures::future::try_join(self.discover(), self.read_pages()).await?;
        Ok(Connection { cluster, catalog, pages })
    }

    /// What no two clusters share.
    pub(crate) async fn identity(&self) -> Result<String, Fault> {
        let answer = self.ask.get("/api/v1/namespaces/kube-system", ask::METADATA).await?;
        Ok(Metadata::read(&answer)?.uid().to_owned())
    }

    pub(crate) async fn discover(&self) -> Result<Catalog, Fault> {
        let (core, groups) = futures::future::try_join(
            self.client.list_core_api_versions_aggregated(),
            self.client.list_api_groups_aggregated(),
        )
        .await
        .map_err(|error| ask::fault(&error))?;
        let mut resources: std::collections::HashMap<GroupKind, Resource> = std::collections::HashMap::new();
        for group in core.items.into_iter().chain(groups.items) {
            let name = group.metadata.and_then(|metadata| metadata.name).unwrap_or_default();
            for version in group.versions {
                let served = version.version.unwrap_or_default();
                for resource in version.resources {
                    let Some((kind, found)) = served_kind(&name, &resource) else { continue };
                    let entry = resources.entry(kind).or_insert(found);
                    entry.versions.push(served.as_str().into());
                }
            }
        }
        Ok(Catalog::new(resources.into_values()))
    }

    pub(crate) async fn make_namespace(&self, name: &str) -> Result<(), Fault> {
        let body = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        let path = format!("/api/v1/namespaces?fieldManager={FIELD_MANAGER}");
        match self.ask.send("POST", &path, ask::JSON, body.to_string().into_bytes()).await {
            Err(fault) if fault.kind == FaultKind::Conflict => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// Applies an object, taking over the fields that others had set.
    pub(crate) async fn apply(
        &self,
        object: &ObjectRef,
        resource: &Resource,
        manifest: &Manifest,
    ) -> Result<Live, Fault> {
        let path = format!(
            "{}?fieldManager={FIELD_MANAGER}&force=true",
            address(resource, &manifest.version, object)
        );
        let answer =
            self.ask.send("PATCH", &path, ask::APPLY, manifest.body.get().as_bytes().to_vec()).await?;
        Ok(Metadata::read(&answer)?.into_live(&object.kind))
    }

    /// Deletes an object, unless it is another one by now. What it owns is collected by the cluster.
    pub(crate) async fn delete(&self, prune: &Prune, resource: &Resource) -> Result<(), Fault> {
        let version = resource.versions.first().map_or("v1", |version| version);
        let body = json!({
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
            "preconditions": {"uid": prune.uid},
        });
        let path = address(resource, version, &prune.object);
        self.ask.send("DELETE", &path, ask::JSON, body.to_string().into_bytes()).await.map(drop)
    }
}

/// A kind and how it is reached; nothing for what is no kind of its own, such as `pods/log`.
fn served_kind(
    group: &str,
    resource: &kube::core::discovery::v2::APIResourceDiscovery,
) -> Option<(GroupKind, Resource)> {
    let kind = resource.response_kind.as_ref()?.kind.as_deref()?;
    let plural = resource.resource.as_deref()?;
    let can = |verb: &str| resource.verbs.iter().any(|it| it == verb);
    let kind = GroupKind::new(group, kind);
    let namespaced = resource.scope.as_deref() == Some("Namespaced");
    let usable = can("patch") && can("watch") && can("delete");
    usable.then(|| (kind.clone(), Resource { kind, plural: plural.into(), namespaced, versions: Vec::new() }))
}

/// The path of an object. Names are path segments by construction, see `render`.
fn address(resource: &Resource, version: &str, object: &ObjectRef) -> String {
    let root = match &*resource.kind.group {
        "" => format!("/api/{version}"),
        group => format!("/apis/{group}/{version}"),
    };
    let name = segment(&object.name);
    if resource.namespaced {
        format!("{root}/namespaces/{}/{}/{name}", segment(&object.namespace), resource.plural)
    } else {
        format!("{root}/{}/{name}", resource.plural)
    }
}

/// A name as part of a path: whatever a URL would read otherwise is escaped.
fn segment(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b':');
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
