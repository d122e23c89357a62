//! The limit: a bare loop that applies the same objects in parallel, and knows nothing else.

use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Service, ServiceAccount};
use kube::api::{ApiResource, DynamicObject, Patch, PatchParams};
use kube::{Api, Client, ResourceExt};

use super::unit::{NAMESPACE, Object};

/// Requests at the same time.
pub(crate) const IN_FLIGHT: usize = 32;

/// Applies all objects.
pub(crate) async fn apply(client: &Client, objects: Vec<DynamicObject>) -> Result<()> {
    let apis = Object::ALL.map(|object| {
        (object.kind(), Api::<DynamicObject>::namespaced_with(client.clone(), NAMESPACE, &resource(object)))
    });
    let params = PatchParams::apply("bare-loop").force();
    let applied = stream::iter(objects).map(|object| {
        let (apis, params) = (&apis, &params);
        async move {
            let kind = object.types.as_ref().map(|types| types.kind.as_str()).unwrap_or_default();
            let found = apis.iter().find(|(known, _)| *known == kind);
            let (_, api) = found.with_context(|| format!("no unit has a {kind}"))?;
            api.patch(&object.name_any(), params, &Patch::Apply(&object)).await?;
            anyhow::Ok(())
        }
    });
    applied.buffer_unordered(IN_FLIGHT).try_collect().await
}

fn resource(object: Object) -> ApiResource {
    match object {
        Object::ServiceAccount => ApiResource::erase::<ServiceAccount>(&()),
        Object::ConfigMap => ApiResource::erase::<ConfigMap>(&()),
        Object::Service => ApiResource::erase::<Service>(&()),
        Object::Deployment => ApiResource::erase::<Deployment>(&()),
    }
}
