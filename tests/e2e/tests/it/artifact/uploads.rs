//! `artifact push`: the upload by way of the server, with the steps before it.

use serde_json::Value;

use super::world::{Ground, told};

/// Steps that a job runs side by side.
const STEPS: [&str; 5] = [
    "add build --image registry.test/billing --tag t-1 --docker-version 24",
    "add test --passed 212 --failed 0 --skipped 3 --url https://ci.test/tests",
    "add push --image registry.test/billing --tag t-1 --docker-version 24",
    "add snyk-code --language go --snyk-version 1.2 --medium 2",
    "add snyk-docker --base-image alpine --tag 3.19 --snyk-version 1.2 --high 1",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_described_side_by_side_is_uploaded_shown_and_released() {
    let world = Ground::new().await.serve(&[]).await;
    world.builds("master-1");
    let steps = STEPS.map(|line| {
        let step = world.step(line);
        tokio::task::spawn_blocking(move || step.run().unwrap())
    });
    for (step, line) in steps.into_iter().zip(STEPS) {
        let output = step.await.unwrap();
        assert!(output.succeeded(), "{line}: {}", told(&output));
    }
    world.succeeds(world.step("end"));
    let shown = world.succeeds(world.step("push"));
    let listed = "Files in path '.'\n  artifact.json\n  dev/configmap.yaml\n  staging/configmap.yaml";
    assert_eq!(shown, listed);

    let described = world.hamctl("describe artifact --service billing --output json");
    let described: Value = serde_json::from_str(&world.succeeds(described)).unwrap();
    let artifact = &described["artifacts"][0];
    let stages = artifact["stages"].as_array().unwrap();
    let mut ids: Vec<&str> = stages.iter().map(|stage| stage["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["build", "push", "snyk-code", "snyk-docker", "test"], "no step lost what another said");
    assert_eq!(
        artifact["application"]["url"],
        "https://gitlab.example.test/acme/billing/-/commit/0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
    );
    assert_eq!(artifact["ci"]["jobUrl"], "https://gitlab.example.test/acme/billing/-/jobs/17");
    let for_people = world.succeeds(world.hamctl("describe artifact --service billing"));
    assert!(for_people.contains("master-1") && for_people.contains("Add refund limit"), "{for_people}");

    world.succeeds(world.hamctl("release --service billing --branch master --env dev"));
    assert_eq!(world.history()[0], "[dev/billing] release master-1 by ida@example.test");
    let kept = world.ground.config.file("master", "dev/releases/dev/billing/artifact.json").unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["stages"], artifact["stages"], "the evidence travels with the release");

    // The same content again is done already; other content under the id is refused.
    world.succeeds(world.step("push"));
    world.succeeds(world.step("add test --passed 0 --failed 9 --skipped 0"));
    let other = world.step("push --retries 0").run().unwrap();
    assert!(told(&other).contains("was uploaded before, with other content"), "{}", told(&other));
    assert_eq!(other.code, Some(1));
    let stranger = world.step("push --retries 0").env("ARTIFACT_AUTH_TOKEN", "wrong").run().unwrap();
    assert!(told(&stranger).contains("hint: check ARTIFACT_AUTH_TOKEN"), "{}", told(&stranger));
    assert_eq!(stranger.code, Some(4));
}
