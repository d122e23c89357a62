//! What a release writes.

use config_repo::ReleaseOutcome;

use crate::support::{World, file, id, request, said};

#[tokio::test]
async fn a_release_is_one_commit_by_the_person_with_every_file() {
    let world = World::new();
    let repo = world.open();
    let mut asked = request(7, "dev", "billing", "master-1-2");
    asked.manifests.files.push(file(".gitignore", "*"));
    asked.manifests.files.push(file("sub/run.sh", "#!/bin/sh"));
    asked.manifests.files[2].executable = true;
    let bytes = asked.manifests.spec_bytes.clone();
    let ReleaseOutcome::Landed { commit, at } = repo.writer.release(asked).await else {
        panic!("not landed")
    };
    assert_eq!(at.to_string(), "2026-01-05T09:14:02+01:00[+01:00]");
    assert_eq!(world.ask(&["rev-parse", "master"]), commit.to_string());
    insta::assert_snapshot!(world.ask(&["log", "--format=%an <%ae>%n%cn <%ce>%n%B", "master"]), @r"
    Ida Holm <ida@example.test>
    Release Manager <rm@example.test>
    [dev/billing] release master-1-2 by ida@example.test

    Service: billing
    Environment: dev
    Artifact-ID: master-1-2
    Artifact-released-by: Ida Holm <ida@example.test>
    Artifact-created-by: Bo Lind <bo@example.test>
    Release-intent: ReleaseArtifact
    Release-Id: 00000000-0000-0000-0000-000000000007
    ");
    insta::assert_snapshot!(world.files(), @r"
    100644 dev/releases/dev/billing/.gitignore
    100644 dev/releases/dev/billing/artifact.json
    100644 dev/releases/dev/billing/deployment.yaml
    100755 dev/releases/dev/billing/sub/run.sh
    ");
    let stored = world.ask(&["show", "master:dev/releases/dev/billing/artifact.json"]);
    assert_eq!(stored, String::from_utf8(bytes).unwrap().trim());
    assert_eq!(
        repo.reader.landed(id(7)).unwrap().unwrap().commit,
        commit,
        "the answer comes after the index"
    );
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn the_folder_is_replaced_the_kustomization_moved_and_nothing_stale_stays() {
    let world = World::new();
    let repo = world.open();
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n";
    let mut first = request(1, "prod", "pay", "a-1");
    first.manifests.spec.namespace = "old".into();
    first.manifests.files = vec![file("flux.yaml", flux), file("gone.yaml", "a: 1")];
    assert_eq!(said(&repo.writer.release(first).await), "landed");
    assert_eq!(
        world.files(),
        "100644 clusters/prod/old/pay.yaml\n100644 prod/releases/old/pay/artifact.json\n100644 prod/releases/old/pay/gone.yaml"
    );
    let mut second = request(2, "prod", "pay", "a-2");
    second.manifests.spec.namespace = "new".into();
    assert_eq!(said(&repo.writer.release(second).await), "landed");
    assert_eq!(
        world.files(),
        "100644 prod/releases/new/pay/artifact.json\n100644 prod/releases/new/pay/deployment.yaml"
    );
    let mut third = request(3, "prod", "pay", "a-3");
    third.manifests.spec.namespace = "new/../../dev".into();
    assert!(said(&repo.writer.release(third).await).starts_with("failed: the artifact cannot be released"));
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn the_gate_decides_on_what_the_remote_holds_now() {
    let world = World::new();
    let repo = world.open();
    assert_eq!(
        said(&repo.writer.release(request(1, "qa", "pay", "a-1")).await),
        "denied: unknown environment: qa"
    );
    world.foreign(&[("release-manager.yaml", "environments: [qa, prod]\n")], "settings");
    let mut qa = request(2, "qa", "pay", "a-1");
    qa.manifests.rendered.push("qa".into());
    assert_eq!(said(&repo.writer.release(qa.clone()).await), "landed", "nobody had to fetch first");
    assert_eq!(said(&repo.writer.release(ask_again(&qa, 3)).await), "already there");
    assert_eq!(said(&repo.writer.release(qa).await), "landed", "the same request is answered as before");
    assert_eq!(world.ask(&["rev-list", "--count", "master"]), "2");
    world.foreign(
        &[(
            "policies/pay.json",
            r#"{"service":"pay","branchRestrictions":[{"id":"x","branchRegex":"^v","environment":"prod"}]}"#,
        )],
        "restrict",
    );
    let denied = said(&repo.writer.release(request(4, "prod", "pay", "a-2")).await);
    assert_eq!(
        denied,
        "denied: cannot release artifact 'a-2' to environment 'prod' due to branch restriction policy"
    );
    world.foreign(&[("policies/pay.json", "{")], "break the policies");
    let broken = said(&repo.writer.release(request(5, "prod", "pay", "a-2")).await);
    assert!(broken.starts_with("failed: cannot decide: policies/pay.json cannot be read"), "{broken}");
    repo.stop();
}

fn ask_again(request: &config_repo::ReleaseRequest, n: u128) -> config_repo::ReleaseRequest {
    let mut again = request.clone();
    again.release.id = id(n);
    again
}

#[tokio::test]
async fn readers_answer_from_index_and_blobs() {
    let world = World::new();
    let repo = world.open();
    assert_eq!(repo.reader.tip().unwrap(), None);
    for (n, env, artifact) in [(1, "dev", "a-1"), (2, "dev", "a-2"), (3, "prod", "a-1")] {
        assert_eq!(said(&repo.writer.release(request(n, env, "pay", artifact)).await), "landed");
    }
    let service = "pay".parse().unwrap();
    let status = repo.reader.status(&service, None).unwrap();
    let shown: Vec<_> = status
        .iter()
        .map(|r| format!("{} {} {}", r.environment, r.spec.as_ref().unwrap().id, r.landed.is_some()))
        .collect();
    assert_eq!(shown, ["dev a-2 true", "prod a-1 true"]);
    let dev = repo.reader.releases(&"dev".parse().unwrap(), &service, 10).unwrap();
    assert_eq!(dev.iter().map(|l| l.record.artifact.as_str()).collect::<Vec<_>>(), ["a-2", "a-1"]);
    let spec = artifact::decode(&repo.reader.spec_bytes(&dev[1]).unwrap().unwrap()).unwrap();
    assert_eq!(spec.id, "a-1");
    let ran = repo.reader.ran(&"a-1".parse().unwrap()).unwrap();
    assert_eq!(ran.iter().map(|l| l.record.environment.as_str()).collect::<Vec<_>>(), ["prod", "dev"]);
    assert_eq!(repo.reader.services().unwrap().len(), 2);
    repo.stop();
}

#[tokio::test]
async fn manifests_without_end_are_not_looked_through_for_workloads() {
    let world = World::new();
    let repo = world.open();
    let deployment = |name: &str| format!("kind: Deployment\nmetadata: {{name: {name}}}\n");
    let padded = format!("{}x: [{}]\n", deployment("padded"), "x,".repeat(1 << 20));
    let mut asked = request(1, "dev", "pay", "a-1");
    asked.manifests.files = vec![
        file("a.yaml", &deployment("first")),
        file("b.yaml", &padded),
        file("c.yaml", &deployment("last")),
    ];
    assert_eq!(said(&repo.writer.release(asked).await), "landed");
    let [dev, pay] = ["dev", "pay"];
    let found = repo
        .reader
        .workloads(&dev.parse().unwrap(), &dev.parse().unwrap(), &pay.parse().unwrap(), "a-1")
        .unwrap()
        .unwrap();
    let names: Vec<&str> = found.iter().map(|workload| workload.name.as_str()).collect();
    assert_eq!(names, ["first", "last"]);
    repo.stop();
}
