//! Many callers, and a second server.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use config_repo::ReleaseOutcome;
use tokio::task::JoinSet;

use crate::support::{World, request, said};

#[tokio::test]
async fn two_hundred_callers_land_exactly_once_each_with_few_pushes() {
    let world = World::new();
    world.hook("post-receive", "echo x >> ../pushes");
    let repo = world.open();
    let mut callers = JoinSet::new();
    for n in 0..200u128 {
        let writer = repo.writer.clone();
        callers.spawn(async move {
            let asked = request(
                n + 1,
                ["dev", "staging", "prod"][n as usize % 3],
                &format!("s{}", n % 90),
                &format!("a-{n}"),
            );
            writer.release(asked).await
        });
    }
    let mut commits = HashSet::new();
    while let Some(outcome) = callers.join_next().await {
        match outcome.unwrap() {
            ReleaseOutcome::Landed { commit, .. } => assert!(commits.insert(commit)),
            other => panic!("{}", said(&other)),
        }
    }
    assert_eq!(commits.len(), 200);
    assert_eq!(world.ask(&["rev-list", "--count", "master"]), "200");
    let pushes = std::fs::read_to_string(world.path().join("pushes")).unwrap().lines().count();
    assert!(pushes < 50, "{pushes} pushes for 200 callers");
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn two_servers_and_a_person_push_at_once_and_nothing_is_lost_or_doubled() {
    let world = Arc::new(World::new());
    world.foreign(&[("README.md", "hello")], "start");
    let repos = [world.open_with(world.options("one")), world.open_with(world.options("two"))];
    let mut callers = JoinSet::new();
    for n in 0..40u128 {
        // Both servers get every request: a retry that reached the other replica.
        for repo in &repos {
            let writer = repo.writer.clone();
            callers.spawn(async move {
                writer.release(request(n + 1, "dev", &format!("s{n}"), &format!("a-{n}"))).await
            });
        }
    }
    let person = Arc::clone(&world);
    let pushes = tokio::task::spawn_blocking(move || {
        let pushed = |n: &u8| {
            let work = person.path().join("work");
            crate::support::git_ok(&work, &["pull", "--quiet", "--rebase", "origin", "master"]);
            std::fs::write(work.join("note"), n.to_string()).unwrap();
            crate::support::git_ok(&work, &["add", "."]);
            crate::support::git_ok(&work, &["commit", "--quiet", "-m", "by hand"]);
            crate::support::git(&work, &["push", "--quiet", "origin", "HEAD:master"]).succeeded()
        };
        (0..5u8).filter(pushed).count()
    });
    while let Some(outcome) = callers.join_next().await {
        assert_eq!(said(&outcome.unwrap()), "landed");
    }
    pushes.await.unwrap();
    let titles = world.ask(&["log", "--format=%s", "master"]);
    for n in 0..40 {
        let title = format!("[dev/s{n}] release a-{n} by ida@example.test");
        assert_eq!(titles.lines().filter(|line| *line == title).count(), 1, "{title}");
    }
    assert_eq!(world.ask(&["show", "master:README.md"]), "hello");
    repos.into_iter().for_each(crate::support::Running::stop);
    world.fsck();
}

#[tokio::test]
async fn what_is_read_while_releases_land_is_one_of_them_whole_and_never_an_older_one() {
    let world = World::new();
    let repo = world.open();
    assert_eq!(said(&repo.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    let (reader, done) = (repo.reader.clone(), Arc::new(AtomicBool::new(false)));
    let stop = Arc::clone(&done);
    let reading = tokio::task::spawn_blocking(move || {
        let service = "pay".parse().unwrap();
        let (mut reads, mut newest) = (0, 0);
        while !stop.load(Ordering::Relaxed) {
            let [row] = reader.status(&service, None).unwrap().try_into().expect("one environment");
            let id = row.spec.unwrap().id;
            let landed = row.landed.unwrap_or_else(|| panic!("{id} runs and nobody released it"));
            assert_eq!(landed.record.artifact, id);
            let number: u32 = id.trim_start_matches("a-").parse().unwrap();
            assert!(number >= newest, "a-{number} after a-{newest}");
            (reads, newest) = (reads + 1, number);
        }
        (reads, newest)
    });
    for n in 2..=60 {
        assert_eq!(said(&repo.writer.release(request(n, "dev", "pay", &format!("a-{n}"))).await), "landed");
    }
    done.store(true, Ordering::Relaxed);
    let (reads, newest) = reading.await.unwrap();
    assert!(reads > 60 && newest >= 59, "{reads} reads up to a-{newest}");
    repo.stop();
}

#[tokio::test]
async fn releases_of_one_service_land_in_the_order_they_were_asked_for() {
    let world = World::new();
    let repo = world.open();
    let mut callers = JoinSet::new();
    for n in 1..=30 {
        let writer = repo.writer.clone();
        callers.spawn(async move { writer.release(request(n, "dev", "pay", &format!("a-{n}"))).await });
    }
    while let Some(outcome) = callers.join_next().await {
        assert_eq!(said(&outcome.unwrap()), "landed");
    }
    let titles = world.ask(&["log", "--reverse", "--format=%s", "master"]);
    let expected: Vec<_> = (1..=30).map(|n| format!("[dev/pay] release a-{n} by ida@example.test")).collect();
    assert_eq!(titles.lines().collect::<Vec<_>>(), expected);
    repo.stop();
}
