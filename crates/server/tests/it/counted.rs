//! `/metrics`, as Prometheus reads it, of a server that has worked.

use artifact::Intent;
use reqwest::Method;
use testkit::wait;

use crate::bed::{BRANCH, Bed, PATIENCE, Server, http};

async fn metrics(server: &Server) -> String {
    http().get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap()
}

/// The value of the one sample of this name whose labels are these, in any order.
fn sample(text: &str, name: &str, labels: &[&str]) -> Option<f64> {
    let found = text.lines().filter_map(|line| {
        let (series, value) = line.rsplit_once(' ')?;
        let (of, given) = series.split_once('{').unwrap_or((series, "}"));
        let given = given.strip_suffix('}')?;
        (of == name && labels.iter().all(|label| given.contains(label))).then_some(value)
    });
    let found: Vec<&str> = found.collect();
    assert!(found.len() < 2, "{name}{labels:?}: {found:?}");
    found.first().map(|value| value.parse().unwrap())
}

fn buckets(text: &str, name: &str) -> Vec<String> {
    let start = format!("{name}_bucket{{");
    let bounds = text.lines().filter(|line| line.starts_with(&start));
    let mut bounds: Vec<String> =
        bounds.filter_map(|line| line.split("le=\"").nth(1)?.split('"').next().map(str::to_owned)).collect();
    let all = bounds.iter().position(|bound| bound == "+Inf").unwrap();
    bounds.truncate(all);
    bounds
}

/// Name, type, labels and bounds of the buckets, as the original exposes them; the person is left out.
const ORIGINAL: [(&str, &str, &[&str], &[f64]); 4] = [
    (
        "request_duration_seconds",
        "histogram",
        &["path", "method", "status_code"],
        &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
    ),
    ("release_manager_releases", "counter", &["environment", "service", "intent", "squad"], &[]),
    (
        "release_manager_flow_duration_seconds",
        "histogram",
        &["operation", "outcome"],
        &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0],
    ),
    (
        "release_manager_release_push_duration_seconds",
        "histogram",
        &["outcome"],
        &[0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_the_original_counts_is_counted_by_its_names_types_and_labels() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    // The caller hears first.
    let text = wait::until("the release to be counted", PATIENCE, async || {
        let text = metrics(&server).await;
        if text.contains("release_manager_releases_total{") { Ok(text) } else { Err(text) }
    })
    .await;
    for (name, kind, labels, bounds) in ORIGINAL {
        assert!(text.contains(&format!("# TYPE {name} {kind}\n")), "{name}: {text}");
        for line in text.lines().filter(|line| line.starts_with(name) && line.contains('{')) {
            let inside = line.split_once('{').unwrap().1.rsplit_once('}').unwrap().0;
            let given = inside.split("\",").filter_map(|label| label.split('=').next());
            let mut given: Vec<&str> = given.filter(|label| *label != "le").collect();
            given.sort_unstable();
            let mut labels = labels.to_vec();
            labels.sort_unstable();
            assert_eq!(given, labels, "{line}");
        }
        if !bounds.is_empty() {
            let given: Vec<f64> = buckets(&text, name).iter().map(|bound| bound.parse().unwrap()).collect();
            assert_eq!(given, bounds, "{name}");
        }
    }
    let of_release = ["environment=\"dev\"", "service=\"billing\"", "intent=\"ReleaseArtifact\""];
    assert_eq!(sample(&text, "release_manager_releases_total", &of_release), Some(1.0));
    let flow = ["operation=\"ExecReleaseArtifactID\"", "outcome=\"success\""];
    assert_eq!(sample(&text, "release_manager_flow_duration_seconds_count", &flow), Some(1.0));
    let push = "release_manager_release_push_duration_seconds_count";
    assert_eq!(sample(&text, push, &["outcome=\"success\""]), Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_lost_against_another_writer_is_counted_with_its_batch_and_its_time() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    let fresh = metrics(&server).await;
    assert_eq!(sample(&fresh, "release_manager_config_repo_conflicts_total", &[]), Some(0.0));
    for id in ["master-1", "master-2"] {
        server.upload("billing", id, "master").await;
    }
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    // The server has looked at its start, and looks again a minute later: until then it does not know of this.
    let other = bed.repo.second_writer().unwrap();
    other.push(BRANCH, "notes.txt", "by hand", "Write a note").unwrap();
    server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    let text = metrics(&server).await;
    let of =
        |name: &str, labels: &[&str]| sample(&text, &format!("release_manager_config_repo_{name}"), labels);
    assert_eq!(of("conflicts_total", &[]), Some(1.0), "{text}");
    assert_eq!(of("push_seconds_count", &["outcome=\"landed\""]), Some(2.0), "{text}");
    assert_eq!(of("push_seconds_count", &["outcome=\"lost\""]), Some(1.0), "{text}");
    assert_eq!(of("push_seconds_count", &["outcome=\"refused\""]), Some(0.0), "{text}");
    assert_eq!(of("batch_requests_count", &[]), Some(3.0), "{text}");
    assert_eq!(of("batch_requests_sum", &[]), Some(3.0), "{text}");
    // A request that is sent twice has waited once.
    assert_eq!(of("wait_seconds_count", &[]), Some(2.0), "{text}");
    assert!(of("index_bytes", &[]).unwrap() > 0.0, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_ages_while_the_git_host_is_away_and_is_young_after_a_landing() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let age = async || {
        let text = metrics(&server).await;
        sample(&text, "release_manager_config_repo_index_age_seconds", &[]).unwrap()
    };
    let aged = wait::until("the index to age", PATIENCE, async || {
        let age = age().await;
        if age > 1.0 { Ok(age) } else { Err(age.to_string()) }
    })
    .await;
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert!(age().await < aged, "a landing shows what the remote is");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_makes_up_methods_and_paths_makes_up_no_series() {
    let server = Bed::new().await.start().await;
    let ask = async |method: &str, path: &str| {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = http().request(method, format!("{}{path}", server.url));
        request.header("Authorization", "hamctl-token").send().await.unwrap();
    };
    for n in 0..5 {
        ask(&format!("MADEUP{n}"), "/ping").await;
        ask("GET", &format!("/policies/made/up/{n}?service=billing")).await;
        ask("GET", &format!("/nowhere/{n}")).await;
        ask("GET", &format!("/describe/artifact/service-{n}")).await;
    }
    let text = metrics(&server).await;
    let counts = text.lines().filter(|line| line.starts_with("request_duration_seconds_count"));
    let counts: Vec<&str> = counts.filter(|line| !line.contains("/readyz")).collect();
    let of = |labels: &[&str]| sample(&text, "request_duration_seconds_count", labels);
    assert_eq!(of(&["path=\"/ping\"", "method=\"other\""]), Some(5.0), "{counts:?}");
    // As the original names it, whatever follows.
    assert_eq!(of(&["path=\"/policies\"", "method=\"GET\""]), Some(5.0), "{counts:?}");
    assert_eq!(of(&["path=\"/describe/artifact/{service}\""]), Some(5.0), "{counts:?}");
    assert_eq!(counts.len(), 3, "{counts:?}");
}
