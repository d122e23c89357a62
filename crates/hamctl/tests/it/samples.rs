//! What the server knows in these tests.

use api::{
    DescribeArtifactsResponse, DescribeReleaseResponse, DescribedRelease, EnvironmentStatus,
    EnvironmentsResponse, IntentBody, KnownEnvironment, ReleaseResponse, Rollout, RolloutFailure,
    RolloutState, StatusResponse, WorkloadCount,
};
use artifact::{ArtifactSpec, Intent};

pub(crate) const NEW: &str = "master-0a1b2c3d4e-99aa88bb77";
pub(crate) const OLD: &str = "master-77ff00aa11-99aa88bb77";

pub(crate) fn status(environments: Vec<EnvironmentStatus>) -> StatusResponse {
    StatusResponse { default_namespaces: true, environments }
}

pub(crate) fn dev() -> EnvironmentStatus {
    EnvironmentStatus {
        name: "dev".into(),
        tag: NEW.into(),
        committer: "Ida Holm".into(),
        author: "Bo Lind".into(),
        message: "Add refund limit".into(),
        date: 1_767_603_970_123,
        ..EnvironmentStatus::default()
    }
}

pub(crate) fn prod() -> EnvironmentStatus {
    EnvironmentStatus {
        name: "prod".into(),
        tag: OLD.into(),
        committer: "Bo Lind".into(),
        message: "Fix rounding".into(),
        date: 1_767_363_000_000,
        ..EnvironmentStatus::default()
    }
}

pub(crate) fn ready(artifact: &str) -> Option<Rollout> {
    let web = WorkloadCount { kind: "Deployment".into(), name: "web".into(), available: 2, desired: 2 };
    Some(Rollout {
        state: RolloutState::Ready,
        artifact_id: artifact.into(),
        workloads: vec![web],
        ..Rollout::default()
    })
}

pub(crate) fn failed(artifact: &str) -> Option<Rollout> {
    let failure = RolloutFailure {
        object: "web-5d9c".into(),
        container: "web".into(),
        reason: "CrashLoopBackOff".into(),
        message: "starting\npanic: no database\n".into(),
    };
    Some(Rollout {
        state: RolloutState::Failed,
        artifact_id: artifact.into(),
        failures: vec![failure],
        ..Rollout::default()
    })
}

pub(crate) fn artifact(id: &str, message: &str) -> ArtifactSpec {
    let mut spec = ArtifactSpec { id: id.into(), service: "billing".into(), ..ArtifactSpec::default() };
    spec.application.committer_name = "Ida Holm".into();
    spec.application.committer_email = "ida@example.test".into();
    spec.application.message = message.into();
    spec.application.url = "https://git.example.test/acme/billing-service/commit/0a1b2c3d4e".into();
    spec.ci.end = "2026-01-05T08:06:10.5Z".parse().unwrap();
    spec
}

pub(crate) fn artifacts(specs: Vec<ArtifactSpec>) -> DescribeArtifactsResponse {
    DescribeArtifactsResponse { service: "billing".into(), artifacts: specs }
}

pub(crate) fn releases() -> DescribeReleaseResponse {
    let current = DescribedRelease {
        artifact: ArtifactSpec { namespace: "payments".into(), ..artifact(NEW, "Add refund limit") },
        released_at: "2026-01-05T09:14:02+01:00".parse().unwrap(),
        released_by_name: "Bo Lind".into(),
        released_by_email: "bo@example.test".into(),
        intent: IntentBody::from(&Intent::AutoRelease),
        ..DescribedRelease::default()
    };
    let before = DescribedRelease {
        release_index: 1,
        artifact: artifact(OLD, "Fix rounding"),
        released_at: "2026-01-04T08:00:00Z".parse().unwrap(),
        released_by_name: "Ida Holm".into(),
        released_by_email: "ida@example.test".into(),
        intent: IntentBody::from(&Intent::Promote { from: "dev".parse().unwrap() }),
        ..DescribedRelease::default()
    };
    DescribeReleaseResponse {
        service: "billing".into(),
        environment: "dev".into(),
        releases: vec![current, before],
    }
}

/// The newest release to dev, and what the cluster made of it.
pub(crate) fn running(id: &str, rollout: Option<Rollout>) -> DescribeReleaseResponse {
    let mut answer = releases();
    answer.releases.truncate(1);
    answer.releases[0].artifact.id = id.into();
    let observed_at = "2026-01-05T08:15:00Z".parse().unwrap();
    answer.releases[0].rollout = rollout.map(|rollout| Rollout { observed_at, ..rollout });
    answer
}

pub(crate) fn landed(env: &str, artifact: &str) -> ReleaseResponse {
    ReleaseResponse {
        service: "billing".into(),
        release_id: artifact.into(),
        to_environment: env.into(),
        tag: artifact.into(),
        id: "0193b3c5-0000-7000-8000-000000000001".into(),
        state: "landed".into(),
        commit: "0123456789abcdef0123456789abcdef01234567".into(),
        ..ReleaseResponse::default()
    }
}

pub(crate) fn environments() -> EnvironmentsResponse {
    let environments = [("dev", "master"), ("staging", "dev"), ("prod", "staging")].map(|(name, from)| {
        KnownEnvironment { name: name.into(), promotes_from: from.into(), ..KnownEnvironment::default() }
    });
    EnvironmentsResponse { environments: environments.into(), ..EnvironmentsResponse::default() }
}
