//! `--wait`: it ends as the cluster says, or as the person does.

use std::time::Duration;

use e2e::{Build, Screen, reports};
use process::Output;

use super::world::{World, assert_told, parsed, transcript};

pub(super) async fn a_wait_ends_as_the_cluster_says(world: &World, first: &Build, second: &Build) {
    let names = [(first, "[first]"), (second, "[second]")];
    let release = |build: &Build| {
        format!("release --service web --artifact {} --env dev --wait --wait-timeout 60s", build.id)
    };
    let mut told = String::new();
    // Whatever runs in dev now, it is none of these two in turn.
    world.run(&format!("release --service web --artifact {} --env dev", second.id));

    let command = release(first);
    let ready = beside(world, &command, async {
        newest(world, &first.id).await;
        reports::ready(&world.stage, "dev", &first.id).await.unwrap();
    });
    told.push_str(&transcript(&command, &ready.await));

    let command = release(second) + " --output json";
    let ready = beside(world, &command, async {
        newest(world, &second.id).await;
        reports::ready(&world.stage, "dev", &second.id).await.unwrap();
    });
    let ready = parsed(&command, &ready.await, "json");
    assert_eq!(ready["results"][0]["rollout"]["state"], "ready", "{ready}");
    assert_eq!(ready["results"][0]["rollout"]["workloads"][0]["name"], "web", "{ready}");
    world.succeeds(&format!("release --service web --artifact {} --env dev", first.id));

    let command = release(second);
    let failed = beside(world, &command, async {
        newest(world, &second.id).await;
        let log = "starting\npanic: no greeting for web\n";
        reports::crashed(&world.stage, "dev", &second.id, log).await.unwrap();
    });
    told.push_str(&transcript(&command, &failed.await));

    let command = format!("release --service web --artifact {} --env dev --wait --wait-timeout 1s", first.id);
    told.push_str(&transcript(&command, &world.run(&command)));

    let command = release(second);
    let replaced = beside(world, &command, async {
        newest(world, &second.id).await;
        world.succeeds(&format!("release --service web --artifact {} --env dev", first.id));
    });
    told.push_str(&transcript(&command, &replaced.await));
    assert_told("waits", &told, &names);
    a_person_stops_waiting(world, second).await;
}

/// Waits until the artifact is what was released to dev last.
async fn newest(world: &World, artifact: &str) {
    testkit::wait::until("the release to land", Duration::from_secs(60), || {
        let config = world.stage.repository("config").unwrap();
        let newest =
            config.log("master").unwrap().into_iter().find(|one| one.subject().starts_with("[dev/web]"));
        let subject = newest.map(|commit| commit.subject().to_owned()).unwrap_or_default();
        async move { if subject.contains(artifact) { Ok(()) } else { Err(subject) } }
    })
    .await;
}

/// Runs a command while something else happens.
async fn beside(world: &World, command: &str, other: impl Future<Output = ()>) -> Output {
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let program = world.stage.hamctl(&words);
    let run = tokio::task::spawn_blocking(move || program.run());
    other.await;
    run.await.unwrap().unwrap()
}

/// Ctrl-C ends the wait and not the release.
async fn a_person_stops_waiting(world: &World, build: &Build) {
    let line = format!("hamctl release --service web --artifact {} --env dev --wait", build.id);
    let shown = tokio::task::block_in_place(|| {
        let mut screen = Screen::new(24, 100);
        let mut running = screen.start(&world.stage, &line).unwrap();
        running.shows("no report from the cluster yet").unwrap();
        running.presses("\x03").unwrap();
        assert_eq!(running.ends().unwrap(), "SIGINT");
        screen.contents()
    });
    assert!(shown.contains("initialized"), "{shown}");
    newest(world, &build.id).await;
}
