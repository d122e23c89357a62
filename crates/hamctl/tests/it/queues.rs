//! `queue` and `services`: what the server has.

use api::{
    KnownService, QueueItem, QueueItemState, QueueResponse, RetryResponse, RolloutState, RunningService,
    ServicesResponse,
};
use artifact::WireTime;
use jiff::{SignedDuration, Timestamp};

use crate::double::Double;
use crate::samples::{NEW, OLD};
use crate::session::Session;

pub(crate) fn item(id: u64, state: QueueItemState, reason: &str) -> QueueItem {
    QueueItem {
        id,
        kind: "release".into(),
        key: "prod/billing".into(),
        state,
        attempts: 3,
        reason: reason.into(),
        accepted_at: WireTime::utc(Timestamp::now() - SignedDuration::from_hours(2)),
    }
}

#[tokio::test]
async fn what_waits_is_listed_and_what_was_given_up_is_tried_again() {
    let double = Double::start().await;
    let refused = "the config repository refused the commit: protected branch";
    let items =
        vec![item(7, QueueItemState::Delayed, "connection refused"), item(12, QueueItemState::Dead, refused)];
    double
        .answers("GET /queue", &QueueResponse { items })
        .answers("GET /queue", &QueueResponse::default())
        .answers("POST /queue/12/retry", &RetryResponse { id: 13 })
        .refuses(
            404,
            "POST /queue/7/retry",
            "nothing given up has the number 7",
            "see what was given up: hamctl queue list",
        );
    let session = Session::at(&double);
    let mut told = String::new();
    for command in ["queue list", "queue list", "queue retry 12", "queue retry 7", "queue retry x"] {
        told.push_str(&format!("$ hamctl {command}\n{}\n", session.run(command).await));
    }
    insta::assert_snapshot!(told, @r"
    $ hamctl queue list
    ------- stdout
    ID  STATE    WHAT                  ACCEPTED     TRIES  REASON
    7   delayed  release prod/billing  2 hours ago  3      connection refused
    12  dead     release prod/billing  2 hours ago  3      the config repository refused the commit: protected branch

    What is dead was given up; try it again with: hamctl queue retry ID
    [exit 0]
    $ hamctl queue list
    ------- stdout
    Nothing waits
    [exit 0]
    $ hamctl queue retry 12
    ------- stdout
    [✓] 12 is tried again, as number 13
    [exit 0]
    $ hamctl queue retry 7
    ------- stderr
    error: nothing given up has the number 7 (reference: [id])
    hint: see what was given up: hamctl queue list
    [exit 1]
    $ hamctl queue retry x
    ------- stderr
    error: invalid value 'x' for '<ID>': give a number that `hamctl queue list` shows
    hint: see `hamctl queue retry --help`
    [exit 2]
    ");
}

#[tokio::test]
async fn services_are_listed_with_what_runs_where() {
    let double = Double::start().await;
    let running = |name: &str, id: &str, rollout_state| RunningService {
        name: name.into(),
        artifact_id: id.into(),
        rollout_state,
        ..RunningService::default()
    };
    let billing = KnownService {
        name: "billing".into(),
        environments: vec![
            running("dev", NEW, RolloutState::Ready),
            running("prod", OLD, RolloutState::Failed),
        ],
    };
    double.answers("GET /services", &ServicesResponse { services: vec![billing] });
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("services").await, @r"
    ------- stdout
    SERVICE  ENV   ARTIFACT                      CLUSTER
    billing  dev   master-0a1b2c3d4e-99aa88bb77  ready
    billing  prod  master-77ff00aa11-99aa88bb77  failed
    [exit 0]
    ");
    double.answers("GET /describe/artifact/biling", &api::DescribeArtifactsResponse::default());
    double.answers("GET /status", &api::StatusResponse { default_namespaces: true, ..Default::default() });
    insta::assert_snapshot!(session.run("status --service biling").await, @r"
    ------- stderr
    error: unknown service 'biling'
    hint: did you mean 'billing'? Known services: billing
    [exit 1]
    ");
}
