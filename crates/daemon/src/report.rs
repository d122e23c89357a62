//! Decides what is worth telling: from what is seen now and what has been told before, to events.
//!
//! It looks at states, never at edges, so it makes no difference whether a change was watched or happened while the
//! daemon was down. It is a pure machine: time comes in as a value, [`Step`] says what to post and what to remember.
//!
//! A rollout is told once for each artifact and each change of its pod template. A failing pod holds back the success
//! of its workload: a container that crashes every ten seconds is "available" in between. Once it has recovered, or
//! is gone, the success is told, again if need be, and that is what clears the failure on the server.

mod pods;
mod row;

use std::collections::{HashMap, HashSet};

use api::{DeployEvent, JobErrorEvent};
use jiff::Timestamp;

use crate::event::Event;
use crate::observe::{Kind, Life, ObjectName, Observation, Subject, WorkloadState};
use pods::Troubled;
pub use row::{Row, Told};

/// What the machine has to know beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The environment, put into every event.
    pub environment: String,
    /// Of so many crashes of a container, the first is told.
    pub crash_every: u64,
}

/// What has come from a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An annotated object, new or changed.
    Seen(Box<Observation>),
    /// An object that is gone, going, or not ours any more.
    Gone {
        /// This incarnation of it.
        uid: String,
    },
    /// Everything there is of a kind has been seen.
    Listed {
        /// The kind.
        kind: Kind,
        /// The namespace, when only one is watched.
        namespace: Option<String>,
        /// All that is there.
        uids: HashSet<String>,
    },
}

/// What to do: all of it, or nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What to post, in this order.
    pub reports: Vec<Report>,
    /// What to remember of an object, or to forget it.
    pub rows: Vec<(String, Option<Row>)>,
}

/// An event, and what it still lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Events of one lane are posted in order.
    pub lane: String,
    /// An unsent event of the same lane with this key is not worth sending any more.
    pub supersedes: Option<String>,
    /// The event.
    pub event: Event,
    /// Log lines to fetch into its messages.
    pub logs: Vec<LogWish>,
}

/// Log lines wanted for one message of a pod event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogWish {
    /// Which of the event's errors.
    pub error: usize,
    /// The container that crashed.
    pub container: String,
    /// Which life of it.
    pub life: Life,
    /// The message when it has left no lines.
    pub otherwise: String,
}

/// The machine.
#[derive(Debug)]
pub struct Reports {
    context: Context,
    rows: HashMap<String, Row>,
    /// The workloads as they are, to look at again when a pod stands no longer against their success.
    workloads: HashMap<ObjectName, Observation>,
    /// Pods that fail, or failed and have not yet recovered for good.
    troubled: HashMap<String, Troubled>,
}

impl Reports {
    /// A machine that remembers what was told before.
    #[must_use]
    pub fn new(context: Context, rows: HashMap<String, Row>) -> Self {
        Self { context, rows, workloads: HashMap::new(), troubled: HashMap::new() }
    }

    /// Takes one change in.
    pub fn step(&mut self, change: Change, now: Timestamp, step: &mut Step) {
        match change {
            Change::Seen(seen) => match &seen.subject {
                Subject::Workload(state) => {
                    self.workload(&seen, state, step);
                    self.workloads.insert(seen.object.clone(), *seen);
                }
                Subject::Job(errors) => self.job(&seen, errors, step),
                Subject::Pod(_) => self.pod(*seen, now, step),
            },
            Change::Gone { uid } => self.gone(&uid, step),
            Change::Listed { kind, namespace, uids } => self.listed(kind, namespace.as_deref(), &uids, step),
        }
    }

    /// Looks again at the pods for which time alone makes a difference.
    pub fn tick(&mut self, now: Timestamp, step: &mut Step) {
        let due: Vec<String> =
            self.troubled.iter().filter(|(_, pod)| pod.is_due(now)).map(|(uid, _)| uid.clone()).collect();
        for uid in due {
            if let Some(pod) = self.troubled.remove(&uid) {
                self.pod(pod.seen, now, step);
            }
        }
    }

    /// When [`Self::tick`] has something to do.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.troubled.values().filter_map(|pod| pod.due).min()
    }

    fn workload(&mut self, seen: &Observation, state: &WorkloadState, step: &mut Step) {
        let told = match self.rows.get(&seen.uid) {
            Some(row) => row.covers(&seen.origin.artifact_id, &state.rollout),
            None if seen.origin.observed => {
                self.remember(&seen.uid, Row::workload(seen, state), step);
                true
            }
            None => false,
        };
        let is_held_back = || self.troubled.values().any(|pod| pod.belongs_to(seen));
        if told || !state.complete || is_held_back() {
            return;
        }
        step.reports.push(self.deploy(seen, state));
        self.remember(&seen.uid, Row::workload(seen, state), step);
    }

    fn deploy(&self, seen: &Observation, state: &WorkloadState) -> Report {
        let event = Event::Deploy(DeployEvent {
            name: seen.object.name.clone(),
            namespace: seen.object.namespace.clone(),
            resource_type: seen.object.kind.as_str().into(),
            available_pods: state.available,
            replicas: state.replicas,
            artifact_id: seen.origin.artifact_id.clone(),
            author_email: seen.origin.author_email.clone(),
            squad: seen.origin.squad.clone(),
            environment: self.context.environment.clone(),
        });
        Report { lane: seen.object.to_string(), supersedes: Some("success".into()), event, logs: Vec::new() }
    }

    fn job(&mut self, seen: &Observation, errors: &[api::JobError], step: &mut Step) {
        let told = match self.rows.get(&seen.uid) {
            Some(row) => row.covers(&seen.origin.artifact_id, ""),
            None => seen.origin.observed,
        };
        if told || errors.is_empty() {
            return;
        }
        let event = Event::JobError(JobErrorEvent {
            job_name: seen.object.name.clone(),
            namespace: seen.object.namespace.clone(),
            errors: errors.to_vec(),
            author_email: seen.origin.author_email.clone(),
            environment: self.context.environment.clone(),
            artifact_id: seen.origin.artifact_id.clone(),
            squad: seen.origin.squad.clone(),
        });
        let lane = seen.object.to_string();
        step.reports.push(Report { lane, supersedes: None, event, logs: Vec::new() });
        self.remember(&seen.uid, Row::job(seen), step);
    }

    fn gone(&mut self, uid: &str, step: &mut Step) {
        if self.rows.remove(uid).is_some() {
            step.rows.push((uid.to_owned(), None));
        }
        self.workloads.retain(|_, workload| workload.uid != uid);
        if let Some(pod) = self.troubled.remove(uid) {
            self.release(&pod, step);
        }
    }

    fn listed(&mut self, kind: Kind, namespace: Option<&str>, uids: &HashSet<String>, step: &mut Step) {
        let in_scope = |object: &ObjectName| {
            object.kind == kind && namespace.is_none_or(|only| only == object.namespace)
        };
        let rows = self.rows.iter().filter(|(_, row)| in_scope(&row.object)).map(|(uid, _)| uid);
        let live = self.workloads.values().filter(|live| in_scope(&live.object)).map(|live| &live.uid);
        let pods = self.troubled.iter().filter(|(_, pod)| in_scope(&pod.seen.object)).map(|(uid, _)| uid);
        let gone: HashSet<String> =
            rows.chain(live).chain(pods).filter(|uid| !uids.contains(*uid)).cloned().collect();
        for uid in gone {
            self.gone(&uid, step);
        }
    }

    /// Tells the success that this pod stood against, unless another one still does.
    fn release(&mut self, pod: &Troubled, step: &mut Step) {
        let Some(live) = pod.workload().and_then(|workload| self.workloads.get(workload)).cloned() else {
            return;
        };
        if let Subject::Workload(state) = &live.subject {
            self.workload(&live, state, step);
        }
    }

    fn remember(&mut self, uid: &str, row: Row, step: &mut Step) {
        if self.rows.get(uid) != Some(&row) {
            step.rows.push((uid.to_owned(), Some(row.clone())));
            self.rows.insert(uid.to_owned(), row);
        }
    }
}

#[cfg(test)]
mod tests;
