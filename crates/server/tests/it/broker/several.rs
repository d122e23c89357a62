//! Two servers on one broker and one repository.

use std::collections::BTreeSet;
use std::sync::Arc;

use artifact::Intent;
use testkit::{Port, RabbitMq, wait};
use tokio::task::JoinSet;

use super::{Stranger, asked, bed, counts, flags};
use crate::bed::{Bed, PATIENCE};

/// Callers at each server.
const CALLERS: usize = 4;

/// Releases of each caller, and of the program that publishes.
const RELEASES: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_release_everything_exactly_once() {
    let rabbit = RabbitMq::start().await.unwrap();
    let first = bed(rabbit.address()).await;
    let mut second = Bed {
        git: testkit::GitHost::start().await.unwrap(),
        repo: first.repo.clone(),
        data: tempfile::tempdir().unwrap(),
        port: Port::reserve().unwrap(),
        flags: flags(rabbit.address()),
        env: Vec::new(),
    };
    let artifacts = tempfile::tempdir().unwrap();
    let shared = format!("--artifact-dir={}", artifacts.path().display());
    second.flags.push(shared.clone());
    second.flags.push(format!("--ssh-private-key={}", first.git.ssh_key(testkit::Access::Write).display()));
    second.flags.push(format!("--known-hosts={}", first.git.known_hosts().display()));
    let first = first.flag(shared);
    let servers = [Arc::new(first.start().await), Arc::new(second.start().await)];
    for server in &servers {
        let up = r#"release_manager_broker_connected{direction="publish"} 1"#;
        wait::until("a connection", PATIENCE, async || counts(server, up).await).await;
    }
    let stranger = Stranger::new(&rabbit.url()).await;

    let mut calls = JoinSet::new();
    let service = |server: usize, caller: usize| format!("service-{server}-{caller}");
    for (number, server) in servers.iter().enumerate() {
        for caller in 0..CALLERS {
            let (server, service) = (server.clone(), service(number, caller));
            calls.spawn(async move {
                let mut ids = Vec::new();
                for release in 0..RELEASES {
                    let id = format!("master-{release}");
                    server.upload(&service, &id, "master").await;
                    let answer =
                        server.release(&service, "dev", &id, &Intent::ReleaseArtifact).await.unwrap();
                    // Who loses the race too often is told that it lands later.
                    assert!(matches!(answer.state.as_str(), "landed" | "pending"), "{answer:?}");
                    ids.push(answer.id);
                }
                ids
            });
        }
    }
    for release in 0..RELEASES {
        servers[0].upload("published", &format!("master-{release}"), "master").await;
        let (id, body) = (format!("m-{release}"), asked("published", "dev", &format!("master-{release}")));
        stranger.publish("release.artifactId", &id, &body).await;
        stranger.publish("release.artifactId", &id, &body).await;
    }
    let mut promised = BTreeSet::new();
    while let Some(ids) = calls.join_next().await {
        promised.extend(ids.unwrap());
    }
    let all = (2 * CALLERS + 1) * RELEASES;
    let history = wait::until("all releases to land", PATIENCE, async || {
        let history = first.history();
        if history.len() >= all { Ok(history) } else { Err(format!("{} of {all}", history.len())) }
    })
    .await;
    let titles: BTreeSet<&str> = history.iter().map(testkit::git::Commit::subject).collect();
    let ids: BTreeSet<&str> = history.iter().filter_map(|commit| commit.trailer("Release-Id")).collect();
    assert_eq!((history.len(), titles.len(), ids.len()), (all, all, all), "{titles:?}");
    let lost: Vec<&String> = promised.iter().filter(|id| !ids.contains(id.as_str())).collect();
    assert!(lost.is_empty() && promised.len() == 2 * CALLERS * RELEASES, "lost: {lost:?}");
    first.repo.fsck().unwrap();
}
