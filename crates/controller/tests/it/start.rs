//! What is said when peers are away from the start.

use testkit::wait;

use crate::controller::PATIENCE;
use crate::place::{Place, config_map};

/// The text without what is another one in every run.
fn steady(place: &Place, text: &str) -> String {
    let port = |address: std::net::SocketAddr| address.port().to_string();
    text.replace(place.config.ssh_url(), "ssh://git@HOST/config.git")
        .replace(&port(place.host.ssh().addr()), "PORT")
        .replace(&port(place.api.network().addr()), "PORT")
}

/// Waits for two more fetches that fail.
async fn fails_again(place: &Place) {
    let n_failed = async || {
        let metrics = place.controller.get("/metrics").await;
        let counter = "release_controller_git_faults_total ";
        let value = metrics.lines().find_map(|line| line.strip_prefix(counter)).unwrap();
        value.parse::<u64>().unwrap()
    };
    let before = n_failed().await;
    let more = async || match n_failed().await {
        seen if seen > before + 1 => Ok(()),
        seen => Err(format!("{before}, then {seen}")),
    };
    wait::until("two more failures", PATIENCE, more).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_away_is_named_once_with_the_next_step_and_found_when_it_comes() {
    let mut place = Place::new("it-start").await;
    let commit = place.push(&[("dev/releases/shop/cart/config.yaml", &config_map("cart", "1"))]);
    place.host.down().await;
    place.api.network().refuse().await;
    place.controller.start();

    let git = place.controller.logged("the config repository cannot be read").await;
    insta::assert_snapshot!(steady(&place, &git[0]), @"ERROR the config repository cannot be read, and what is known stays enforced: cannot reach the Git repository ssh://git@HOST/config.git: ssh: connect to host 127.0.0.1 port PORT: Connection refused; Could not read from remote repository. (check the address and that the Git host is up, then try again)");
    let cluster = place.controller.logged("the cluster").await;
    insta::assert_snapshot!(steady(&place, &cluster[0]), @"ERROR cannot use the cluster at http://127.0.0.1:PORT/: client error (Connect): tcp connect error: Connection refused (os error 111) (check the address of the cluster and the network; it is tried again)");
    let text = place.controller.readyz(503, "cluster: cannot").await;
    insta::assert_snapshot!(steady(&place, &text), @r"
    cluster: cannot use the cluster at http://127.0.0.1:PORT/: client error (Connect): tcp connect error: Connection refused (os error 111) (check the address of the cluster and the network; it is tried again)
    git: cannot reach the Git repository ssh://git@HOST/config.git: ssh: connect to host 127.0.0.1 port PORT: Connection refused; Could not read from remote repository. (check the address and that the Git host is up, then try again)
    ");

    fails_again(&place).await;
    place.host.up().await;
    place.controller.logged("INFO the config repository can be read again").await;
    place.api.network().heal().await;
    place.controller.logged("INFO connected to the cluster").await;
    place.controller.healthy(&commit).await;
    assert_eq!(place.controller.readyz(200, "").await, "ready\n");
    assert_eq!(place.controller.log("the config repository cannot be read").len(), 1);
    assert_eq!(place.controller.log("cannot use the cluster").len(), 1);

    place.host.down().await;
    place.controller.readyz(503, "git: cannot reach").await;
    fails_again(&place).await;
    place.host.up().await;
    place.controller.readyz(200, "").await;
    assert_eq!(place.controller.log("the config repository cannot be read").len(), 2, "once a change");
    assert_eq!(place.controller.log("the config repository can be read again").len(), 2);
}
