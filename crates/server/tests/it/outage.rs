//! The Git host or the object store is away, slow or unwilling: accepted releases wait, visibly, and land once when it is
//! back; what is not accepted is refused with its reason.

use std::net::SocketAddr;
use std::time::Duration;

use api::{KnownRelease, ReleaseState, routes};
use artifact::Intent;
use testkit::{FaultProxy, S3, wait};

use crate::bed::{Bed, PATIENCE, Server};

/// Waits until the server knows an artifact that was sent to the object store.
async fn stored(server: &Server, id: &str) {
    wait::until(id, PATIENCE, async || {
        let known: serde_json::Value = server
            .hamctl()
            .get(&["/describe/artifact", "billing"], &[("count", "10")])
            .await
            .map_err(|error| error.to_string())?;
        if known.to_string().contains(id) { Ok(()) } else { Err(known.to_string()) }
    })
    .await;
}

/// Waits until the server, which is ready all the time, says this of its parts.
async fn told(server: &Server, part: &str) {
    wait::until(part, PATIENCE, async || {
        let asked = crate::bed::http().get(format!("{}{}", server.url, routes::READYZ)).send().await.unwrap();
        assert_eq!(asked.status(), 200);
        let text = asked.text().await.unwrap();
        if text.contains(part) { Ok(()) } else { Err(text) }
    })
    .await;
}

/// Waits for a release to land.
async fn landed(server: &Server, id: &str) -> KnownRelease {
    wait::until("the release to land", PATIENCE, async || {
        let known = server.known(id).await.map_err(|error| error.to_string())?;
        if known.state == ReleaseState::Landed { Ok(known) } else { Err(format!("{known:?}")) }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_waits_for_the_host_and_survives_a_restart() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    server.upload("billing", "master-2", "master").await;
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();

    bed.git.down().await;
    let waiting = server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!((waiting.state.as_str(), waiting.commit.as_str()), ("pending", ""));
    assert!(
        waiting.status.starts_with("Release of master-2 to dev is accepted, and lands when"),
        "{}",
        waiting.status
    );
    assert_eq!(server.known(&waiting.id).await.unwrap().state, ReleaseState::Pending);
    let metrics = crate::bed::http().get(format!("{}{}", server.url, routes::METRICS));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    assert!(
        metrics.contains(r#"release_manager_queue_items{kind="release",state="pending"} 1"#),
        "{metrics}"
    );

    // Nobody waits until the next look is due to learn why.
    told(
        &server,
        r#"{"name":"gitHost","ok":false,"needed":false,"reason":"the config repository cannot be reached: "#,
    )
    .await;

    drop(server);
    let server = bed.start().await;
    assert_eq!(server.known(&waiting.id).await.unwrap().state, ReleaseState::Pending);
    bed.git.up().await;
    let landed = landed(&server, &waiting.id).await;
    told(&server, r#"{"name":"gitHost","ok":true,"needed":false}"#).await;
    let titles: Vec<String> = bed.history().iter().map(|commit| commit.subject().to_owned()).collect();
    assert_eq!(bed.history()[0].id, landed.commit);
    assert_eq!(titles.len(), 2, "{titles:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_whose_answer_was_lost_is_not_done_twice() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    for id in ["master-1", "master-2"] {
        server.upload("billing", id, "master").await;
    }
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    bed.repo.lose_next_answer().unwrap();
    let answer = server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    wait::until("the release to be known as landed", PATIENCE, async || {
        let known = server.known(&answer.id).await.map_err(|error| error.to_string())?;
        if known.state == ReleaseState::Landed { Ok(()) } else { Err(format!("{known:?}")) }
    })
    .await;
    assert_eq!(bed.history().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_release_that_is_refused_later_is_kept_with_its_reason() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "hotfix-1", "hotfix").await;
    server.upload("billing", "master-1", "master").await;
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    bed.git.down().await;
    let waiting = server.release("billing", "prod", "hotfix-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(waiting.state, "pending");
    drop(server);

    // Somebody guards prod while the server is away.
    let policies = r#"{"service":"billing","branchRestrictions":[{"id":"branch-restriction-prod","branchRegex":"^master$","environment":"prod"}]}"#;
    let second = bed.repo.second_writer().unwrap();
    second.push(crate::bed::BRANCH, "policies/billing.json", policies, "guard prod").unwrap();
    bed.git.up().await;
    let server = bed.start().await;
    let dead = wait::until("the release to be dead", PATIENCE, async || {
        let known = server.known(&waiting.id).await.map_err(|error| error.to_string())?;
        if known.state == ReleaseState::Dead { Ok(known) } else { Err(format!("{known:?}")) }
    })
    .await;
    assert_eq!(
        dead.reason,
        "cannot release artifact 'hotfix-1' to environment 'prod' due to branch restriction policy"
    );
    assert_eq!(bed.history().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_hangs_at_the_first_start_delays_no_listener() {
    let bed = Bed::new().await;
    bed.git.ssh().silence();
    let server = bed.start_until(routes::HEALTHZ).await;
    let get = async |path: &str| {
        let request = crate::bed::http().get(format!("{}{path}", server.url)).bearer_auth("hamctl-token");
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, text) = get(&format!("{}?service=billing", routes::STATUS)).await;
    assert_eq!(status, 503, "{text}");
    assert!(text.contains("the config repository has not been read yet"), "{text}");
    assert!(text.contains("try again in some seconds"), "{text}");
    let (status, text) = get(routes::READYZ).await;
    assert_eq!(status, 503, "{text}");
    assert!(text.contains(r#"{"name":"configRepository","ok":false,"needed":true,"reason":"the config repository has not been read yet"}"#), "{text}");
    bed.git.up().await;
    wait::until("the server to be ready", PATIENCE, async || {
        let (status, text) = get(routes::READYZ).await;
        if status == 200 { Ok(()) } else { Err(text) }
    })
    .await;
    assert_eq!(get(&format!("{}?service=billing", routes::STATUS)).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_takes_ten_seconds_makes_callers_wait_no_longer_than_they_may() {
    let bed = Bed::new().await.flag("--timeout=6s");
    let server = bed.start().await;
    for id in ["master-1", "master-2", "master-3"] {
        server.upload("billing", id, "master").await;
    }
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    bed.repo.slow_pushes(Duration::from_secs(10)).unwrap();
    let waiting = server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(waiting.state, "pending", "{}", waiting.status);
    // Who only reads notices nothing, and what is asked for meanwhile comes after it.
    assert_eq!(server.status("billing").await.environments[0].tag, "master-1");
    let next = server.release("billing", "dev", "master-3", &Intent::ReleaseArtifact).await.unwrap();
    bed.repo.accept_pushes().unwrap();
    landed(&server, &waiting.id).await;
    landed(&server, &next.id).await;
    let titles: Vec<String> = bed.history().iter().map(|commit| commit.subject().to_owned()).collect();
    let title = |id: &str| format!("[dev/billing] release {id} by ida@corp.test");
    assert_eq!(titles, ["master-3", "master-2", "master-1"].map(title));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_says_no_is_quoted_and_a_later_yes_is_enough() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    for id in ["master-1", "master-2"] {
        server.upload("billing", id, "master").await;
    }
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    bed.repo.reject_pushes("closed for the weekend").unwrap();
    let no = server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap_err();
    assert!(no.to_string().contains("closed for the weekend"), "{no}");
    assert_eq!(bed.history().len(), 1);
    bed.repo.accept_pushes().unwrap();
    let yes = server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(yes.state, "landed");
    assert_eq!(bed.history().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_store_that_is_down_costs_no_accepted_release() {
    let s3 = S3::start().await.unwrap();
    let address: SocketAddr = s3.url().trim_start_matches("http://").parse().unwrap();
    let store = FaultProxy::start(address).unwrap();
    let bed = Bed::new()
        .await
        .flag("--s3-artifact-storage-bucket-name=artifacts")
        .flag(format!("--s3-endpoint=http://{}", store.addr()))
        .flag(format!("--s3-access-key-id={}", s3.access_key()));
    let env = vec![("S3_SECRET_ACCESS_KEY".to_owned(), s3.secret_key().to_owned())];
    let bed = Bed { env, ..bed };
    let server = bed.start().await;
    for id in ["master-1", "master-2", "master-3"] {
        server.upload("billing", id, "master").await;
        stored(&server, id).await;
    }
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();

    // One is accepted while the Git host is down; when that is back, its artifact cannot be read.
    bed.git.down().await;
    let waiting = server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(waiting.state, "pending");
    store.refuse().await;
    bed.git.up().await;
    let reason = wait::until("the store to be named", PATIENCE, async || {
        let known = server.known(&waiting.id).await.map_err(|error| error.to_string())?;
        if known.reason.contains("artifacts") { Ok(known) } else { Err(format!("{known:?}")) }
    })
    .await;
    assert_eq!(reason.state, ReleaseState::Pending);

    // Another is not accepted, for that reason; who only reads is answered; and the probe says what is away.
    let refused = server.release("billing", "prod", "master-3", &Intent::ReleaseArtifact).await.unwrap_err();
    assert_eq!(explain::Explain::kind(&refused), explain::Kind::Unavailable, "{refused}");
    assert_eq!(server.status("billing").await.environments[0].tag, "master-1");
    wait::until("the probe to tell", PATIENCE, async || {
        let answer =
            crate::bed::http().get(format!("{}{}", server.url, routes::READYZ)).send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        let told = text.contains(r#"{"name":"artifactStore","ok":false,"needed":false"#);
        if status == 200 && told { Ok(()) } else { Err(format!("{status} {text}")) }
    })
    .await;

    store.heal().await;
    landed(&server, &waiting.id).await;
    server.release("billing", "prod", "master-3", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(bed.history().len(), 3);
}
