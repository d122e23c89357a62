//! Killed at any point of an apply with prune, it ends with a cluster equal to Git.

use std::time::Duration;

use testkit::wait;

use crate::place::{Place, config_map};

const KILLS: usize = 20;

/// Files of a round: most objects change, some come, some go, one moves to the other service.
fn files(round: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for n in 0..8 {
        let (service, name) = (["cart", "web"][(n + round) % 2], format!("moving-{n}"));
        files.push((service, name));
    }
    for n in 0..8 {
        files.push(("cart", format!("round-{round}-{n}")));
        files.push(("web", format!("kept-{n}")));
    }
    let path = |service: &str, name: &str| format!("dev/releases/shop/{service}/{name}.yaml");
    files
        .into_iter()
        .map(|(service, name)| (path(service, &name), config_map(&name, &round.to_string())))
        .collect()
}

/// Writes are what a kill can cut through: inventory, applies, deletes. A round has more than thirty.
fn writes(place: &Place) -> usize {
    ["POST", "PUT", "PATCH", "DELETE"].map(|method| place.api.count(method, "/")).iter().sum()
}

/// Numbers that look random and are the same in every run.
fn dice(seed: usize) -> usize {
    let mixed = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 40).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_twenty_points_the_cluster_ends_equal_to_git() {
    let mut place = Place::new("it-crash").await;
    let mut round = 0;
    let release = |place: &Place, round: usize| {
        if round > 0 {
            place.remove(&["dev"]);
        }
        let files = files(round);
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        place.push(&files)
    };
    let mut commit = release(&place, round);
    place.controller.start();
    place.controller.healthy(&commit).await;
    // A longer line, so that a request that was seen is not answered yet.
    place.api.network().delay(Duration::from_millis(30));
    let pages = |place: &Place| place.api.count("PUT", "/api/v1/namespaces/release-system");
    let mut n_cut = 0;
    for kill in 0..KILLS {
        round += 1;
        let (until, pages_before) = (writes(&place) + 1 + dice(kill) % 30, pages(&place));
        commit = release(&place, round);
        let reached = async || if writes(&place) >= until { Ok(()) } else { Err(writes(&place)) };
        wait::until("the point to kill at", Duration::from_secs(120), reached).await;
        // The second page of a round strikes out what was deleted: before it, there is work to cut through.
        n_cut += usize::from(pages(&place) < pages_before + 2);
        place.controller.kill();
        place.controller.start();
        place.controller.healthy(&commit).await;
        let mut wanted: Vec<String> = files(round)
            .iter()
            .map(|(path, _)| path.rsplit_once('/').unwrap().1.replace(".yaml", ""))
            .collect();
        wanted.sort();
        assert_eq!(place.config_maps("shop"), wanted.join(" "), "after kill {kill} at write {until}");
        let values = "--output=jsonpath={.items[*].data.value}";
        let selector = "--selector=release-manager.io/environment=dev";
        let values = place.kubectl_ok(&["get", "configmaps", "--namespace=shop", selector, values]);
        assert!(values.split(' ').all(|value| value == round.to_string()), "after kill {kill}: {values}");
    }
    assert!(n_cut >= KILLS / 2, "only {n_cut} of {KILLS} kills cut through work");
}
