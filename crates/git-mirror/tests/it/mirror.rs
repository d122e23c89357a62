//! Fetch, batch, push, and the ways in which they meet others.

use explain::Explain;
use git_mirror::{Change, Mirror, Movement, PushOutcome, Remote};

use crate::support::{World, add, commit, git_ok, put, remove};

#[test]
fn a_batch_lands_as_it_was_built_with_one_push() {
    let world = World::new();
    world.hook("post-receive", "echo pushed >> ../pushes");
    let mut mirror = world.mirror();
    let mut batch = mirror.batch().unwrap();
    assert_eq!(batch.head(), None);
    let first = add(&mut batch, &[put("dev/a.yaml", "1"), put("dev/b.yaml", "1")], "first\n");
    let files = batch.snapshot().unwrap().unwrap();
    assert_eq!(files.blob(&"dev/a.yaml".parse().unwrap()).unwrap().as_deref(), Some(b"1".as_slice()));
    let second = add(&mut batch, &[put("dev/a.yaml", "2"), remove("dev/b.yaml")], "second\n");
    assert_eq!(world.remote_tip(), None, "nothing is seen before the push");
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    assert_eq!((world.remote_tip(), mirror.tip().unwrap()), (Some(second), Some(second)));
    assert_eq!(world.ask(&["rev-list", "master"]), format!("{second}\n{first}"));
    assert_eq!(world.ask(&["show", "master:dev/a.yaml"]), "2");
    assert_eq!(world.ask(&["ls-tree", "-r", "--name-only", "master"]), "dev/a.yaml");
    assert_eq!(
        world.ask(&["log", "-1", "--format=%an <%ae> %aI|%cn <%ce> %cI|%B", "master"]),
        "Ida Holm <ida@example.test> 2026-01-05T09:14:02+01:00|Release Manager <rm@example.test> 2026-01-05T09:14:02+01:00|second"
    );
    assert_eq!(std::fs::read_to_string(world.path().join("pushes")).unwrap(), "pushed\n");
    world.fsck();
}

#[test]
fn changes_follow_their_order_and_equal_files_make_no_commit() {
    let world = World::new();
    let mut mirror = world.mirror();
    let mut batch = mirror.batch().unwrap();
    assert_eq!(batch.commit(&[remove("gone")], &commit("nothing"), None).unwrap(), None);
    add(&mut batch, &[put("a/b/c", "1"), put("a/d", "1"), put("e", "1")], "start");
    let same = [remove("a/b"), put("a/b/c", "1"), remove("nowhere/at/all"), remove("e/below-a-file")];
    assert_eq!(batch.commit(&same, &commit("nothing"), None).unwrap(), None);
    add(
        &mut batch,
        &[put("a/b", "a file where a folder was"), put("e/f", "and the other way"), remove("a/d")],
        "swap",
    );
    add(
        &mut batch,
        &[Change::Put { path: "run.sh".parse().unwrap(), content: b"#!".to_vec(), executable: true }],
        "run",
    );
    add(
        &mut batch,
        &[put("x", "1"), put("x/y", "2"), put("x.a", "3"), put("x-a", "4"), put("x0", "5")],
        "order",
    );
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    assert_eq!(
        world.ask(&["ls-tree", "-r", "master", "--format=%(objectmode) %(path)"]),
        "100644 a/b\n100644 e/f\n100755 run.sh\n100644 x-a\n100644 x.a\n100644 x/y\n100644 x0"
    );
    let mut batch = mirror.batch().unwrap();
    add(&mut batch, &["a", "e", "run.sh", "x", "x.a", "x-a", "x0"].map(remove), "empty");
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    assert_eq!(world.ask(&["ls-tree", "-r", "master"]), "");
    world.fsck();
}

#[test]
fn a_second_writer_wins_and_nothing_of_ours_is_seen() {
    let world = World::new();
    world.foreign(&[("a", "1")], "start");
    let mut mirror = world.mirror();
    assert_eq!(mirror.fetch().unwrap().movement, Movement::FastForward);
    let mut batch = mirror.batch().unwrap();
    let ours = add(&mut batch, &[put("b", "1")], "ours");
    let theirs = world.foreign(&[("c", "1")], "theirs");
    assert!(matches!(mirror.push(&batch).unwrap(), PushOutcome::Lost(_)));
    assert_eq!(mirror.tip().unwrap(), batch.base());
    let fetched = mirror.fetch().unwrap();
    assert_eq!(
        (fetched.before, fetched.after, fetched.movement),
        (batch.base(), Some(theirs), Movement::FastForward)
    );
    let mut again = mirror.batch().unwrap();
    let landed = add(&mut again, &[put("b", "1")], "ours");
    assert_ne!(landed, ours);
    assert_eq!(mirror.push(&again).unwrap(), PushOutcome::Pushed);
    assert_eq!(world.ask(&["log", "--format=%s", "master"]), "ours\ntheirs\nstart");
    world.fsck();
}

#[test]
fn a_remote_that_went_back_is_never_pushed_forward_again() {
    let world = World::new();
    let first = world.foreign(&[("a", "1")], "first");
    world.foreign(&[("a", "2")], "second");
    let mut mirror = world.mirror();
    mirror.fetch().unwrap();
    let mut batch = mirror.batch().unwrap();
    add(&mut batch, &[put("b", "1")], "ours");
    world.ask(&["update-ref", "refs/heads/master", &first.to_string()]);
    // A plain push would be a fast-forward from the remote's point of view.
    assert!(matches!(mirror.push(&batch).unwrap(), PushOutcome::Lost(_)));
    let fetched = mirror.fetch().unwrap();
    assert_eq!((fetched.after, fetched.movement), (Some(first), Movement::Rewritten));
    assert_eq!(mirror.tip().unwrap(), batch.base(), "our branch stays");
    assert_eq!(mirror.accept_rewrite().unwrap(), Some(first));
    assert_eq!(mirror.tip().unwrap(), Some(first));
}

#[test]
fn unrelated_history_and_a_deleted_branch_hold_our_branch() {
    let world = World::new();
    let first = world.foreign(&[("a", "1")], "first");
    let mut mirror = world.mirror();
    mirror.fetch().unwrap();
    let tree = world.ask(&["rev-parse", "master^{tree}"]);
    let other = git_ok(&world.remote_path(), &["commit-tree", &tree, "-m", "another root"]);
    world.ask(&["update-ref", "refs/heads/master", &other]);
    assert_eq!(mirror.fetch().unwrap().movement, Movement::Rewritten);
    world.ask(&["update-ref", "-d", "refs/heads/master"]);
    let gone = mirror.fetch().unwrap();
    assert_eq!((gone.after, gone.movement), (None, Movement::Rewritten));
    assert_eq!(mirror.tip().unwrap(), Some(first));
}

#[test]
fn a_hook_that_says_no_is_quoted() {
    let world = World::new();
    world.hook("pre-receive", "echo prod is closed; exit 1");
    let mut mirror = world.mirror();
    let mut batch = mirror.batch().unwrap();
    add(&mut batch, &[put("a", "1")], "ours");
    assert_eq!(
        mirror.push(&batch).unwrap(),
        PushOutcome::Refused("pre-receive hook declined: prod is closed".into())
    );
    assert_eq!(mirror.tip().unwrap(), None);
}

#[test]
fn an_answer_that_does_not_come_is_unknown_and_learnt_by_fetch() {
    let world = World::new();
    world.hook("post-receive", "sleep 60");
    let remote = Remote { deadline: std::time::Duration::from_secs(3), ..world.remote() };
    let mut mirror = Mirror::open(&world.path().join("mirror"), remote).unwrap();
    let mut batch = mirror.batch().unwrap();
    let ours = add(&mut batch, &[put("a", "1")], "ours");
    assert!(matches!(mirror.push(&batch).unwrap(), PushOutcome::Unknown(_)));
    assert_eq!(mirror.tip().unwrap(), None, "our branch waits for proof");
    assert_eq!(mirror.fetch().unwrap().after, Some(ours));
    assert_eq!(mirror.tip().unwrap(), Some(ours));
}

#[test]
fn a_push_is_over_when_it_is_accepted_and_few_are_left_to_the_remote() {
    let world = World::new();
    let mut mirror = world.mirror();
    let push = |mirror: &mut Mirror, number: usize| {
        let mut batch = mirror.batch().unwrap();
        let head = add(&mut batch, &[put("a", &number.to_string())], "ours");
        assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
        assert_eq!(world.remote_tip(), Some(head));
    };
    push(&mut mirror, 0);
    // Every run says how many there are, and stays until it is let go.
    std::fs::create_dir(world.path().join("runs")).unwrap();
    world.hook(
        "post-receive",
        "mkdir ../runs/$$; ls ../runs | wc -l >> ../counts; until [ -e ../go ]; do sleep 0.01; done; rmdir ../runs/$$",
    );
    (1..=4).for_each(|number| push(&mut mirror, number));
    let counts = || std::fs::read_to_string(world.path().join("counts")).unwrap_or_default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // The fifth waits for its remote, in which there are five runs then.
            while counts().lines().count() < 5 {
                std::thread::yield_now();
            }
            std::fs::write(world.path().join("go"), "").unwrap();
        });
        (5..=8).for_each(|number| push(&mut mirror, number));
    });
    assert!(counts().lines().all(|count| count.trim().parse::<usize>().unwrap() <= 5), "{}", counts());
    world.fsck();
}

#[test]
fn a_remote_that_is_not_there_is_named_with_a_next_step() {
    let world = World::new();
    std::fs::rename(world.remote_path(), world.path().join("moved.git")).unwrap();
    let mut mirror = world.mirror();
    let error = mirror.fetch().unwrap_err();
    assert_eq!(error.kind(), explain::Kind::Unavailable);
    assert!(error.to_string().starts_with("cannot reach the Git repository /"), "{error}");
    assert_eq!(error.next_step(), "check the address and that the Git host is up, then try again");
    let mut batch = mirror.batch().unwrap();
    add(&mut batch, &[put("a", "1")], "ours");
    assert!(matches!(mirror.push(&batch).unwrap(), PushOutcome::Unreachable(_)));
}
