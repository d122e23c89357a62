//! Failing pods: what is told of them, and what they hold back.

use api::{ContainerError, PodErrorEvent};
use jiff::Timestamp;

use super::{LogWish, Report, Reports, Row, Step};
use crate::event::Event;
use crate::observe::{Failure, ObjectName, Observation, PodState, Subject};

/// A pod that fails, or failed and has not yet recovered for good.
#[derive(Debug)]
pub(super) struct Troubled {
    pub(super) seen: Observation,
    /// When time alone changes how it stands.
    pub(super) due: Option<Timestamp>,
}

impl Troubled {
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    pub(super) fn workload(&self) -> Option<&ObjectName> {
        match &self.seen.subject {
            Subject::Pod(pod) => pod.workload.as_ref(),
            Subject::Workload(_) | Subject::Job(_) => None,
        }
    }

    /// Whether it is a pod of this state of the workload: one of an older artifact says nothing about it.
    pub(super) fn belongs_to(&self, seen: &Observation) -> bool {
        self.workload() == Some(&seen.object) && self.seen.origin.artifact_id == seen.origin.artifact_id
    }
}

impl Reports {
    pub(super) fn pod(&mut self, seen: Observation, now: Timestamp, step: &mut Step) {
        let Subject::Pod(pod) = &seen.subject else { return };
        let known = self.rows.get(&seen.uid).cloned();
        let was_troubled =
            self.troubled.remove(&seen.uid).is_some() || known.as_ref().is_some_and(|row| row.open);
        let mut row = known.clone().unwrap_or_else(|| Row::pod(&seen));

        let is_due = |failure: &&Failure| failure.due.is_none_or(|due| due <= now);
        let every = self.context.crash_every;
        let news: Vec<&Failure> =
            pod.failures.iter().filter(is_due).filter(|failure| row.tell(&failure.what, every)).collect();
        let is_told = !news.is_empty();
        if is_told {
            row.open = true;
            step.reports.push(self.pod_error(&seen, pod, &news));
            self.disturb(&seen, pod, step);
        }

        let fails = pod.failures.iter().any(|failure| !failure.past);
        let is_steady = pod.steady_at.is_some_and(|at| at <= now);
        let troubled = fails || ((was_troubled || row.open) && !is_steady);
        if !troubled {
            row.recover(&pod.failures);
        }
        if known.is_some() || row.open || !row.told.is_empty() {
            self.remember(&seen.uid, row, step);
        }
        let due = pod
            .failures
            .iter()
            .filter_map(|failure| failure.due)
            .chain(pod.steady_at)
            .filter(|at| *at > now)
            .min();
        let pod = Troubled { due, seen };
        if troubled {
            self.troubled.insert(pod.seen.uid.clone(), pod);
        } else if was_troubled || is_told {
            self.release(&pod, step);
        }
    }

    /// The workload's success, if it was told, is not true any more: it will be told again.
    fn disturb(&mut self, seen: &Observation, pod: &PodState, step: &mut Step) {
        let is_its = |row: &&Row| {
            pod.workload.as_ref() == Some(&row.object) && row.artifact_id == seen.origin.artifact_id
        };
        let found = self.rows.iter().find(|(_, row)| is_its(row));
        let Some((uid, row)) = found.map(|(uid, row)| (uid.clone(), row.clone())) else { return };
        self.remember(&uid, Row { open: true, ..row }, step);
    }

    fn pod_error(&self, seen: &Observation, pod: &PodState, failures: &[&Failure]) -> Report {
        let mut logs = Vec::new();
        let mut errors = Vec::new();
        for Failure { what, logs: life, .. } in failures {
            let mut message = what.message.clone();
            if let Some(life) = life {
                let otherwise = std::mem::take(&mut message);
                let container = what.container.clone();
                logs.push(LogWish { error: errors.len(), container, life: *life, otherwise });
            }
            let reason = what.reason.as_str().to_owned();
            errors.push(ContainerError { name: what.container.clone(), message, reason });
        }
        let troubles: Vec<String> =
            errors.iter().map(|error| format!("{}/{}", error.name, error.reason)).collect();
        let event = Event::PodError(PodErrorEvent {
            pod_name: seen.object.name.clone(),
            namespace: seen.object.namespace.clone(),
            errors,
            author_email: seen.origin.author_email.clone(),
            environment: self.context.environment.clone(),
            artifact_id: seen.origin.artifact_id.clone(),
            squad: seen.origin.squad.clone(),
            alert_squad: pod.alert_squad.clone(),
        });
        Report {
            lane: pod.workload.as_ref().unwrap_or(&seen.object).to_string(),
            supersedes: Some(format!("{} {}", seen.uid, troubles.join(" "))),
            event,
            logs,
        }
    }
}
