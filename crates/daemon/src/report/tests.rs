//! Stories: what is seen, one line each, and what is told of it.

use kube_status::{FailureReason, PodFailure};

use super::*;
use crate::observe::{Failure, Origin, PodState};

/// A machine, and what it has remembered on disk.
struct Story {
    reports: Reports,
    disk: HashMap<String, Row>,
    now: Timestamp,
}

fn context() -> Context {
    Context { environment: "dev".into(), crash_every: 5 }
}

impl Story {
    fn new() -> Self {
        let now = "2026-11-25T10:00:00Z".parse().unwrap();
        Self { reports: Reports::new(context(), HashMap::new()), disk: HashMap::new(), now }
    }

    fn restart(&mut self) {
        self.reports = Reports::new(context(), self.disk.clone());
    }

    /// What is told when this is seen.
    fn see(&mut self, change: Change) -> Vec<String> {
        let mut step = Step::default();
        self.reports.step(change, self.now, &mut step);
        self.told(step)
    }

    /// What is told when so much time has passed.
    fn wait(&mut self, seconds: i64) -> Vec<String> {
        self.now += jiff::SignedDuration::from_secs(seconds);
        let mut step = Step::default();
        self.reports.tick(self.now, &mut step);
        self.told(step)
    }

    fn told(&mut self, step: Step) -> Vec<String> {
        for (uid, row) in step.rows {
            match row {
                Some(row) => self.disk.insert(uid, row),
                None => self.disk.remove(&uid),
            };
        }
        assert_eq!(self.disk, self.reports.rows, "memory and disk agree");
        step.reports.into_iter().map(|report| report.event.to_string()).collect()
    }
}

const SUCCESS: &str = "success of Deployment payments/billing";
const CRASH: &str = "CrashLoopBackOff of pod payments/billing-x";
const OOM: &str = "OOMKilled of pod payments/billing-x";

fn seen(uid: &str, kind: Kind, name: &str, artifact: &str, subject: Subject) -> Change {
    Change::Seen(Box::new(Observation {
        uid: uid.into(),
        object: ObjectName { kind, namespace: "payments".into(), name: name.into() },
        origin: Origin {
            artifact_id: artifact.into(),
            author_email: "bo@example.test".into(),
            ..Origin::default()
        },
        subject,
    }))
}

fn deployment(artifact: &str, rollout: &str, complete: bool) -> Change {
    let state = WorkloadState { rollout: rollout.into(), complete, available: 1, replicas: 1 };
    seen("d1", Kind::Deployment, "billing", artifact, Subject::Workload(state))
}

fn failure(reason: FailureReason, restarts: i64, instance: &str) -> Failure {
    Failure {
        what: PodFailure {
            container: "app".into(),
            is_init: false,
            reason,
            message: "exit code 1".into(),
            restart_count: restarts,
            instance: instance.into(),
        },
        past: reason == FailureReason::OomKilled,
        due: None,
        logs: (reason == FailureReason::CrashLoopBackOff).then_some(Life::Previous),
    }
}

fn pod(failures: Vec<Failure>, steady_at: Option<&str>) -> Change {
    let workload =
        ObjectName { kind: Kind::Deployment, namespace: "payments".into(), name: "billing".into() };
    let steady_at = steady_at.map(|at| format!("2026-11-25T{at}Z").parse().unwrap());
    let state = PodState { workload: Some(workload), alert_squad: "#ops".into(), failures, steady_at };
    seen("p1", Kind::Pod, "billing-x", "a1", Subject::Pod(state))
}

fn crash(restarts: i64) -> Change {
    pod(vec![failure(FailureReason::CrashLoopBackOff, restarts, &restarts.to_string())], None)
}

fn gone(uid: &str) -> Change {
    Change::Gone { uid: uid.into() }
}

fn listed(kind: Kind, namespace: Option<&str>, uids: &[&str]) -> Change {
    let uids = uids.iter().map(|uid| (*uid).to_owned()).collect();
    Change::Listed { kind, namespace: namespace.map(str::to_owned), uids }
}

#[test]
fn a_success_is_told_once_for_each_artifact_and_rollout() {
    let mut story = Story::new();
    assert_eq!(story.see(deployment("a1", "1", false)), [""; 0]);
    assert_eq!(story.see(deployment("a1", "1", true)), [SUCCESS]);
    assert_eq!(story.see(deployment("a1", "1", true)), [""; 0], "the same again");
    assert_eq!(story.see(deployment("a1", "1", false)), [""; 0], "a node is drained");
    assert_eq!(story.see(deployment("a1", "1", true)), [""; 0]);
    assert_eq!(story.see(deployment("a2", "2", true)), [SUCCESS], "a release");
    assert_eq!(story.see(deployment("a1", "3", true)), [SUCCESS], "a rollback");
    assert_eq!(story.see(deployment("a1", "4", true)), [SUCCESS], "a redeploy of the same artifact");
}

#[test]
fn a_restart_tells_what_was_missed_and_nothing_twice() {
    let mut story = Story::new();
    assert_eq!(story.see(deployment("a1", "1", true)), [SUCCESS]);
    assert_eq!(story.see(crash(1)), [CRASH]);
    story.restart();
    assert_eq!(story.see(crash(2)), [""; 0], "told before the restart");
    story.restart();
    assert_eq!(story.see(deployment("a2", "2", true)), [SUCCESS], "happened while it was down");
}

#[test]
fn what_the_original_daemon_reported_is_not_told_again() {
    let mut story = Story::new();
    let Change::Seen(mut marked) = deployment("a1", "1", true) else { panic!("an object") };
    marked.origin.observed = true;
    assert_eq!(story.see(Change::Seen(marked)), [""; 0]);
    assert_eq!(story.see(deployment("a1", "2", true)), [SUCCESS], "but the next rollout is");
}

#[test]
fn of_many_crashes_the_first_of_each_five_is_told() {
    let mut story = Story::new();
    let told: Vec<i64> = (1..=17).filter(|restarts| !story.see(crash(*restarts)).is_empty()).collect();
    assert_eq!(told, [1, 6, 11, 16]);
    let mut story = Story::new();
    let told: Vec<i64> =
        [4, 4, 5, 8, 9, 13].into_iter().filter(|n| !story.see(crash(*n)).is_empty()).collect();
    assert_eq!(told, [4, 8, 13], "whichever of the five is seen first");
}

#[test]
fn a_crash_asks_for_the_lines_of_the_container_that_crashed() {
    let mut step = Step::default();
    let mut story = Story::new();
    story.reports.step(crash(1), story.now, &mut step);
    let [report] = step.reports.as_slice() else { panic!("{step:?}") };
    let otherwise = "exit code 1".into();
    assert_eq!(report.logs, [LogWish { error: 0, container: "app".into(), life: Life::Previous, otherwise }]);
    assert_eq!(report.lane, "payments/Deployment/billing", "in order with the workload's successes");
}

#[test]
fn a_failing_pod_holds_the_success_back_until_it_has_recovered_for_good() {
    let mut story = Story::new();
    assert_eq!(story.see(deployment("a1", "1", true)), [SUCCESS]);
    assert_eq!(story.see(crash(1)), [CRASH]);
    assert_eq!(story.see(deployment("a1", "1", false)), [""; 0]);
    assert_eq!(story.see(pod(vec![], Some("10:01:10"))), [""; 0], "it runs, but for how long");
    assert_eq!(story.see(deployment("a1", "1", true)), [""; 0]);
    assert_eq!(story.wait(60), [""; 0]);
    assert_eq!(story.reports.wake_at().expect("a time").to_string(), "2026-11-25T10:01:10Z");
    assert_eq!(story.wait(10), [SUCCESS]);
    assert_eq!(story.reports.wake_at(), None);
    assert_eq!(story.see(deployment("a1", "1", true)), [""; 0]);
    assert_eq!(story.see(crash(3)), [CRASH], "a new incident, though it has not crashed five times");
}

#[test]
fn a_crash_that_comes_back_in_time_tells_no_success() {
    let mut story = Story::new();
    assert_eq!(story.see(deployment("a1", "1", true)), [SUCCESS]);
    assert_eq!(story.see(crash(1)), [CRASH]);
    assert_eq!(story.see(pod(vec![], Some("10:01:10"))), [""; 0]);
    assert_eq!(story.see(deployment("a1", "1", true)), [""; 0]);
    assert_eq!(story.see(crash(2)), [""; 0]);
    assert_eq!(story.wait(3600), [""; 0]);
}

#[test]
fn a_failing_pod_that_goes_lets_the_success_pass() {
    let mut story = Story::new();
    assert_eq!(story.see(crash(1)), [CRASH]);
    assert_eq!(story.see(deployment("a1", "1", true)), [""; 0]);
    assert_eq!(story.see(gone("p1")), [SUCCESS]);
}

#[test]
fn a_failing_pod_of_an_older_artifact_holds_nothing_back() {
    let mut story = Story::new();
    assert_eq!(story.see(crash(1)), [CRASH]);
    assert_eq!(story.see(deployment("a2", "2", true)), [SUCCESS]);
}

#[test]
fn one_death_by_memory_is_told_once_however_long_its_trace_stays() {
    let mut story = Story::new();
    let trace = || failure(FailureReason::OomKilled, 1, "life-1");
    assert_eq!(story.see(deployment("a1", "1", true)), [SUCCESS]);
    assert_eq!(story.see(pod(vec![trace()], None)), [OOM]);
    assert_eq!(story.see(pod(vec![trace()], Some("10:01:00"))), [""; 0]);
    assert_eq!(story.wait(60), [SUCCESS], "it has recovered");
    assert_eq!(story.see(pod(vec![trace()], Some("10:01:00"))), [""; 0]);
    story.restart();
    assert_eq!(story.see(pod(vec![trace()], Some("10:01:00"))), [""; 0]);
    assert_eq!(story.see(pod(vec![failure(FailureReason::OomKilled, 7, "life-7")], None)), [OOM]);
}

#[test]
fn another_missing_key_is_another_failure() {
    let mut story = Story::new();
    let missing = |what: &str| pod(vec![failure(FailureReason::CreateContainerConfigError, 0, what)], None);
    let told = ["CreateContainerConfigError of pod payments/billing-x"];
    assert_eq!(story.see(missing("a")), told);
    assert_eq!(story.see(missing("a")), [""; 0]);
    assert_eq!(story.see(missing("b")), told);
}

#[test]
fn what_needs_patience_is_told_when_it_is_due() {
    let mut story = Story::new();
    let mut waits = failure(FailureReason::Unschedulable, 0, "p1");
    waits.due = Some("2026-11-25T10:02:00Z".parse().unwrap());
    assert_eq!(story.see(pod(vec![waits], None)), [""; 0]);
    assert_eq!(story.wait(119), [""; 0]);
    assert_eq!(story.wait(1), ["Unschedulable of pod payments/billing-x"]);
    assert_eq!(story.wait(3600), [""; 0]);
}

#[test]
fn a_job_tells_its_failure_once() {
    let mut story = Story::new();
    let failed = api::JobError { reason: "BackoffLimitExceeded".into(), message: "limit".into() };
    let job =
        |errors: &[api::JobError]| seen("j1", Kind::Job, "migrate", "a1", Subject::Job(errors.to_vec()));
    assert_eq!(story.see(job(&[])), [""; 0]);
    assert_eq!(story.see(job(std::slice::from_ref(&failed))), ["failure of job payments/migrate"]);
    assert_eq!(story.see(job(&[failed])), [""; 0]);
}

#[test]
fn a_cluster_that_comes_back_empty_is_forgotten_and_told_anew() {
    let mut story = Story::new();
    assert_eq!(story.see(deployment("a1", "1", true)), [SUCCESS]);
    assert_eq!(story.see(crash(1)), [CRASH]);
    assert_eq!(story.see(listed(Kind::Pod, Some("elsewhere"), &[])), [""; 0], "not a list of that place");
    assert_eq!(story.disk.len(), 2);
    story.see(listed(Kind::Pod, None, &[]));
    story.see(listed(Kind::Deployment, None, &["other"]));
    assert_eq!(story.disk, HashMap::new());
    assert_eq!(story.see(deployment("a1", "1", true)), [SUCCESS]);
}
