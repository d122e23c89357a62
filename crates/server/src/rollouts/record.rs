//! What is known of one artifact in one place. Pure.

use api::{Rollout, RolloutFailure, RolloutState, WorkloadCount};
use artifact::WireTime;
use config_repo::Workload;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Report, Source};

/// The same report within this time is a repetition; later it is the same thing happening again.
const REPEATED_SECONDS: i64 = 60;

/// Failures kept of one artifact; a rollout that fails in more ways is understood by fewer.
const MAX_FAILURES: usize = 20;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    workloads: Vec<WorkloadCount>,
    failures: Vec<RolloutFailure>,
    observed: WireTime,
    /// Kinds and names of the workloads that have to come up; `None` while nobody knows.
    expected: Option<Vec<(String, String)>>,
    /// The last failure reports as they came, with when they did.
    recent: Vec<(String, i64)>,
    /// The report that was taken in last, and whether it said anything new.
    last: Option<(Uuid, bool)>,
}

impl Record {
    /// A row of the file; one that cannot be read is none.
    pub(super) fn read(row: &[u8]) -> Option<Self> {
        serde_json::from_slice(row).ok()
    }

    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a struct of texts and numbers can be written as JSON")
    }

    pub(super) fn observed_second(&self) -> i64 {
        self.observed.instant().as_second()
    }

    /// Whether it was observed since the artifact was released, and not when it ran there an earlier time.
    pub(super) fn is_of_release(&self, since: Option<Timestamp>) -> bool {
        // A commit has whole seconds.
        since.is_none_or(|since| self.observed_second() >= since.as_second())
    }

    pub(super) fn knows_what_is_expected(&self) -> bool {
        self.expected.is_some()
    }

    /// Learns what has to come up; what is known stays when nobody knows better.
    pub(super) fn expect(&mut self, workloads: Option<Vec<Workload>>) {
        let reported = |workload: Workload| workload.is_reported.then_some((workload.kind, workload.name));
        if let Some(workloads) = workloads {
            self.expected = Some(workloads.into_iter().filter_map(reported).collect());
        }
    }

    pub(super) fn rollout(self, artifact: &str) -> Rollout {
        let is_up = |(kind, name): &&(String, String)| {
            self.workloads.iter().any(|workload| workload.kind == *kind && workload.name == *name)
        };
        let expected = self.expected.as_deref().unwrap_or_default();
        let missing = expected.iter().filter(|workload| !is_up(workload)).count();
        let state = match (self.failures.is_empty(), self.workloads.is_empty()) {
            (false, _) => RolloutState::Failed,
            (true, false) if missing > 0 => RolloutState::Progressing,
            (true, false) => RolloutState::Ready,
            (true, true) => RolloutState::Unknown,
        };
        let expected_workloads = match self.expected {
            Some(_) => self.workloads.len() + missing,
            None => 0,
        };
        Rollout {
            state,
            artifact_id: artifact.to_owned(),
            workloads: self.workloads,
            expected_workloads,
            failures: self.failures,
            observed_at: self.observed,
        }
    }

    /// Whether the report says anything new. Asked again of the same one, the answer is the same.
    pub(super) fn take_in(&mut self, report: &Report, source: Source) -> bool {
        if let Some((_, is_news)) = self.last.filter(|(id, _)| *id == source.id) {
            return is_news;
        }
        let is_news = self.apply(report, source.at);
        self.last = Some((source.id, is_news));
        is_news
    }

    fn apply(&mut self, report: &Report, now: Timestamp) -> bool {
        self.observed = WireTime::utc(now);
        match report {
            Report::Deploy(event) => {
                let count = WorkloadCount {
                    kind: event.resource_type.clone(),
                    name: event.name.clone(),
                    available: event.available_pods,
                    desired: event.replicas,
                };
                self.up(count)
            }
            Report::PodError(event) => {
                let failures = event.errors.iter().map(|error| RolloutFailure {
                    object: event.pod_name.clone(),
                    container: error.name.clone(),
                    reason: error.reason.clone(),
                    message: error.message.clone(),
                });
                let failures: Vec<RolloutFailure> = failures.collect();
                self.failed(failures, serde_json::to_string(event).unwrap_or_default(), now)
            }
            Report::JobError(event) => {
                let failures = event.errors.iter().map(|error| RolloutFailure {
                    object: event.job_name.clone(),
                    container: String::new(),
                    reason: error.reason.clone(),
                    message: error.message.clone(),
                });
                let failures: Vec<RolloutFailure> = failures.collect();
                self.failed(failures, serde_json::to_string(event).unwrap_or_default(), now)
            }
        }
    }

    /// A workload is up: what failed of it before is over.
    fn up(&mut self, count: WorkloadCount) -> bool {
        let of_workload = format!("{}-", count.name);
        let before = self.failures.len();
        self.failures.retain(|failure| !failure.object.starts_with(&of_workload));
        let healed = self.failures.len() < before;
        self.recent.clear();
        match self.workloads.iter_mut().find(|known| known.kind == count.kind && known.name == count.name) {
            Some(known) if *known == count => healed,
            Some(known) => {
                *known = count;
                true
            }
            None => {
                self.workloads.push(count);
                true
            }
        }
    }

    fn failed(&mut self, failures: Vec<RolloutFailure>, report: String, now: Timestamp) -> bool {
        let now = now.as_second();
        self.recent.retain(|(_, at)| now - at < REPEATED_SECONDS);
        if self.recent.iter().any(|(known, _)| *known == report) {
            return false;
        }
        self.recent.push((report, now));
        for failure in failures {
            let same = |known: &RolloutFailure| {
                known.object == failure.object
                    && known.container == failure.container
                    && known.reason == failure.reason
            };
            match self.failures.iter_mut().find(|known| same(known)) {
                Some(known) => *known = failure,
                None => self.failures.push(failure),
            }
        }
        let surplus = self.failures.len().saturating_sub(MAX_FAILURES);
        self.failures.drain(..surplus);
        true
    }
}

#[cfg(test)]
mod tests {
    use api::{ContainerError, DeployEvent, PodErrorEvent};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Takes in a report as a new one.
    fn take_in(record: &mut Record, report: &Report, at: Timestamp) -> bool {
        record.take_in(report, Source { id: Uuid::new_v4(), at })
    }

    fn deploy(available_pods: i64) -> Report {
        Report::Deploy(DeployEvent {
            name: "billing".into(),
            resource_type: "Deployment".into(),
            available_pods,
            replicas: 2,
            ..DeployEvent::default()
        })
    }

    fn crash(message: &str) -> Report {
        let error =
            ContainerError { name: "app".into(), message: message.into(), reason: "CrashLoopBackOff".into() };
        Report::PodError(PodErrorEvent {
            pod_name: "billing-5d9c-abcde".into(),
            errors: vec![error],
            ..PodErrorEvent::default()
        })
    }

    #[test]
    fn a_failure_shows_until_its_workload_is_up() {
        let mut record = Record::default();
        assert!(take_in(&mut record, &deploy(2), at(0)));
        assert!(take_in(&mut record, &crash("panic"), at(1)));
        let rollout = record.clone().rollout("a-1");
        assert_eq!((rollout.state, rollout.failures[0].message.as_str()), (RolloutState::Failed, "panic"));
        assert!(take_in(&mut record, &deploy(2), at(2)), "it is news that the failure is over");
        assert_eq!(record.rollout("a-1").state, RolloutState::Ready);
    }

    #[test]
    fn a_rollout_is_ready_when_every_workload_of_its_manifests_is_up() {
        let workload = |kind: &str, name: &str, is_reported| Workload {
            kind: kind.into(),
            name: name.into(),
            is_reported,
        };
        let mut record = Record::default();
        record.expect(Some(vec![
            workload("Deployment", "billing", true),
            workload("StatefulSet", "db", true),
            workload("DaemonSet", "quiet", false),
        ]));
        take_in(&mut record, &deploy(2), at(0));
        record.expect(None);
        let rollout = record.clone().rollout("a-1");
        assert_eq!(
            (rollout.state, rollout.workloads.len(), rollout.expected_workloads),
            (RolloutState::Progressing, 1, 2)
        );
        let db =
            DeployEvent { name: "db".into(), resource_type: "StatefulSet".into(), ..DeployEvent::default() };
        take_in(&mut record, &Report::Deploy(db), at(1));
        let rollout = record.rollout("a-1");
        assert_eq!((rollout.state, rollout.expected_workloads), (RolloutState::Ready, 2));
    }

    #[test]
    fn what_was_seen_before_the_release_is_not_about_it() {
        let mut record = Record::default();
        take_in(&mut record, &deploy(2), at(10));
        assert!(record.is_of_release(None));
        assert!(record.is_of_release(Some(at(10))));
        assert!(!record.is_of_release(Some(at(11))));
    }

    #[test]
    fn a_repeated_report_is_no_news_but_the_same_failure_later_is() {
        let mut record = Record::default();
        assert!(take_in(&mut record, &crash("panic"), at(0)));
        assert!(!take_in(&mut record, &crash("panic"), at(5)));
        assert!(take_in(&mut record, &crash("other"), at(6)));
        assert!(take_in(&mut record, &crash("panic"), at(300)));
        assert_eq!(record.rollout("a-1").failures.len(), 1, "of one container the last is kept");
        let mut record = Record::default();
        assert!(take_in(&mut record, &deploy(2), at(0)));
        assert!(!take_in(&mut record, &deploy(2), at(500)));
        assert!(take_in(&mut record, &deploy(3), at(501)));
    }

    #[test]
    fn a_report_that_was_interrupted_says_the_same_again() {
        let mut record = Record::default();
        let first = Source { id: Uuid::from_u128(1), at: at(0) };
        assert!(record.take_in(&crash("panic"), first));
        let mut record = Record::read(&record.write()).unwrap();
        assert!(record.take_in(&crash("panic"), first), "it may not have been told of");
        let again = Source { id: Uuid::from_u128(2), at: at(1) };
        assert!(!record.take_in(&crash("panic"), again), "the daemon reports again");
        assert!(!record.take_in(&crash("panic"), again));
    }
}
