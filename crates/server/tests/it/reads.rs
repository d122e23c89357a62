//! What can be asked beside what the original answers: services, environments, histories, single releases.

use api::{ReleaseState, RolloutState};
use artifact::Intent;
use explain::{Explain, Kind};
use testkit::wait;

use crate::bed::{Bed, PATIENCE, Server};

/// Services and where they run, as one line each.
async fn services(server: &Server, environment: Option<&str>) -> Vec<String> {
    let answer = server.hamctl().services(environment).await.unwrap();
    let row = |service: api::KnownService| {
        let places: Vec<String> = service
            .environments
            .iter()
            .map(|place| format!("{}/{} {}", place.name, place.namespace, place.artifact_id))
            .collect();
        format!("{}: {}", service.name, places.join(", "))
    };
    answer.services.into_iter().map(row).collect()
}

/// Environments, artifacts and whether the cluster is known to have it, newest first.
async fn history(server: &Server, environment: Option<&str>, limit: usize) -> Vec<String> {
    let answer = server.hamctl().history("billing", environment, limit).await.unwrap();
    assert!(answer.releases.iter().all(|release| release.state == ReleaseState::Landed));
    answer.releases.iter().map(|release| format!("{} {}", release.environment, release.artifact_id)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn services_and_histories_are_those_of_the_repository() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    assert_eq!(services(&server, None).await, Vec::<String>::new());
    for (service, environment, id) in [
        ("billing", "dev", "master-1"),
        ("billing", "dev", "master-2"),
        ("Web", "dev", "master-7"),
        ("billing", "prod", "master-1"),
    ] {
        server.upload(service, id, "master").await;
        server.release(service, environment, id, &Intent::ReleaseArtifact).await.unwrap();
    }
    let billing = "billing: dev/dev master-2, prod/prod master-1";
    assert_eq!(services(&server, None).await, [billing, "Web: dev/dev master-7"]);
    assert_eq!(services(&server, Some("prod")).await, ["billing: prod/prod master-1"]);
    assert_eq!(services(&server, Some("nowhere")).await, Vec::<String>::new());
    let row = &server.hamctl().services(None).await.unwrap().services[0].environments[0];
    assert_eq!((row.released_by_name.as_str(), row.rollout_state), ("Ida Holm", RolloutState::Unknown));

    assert_eq!(history(&server, None, 10).await, ["prod master-1", "dev master-2", "dev master-1"]);
    assert_eq!(history(&server, Some("dev"), 1).await, ["dev master-2"]);
    assert_eq!(history(&server, Some("nowhere"), 5).await, Vec::<String>::new());
    let no_limit = server.hamctl().history("billing", None, 0).await.unwrap_err();
    assert_eq!(no_limit.kind(), Kind::Invalid);

    // What somebody removed by hand runs no longer, though it stays in the history.
    let second = bed.repo.second_writer().unwrap();
    second.remove(crate::bed::BRANCH, &["prod/releases/prod/billing"], "stop billing").unwrap();
    drop(server);
    let server = bed.start().await;
    // It answers with what it knows from before until it has looked at the Git host.
    wait::until("the removal to be known", PATIENCE, async || {
        let known = services(&server, None).await;
        if known == ["billing: dev/dev master-2", "Web: dev/dev master-7"] {
            Ok(())
        } else {
            Err(known.join(", "))
        }
    })
    .await;
    assert_eq!(history(&server, Some("prod"), 5).await, ["prod master-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_say_who_may_release_to_them() {
    let bed = Bed::new().await.flag("--policy-branch-restrictions=prod=^master$");
    let server = bed.start().await;
    let hamctl = server.hamctl();
    let restriction = api::ApplyBranchRestrictionRequest {
        service: "billing".into(),
        environment: "staging".into(),
        branch_regex: "^release/".into(),
        committer_name: "Ida Holm".into(),
        committer_email: "ida@corp.test".into(),
    };
    let path = [api::routes::BRANCH_RESTRICTION];
    let _applied: api::BranchRestrictionBody =
        hamctl.call(reqwest::Method::PATCH, &path, &restriction).await.unwrap();
    let rules = async |service: Option<&str>| {
        let answer = hamctl.environments(service).await.unwrap();
        let rows = answer.environments.into_iter().flat_map(|environment| {
            let name = environment.name;
            environment
                .branch_restrictions
                .into_iter()
                .map(move |rule| format!("{name} {} global={}", rule.branch_regex, rule.global))
        });
        rows.collect::<Vec<_>>()
    };
    assert_eq!(rules(None).await, ["prod ^master$ global=true"]);
    assert_eq!(rules(Some("billing")).await, ["staging ^release/ global=false", "prod ^master$ global=true"]);
    let answer = hamctl.environments(None).await.unwrap();
    assert!(answer.environments.iter().all(|environment| environment.released_by == "hamctl"));
    let groups: Vec<_> = answer
        .caller_groups
        .iter()
        .map(|group| (group.name.as_str(), group.static_tokens, group.provider_tokens))
        .collect();
    assert_eq!(groups, [("hamctl", true, false), ("artifact", true, false), ("daemon", true, false)]);
}
