//! What those who count are told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use config_repo::{Observed, Options, PolicyOutcome, PushEnd};
use policy::PolicyChangeKind;

use crate::support::{World, policy, request, said};

/// What was observed, in words; times left out.
type Told = Arc<Mutex<Vec<String>>>;

fn told(options: Options) -> (Options, Told) {
    let told = Told::default();
    let tell = Arc::clone(&told);
    let observed = Box::new(move |observed| {
        let words = match observed {
            Observed::Waited(_) => "waited".to_owned(),
            Observed::Pushed { requests, end, .. } => format!("{requests} {}", end.as_str()),
            Observed::Conflict { requests } => format!("{requests} in conflict"),
        };
        tell.lock().unwrap().push(words);
    });
    (Options { observed, ..options }, told)
}

fn taken(told: &Told) -> Vec<String> {
    std::mem::take(&mut *told.lock().unwrap())
}

#[tokio::test]
async fn a_lost_race_is_told_once_and_a_request_waits_once() {
    let world = World::new();
    world.foreign(&[("README.md", "hello")], "start");
    let (options, told) = told(world.options("state"));
    let repo = world.open_with(options);
    assert_eq!(said(&repo.writer.release(request(1, "dev", "billing", "a-1")).await), "landed");
    assert_eq!(taken(&told), ["waited", "1 landed"]);
    // What changes nothing is not pushed.
    assert_eq!(said(&repo.writer.release(request(2, "dev", "billing", "a-1")).await), "already there");
    assert_eq!(taken(&told), [""; 0]);
    world.foreign(&[("README.md", "others were first")], "by hand");
    let kind = PolicyChangeKind::ApplyAutoRelease {
        branch: "master".parse().unwrap(),
        environment: "dev".parse().unwrap(),
    };
    let outcome = repo.writer.change_policies(policy("billing", kind)).await;
    assert!(matches!(outcome, PolicyOutcome::Landed { .. }));
    assert_eq!(taken(&told), ["waited", "1 lost", "1 in conflict", "1 landed"]);
    repo.stop();
}

#[tokio::test]
async fn a_remote_that_says_no_is_told_as_such() {
    let world = World::new();
    let (options, told) = told(world.options("state"));
    let repo = world.open_with(options);
    world.hook("pre-receive", "echo no releases on Fridays; exit 1");
    let outcome = repo.writer.release(request(1, "dev", "billing", "a-1")).await;
    assert!(said(&outcome).starts_with("failed: "), "{}", said(&outcome));
    assert_eq!(taken(&told), ["waited".to_owned(), format!("1 {}", PushEnd::Refused.as_str())]);
    repo.stop();
}

#[tokio::test]
async fn the_age_is_that_of_the_last_look_or_landing() {
    let world = World::new();
    let repo = world.open();
    let old = repo.reader.age();
    while repo.reader.age() < old + Duration::from_millis(20) {
        std::thread::yield_now();
    }
    let begun = std::time::Instant::now();
    repo.writer.refresh().await.unwrap();
    assert!(repo.reader.age() <= begun.elapsed());
    assert!(repo.reader.index_bytes() > 0);
    repo.stop();
}
