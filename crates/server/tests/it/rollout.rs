//! What a daemon reports is shown and told.

use api::{ContainerError, PodErrorEvent, RolloutState, routes};
use artifact::Intent;
use reqwest::Method;
use testkit::Slack;

use crate::bed::{Bed, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_shown_with_its_log_and_told_once_until_it_is_over() {
    let slack = Slack::start().await.unwrap();
    slack.add_user("bo@corp.test");
    let bed = Bed::new()
        .await
        .flag(format!("--slack-url={}", slack.url()))
        .flag(format!("--slack-token={}", slack.token()));
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(server.status("billing").await.environments[0].rollout, None);

    let crash = PodErrorEvent {
        pod_name: "billing-5d9c-abcde".into(),
        namespace: "dev".into(),
        errors: vec![ContainerError {
            name: "app".into(),
            message: "panic: no config\n".into(),
            reason: "CrashLoopBackOff".into(),
        }],
        author_email: "bo@corp.test".into(),
        environment: "dev".into(),
        artifact_id: "master-1".into(),
        squad: "ledger".into(),
        alert_squad: "#squad-ledger-alerts".into(),
    };
    let daemon = server.client("daemon-token");
    for _ in 0..2 {
        let _answer: serde_json::Value =
            daemon.call(Method::POST, &[routes::DAEMON_POD_ERROR], &crash).await.unwrap();
    }
    let rollout = server.status("billing").await.environments[0].rollout.clone().unwrap();
    assert_eq!(rollout.state, RolloutState::Failed);
    assert_eq!(rollout.failures[0].message, "panic: no config\n");
    for to in ["bo@corp.test", "#squad-ledger-alerts", "#squad-ledger-releases-dev"] {
        slack
            .wait_for(to, PATIENCE, |message| message.to == to && message.says("panic: no config"))
            .await
            .unwrap();
    }

    let up = crate::make::deployed();
    let _answer: serde_json::Value = daemon.call(Method::POST, &[routes::DAEMON_DEPLOY], &up).await.unwrap();
    drop(server);
    let server = bed.start().await;
    let rollout = server.status("billing").await.environments[0].rollout.clone().unwrap();
    assert_eq!((rollout.state, rollout.workloads[0].available), (RolloutState::Ready, 2));
    let deployed = |message: &testkit::slack::Message| {
        message.says("billing deployed\n2/2 pods are running (Deployment)")
    };
    slack.wait_for("the good news", PATIENCE, deployed).await.unwrap();
    let alerts = slack.messages().iter().filter(|message| message.to == "#squad-ledger-alerts").count();
    assert_eq!(alerts, 1, "a repeated report is told once");
}
