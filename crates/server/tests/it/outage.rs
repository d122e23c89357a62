//! The Git host is away: accepted releases wait, visibly, and land once when it is back.

use api::{ReleaseState, routes};
use artifact::Intent;
use testkit::wait;

use crate::bed::{Bed, PATIENCE};

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

    drop(server);
    let server = bed.start().await;
    assert_eq!(server.known(&waiting.id).await.unwrap().state, ReleaseState::Pending);
    bed.git.up().await;
    let landed = wait::until("the release to land", PATIENCE, async || {
        let known = server.known(&waiting.id).await.map_err(|error| error.to_string())?;
        if known.state == ReleaseState::Landed { Ok(known) } else { Err(format!("{known:?}")) }
    })
    .await;
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
