//! Follows one kind of object in one place, for ever.
//!
//! A watch that breaks starts over from a list: the cluster behind the address may be another one by then, an empty
//! one even, whose versions the old watch would not understand. Lists are streamed where the API server can do it,
//! so that ten thousand pods are never in memory together.

mod object;

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use kube::api::{Api, ApiResource};
use kube::runtime::watcher::{self, Event, InitialListStrategy, watcher};
use kube::{Client, core::GroupVersionKind};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::health::{Broken, Watches};
use crate::observe::{Kind, observe};
use crate::report::Change;
use object::Object;

/// Objects a page when lists cannot be streamed: what is in memory at once.
const PAGE: u32 = 100;
/// The pause after a watch broke, doubled up to the longest while it keeps breaking.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const MAX_PAUSE: Duration = Duration::from_secs(15);

/// Which objects are followed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The kind.
    pub kind: Kind,
    /// The namespace; all of them without one.
    pub namespace: Option<String>,
}

/// How a watch ended.
enum Ended {
    /// The API server cannot stream lists.
    NoStreaming,
    /// It broke after it had been complete, or before.
    Failed { why: Broken, was_complete: bool },
    /// Nobody listens any more.
    Closed,
}

/// Follows a scope until told to stop; every change goes into `changes`, which slows the watch down when it is full.
pub async fn follow(
    scope: Scope,
    client: Client,
    changes: mpsc::Sender<Change>,
    health: Arc<Watches>,
    stop: CancellationToken,
) {
    let mut strategy = InitialListStrategy::StreamingList;
    let mut pause = FIRST_PAUSE;
    loop {
        // Cancel safe: what was not sent yet is listed again after the next start.
        let ended = tokio::select! {
            ended = follow_once(&scope, &client, strategy.clone(), &changes, &health) => ended,
            () = stop.cancelled() => return,
        };
        match ended {
            Ended::Closed => return,
            Ended::NoStreaming => {
                strategy = InitialListStrategy::ListWatch;
                continue;
            }
            Ended::Failed { why, was_complete } => {
                health.broken(&scope, why);
                // Another cluster, or a later version of it, may be able to.
                strategy = InitialListStrategy::StreamingList;
                pause = if was_complete { FIRST_PAUSE } else { (pause * 2).min(MAX_PAUSE) };
            }
        }
        tokio::select! {
            () = sleep_until(Instant::now() + pause) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn follow_once(
    scope: &Scope,
    client: &Client,
    strategy: InitialListStrategy,
    changes: &mpsc::Sender<Change>,
    health: &Watches,
) -> Ended {
    let resource = resource(scope.kind);
    let api: Api<Object> = match &scope.namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    };
    let streams = strategy == InitialListStrategy::StreamingList;
    let config = watcher::Config { initial_list_strategy: strategy, ..watcher::Config::default() };
    let config = if streams { config } else { config.page_size(PAGE) };
    let mut events = pin!(watcher(api, config));
    let mut listed = HashSet::new();
    let mut is_complete = false;
    while let Some(event) = events.next().await {
        let change = match event {
            Ok(Event::Init) => {
                listed.clear();
                continue;
            }
            Ok(Event::InitApply(object)) => match change(scope.kind, object) {
                Change::Seen(seen) => {
                    listed.insert(seen.uid.clone());
                    Change::Seen(seen)
                }
                // What is not listed is gone, all at once at the end.
                Change::Gone { .. } | Change::Listed { .. } => continue,
            },
            Ok(Event::InitDone) => Change::Listed {
                kind: scope.kind,
                namespace: scope.namespace.clone(),
                uids: std::mem::take(&mut listed),
            },
            Ok(Event::Apply(object)) => change(scope.kind, object),
            Ok(Event::Delete(object)) => Change::Gone { uid: object.uid().to_owned() },
            Err(error) if streams && !is_complete && cannot_stream(&error) => return Ended::NoStreaming,
            Err(error) => return Ended::Failed { why: why(&error), was_complete: is_complete },
        };
        let completes = matches!(change, Change::Listed { .. });
        if changes.send(change).await.is_err() {
            return Ended::Closed;
        }
        if completes {
            is_complete = true;
            health.complete(scope);
        }
    }
    Ended::Failed { why: Broken::Unreachable("the watch ended".into()), was_complete: is_complete }
}

fn change(kind: Kind, mut object: Object) -> Change {
    // The items of a list do not name it.
    object.value["kind"] = kind.as_str().into();
    match observe(kind, &object.value) {
        Some(seen) => Change::Seen(Box::new(seen)),
        None => Change::Gone { uid: object.uid().to_owned() },
    }
}

fn resource(kind: Kind) -> ApiResource {
    let (group, plural) = kind.resource();
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, "v1", kind.as_str()), plural)
}

/// An API server without the feature finds the query invalid.
fn cannot_stream(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::WatchStartFailed(kube::Error::Api(status)) => matches!(status.code, 400 | 422),
        _ => false,
    }
}

/// What the API server said, or the root of the trouble with reaching it.
fn why(error: &watcher::Error) -> Broken {
    let client = match error {
        watcher::Error::InitialListFailed(client)
        | watcher::Error::WatchStartFailed(client)
        | watcher::Error::WatchFailed(client) => client,
        watcher::Error::WatchError(status) => return Broken::Refused(status.message.clone()),
        watcher::Error::NoResourceVersion => return Broken::Refused(error.to_string()),
    };
    match client {
        kube::Error::Api(status) => Broken::Refused(status.message.clone()),
        other => Broken::Unreachable(explain::chain(other).pop().unwrap_or_default()),
    }
}
