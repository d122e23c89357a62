//! Who listens hears what happens, whoever did it, and is told when something was missed.

use std::time::Duration;

use api::{
    ClientError, DeployEvent, Event, EventFilter, EventStream, ReleaseState, ReportKind, RolloutState, routes,
};
use artifact::Intent;
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};

use crate::bed::{BRANCH, Bed, PATIENCE, Server, http};

async fn listen(server: &Server, environment: Option<&str>, last: Option<&str>) -> EventStream {
    let filter = EventFilter {
        service: None,
        environment: environment.map(str::to_owned),
        last_event_id: last.map(str::to_owned),
    };
    server.hamctl().events(&filter).await.unwrap()
}

/// The next event, as a line.
async fn next(events: &mut EventStream) -> String {
    let heard = tokio::time::timeout(PATIENCE, events.next()).await.expect("an event comes");
    match heard.unwrap() {
        Some(Event::Release(release)) => {
            assert_eq!(release.commit.is_empty(), release.state != ReleaseState::Landed);
            let (state, environment) = (release.state.as_str(), &release.environment);
            format!("{state} {environment}/{} {}", release.service, release.artifact_id)
        }
        Some(Event::Rollout(rollout)) => {
            assert_eq!((rollout.report, rollout.rollout.state), (ReportKind::Deploy, RolloutState::Ready));
            format!("rollout {}/{} {}", rollout.environment, rollout.service, rollout.artifact_id)
        }
        Some(Event::Reset) => "reset".to_owned(),
        None => "end".to_owned(),
    }
}

async fn deploy(server: &Server) {
    let up = DeployEvent {
        name: "billing".into(),
        namespace: "dev".into(),
        resource_type: "Deployment".into(),
        available_pods: 1,
        replicas: 1,
        artifact_id: "master-1".into(),
        author_email: "bo@corp.test".into(),
        environment: "dev".into(),
        ..DeployEvent::default()
    };
    let daemon = server.client("daemon-token");
    let _answer: serde_json::Value = daemon.call(Method::POST, &[routes::DAEMON_DEPLOY], &up).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_hears_of_releases_and_rollouts_and_goes_on_where_it_was() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    server.upload("billing", "master-2", "master").await;
    let (mut all, mut of_prod) =
        (listen(&server, None, None).await, listen(&server, Some("prod"), None).await);

    let landed = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(next(&mut all).await, "pending dev/billing master-1");
    let after_pending = all.last_id().unwrap().to_owned();
    assert_eq!(next(&mut all).await, "landed dev/billing master-1");
    assert_eq!(server.known(&landed.id).await.unwrap().commit, landed.commit);
    deploy(&server).await;
    assert_eq!(next(&mut all).await, "rollout dev/billing master-1");
    deploy(&server).await;
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(next(&mut all).await, "pending dev/billing master-1", "a repeated report is no news");
    assert_eq!(next(&mut all).await, "unchanged dev/billing master-1");
    let false_reason = Intent::Promote { from: "staging".parse().unwrap() };
    server.release("billing", "prod", "master-1", &false_reason).await.unwrap_err();
    for events in [&mut all, &mut of_prod] {
        assert_eq!(next(events).await, "pending prod/billing master-1");
        assert_eq!(next(events).await, "denied prod/billing master-1");
    }

    // Somebody else pushes a release: another server, or a person.
    let second = bed.repo.second_writer().unwrap();
    second
        .push(BRANCH, "prod/releases/prod/web/artifact.json", "{}", "[prod/web] release a-7 by bo@corp.test")
        .unwrap();
    server.release("billing", "staging", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(next(&mut of_prod).await, "landed prod/web a-7");

    let mut again = listen(&server, Some("dev"), Some(&after_pending)).await;
    assert_eq!(next(&mut again).await, "landed dev/billing master-1");
    assert_eq!(next(&mut again).await, "rollout dev/billing master-1");
    for unknown in ["", "x", "0-1", "00000000000000000000000000000000-1"] {
        let mut lost = listen(&server, None, Some(unknown)).await;
        assert_eq!(next(&mut lost).await, "reset", "{unknown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_release_can_be_asked_for_afterwards() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let mut events = listen(&server, None, None).await;
    let refused = server.release("billing", "mars", "master-1", &Intent::ReleaseArtifact).await.unwrap_err();
    let id = loop {
        match tokio::time::timeout(PATIENCE, events.next()).await.expect("an event comes").unwrap() {
            Some(Event::Release(release)) if release.state == ReleaseState::Denied => break release.id,
            other => assert!(matches!(&other, Some(Event::Release(_))), "{other:?}"),
        }
    };
    // Who was refused need not have listened to know the id.
    assert!(matches!(&refused, ClientError::Refused { body, .. } if body.id == id), "{refused:?}");
    let known = server.known(&id).await.unwrap();
    assert_eq!((known.state, known.reason.as_str()), (ReleaseState::Denied, "unknown environment: mars"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewritten_history_that_is_followed_makes_listeners_read_anew() {
    let bed = Bed::new().await.flag("--accept-rewritten-history");
    let server = bed.start().await;
    for id in ["master-1", "master-2"] {
        server.upload("billing", id, "master").await;
        server.release("billing", "dev", id, &Intent::ReleaseArtifact).await.unwrap();
    }
    let mut of_prod = listen(&server, Some("prod"), None).await;
    let first = bed.history().last().unwrap().id.clone();
    bed.repo.force(BRANCH, &first).unwrap();
    // The next release finds it.
    server.release("billing", "prod", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(next(&mut of_prod).await, "pending prod/billing master-1");
    assert_eq!(next(&mut of_prod).await, "reset", "whatever one listens for");
    assert_eq!(next(&mut of_prod).await, "landed prod/billing master-1");
    assert_eq!(server.status("billing").await.environments[0].tag, "master-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn listening_ends_well_when_the_server_stops_and_needs_a_token() {
    let bed = Bed::new().await;
    let mut server = bed.start().await;
    let mut events = listen(&server, None, None).await;
    let refused = server.client("wrong").events(&EventFilter::default()).await.unwrap_err();
    assert!(refused.to_string().starts_with("please provide a valid authentication token"), "{refused}");
    // One that never reads costs nothing, and holds nothing up.
    let stuck = http().get(format!("{}{}", server.url, routes::EVENTS)).bearer_auth("hamctl-token");
    let stuck = stuck.send().await.unwrap();
    assert_eq!(stuck.headers()["content-type"], "text/event-stream");

    kill_process(Pid::from_raw(server.service.pid().cast_signed()).unwrap(), Signal::TERM).unwrap();
    assert_eq!(next(&mut events).await, "end");
    let ended = server.service.ready(PATIENCE, || async { Err::<(), _>("it runs".to_owned()) }).await;
    let text = format!("{ended:?}");
    assert!(text.contains("exit status: 0") && !text.contains("did not end in time"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_waits_for_the_git_host_is_heard_of_when_it_lands() {
    let bed = Bed::new().await.flag("--timeout=4s");
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    bed.git.down().await;
    let waiting = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(waiting.state, "pending");
    let mut events = listen(&server, None, None).await;
    bed.git.up().await;
    let heard = tokio::time::timeout(PATIENCE * 2, next(&mut events)).await;
    assert_eq!(heard.expect("it lands"), "landed dev/billing master-1");
    let silent = tokio::time::timeout(Duration::from_millis(50), events.next()).await;
    assert!(silent.is_err(), "it lands once: {silent:?}");
}
