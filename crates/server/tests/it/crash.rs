//! SIGKILL between request and push: no accepted release is lost, and none is done twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use artifact::Intent;
use queue::{Backoff, Queue};
use testkit::wait;
use tokio::task::JoinSet;

use crate::bed::{Bed, PATIENCE, Server};

/// Kills of the server.
const KILLS: usize = 20;

/// Callers at once; each releases a service of its own, one artifact after the other.
const CALLERS: usize = 6;

/// Artifacts of a service, released in turn: more than releases that a caller can lose in a row, so that none finds
/// its artifact there already.
const ARTIFACTS: usize = 8;

/// A caller's service, how often it has called, and the releases it was told have landed.
#[derive(Default)]
struct Caller {
    service: String,
    calls: AtomicUsize,
    landed: Mutex<BTreeSet<String>>,
}

/// Releases without end, until the server is gone.
async fn call(server: Arc<Server>, caller: Arc<Caller>) {
    loop {
        let id = format!("master-{}", caller.calls.fetch_add(1, Ordering::Relaxed) % ARTIFACTS);
        let Ok(answer) = server.release(&caller.service, "dev", &id, &Intent::ReleaseArtifact).await else {
            return;
        };
        assert_ne!(answer.state, "unchanged", "{id} of {} was there already", caller.service);
        if answer.state == "landed" {
            caller.landed.lock().unwrap().insert(answer.id);
        }
    }
}

/// A moment that differs from kill to kill: from request to push takes some tens of milliseconds, and the kills are
/// spread over that.
fn moment(kill: usize) -> Duration {
    Duration::from_millis((kill * 37 % 151) as u64)
}

/// The ids of the releases that were accepted and not finished when the server died.
async fn accepted(data: &Path) -> Vec<String> {
    let (queue, _ended) = Queue::open(&data.join("queue.redb"), Backoff::default()).unwrap();
    let items = queue.items().await.unwrap();
    queue.stop().await.unwrap();
    let releases = items.iter().filter(|item| item.kind == "release");
    releases
        .map(|item| {
            serde_json::from_slice::<serde_json::Value>(&item.payload).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_accepted_release_is_lost_or_doubled() {
    let bed = Bed::new().await;
    let mut server = Arc::new(bed.start().await);
    let mut callers = Vec::new();
    for number in 0..CALLERS {
        let service = format!("service-{number}");
        for artifact in 0..ARTIFACTS {
            server.upload(&service, &format!("master-{artifact}"), "master").await;
        }
        callers.push(Arc::new(Caller { service, ..Caller::default() }));
    }
    let mut promised: BTreeSet<String> = BTreeSet::new();
    for kill in 0..KILLS {
        let before = bed.history().len();
        let mut calls = JoinSet::new();
        for caller in &callers {
            calls.spawn(call(server.clone(), caller.clone()));
        }
        wait::until("releases to land", PATIENCE, async || {
            let landed = bed.history().len() - before;
            if landed > kill % 4 { Ok(()) } else { Err(landed.to_string()) }
        })
        .await;
        // Not a wait for something: the moment of the kill is what varies.
        let ended = tokio::time::timeout(moment(kill), calls.join_next()).await;
        assert!(ended.is_err(), "no caller ends before the kill: {ended:?}");
        kill_now(&server);
        while let Some(ended) = calls.join_next().await {
            ended.unwrap();
        }
        drop(server);
        promised.extend(accepted(bed.data.path()).await);
        server = Arc::new(bed.start().await);
    }
    settled(&server).await;

    let unfinished = promised.len();
    for caller in &callers {
        promised.extend(caller.landed.lock().unwrap().iter().cloned());
    }
    let history = bed.history();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for commit in &history {
        *times.entry(commit.trailer("Release-Id").unwrap()).or_default() += 1;
    }
    let doubled: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubled.is_empty(), "doubled: {doubled:?}");
    let lost: Vec<_> = promised.iter().filter(|id| !times.contains_key(id.as_str())).collect();
    assert!(lost.is_empty(), "of {} promised, lost: {lost:?}", promised.len());
    assert!(
        unfinished > 0 && promised.len() > KILLS,
        "kills met work under way: {unfinished} of {}",
        promised.len()
    );
    bed.repo.fsck().unwrap();
}

/// SIGKILL to the server alone: programs it has started live on, as in real life.
fn kill_now(server: &Server) {
    let pid = rustix::process::Pid::from_raw(server.service.pid().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// Waits until nothing is accepted and not done.
async fn settled(server: &Server) {
    let url = format!("{}{}", server.url, api::routes::METRICS);
    wait::until("the queue to be empty", PATIENCE, async || {
        let metrics = crate::bed::http().get(&url).send().await.map_err(|error| error.to_string())?;
        let metrics = metrics.text().await.map_err(|error| error.to_string())?;
        let open: Vec<&str> = metrics
            .lines()
            .filter(|line| line.starts_with(r#"release_manager_queue_items{kind="release""#))
            .filter(|line| !line.ends_with(" 0"))
            .collect();
        if open.is_empty() { Ok(()) } else { Err(open.join("\n")) }
    })
    .await;
}
