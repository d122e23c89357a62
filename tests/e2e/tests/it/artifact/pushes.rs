//! `artifact push --git`: CI needs no token of the server, only a key for the repository of artifacts.

use testkit::github::PushEvent;
use testkit::{Access, Repository};

use super::world::{Ground, WEBHOOK_SECRET, World, told};

/// A server that reads artifacts from a repository, which it may not write to.
async fn world() -> (World, Repository) {
    let ground = Ground::new().await;
    let artifacts = ground.host.create("artifacts").unwrap();
    let flags = [
        format!("--artifact-repo={}", artifacts.ssh_url()),
        format!("--artifact-repo-ssh-private-key={}", ground.host.ssh_key(Access::Read).display()),
    ];
    (ground.serve(&flags).await, artifacts)
}

/// What the host of the repository tells the server after a push.
async fn host_tells(world: &World, artifacts: &Repository, branch: &str) {
    let tip = artifacts.tip(branch).unwrap().unwrap();
    let event = PushEvent::new(WEBHOOK_SECRET, "artifacts", branch, &tip);
    let mut headers = PushEvent::HEADERS.to_vec();
    headers.push(("x-hub-signature", &event.signature));
    assert_eq!(world.webhook(&event.body, &headers).await, "200");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_pushed_to_git_is_released_by_name_and_by_itself() {
    let (world, artifacts) = world().await;
    for (id, url) in [
        ("master-1", artifacts.ssh_url().to_owned()),
        ("master-2", artifacts.http_url_with(world.ground.host.token(Access::Write))),
    ] {
        world.builds(id);
        world.succeeds(world.step("add test --passed 3 --failed 0 --skipped 0"));
        world.succeeds(world.step("end"));
        // Nothing of the server is needed.
        let pushed =
            world.step("push --git").args([&url]).env("ARTIFACT_URL", "").env("ARTIFACT_AUTH_TOKEN", "");
        let shown = world.succeeds(pushed);
        assert!(shown.ends_with("staging/configmap.yaml"), "{shown}");
        host_tells(&world, &artifacts, &format!("billing/{id}")).await;
        world.knows(id).await;
    }
    world.succeeds(world.hamctl("release --service billing --artifact master-1 --env dev"));
    assert_eq!(world.history()[0], "[dev/billing] release master-1 by ida@example.test");
    let released = world.ground.config.file("master", "dev/releases/dev/billing/configmap.yaml").unwrap();
    assert!(released.contains("id: master-1, env: dev"), "{released}");

    // The same id again, with other content: what was tested is what runs.
    world.succeeds(world.step("end"));
    let again = world.step("push --retries 0 --git").args([artifacts.ssh_url()]).run().unwrap();
    assert!(told(&again).contains("is there already, with other content"), "{}", told(&again));
    assert_eq!(again.code, Some(1));

    let policy = "policy apply auto-release --service billing --env staging --branch master";
    world.succeeds(world.hamctl(policy));
    world.builds("master-3");
    world.succeeds(world.step("push --git").args([artifacts.ssh_url()]));
    host_tells(&world, &artifacts, "billing/master-3").await;
    let title = "[staging/billing] auto release master-3 by bo@example.test";
    testkit::wait::until(title, super::world::PATIENCE, async || {
        let history = world.history();
        if history.iter().any(|known| known == title) { Ok(()) } else { Err(format!("{history:?}")) }
    })
    .await;
    artifacts.fsck().unwrap();
}
