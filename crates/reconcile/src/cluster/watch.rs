//! Watches, as a stream of what is news to us.

use futures::stream::{Stream, StreamExt as _};
use kube::Api;
use kube::api::{ApiResource, DynamicObject, PartialObjectMeta};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event, watcher};
use kube_status::{Observe, kind_of, pod_failures, pod_owner};

use super::{Cluster, ask, sight};
use crate::catalog::Resource;
use crate::fault::{Fault, FaultKind};
use crate::machine::{News, PodNews};
use crate::object::GroupKind;

/// Objects a page of a list: few enough that neither side holds much at once.
const PAGE: u32 = 500;

impl Cluster {
    /// Watches a kind for ever. Objects are watched as a whole only where their health needs it.
    pub(crate) fn watch(&self, resource: &Resource, all: bool) -> futures::stream::BoxStream<'static, News> {
        let mut config = watcher::Config::default().page_size(PAGE);
        if !all {
            config = config.labels(&self.environment.selector());
        }
        let address = api_resource(resource);
        let resource = resource.clone();
        match kind_of(&resource.kind.group, &resource.kind.kind).observe {
            Observe::Existence => {
                let api: Api<PartialObjectMeta<DynamicObject>> = Api::all_with(self.client.clone(), &address);
                let see = move |object: PartialObjectMeta<DynamicObject>| {
                    sight::of_metadata(&resource.kind, object.metadata)
                };
                news(watcher(api, config), see).boxed()
            }
            Observe::Status => {
                let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &address);
                news(watcher(api, config), move |object| sight::of_whole(&resource, object)).boxed()
            }
        }
    }

    /// Watches all pods for ever, and tells only what is wrong with them.
    pub(crate) fn watch_pods(&self) -> futures::stream::BoxStream<'static, PodNews> {
        let pods = Resource {
            kind: GroupKind::new("", "Pod"),
            plural: "pods".into(),
            namespaced: true,
            versions: vec!["v1".into()],
        };
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &api_resource(&pods));
        let stream = watcher(api, watcher::Config::default().page_size(PAGE)).default_backoff();
        let told = stream.filter_map(move |event| {
            let news = match event {
                Ok(Event::Init) => Some(PodNews::Restarted),
                Ok(Event::InitDone) => Some(PodNews::Synced),
                Ok(Event::InitApply(pod) | Event::Apply(pod)) => Some(pod_seen(&pods, &pod, false)),
                Ok(Event::Delete(pod)) => Some(pod_seen(&pods, &pod, true)),
                Err(error) => Some(PodNews::Failed(watch_fault(&error))),
            };
            futures::future::ready(news)
        });
        told.boxed()
    }
}

fn pod_seen(pods: &Resource, pod: &DynamicObject, is_gone: bool) -> PodNews {
    let json = sight::json_of(pods, pod);
    let object = sight::object_ref(&pods.kind, &pod.metadata);
    // A pod on its way out fails in many ways that mean nothing.
    let is_leaving = is_gone || pod.metadata.deletion_timestamp.is_some();
    let failures = if is_leaving { Vec::new() } else { pod_failures(&json) };
    PodNews::Seen {
        namespace: object.namespace,
        name: object.name,
        owner: pod_owner(&json),
        failures: failures.iter().map(ToString::to_string).collect(),
    }
}

fn news<K: Send + 'static>(
    stream: impl Stream<Item = watcher::Result<Event<K>>> + Send + 'static,
    see: impl Fn(K) -> (crate::object::ObjectRef, crate::live::Live) + Send + 'static,
) -> impl Stream<Item = News> + Send + 'static {
    stream.default_backoff().map(move |event| match event {
        Ok(Event::Init) => News::Restarted,
        Ok(Event::InitDone) => News::Synced,
        Ok(Event::InitApply(object)) => {
            let (object, live) = see(object);
            News::Listed(object, Box::new(live))
        }
        Ok(Event::Apply(object)) => {
            let (object, live) = see(object);
            News::Changed(object, Box::new(live))
        }
        Ok(Event::Delete(object)) => {
            let (object, live) = see(object);
            News::Gone(object, live.resource_version)
        }
        Err(error) => News::Failed(explain::chain(&error).join(": ")),
    })
}

/// What an error of a watch means.
fn watch_fault(error: &watcher::Error) -> Fault {
    match error {
        watcher::Error::InitialListFailed(error)
        | watcher::Error::WatchStartFailed(error)
        | watcher::Error::WatchFailed(error) => ask::fault(error),
        watcher::Error::WatchError(status) => ask::refused_by_client(status),
        watcher::Error::NoResourceVersion => Fault::new(FaultKind::Server, error),
    }
}

fn api_resource(resource: &Resource) -> ApiResource {
    let group = resource.kind.group.to_string();
    let version = resource.versions.first().map_or("v1", |version| version).to_owned();
    let api_version = if group.is_empty() { version.clone() } else { format!("{group}/{version}") };
    ApiResource {
        group,
        version,
        api_version,
        kind: resource.kind.kind.to_string(),
        plural: resource.plural.to_string(),
    }
}
