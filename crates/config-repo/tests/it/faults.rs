//! The remote is away, refuses, goes silent or changes its past; the process dies.

use config_repo::{ConfigRepo, ReleaseOutcome};
use explain::Explain;

use crate::support::{World, request, said};

#[tokio::test]
async fn a_remote_that_is_away_fails_the_request_and_not_the_reader() {
    let world = World::new();
    let repo = world.open();
    assert_eq!(said(&repo.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    repo.stop();
    let away = world.path().join("away.git");
    std::fs::rename(world.remote(), &away).unwrap();
    let repo = world.open();
    let failed = said(&repo.writer.release(request(2, "dev", "pay", "a-2")).await);
    assert!(failed.starts_with("failed: the config repository cannot be reached: "), "{failed}");
    assert_eq!(repo.reader.status(&"pay".parse().unwrap(), None).unwrap().len(), 1, "what is known is told");
    std::fs::rename(&away, world.remote()).unwrap();
    assert_eq!(said(&repo.writer.release(request(2, "dev", "pay", "a-2")).await), "landed");
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn a_refused_commit_does_not_take_its_neighbours_along() {
    let world = World::new();
    world.hook(
        "update",
        "if git log --format=%s $2..$3 2>/dev/null | grep -q forbidden; then echo forbidden is closed; exit 1; fi",
    );
    world.foreign(&[("README.md", "hello")], "start");
    let repo = world.open();
    let ask = |n: u128, service: &str| repo.writer.release(request(n, "dev", service, "a-1"));
    let (a, b, c, d) = tokio::join!(ask(1, "one"), ask(2, "forbidden"), ask(3, "three"), ask(4, "four"));
    assert_eq!([said(&a), said(&c), said(&d)], ["landed", "landed", "landed"]);
    assert_eq!(
        said(&b),
        "failed: the config repository refused the commit: hook declined: forbidden is closed"
    );
    repo.stop();
}

#[tokio::test]
async fn rewritten_history_stops_writing_until_a_person_says_so() {
    let world = World::new();
    world.foreign(&[("README.md", "1")], "start");
    let repo = world.open();
    assert_eq!(said(&repo.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    let start = world.ask(&["rev-list", "--max-parents=0", "master"]);
    world.ask(&["update-ref", "refs/heads/master", &start]);
    let error = repo.writer.refresh().await.unwrap_err();
    assert_eq!(error.kind(), explain::Kind::Conflict);
    assert_eq!(
        said(&repo.writer.release(request(2, "dev", "pay", "a-2")).await),
        "failed: the history of the config repository was rewritten"
    );
    assert_eq!(world.ask(&["rev-parse", "master"]), start, "nothing was pushed over it");
    assert_eq!(
        repo.reader.status(&"pay".parse().unwrap(), None).unwrap().len(),
        1,
        "the last good state is kept"
    );
    repo.stop();
    let mut options = world.options("state");
    options.accept_rewritten_history = true;
    let repo = world.open_with(options);
    assert_eq!(repo.reader.status(&"pay".parse().unwrap(), None).unwrap().len(), 0);
    assert_eq!(said(&repo.writer.release(request(2, "dev", "pay", "a-2")).await), "landed");
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_out() {
    let world = World::new();
    world.hook("post-receive", "test -e ../hung || { touch ../hung; sleep 60; }");
    let mut options = world.options("state");
    options.remote.deadline = std::time::Duration::from_secs(3);
    let repo = world.open_with(options);
    assert_eq!(said(&repo.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    assert_eq!(world.ask(&["rev-list", "--count", "master"]), "1");
    repo.stop();
}

#[tokio::test]
async fn a_process_that_dies_after_the_push_finds_its_release_when_asked_again() {
    let world = World::new();
    // Another process of ours lands the request, and dies before it can tell: its mirror and index are behind.
    let first = world.open();
    let other = world.open_with(world.options("other"));
    assert_eq!(said(&other.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    assert_eq!(said(&other.writer.release(request(2, "dev", "pay", "a-2")).await), "landed");
    assert_eq!(said(&first.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    assert_eq!(world.ask(&["rev-list", "--count", "master"]), "2", "the old release did not come back");
    first.stop();
    other.stop();
    // Whatever of the folder is lost or broken comes back.
    for broken in ["state/index.redb", "state/mirror.git/refs/heads/master", "state/mirror.git/HEAD"] {
        std::fs::write(world.path().join(broken), "broken").unwrap();
        let repo = world.open();
        assert_eq!(said(&repo.writer.release(request(2, "dev", "pay", "a-2")).await), "landed", "{broken}");
        assert_eq!(
            repo.reader.releases(&"dev".parse().unwrap(), &"pay".parse().unwrap(), 9).unwrap().len(),
            2
        );
        repo.stop();
    }
    assert_eq!(world.ask(&["rev-list", "--count", "master"]), "2");
}

#[tokio::test]
async fn a_mirror_that_breaks_costs_no_request_and_doubles_none() {
    type Damage = fn(&std::path::Path);
    let damages: [(&str, Damage); 4] = [
        ("all gone", |git| std::fs::remove_dir_all(git).unwrap()),
        ("head emptied", |git| std::fs::write(git.join("HEAD"), "").unwrap()),
        ("refs gone", |git| std::fs::remove_dir_all(git.join("refs")).unwrap()),
        ("packs gone", |git| {
            std::fs::remove_dir_all(git.join("objects/pack")).unwrap();
            std::fs::create_dir(git.join("objects/pack")).unwrap();
        }),
    ];
    let world = World::new();
    let git = world.path().join("state/mirror.git");
    let mut repo = world.open();
    assert_eq!(said(&repo.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    for (n, (name, damage)) in (0..).zip(damages) {
        // While it runs, and while it does not.
        damage(&git);
        let asked = request(2 * n + 2, "dev", "pay", &format!("running-{n}"));
        assert_eq!(said(&repo.writer.release(asked.clone()).await), "landed", "{name}");
        assert_eq!(said(&repo.writer.release(asked).await), "landed", "{name}");
        repo.stop();
        damage(&git);
        repo = world.open();
        let asked = request(2 * n + 3, "dev", "pay", &format!("stopped-{n}"));
        assert_eq!(said(&repo.writer.release(asked).await), "landed", "{name}");
        let commits = world.ask(&["rev-list", "--count", "master"]);
        assert_eq!(commits, (2 * n + 3).to_string(), "{name}");
        assert_eq!(repo.reader.status(&"pay".parse().unwrap(), None).unwrap().len(), 1, "{name}");
    }
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn a_remote_that_dies_over_every_push_is_not_called_contention() {
    let world = World::new();
    world.foreign(&[("README.md", "hello")], "start");
    let repo = world.open();
    world.hook("pre-receive", "kill -9 $PPID");
    let outcome = repo.writer.release(request(1, "dev", "pay", "a-1")).await;
    let ReleaseOutcome::Failed(error) = outcome else { panic!("{}", said(&outcome)) };
    assert_eq!(error.kind(), explain::Kind::Unavailable);
    assert!(error.to_string().starts_with("the config repository did not say whether it took"), "{error}");
    std::fs::remove_file(world.remote().join("hooks/pre-receive")).unwrap();
    assert_eq!(said(&repo.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    repo.stop();
}

#[tokio::test]
async fn a_disk_that_takes_no_pack_is_named_and_keeps_the_request() {
    let world = World::new();
    let repo = world.open();
    // Nobody can make a file there, whoever runs the test.
    let packs = world.path().join("state/mirror.git/objects/pack");
    std::fs::remove_dir(&packs).unwrap();
    std::os::unix::fs::symlink("/proc/self/task", &packs).unwrap();
    let outcome = repo.writer.release(request(1, "dev", "pay", "a-1")).await;
    let ReleaseOutcome::Failed(error) = &outcome else { panic!("{}", said(&outcome)) };
    assert_eq!(error.kind(), explain::Kind::Unavailable, "it is to be tried again");
    assert!(said(&outcome).contains("mirror"), "{}", said(&outcome));
    std::fs::remove_file(&packs).unwrap();
    std::fs::create_dir(&packs).unwrap();
    assert_eq!(said(&repo.writer.release(request(1, "dev", "pay", "a-1")).await), "landed");
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn a_second_process_on_the_same_folder_is_told_so() {
    let world = World::new();
    let repo = world.open();
    let Err(error) = ConfigRepo::open(world.options("state")) else { panic!("opened twice") };
    assert_eq!(error.kind(), explain::Kind::Conflict);
    repo.stop();
    world.open().stop();
}
