//! The end of a server that is told to stop.

use std::time::Duration;

use api::routes;
use artifact::Intent;
use rustix::process::{Pid, Signal, kill_process};
use testkit::{PartError, wait};
use tokio::task::JoinSet;

use crate::bed::{Bed, PATIENCE, Server, http};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_told_to_stop_ends_well_and_keeps_what_waits() {
    let bed = Bed::new().await;
    let mut server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    bed.git.down().await;
    let waiting = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(waiting.state, "pending");

    kill_process(Pid::from_raw(server.service.pid().cast_signed()).unwrap(), Signal::TERM).unwrap();
    let ended = server.service.ready(PATIENCE, || async { Err::<(), _>("it runs".to_owned()) }).await;
    let Err(PartError::Ended { status, log, .. }) = ended else { panic!("{ended:?}") };
    assert_eq!(status, "exit status: 0", "{log}");
    assert!(!log.contains("did not end in time"), "{log}");

    bed.git.up().await;
    let _server = bed.start().await;
    bed.commit("[dev/billing] release master-1 by ida@corp.test").await;
}

fn terminate(server: &Server) {
    kill_process(Pid::from_raw(server.service.pid().cast_signed()).unwrap(), Signal::TERM).unwrap();
}

/// Waits for the end; the exit status and the log.
#[expect(clippy::panic, reason = "a server that does not end fails the test")]
async fn ended(mut server: Server) -> (String, String) {
    let ended = server.service.ready(PATIENCE, || async { Err::<(), _>("it runs".to_owned()) }).await;
    let Err(PartError::Ended { status, log, .. }) = ended else { panic!("{ended:?}") };
    (status, log)
}

/// Asks for a release, and waits until its push is under way.
async fn push_under_way(bed: &Bed, server: &Server) -> JoinSet<u16> {
    let before = bed.git.ssh().connections();
    let body = r#"{"service":"billing","environment":"dev","artifactId":"master-1","committerName":"Ida Holm",
        "committerEmail":"ida@corp.test","intent":{"type":"ReleaseArtifact"}}"#;
    let request = http().post(format!("{}{}", server.url, routes::RELEASE));
    let request = request.header("Authorization", "hamctl-token").body(body);
    let mut caller = JoinSet::new();
    caller.spawn(async move { request.send().await.unwrap().status().as_u16() });
    wait::until("the push to begin", PATIENCE, async || {
        let now = bed.git.ssh().connections();
        if now > before { Ok(()) } else { Err(now) }
    })
    .await;
    caller
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_under_way_is_finished_and_its_caller_answered() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    bed.git.slow(Duration::from_millis(100));
    let mut caller = push_under_way(&bed, &server).await;
    terminate(&server);
    assert_eq!(caller.join_next().await.unwrap().unwrap(), 200);
    let (status, log) = ended(server).await;
    assert_eq!(status, "exit status: 0", "{log}");
    assert_eq!(bed.history()[0].subject(), "[dev/billing] release master-1 by ida@corp.test");
}

#[tokio::test(flavor = "multi_thread")]
async fn told_twice_it_ends_at_once_and_the_release_lands_once_later() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    bed.git.ssh().silence();
    let _caller = push_under_way(&bed, &server).await;
    terminate(&server);
    wait::until("the server to stop", PATIENCE, async || {
        let log = std::fs::read_to_string(server.service.log()).unwrap();
        if log.contains("stopping: accepted work") { Ok(()) } else { Err(log) }
    })
    .await;
    terminate(&server);
    let (status, log) = ended(server).await;
    assert_eq!(status, "exit status: 0", "{log}");
    assert!(log.contains("told twice"), "{log}");
    bed.git.up().await;
    let _server = bed.start().await;
    bed.commit("[dev/billing] release master-1 by ida@corp.test").await;
    assert_eq!(bed.history().len(), 1);
}
