//! `queue`: what waits while the Git host is away, and what was given up.

use std::time::Duration;

use super::world::{World, assert_told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_and_what_was_given_up_is_listed_and_lands() {
    let world = World::empty().await;
    let build = world.builds("Greet with hello", None);
    let config = world.stage.repository("config").unwrap();
    world.stage.git_host().down().await;
    let mut told = world.transcript(&["release --service web --branch master --env dev"]);
    let (queue, _) = world.data("queue list");
    assert_eq!(queue["items"][0]["key"], "dev/web", "{queue}");
    assert_eq!(queue["items"][0]["state"], "delayed", "{queue}");

    // It is back, and says no for good: nobody waits to be told, so it is kept.
    config.reject_pushes("this branch is protected").unwrap();
    world.stage.git_host().up().await;
    until_listed(&world, "the release to be given up", |listed| listed.contains(" dead ")).await;
    told.push_str(&world.transcript(&["queue list"]));
    let dead = world.data("queue list").0["items"][0]["id"].as_u64().unwrap();

    config.accept_pushes().unwrap();
    told.push_str(&world.transcript(&["queue retry 4711"]));
    let (again, code) = world.told_as(&format!("queue retry {dead}"), "json");
    assert!(again["id"].as_u64().unwrap() > dead && code == 0, "{again}");
    e2e::reports::lands(&world.stage, "dev", &build.id).await.unwrap();
    until_listed(&world, "the queue to be empty", |listed| listed == "Nothing waits").await;
    assert_told("queues", &told, &[(&build, "[first]")]);
}

async fn until_listed(world: &World, what: &str, is_so: impl Fn(&str) -> bool) {
    testkit::wait::until(what, Duration::from_secs(60), || {
        let listed = world.succeeds("queue list");
        let so = is_so(&listed);
        async move { if so { Ok(()) } else { Err(listed) } }
    })
    .await;
}
