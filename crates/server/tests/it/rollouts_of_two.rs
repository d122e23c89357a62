//! Two services may share the id of an artifact and a namespace: what a cluster reports of one is not of the other.

use api::{ContainerError, DeployEvent, PodErrorEvent, Rollout, RolloutState, routes};
use artifact::{ArtifactSpec, Intent};
use reqwest::Method;

use crate::bed::{Bed, Server};
use crate::make;

fn workload(kind: &str, name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {name}\n  annotations:\n    lunarway.com/controlled-by-release-manager: \"true\"\n---\n"
    )
}

async fn up(server: &Server, kind: &str, name: &str) {
    let event = DeployEvent {
        name: name.into(),
        namespace: "shared".into(),
        resource_type: kind.into(),
        available_pods: 1,
        replicas: 1,
        artifact_id: "master-1".into(),
        author_email: "bo@corp.test".into(),
        environment: "dev".into(),
        ..DeployEvent::default()
    };
    let daemon = server.client("daemon-token");
    let _answer: serde_json::Value =
        daemon.call(Method::POST, &[routes::DAEMON_DEPLOY], &event).await.unwrap();
}

async fn rollout(server: &Server, service: &str) -> Option<Rollout> {
    server.status(service).await.environments[0].rollout.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_has_its_own_and_is_ready_when_all_of_it_is() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    for (service, manifests) in [
        ("api", workload("Deployment", "api") + &workload("StatefulSet", "api-db")),
        ("api-web", workload("Deployment", "api-web")),
    ] {
        let spec = ArtifactSpec { namespace: "shared".into(), ..make::spec(service, "master-1", "master") };
        assert_eq!(server.upload_zip(&spec, make::zip_with(&spec, &manifests)).await, 200);
        server.release(service, "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    }
    up(&server, "Deployment", "api").await;
    let of_api = rollout(&server, "api").await.unwrap();
    assert_eq!(
        (of_api.state, of_api.workloads.len(), of_api.expected_workloads),
        (RolloutState::Progressing, 1, 2)
    );
    assert_eq!(rollout(&server, "api-web").await, None);

    let crash = PodErrorEvent {
        pod_name: "api-web-5d9c-abcde".into(),
        namespace: "shared".into(),
        errors: vec![ContainerError { name: "app".into(), message: "panic".into(), reason: "Error".into() }],
        author_email: "bo@corp.test".into(),
        environment: "dev".into(),
        artifact_id: "master-1".into(),
        ..PodErrorEvent::default()
    };
    let daemon = server.client("daemon-token");
    let _answer: serde_json::Value =
        daemon.call(Method::POST, &[routes::DAEMON_POD_ERROR], &crash).await.unwrap();
    up(&server, "StatefulSet", "api-db").await;
    assert_eq!(rollout(&server, "api").await.unwrap().state, RolloutState::Ready);
    assert_eq!(rollout(&server, "api-web").await.unwrap().state, RolloutState::Failed);
    let services = server.hamctl().services(Some("dev")).await.unwrap();
    let states: Vec<RolloutState> =
        services.services.iter().map(|one| one.environments[0].rollout_state).collect();
    assert_eq!(states, [RolloutState::Ready, RolloutState::Failed]);
}
