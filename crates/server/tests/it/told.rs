//! Grafana, GitHub, Slack and webhooks hear of releases; what can never be told stays visible.

use api::{ContainerError, PodErrorEvent, routes};
use artifact::Intent;
use reqwest::Method;
use testkit::{FaultProxy, GitHub, Grafana, Receiver, Slack, wait};

use crate::bed::{Bed, PATIENCE, Server, http};
use crate::make;

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_annotated_and_its_tag_moves() {
    let (grafana, github) = (Grafana::start().await.unwrap(), GitHub::start().await.unwrap());
    let bed = Bed::new()
        .await
        .flag(format!("--grafana-annotations=dev={}={}", grafana.api_key(), grafana.url()))
        .flag(format!("--github-url={}", github.url()))
        .flag(format!("--github-api-token={}", github.token()))
        .flag("--github-organisation=acme");
    let server = bed.start().await;
    for id in ["master-1", "master-2"] {
        server.upload("billing", id, "master").await;
        server.release("billing", "dev", id, &Intent::ReleaseArtifact).await.unwrap();
        let sha = make::sha(id);
        let tag = github.wait_for(id, PATIENCE, |change| change.sha == sha).await.unwrap();
        assert_eq!((tag.repository.as_str(), tag.name.as_str()), ("acme/billing-service", "refs/tags/dev"));
        assert_eq!(tag.created, id == "master-1");
    }
    server.release("billing", "staging", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    let second = |annotation: &testkit::grafana::Annotation| annotation.data.contains("master-2");
    let annotation = grafana.wait_for("the second release", PATIENCE, second).await.unwrap();
    assert_eq!(annotation.what, "Deployment: billing");
    assert_eq!(annotation.tags, ["deployment", "billing", "dev"]);
    assert_eq!(annotation.data, "<br>Author: Bo Lind<br>Message: Build master-2<br>ArtifactID: master-2");
    assert_eq!(grafana.annotations().len(), 2, "staging has no Grafana");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slack_will_never_take_is_counted_as_dead_and_holds_nothing_up() {
    let slack = Slack::start().await.unwrap();
    slack.archive("#releases-dev");
    let bed = Bed::new()
        .await
        .flag(format!("--slack-url={}", slack.url()))
        .flag(format!("--slack-token={}", slack.token()));
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let landed = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(landed.state, "landed");
    let squad = |message: &testkit::slack::Message| message.to == "#squad-ledger-releases-dev";
    slack.wait_for("the squad to hear", PATIENCE, squad).await.unwrap();
    wait::until("the lost message to be counted", PATIENCE, async || {
        let metrics = http().get(format!("{}{}", server.url, routes::METRICS));
        let metrics = metrics.send().await.unwrap().text().await.unwrap();
        let dead = r#"release_manager_queue_items{kind="slack",state="dead"} 1"#;
        if metrics.contains(dead) { Ok(()) } else { Err(metrics) }
    })
    .await;

    let waiting: serde_json::Value = server.hamctl().get(&["/queue"], &[]).await.unwrap();
    let dead = &waiting["items"][0];
    assert_eq!((&dead["state"], &dead["reason"]), (&"dead".into(), &"Slack says is_archived".into()));
    let retry = async |id: &str| {
        let request = http().post(format!("{}/queue/{id}/retry", server.url)).bearer_auth("hamctl-token");
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(retry(&dead["id"].to_string()).await, 202);
    assert_eq!(retry("999999").await, 404);
}

/// A server that tells GitHub everything it can.
async fn with_github(github: &GitHub) -> Bed {
    Bed::new()
        .await
        .flag(format!("--github-url={}", github.url()))
        .flag(format!("--github-api-token={}", github.token()))
        .flag("--github-organisation=acme")
        .flag("--github-deployments")
        .flag("--github-commit-status=true")
}

fn crash() -> PodErrorEvent {
    PodErrorEvent {
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
        alert_squad: String::new(),
    }
}

async fn report<T: serde::Serialize + Sync>(server: &Server, route: &str, event: &T) {
    let daemon = server.client("daemon-token");
    let _answer: serde_json::Value = daemon.call(Method::POST, &[route], event).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_at_github_follows_the_release_and_is_made_once() {
    let github = GitHub::start().await.unwrap();
    let bed = with_github(&github).await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    github.rate_limit_next(1);
    let landed = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    let in_progress = |one: &testkit::github::Deployment| one.states == ["in_progress"];
    let made = github.wait_for_deployment("the release", PATIENCE, in_progress).await.unwrap();
    assert_eq!((made.repository.as_str(), made.environment.as_str()), ("acme/billing-service", "dev"));
    assert_eq!(made.sha, make::sha("master-1"));
    assert_eq!(made.payload["release"], landed.id.as_str());
    let context = |state: &'static str| {
        move |status: &testkit::github::CommitStatus| {
            status.context == "release-manager/dev" && status.state == state
        }
    };
    let status = github.wait_for_status("the release", PATIENCE, context("success")).await.unwrap();
    assert_eq!(status.sha, make::sha("master-1"));
    assert_eq!(status.description, "master-1 released to dev by Ida Holm");

    report(&server, routes::DAEMON_POD_ERROR, &crash()).await;
    github.wait_for_status("the crash", PATIENCE, context("failure")).await.unwrap();
    report(&server, routes::DAEMON_DEPLOY, &make::deployed()).await;
    let healed = |one: &testkit::github::Deployment| one.states == ["in_progress", "failure", "success"];
    github.wait_for_deployment("its end", PATIENCE, healed).await.unwrap();
    assert_eq!(github.deployments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_signed_and_sent_until_its_receiver_takes_it() {
    let receiver = Receiver::start().await.unwrap();
    let proxy = FaultProxy::start(receiver.address()).unwrap();
    let bed = Bed::new()
        .await
        .flag(format!("--webhook=http://{}/hook", proxy.addr()))
        .flag(format!("--webhook-secret={}", receiver.secret()));
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    proxy.refuse().await;
    receiver.answer_next(&[500, 302, 429]);
    let landed = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(landed.state, "landed", "a release waits for no receiver");
    drop(server);
    let server = bed.start().await;
    proxy.heal().await;

    let taken = receiver.wait_for("the event", PATIENCE, |one| one.status == 204).await.unwrap();
    let tries = receiver.received();
    assert_eq!(tries.iter().map(|one| one.status).collect::<Vec<_>>(), [500, 302, 429, 204]);
    assert!(tries.iter().all(|one| one.verified && one.id == taken.id && one.path == "/hook"), "{tries:?}");
    let (body, data) = (&taken.body, &taken.body["data"]);
    assert_eq!((&body["type"], &data["service"]), (&"release.landed".into(), &"billing".into()));
    assert_eq!((&data["releaseId"], &data["commit"]), (&landed.id.into(), &landed.commit.into()));
    assert_eq!(data["releasedBy"]["email"], "ida@corp.test");
    assert_eq!(data["artifact"]["author"]["email"], "bo@corp.test");

    report(&server, routes::DAEMON_POD_ERROR, &crash()).await;
    let failed =
        receiver.wait_for("the crash", PATIENCE, |one| one.body["type"] == "rollout.failed").await.unwrap();
    let data = &failed.body["data"];
    assert_eq!((&data["service"], &data["artifactId"]), (&"billing".into(), &"master-1".into()));
    assert_eq!(data["failures"][0]["message"], "panic: no config\n");
    receiver.answer_next(&[410]);
    report(&server, routes::DAEMON_DEPLOY, &make::deployed()).await;
    let reason = server.dead("webhook").await;
    assert!(reason.ends_with("says that it is gone; take it out of --webhook"), "{reason}");
    assert_eq!(receiver.received().last().unwrap().body["type"], "rollout.succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn mute_flags_mute_and_a_rate_limit_is_waited_for() {
    let slack = Slack::start().await.unwrap();
    slack.add_user("bo@corp.test");
    slack.add_user("bo@slack.test");
    let bed = Bed::new()
        .await
        .flag(format!("--slack-url={}", slack.url()))
        .flag(format!("--slack-token={}", slack.token()))
        .flag("--user-mappings=bo@corp.test=bo@slack.test")
        .flag("--mute-slack-notification-k8s");
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    slack.rate_limit_next(1);
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    for to in ["#releases-dev", "#squad-ledger-releases-dev", "bo@slack.test"] {
        slack.wait_for(to, PATIENCE, |message| message.to == to).await.unwrap();
    }
    let posted = slack.messages();
    let channel = posted.iter().find(|message| message.to == "#releases-dev").unwrap();
    assert_eq!(
        channel.attachments[0],
        serde_json::json!({
            "color": "#73BF69", "fallback": "", "title": "billing (master-1)",
            "title_link": "https://git.test/billing/master-1",
            "text": "*Author:* Bo Lind, *Releaser:* Ida Holm\n*Message:* _Build master-1_",
            "mrkdwn_in": ["text", "fields"],
        })
    );
    report(&server, routes::DAEMON_POD_ERROR, &crash()).await;
    drop(server);

    let bed = bed.flag("--mute-slack-notification-release-processed");
    let server = bed.start().await;
    server.upload("billing", "master-2", "master").await;
    server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    let second = |message: &testkit::slack::Message| {
        message.to == "#squad-ledger-releases-dev" && message.says("Build master-2")
    };
    slack.wait_for("the second release", PATIENCE, second).await.unwrap();
    wait::until("everything to be told", PATIENCE, async || {
        let waiting: serde_json::Value =
            server.hamctl().get(&["/queue"], &[]).await.map_err(|error| error.to_string())?;
        if waiting["items"] == serde_json::json!([]) { Ok(()) } else { Err(waiting.to_string()) }
    })
    .await;
    let unheard = |message: &testkit::slack::Message| {
        message.says("Pod Error") || (message.to == "bo@slack.test" && message.says("master-2"))
    };
    assert!(!slack.messages().iter().any(unheard), "{:?}", slack.messages());
}

/// Files and connections that the server has open.
async fn open_files(server: &Server) -> u32 {
    let metrics = http().get(format!("{}{}", server.url, routes::METRICS));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    let figure = metrics.lines().find_map(|line| line.strip_prefix("process_open_fds "));
    figure.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn releasing_and_telling_leaves_no_file_open() {
    let grafana = Grafana::start().await.unwrap();
    let bed =
        Bed::new().await.flag(format!("--grafana-annotations=dev={}={}", grafana.api_key(), grafana.url()));
    let server = bed.start().await;
    let mut before = 0;
    for number in 1..=24 {
        let id = format!("master-{number}");
        server.upload("billing", &id, "master").await;
        server.release("billing", "dev", &id, &Intent::ReleaseArtifact).await.unwrap();
        let told = |annotation: &testkit::grafana::Annotation| annotation.data.ends_with(&id);
        grafana.wait_for(&id, PATIENCE, told).await.unwrap();
        if number == 4 {
            before = open_files(&server).await;
        }
    }
    let after = open_files(&server).await;
    assert!(after < before + 10, "{before} open files, and {after} after 20 more releases");
}
