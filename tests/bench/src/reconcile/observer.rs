//! Someone who only watches: when is everything there, when is everything healthy, when did a change arrive?
//!
//! Whoever creates the objects, the same observer looks on, and costs the API server the same.

use std::collections::HashSet;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, pin_mut};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Service, ServiceAccount};
use kube::core::PartialObjectMeta;
use kube::runtime::watcher::{Config, Event, watcher};
use kube::{Api, Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::unit::{NAMESPACE, OBJECTS, name};
use crate::release::tell;

/// Nothing here takes this long unless it is broken.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

/// Events on their way to the one who waits; a full channel only makes the watches wait.
const CHANNEL: usize = 1024;

/// Watches the objects of all units.
pub(crate) struct Observer {
    seen: mpsc::Receiver<Seen>,
    _tasks: JoinSet<()>,
}

struct Seen {
    kind: &'static str,
    name: String,
    healthy: bool,
    at: Instant,
}

/// When everything was there, and when it was healthy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    pub(crate) applied: Duration,
    pub(crate) healthy: Duration,
}

impl Observer {
    /// Starts to watch.
    pub(crate) fn start(client: &Client) -> Self {
        let (sender, seen) = mpsc::channel(CHANNEL);
        let mut tasks = JoinSet::new();
        tasks.spawn(watch::<PartialObjectMeta<ServiceAccount>>(
            client.clone(),
            sender.clone(),
            "account",
            |_| false,
        ));
        tasks.spawn(watch::<PartialObjectMeta<ConfigMap>>(client.clone(), sender.clone(), "config", |_| {
            false
        }));
        tasks
            .spawn(watch::<PartialObjectMeta<Service>>(client.clone(), sender.clone(), "service", |_| false));
        tasks.spawn(watch::<Deployment>(client.clone(), sender, "deployment", is_available));
        Self { seen, _tasks: tasks }
    }

    /// Waits until all objects of the first units are there and their workloads are available.
    pub(crate) async fn arrival(mut self, units: usize, started: Instant) -> Result<Arrival> {
        let units: HashSet<String> = (0..units).map(name).collect();
        let (mut there, mut healthy) = (HashSet::new(), HashSet::new());
        let (mut last_there, mut last_healthy) = (started, started);
        let mut told = Instant::now();
        while there.len() < units.len() * OBJECTS || healthy.len() < units.len() {
            let state = format!("{} objects are there, {} units are healthy", there.len(), healthy.len());
            let left = DEADLINE.saturating_sub(started.elapsed());
            let Ok(seen) = timeout(left, self.seen.recv()).await else { bail!("too late: {state}") };
            let seen = seen.context("the watches ended")?;
            if !units.contains(&seen.name) {
                continue;
            }
            if seen.healthy && healthy.insert(seen.name.clone()) {
                last_healthy = seen.at;
            }
            if there.insert((seen.kind, seen.name)) {
                last_there = seen.at;
            }
            if told.elapsed() > Duration::from_secs(5) {
                told = Instant::now();
                tell(&state);
            }
        }
        Ok(Arrival { applied: last_there - started, healthy: last_healthy.max(last_there) - started })
    }
}

async fn watch<K>(client: Client, sender: mpsc::Sender<Seen>, kind: &'static str, healthy: fn(&K) -> bool)
where
    K: Resource<Scope = kube::core::NamespaceResourceScope>
        + Clone
        + Debug
        + DeserializeOwned
        + Send
        + 'static,
    K::DynamicType: Default,
{
    let objects = watcher(Api::<K>::namespaced(client, NAMESPACE), Config::default());
    pin_mut!(objects);
    while let Some(event) = objects.next().await {
        // The watcher tries again by itself; who waits has a deadline.
        let Ok(Event::Apply(object) | Event::InitApply(object)) = event else { continue };
        let seen = Seen { kind, name: object.name_any(), healthy: healthy(&object), at: Instant::now() };
        if sender.send(seen).await.is_err() {
            return;
        }
    }
}

fn is_available(deployment: &Deployment) -> bool {
    let Some(status) = &deployment.status else { return false };
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas);
    status.observed_generation == deployment.metadata.generation
        && status.updated_replicas == wanted
        && status.available_replicas == wanted
}

/// Runs `change`, which is to end in this value in the `ConfigMap` of a unit, and says how long after the end of
/// `change` it was seen there.
pub(crate) async fn change_seen<F>(
    client: &Client,
    unit: &str,
    value: &str,
    change: impl FnOnce() -> F,
) -> Result<Duration>
where
    F: Future<Output = Result<Instant>>,
{
    let config = Config::default().fields(&format!("metadata.name={unit}"));
    let events = watcher(Api::<ConfigMap>::namespaced(client.clone(), NAMESPACE), config);
    pin_mut!(events);
    while !matches!(events.try_next().await?.context("the watch ended")?, Event::InitDone) {}
    let changed = change().await?;
    let wait = async {
        loop {
            let event = events.try_next().await?.context("the watch ended")?;
            let (Event::Apply(object) | Event::InitApply(object)) = event else { continue };
            if object.data.is_some_and(|data| data.get("RELEASE").is_some_and(|found| found == value)) {
                return anyhow::Ok(Instant::now());
            }
        }
    };
    let seen = timeout(DEADLINE, wait).await.with_context(|| format!("{unit} did not change"))??;
    Ok(seen.saturating_duration_since(changed))
}
