//! The commands that change something, and how they end.

use e2e::{Build, Screen};

use super::world::{World, assert_told};
use super::{data, waits};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn releases_rollbacks_policies_and_waits_tell_the_truth() {
    let (world, first, second) = World::with_releases().await;
    data::every_change_is_data(&world, &first.id, &second.id);
    let names = [(&first, "[first]"), (&second, "[second]")];
    let told = world.transcript(&[
        "promote --service web --env staging",
        "promote --service web --env staging",
        "rollback --service web --env staging --yes",
        &format!("rollback --service web --env staging --to {}", second.id),
        &format!("release --service web --artifact {} --env dev,stagign", first.id),
        &format!("release --service web --artifact {} --env dev,staging", first.id),
        "release --service wbe --branch master --env dev",
        "rollback --service web --env prod --yes",
        "rollback --service web --env staging",
        "rollback --service web --env stagign --yes",
        "policy apply auto-release --service web --branch master --env dev",
        "policy apply auto-release --service web --branch master --env dvv",
        "policy apply branch-restriction --service web --branch-regex ^release/ --env prod",
        "policy list --service web",
        &format!("release --service web --artifact {} --env prod", second.id),
        &format!("release --service web --artifact {} --env prod --dry-run", second.id),
        &format!("release --service web --artifact {} --env dev,prod --output json", second.id),
        "policy delete --service web auto-release-master-dev nope",
        "policy delete --service web nope",
        "policy delete --service web branch-restriction-prod",
        "policy list --service web",
    ]);
    assert_told("releases", &told, &names);
    a_person_rolls_back(&world, &first, &second);
    waits::a_wait_ends_as_the_cluster_says(&world, &first, &second).await;
    let config = world.stage.repository("config").unwrap();
    config.fsck().unwrap();
    assert!(!config.file("master", "staging/releases/staging/web/artifact.json").unwrap().is_empty());
}

/// On a terminal, with the arrow keys, and not at all after Ctrl-C.
fn a_person_rolls_back(world: &World, first: &Build, second: &Build) {
    tokio::task::block_in_place(|| {
        let rollback = "hamctl rollback --service web --env staging";
        let before = world.succeeds("history --service web --env staging").lines().count();
        let mut screen = Screen::new(24, 100);
        let mut running = screen.start(&world.stage, rollback).unwrap();
        running.shows("Esc to cancel").unwrap();
        running.presses("\x03").unwrap();
        assert_eq!(running.ends().unwrap(), "exit 6");
        let shown = screen.contents();
        assert!(shown.ends_with("error: cancelled"), "{shown}");
        assert_eq!(world.succeeds("history --service web --env staging").lines().count(), before);

        let mut screen = Screen::new(24, 100);
        let mut running = screen.start(&world.stage, rollback).unwrap();
        running.shows("Esc to cancel").unwrap();
        // From the one before down to #3: #2 is of the artifact that runs.
        for key in ["\x1b[B", "\x1b[B"] {
            running.presses(key).unwrap();
            running.shows("Esc to cancel").unwrap();
        }
        running.presses("\r").unwrap();
        assert_eq!(running.ends().unwrap(), "exit 0");
        let shown = screen.contents();
        assert!(shown.contains("Which release to rollback 'staging' to?\n> #3 "), "{shown}");
        assert!(shown.contains("[✓] Starting rollback of service web to "), "{shown}");
        let last = world.data("history --service web --env staging --limit 1").0;
        assert_eq!(last["releases"][0]["intent"]["type"], "Rollback");
        let artifact = last["releases"][0]["artifactId"].as_str().unwrap();
        assert!([&*first.id, &*second.id].contains(&artifact) && shown.contains(artifact), "{shown}");
    });
}
