//! What has become of a unit.

use kube_status::Health;

use super::Machine;
use super::event::Effect;
use super::unit::Unit;
use crate::live::Sight;
use crate::name::UnitName;
use crate::object::ObjectRef;
use crate::plan::Facts;
use crate::problem::Problem;
use crate::report::{Happening, ObjectReport, UnitReport, UnitState};

/// What one object adds to the state of its unit.
struct Verdict {
    state: UnitState,
    text: String,
    problem: Option<Problem>,
}

impl Machine {
    /// Tells people when the state of a unit, or the reason for it, is another one.
    pub(super) fn judge_unit(&mut self, name: &UnitName) {
        let Some(unit) = self.units.get(name) else { return };
        let report = self.judge(name, unit);
        let now = (report.state, report.message(), report.version.clone());
        if unit.told.as_ref() == Some(&now) {
            return;
        }
        if let Some(unit) = self.units.get_mut(name) {
            unit.told = Some(now);
        }
        self.effects.push(Effect::Tell(Happening::Unit(report)));
    }

    pub(super) fn judge(&self, name: &UnitName, unit: &Unit) -> UnitReport {
        let verdicts: Vec<(&ObjectRef, Verdict)> =
            unit.wanted.iter().map(|object| (object, self.verdict(name, unit, object))).collect();
        let mut state = verdicts.iter().map(|(_, verdict)| rank(verdict.state)).max().unwrap_or(0);
        let mut problems = self.unit_problems(unit);
        if !problems.is_empty() {
            state = rank(UnitState::Failing);
        }
        problems.extend(verdicts.iter().filter_map(|(_, verdict)| verdict.problem.clone()));
        if self.is_held(name) {
            state = state.max(rank(UnitState::Held));
            problems.extend(self.held_problem());
        } else if !unit.plan.doomed.is_empty() || unit.plan.is_pruning {
            state = state.max(rank(UnitState::Applying));
        }
        let is_unknown = !self.link.is_up() || self.loading.contains(name) && unit.goal.is_none();
        if is_unknown && problems.is_empty() {
            state = rank(UnitState::Pending);
        }
        problems.sort();
        problems.dedup();
        let mut objects: Vec<ObjectReport> = verdicts
            .into_iter()
            .map(|(object, verdict)| ObjectReport { object: object.clone(), state: verdict.text })
            .collect();
        objects.extend(unit.plan.kept.iter().map(|(object, why)| ObjectReport {
            object: object.clone(),
            state: format!("not wanted any more and kept: {why}"),
        }));
        UnitReport {
            unit: name.clone(),
            version: unit.source.as_ref().map(|source| source.version.clone()),
            revision: unit.revision.clone(),
            state: BY_RANK[state],
            problems,
            objects,
        }
    }

    fn unit_problems(&self, unit: &Unit) -> Vec<Problem> {
        let mut problems = unit.clashes.clone();
        problems.extend(unit.broken.iter().flat_map(|broken| broken.problems.iter().cloned()));
        problems.extend(unit.unreadable.iter().map(|(why, _)| Problem::new(why)));
        problems.extend(unit.unserved.iter().filter(|_| self.link.is_up()).map(|manifest| {
            let message =
                format!("the cluster does not serve the kind of {} {}", manifest.kind, manifest.name);
            Problem::at(manifest.place.clone(), message)
        }));
        problems
    }

    fn held_problem(&self) -> Option<Problem> {
        let held = self.held.as_ref()?;
        Some(Problem::new(format!(
            "deleting {} of {} objects waits for approval: kubectl annotate --overwrite namespace {} {}={}",
            held.n_doomed,
            held.n_objects,
            super::OWN_NAMESPACE,
            crate::name::APPROVE_ANNOTATION,
            held.token,
        )))
    }

    fn verdict(&self, name: &UnitName, unit: &Unit, object: &ObjectRef) -> Verdict {
        let at = |state, text: String| {
            let place = self.world.claims.get(object).and_then(|claims| claims.get(name));
            let message = format!("{object}: {text}");
            let place = place.map(|manifest| manifest.place.clone());
            Verdict { state, text, problem: Some(Problem { place, message }) }
        };
        if let Some(owner) = self.world.owner(object).filter(|owner| *owner != name) {
            return at(UnitState::Failing, format!("it belongs to {owner}, which wants it too"));
        }
        let tracked = self.world.objects.get(object);
        if let Some(refusal) = tracked.and_then(|tracked| tracked.refusal.as_ref()) {
            return at(UnitState::Failing, refusal.fault.message.clone());
        }
        if !self.holds(object) {
            let blocked = unit.blocked.iter().find(|(blocked, _)| blocked == object);
            return match blocked {
                Some((_, what)) => at(UnitState::Applying, what.clone()),
                None => Verdict { state: UnitState::Applying, text: "not applied yet".into(), problem: None },
            };
        }
        let Sight::Present(live) = self.world.sight(object) else {
            return Verdict { state: UnitState::Applying, text: "not applied yet".into(), problem: None };
        };
        match (&live.health, self.pod_failure(object)) {
            (Health::Current, _) => {
                Verdict { state: UnitState::Healthy, text: "current".into(), problem: None }
            }
            (Health::InProgress(_) | Health::Failed(_), Some(failure)) => at(UnitState::Failing, failure),
            (Health::Failed(why), None) => at(UnitState::Failing, why.clone()),
            (Health::InProgress(why), None) => at(UnitState::Progressing, why.clone()),
            (Health::Terminating, _) => at(UnitState::Applying, "it is being deleted".into()),
        }
    }

    /// The first pod of a workload that fails, and why.
    fn pod_failure(&self, workload: &ObjectRef) -> Option<String> {
        let (pod, failures) = self.world.failing_pods.get(workload)?.first_key_value()?;
        Some(format!("pod {pod}: {}", failures.join(", ")))
    }
}

/// States, the one that decides over the others last.
const BY_RANK: [UnitState; 6] = [
    UnitState::Healthy,
    UnitState::Pending,
    UnitState::Progressing,
    UnitState::Applying,
    UnitState::Held,
    UnitState::Failing,
];

fn rank(state: UnitState) -> usize {
    BY_RANK.iter().position(|it| *it == state).unwrap_or(0)
}
