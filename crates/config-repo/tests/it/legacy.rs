//! A repository as the original wrote it.

use crate::support::{World, request, said};

#[tokio::test]
async fn a_repository_of_the_original_is_read_and_goes_on() {
    let world = World::new();
    let spec = |id: &str| {
        format!(
            "{{\"id\":\"{id}\",\"service\":\"pay\",\"application\":{{}},\"ci\":{{}},\"shuttle\":{{\"plan\":{{}}}}}}"
        )
    };
    let place = "qa/releases/money/pay/artifact.json";
    world.foreign(
        &[(place, &spec("one-1")), ("README.md", "hello")],
        "[qa/pay] release one-1 by ida@example.test",
    );
    world.foreign(
        &[(place, &spec("two-2"))],
        "[qa/pay] release two-2 by ida@example.test\n\nService: pay\nEnvironment: qa\nArtifact-ID: two-2\n\
         Artifact-released-by: Ida Holm <ida@example.test>\nArtifact-created-by: Bo <bo@example.test>\n\
         Release-intent: Promote\nPromoted-from-environment: dev",
    );
    world.foreign(&[(place, &spec("one-1"))], "[qa/pay] rollback two-2 to one-1 by ida@example.test");
    world.foreign(&[], "[pay] policy update: delete policies");
    let repo = world.open();
    let (qa, pay) = ("qa".parse().unwrap(), "pay".parse().unwrap());
    let releases = repo.reader.releases(&qa, &pay, 10).unwrap();
    let shown: Vec<_> = releases
        .iter()
        .map(|l| {
            let bytes = repo.reader.spec_bytes(l).unwrap().unwrap();
            format!(
                "{} {} {}",
                l.record.artifact,
                l.record.intent.type_name(),
                artifact::decode(&bytes).unwrap().id
            )
        })
        .collect();
    assert_eq!(shown, ["one-1 Rollback one-1", "two-2 Promote two-2", "one-1 ReleaseArtifact one-1"]);
    let status = repo.reader.status(&pay, None).unwrap();
    assert_eq!((status.len(), status[0].namespace.as_str()), (1, "money"));
    assert!(repo.reader.settings().unwrap().environments.contains(&qa), "an environment in use stays one");
    let mut next = request(1, "qa", "pay", "three-3");
    next.manifests.spec.namespace = "money".into();
    next.manifests.rendered.push("qa".into());
    assert_eq!(said(&repo.writer.release(next).await), "landed");
    assert_eq!(repo.reader.releases(&qa, &pay, 1).unwrap()[0].record.artifact, "three-3");
    repo.stop();
    world.fsck();
}
