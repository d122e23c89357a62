use api::DeployEvent;
use tempfile::TempDir;

use super::*;
use crate::observe::{Kind, ObjectName};

const LIMITS: Limits = Limits { pending: 4, dead: 2 };

fn now() -> Timestamp {
    "2026-11-25T10:00:00Z".parse().unwrap()
}

fn entry(lane: &str, supersedes: Option<&str>, artifact: &str) -> Entry {
    let event = Event::Deploy(DeployEvent { artifact_id: artifact.into(), ..DeployEvent::default() });
    Entry { lane: lane.into(), supersedes: supersedes.map(str::to_owned), queued_at: now(), event }
}

fn row(artifact: &str) -> Row {
    let object = ObjectName { kind: Kind::Job, namespace: "n".into(), name: "j".into() };
    Row {
        object,
        artifact_id: artifact.into(),
        rollout: String::new(),
        open: false,
        told: std::collections::BTreeMap::new(),
    }
}

/// The artifacts that wait, in the order in which they would be delivered.
fn drain(outbox: &Outbox) -> Vec<String> {
    let mut artifacts = Vec::new();
    while let Some(next) = outbox.next(|_| true) {
        let Event::Deploy(event) = outbox.read(next.key).unwrap().expect("an entry").event else {
            panic!("another event")
        };
        artifacts.push(event.artifact_id);
        outbox.settle(&[(next.key, None)], now()).unwrap();
    }
    artifacts
}

/// What a process that was killed leaves behind: the bytes on disk, with nobody having closed the file.
fn killed(dir: &TempDir) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(dir.path().join(FILE_NAME), copy.path().join(FILE_NAME)).unwrap();
    copy
}

#[test]
fn what_was_committed_survives_a_kill_and_comes_out_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path(), LIMITS).unwrap();
    let rows = [("u1".to_owned(), Some(row("a"))), ("u2".to_owned(), Some(row("b")))];
    outbox.commit(&[entry("x", None, "a"), entry("y", None, "b")], &rows).unwrap();
    outbox.commit(&[entry("x", None, "c")], &[("u2".to_owned(), None)]).unwrap();

    let copy = killed(&dir);
    let reopened = Outbox::open(copy.path(), LIMITS).unwrap();
    assert_eq!(reopened.told().unwrap(), HashMap::from([("u1".to_owned(), row("a"))]));
    assert_eq!(*reopened.depth().borrow(), Depth { pending: 3, oldest: Some(now()) });
    assert_eq!(drain(&reopened), ["a", "b", "c"]);
    assert_eq!(drain(&Outbox::open(killed(&copy).path(), LIMITS).unwrap()), [""; 0]);
}

#[test]
fn a_lane_is_never_overtaken() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path(), LIMITS).unwrap();
    outbox.commit(&[entry("x", None, "a"), entry("x", None, "b"), entry("y", None, "c")], &[]).unwrap();
    let next = outbox.next(|lane| lane != "x").expect("the other lane");
    assert_eq!((next.key, &*next.lane), (2, "y"));
    assert_eq!(outbox.next(|lane| lane == "z"), None);
}

#[test]
fn a_newer_success_replaces_an_unsent_one_of_the_same_object() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path(), LIMITS).unwrap();
    let success = |lane: &str, artifact: &str| entry(lane, Some("success"), artifact);
    outbox.commit(&[success("x", "a"), entry("x", None, "crash"), success("y", "b")], &[]).unwrap();
    let dropped = outbox.commit(&[success("x", "c"), success("x", "d")], &[]).unwrap();
    assert_eq!(dropped, Dropped { superseded: 2, overflowed: 0 });
    assert_eq!(drain(&outbox), ["crash", "b", "d"]);
}

#[test]
fn an_entry_replaced_while_it_is_posted_may_still_be_settled() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path(), LIMITS).unwrap();
    outbox.commit(&[entry("x", Some("success"), "a")], &[]).unwrap();
    let posted = outbox.next(|_| true).expect("an entry");
    outbox.commit(&[entry("x", Some("success"), "b")], &[]).unwrap();
    outbox.settle(&[(posted.key, None)], now()).unwrap();
    assert_eq!(drain(&outbox), ["b"]);
}

#[test]
fn when_it_is_full_the_oldest_goes_and_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path(), LIMITS).unwrap();
    let entries: Vec<Entry> = (0..4).map(|n| entry(&format!("lane-{n}"), None, &n.to_string())).collect();
    outbox.commit(&entries, &[]).unwrap();
    let dropped = outbox.commit(&[entry("x", None, "4"), entry("x", None, "5")], &[]).unwrap();
    assert_eq!(dropped, Dropped { superseded: 0, overflowed: 2 });
    assert_eq!(drain(&outbox), ["2", "3", "4", "5"]);
}

#[test]
fn refused_events_are_kept_the_newest_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path(), LIMITS).unwrap();
    for artifact in ["a", "b", "c"] {
        outbox.commit(&[entry("x", None, artifact)], &[]).unwrap();
        let key = outbox.next(|_| true).expect("an entry").key;
        outbox.settle(&[(key, Some(format!("400 {artifact}")))], now()).unwrap();
    }
    drop(outbox);
    let outbox = Outbox::open(dir.path(), LIMITS).unwrap();
    let reasons = |outbox: &Outbox| {
        outbox.dead_letters().unwrap().into_iter().map(|letter| letter.reason).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&outbox), ["400 b", "400 c"]);
    // The keys of dead letters are not given again.
    outbox.commit(&[entry("x", None, "d")], &[]).unwrap();
    let key = outbox.next(|_| true).expect("an entry").key;
    outbox.settle(&[(key, Some("400 d".into()))], now()).unwrap();
    assert_eq!(reasons(&outbox), ["400 c", "400 d"]);
}

#[test]
fn a_second_daemon_is_told_to_use_another_directory() {
    let dir = tempfile::tempdir().unwrap();
    let _first = Outbox::open(dir.path(), LIMITS).unwrap();
    let error = Outbox::open(dir.path(), LIMITS).expect_err("it is in use");
    assert!(matches!(error, OutboxError::InUse { .. }), "{error:?}");
}
