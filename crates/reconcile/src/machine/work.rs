//! From plans to requests, and what their answers mean.

use std::collections::BTreeSet;

use super::event::{Effect, Timer};
use super::world::{Refusal, Work};
use super::{Machine, OWN_NAMESPACE, backoff};
use crate::drift::Applied;
use crate::fault::{Fault, FaultKind};
use crate::live::Live;
use crate::name::UnitName;
use crate::object::{GroupKind, ObjectRef};
use crate::plan::{Goal, Prune, plan};
use crate::report::Happening;

/// A request that waits for its turn.
#[derive(Debug)]
pub(super) enum Job {
    Apply(ObjectRef),
    Delete(Prune),
}

/// Why an object cannot be applied now.
enum Block {
    /// It is being worked on, or waits to be tried again.
    Busy,
    /// This has to happen first.
    Until(String),
}

impl Machine {
    pub(super) fn plan_unit(&mut self, name: &UnitName) {
        let Some(unit) = self.units.get(name) else { return };
        let goal =
            if unit.is_complete() { Goal::Complete(&unit.wanted) } else { Goal::Partial(&unit.wanted) };
        let stored = self.world.ledger.stored(name);
        let plan = plan(name, goal, stored, &self.world);
        let is_gone =
            unit.source.is_none() && self.tree.is_some() && plan.record.is_empty() && stored.is_empty();
        // A write under way may strike out what is wanted again by now: it is recorded anew before it is applied.
        let holds = |object: &&ObjectRef| self.world.ledger.holds(name, object);
        let is_settled =
            plan.record == unit.wanted && plan.record == *stored && plan.record.iter().all(|it| holds(&it));
        let apply: Vec<ObjectRef> = plan.apply.iter().filter(holds).cloned().collect();
        if is_settled {
            self.lingering.remove(name);
        } else {
            self.lingering.insert(name.clone());
        }
        if is_gone {
            self.units.remove(name);
            self.lingering.remove(name);
            return;
        }
        self.world.ledger.want(name, plan.record.clone());
        if let Some(unit) = self.units.get_mut(name) {
            unit.plan = plan;
            unit.blocked.clear();
            unit.blocked_on.clear();
        }
        self.queue_applies(name, apply);
        self.judge_unit(name);
    }

    /// Queues what can be applied now. Workloads wait for what they use: pods that start before their configuration
    /// is there would raise a false alarm.
    fn queue_applies(&mut self, name: &UnitName, apply: Vec<ObjectRef>) {
        let first_workload = GroupKind::new("apps", "DaemonSet").order();
        let mut needs_are_under_way = false;
        for object in apply {
            let is_workload = object.kind.order() >= first_workload;
            if is_workload && needs_are_under_way {
                continue;
            }
            match self.block(name, &object) {
                None => {
                    self.world.objects.entry(object.clone()).or_default().work = Work::Queued;
                    self.queue.push_back(Job::Apply(object.clone()));
                }
                Some(Block::Busy) => {}
                Some(Block::Until(what)) => {
                    if let Some(unit) = self.units.get_mut(name) {
                        unit.blocked.push((object.clone(), what));
                    }
                }
            }
            let work = self.world.objects.get(&object).map(|tracked| tracked.work);
            needs_are_under_way |= !is_workload && matches!(work, Some(Work::Queued | Work::InFlight));
        }
    }

    fn block(&mut self, name: &UnitName, object: &ObjectRef) -> Option<Block> {
        let fingerprint = self.world.wanted(object)?.fingerprint;
        let tracked = self.world.objects.entry(object.clone()).or_default();
        match (tracked.work, &tracked.refusal) {
            (Work::Idle, _) => {}
            // Another try with what was refused waits its time; something new does not.
            (Work::Resting, Some(refusal)) if refusal.fingerprint != fingerprint => tracked.work = Work::Idle,
            (Work::Resting | Work::Queued | Work::InFlight, _) => return Some(Block::Busy),
        }
        if !self.world.is_synced(&object.kind) {
            let failure = self.world.watches.get(&object.kind).and_then(|watch| watch.failure.as_ref());
            let why = failure.map(|why| format!(": {why}")).unwrap_or_default();
            return Some(Block::Until(format!("the watch of {} has not caught up{why}", object.kind)));
        }
        let manifest = self.world.wanted(object)?;
        if !self.world.catalog.serves(manifest) {
            let message =
                format!("the cluster does not serve {} in version {}", object.kind, manifest.version);
            return Some(Block::Until(message));
        }
        self.namespace_block(name, &object.namespace)
    }

    fn namespace_block(&mut self, name: &UnitName, namespace: &str) -> Option<Block> {
        if namespace.is_empty() {
            return None;
        }
        let unit = self.units.get_mut(name)?;
        let is_own = unit.source.as_ref().is_some_and(|source| &*source.namespace == namespace);
        let what = match self.world.namespace(namespace) {
            Some(live) if live.terminating => "is being deleted",
            Some(_) => return None,
            None if is_own => "is being made",
            None => "does not exist",
        };
        unit.blocked_on.insert(namespace.into());
        if is_own {
            self.has_namespace(namespace);
        }
        Some(Block::Until(format!("namespace {namespace} {what}")))
    }

    /// Starts as many queued requests as may be under way.
    pub(super) fn start_jobs(&mut self) {
        while let Some(job) = self.queue.front() {
            let is_void = match job {
                Job::Apply(object) => self.world.wanted(object).is_none(),
                Job::Delete(prune) => self.world.claims.contains_key(&prune.object),
            };
            if !is_void && !self.pace.start() {
                return;
            }
            let Some(job) = self.queue.pop_front() else { return };
            let object = match &job {
                Job::Apply(object) | Job::Delete(Prune { object, .. }) => object.clone(),
            };
            let effect = if is_void { None } else { self.request(job) };
            let tracked = self.world.objects.entry(object.clone()).or_default();
            match effect {
                Some(effect) => {
                    tracked.work = Work::InFlight;
                    tracked.at_start = tracked.live.as_ref().map(|live| live.resource_version);
                    self.effects.push(effect);
                }
                None => {
                    tracked.work = Work::Idle;
                    self.world.forget_if_idle(&object);
                }
            }
        }
    }

    fn request(&self, job: Job) -> Option<Effect> {
        match job {
            Job::Apply(object) => {
                let manifest = self.world.wanted(&object)?.clone();
                let resource = self.world.catalog.resource(&object.kind)?.clone();
                let fingerprint = manifest.fingerprint;
                Some(Effect::Apply { object, resource, manifest, fingerprint })
            }
            Job::Delete(prune) => {
                let resource = self.world.catalog.resource(&prune.object.kind)?.clone();
                Some(Effect::Delete { prune, resource })
            }
        }
    }

    pub(super) fn applied(
        &mut self,
        object: &ObjectRef,
        fingerprint: u64,
        outcome: Result<Box<Live>, Fault>,
    ) {
        self.concerned(object);
        match outcome {
            Ok(live) => {
                self.pace.ended();
                self.totals.applies += 1;
                self.has_applied(object, fingerprint, *live);
            }
            Err(fault) => self.refused(object, fingerprint, fault),
        }
    }

    fn has_applied(&mut self, object: &ObjectRef, fingerprint: u64, live: Live) {
        let tracked = self.world.objects.entry(object.clone()).or_default();
        tracked.work = Work::Idle;
        tracked.refusal = None;
        let is_news =
            tracked.live.as_ref().is_none_or(|known| known.resource_version < live.resource_version);
        let has_changed = tracked.at_start.is_none_or(|version| version < live.resource_version);
        let was_the_same = tracked.applied.as_ref().is_some_and(|applied| applied.fingerprint == fingerprint);
        let content = tracked.live.as_ref().filter(|known| known.resource_version == live.resource_version);
        tracked.applied = Some(Applied {
            fingerprint,
            uid: live.uid.clone(),
            resource_version: live.resource_version,
            generation: live.generation,
            content: content.and_then(|known| known.content),
        });
        // The watch may have shown this very write, or a later one, already; it knows more.
        if is_news {
            tracked.live = Some(live);
        }
        if was_the_same && has_changed {
            self.totals.repairs += 1;
            self.effects.push(Effect::Tell(Happening::Repaired(object.clone())));
        }
    }

    pub(super) fn deleted(&mut self, object: &ObjectRef, outcome: Result<(), Fault>) {
        self.concerned(object);
        let tracked = self.world.objects.entry(object.clone()).or_default();
        match outcome {
            Ok(()) => {
                tracked.work = Work::Idle;
                // Gone, when the watch says so; until then not to be deleted again.
                if let Some(live) = &mut tracked.live {
                    live.terminating = true;
                }
                self.pace.ended();
                self.totals.deletes += 1;
                self.effects.push(Effect::Tell(Happening::Pruned(object.clone())));
            }
            // Somebody else was faster; the watch tells what is there now.
            Err(fault) if matches!(fault.kind, FaultKind::NotFound | FaultKind::Conflict) => {
                tracked.work = Work::Idle;
                self.pace.ended();
            }
            Err(fault) => self.refused(object, 0, fault),
        }
        self.world.forget_if_idle(object);
    }

    fn refused(&mut self, object: &ObjectRef, fingerprint: u64, fault: Fault) {
        let tracked = self.world.objects.entry(object.clone()).or_default();
        let before = tracked.refusal.as_ref().filter(|refusal| refusal.fingerprint == fingerprint);
        let attempt = before.map_or(0, |refusal| refusal.attempt + 1);
        tracked.work = Work::Resting;
        tracked.refusal = Some(Refusal { fault: fault.clone(), fingerprint, attempt });
        match fault.kind {
            FaultKind::Throttled(after) => {
                self.totals.throttles += 1;
                if self.pace.throttled() {
                    let wait = after.unwrap_or_else(|| backoff(0));
                    self.effects.push(Effect::Wake(Timer::Pace, wait));
                }
            }
            FaultKind::Unreachable
            | FaultKind::Server
            | FaultKind::Conflict
            | FaultKind::NotFound
            | FaultKind::Forbidden
            | FaultKind::Invalid => self.pace.ended(),
        }
        self.note_fault(&fault);
        self.wake(Timer::Object(object.clone(), attempt), attempt);
    }

    pub(super) fn try_again(&mut self, object: &ObjectRef, attempt: u32) {
        self.concerned(object);
        if let Some(tracked) = self.world.objects.get_mut(object)
            && tracked.work == Work::Resting
            && tracked.refusal.as_ref().is_none_or(|refusal| refusal.attempt == attempt)
        {
            tracked.work = Work::Idle;
        }
        self.world.forget_if_idle(object);
    }

    /// Marks the units that want an object, or may want to be rid of it.
    fn concerned(&mut self, object: &ObjectRef) {
        let claims = self.world.claims.get(object).into_iter().flat_map(|claims| claims.keys());
        let live = self.world.objects.get(object).and_then(|tracked| tracked.live.as_ref());
        let named = live.and_then(|live| live.unit.as_ref()).filter(|unit| self.units.contains_key(*unit));
        let recorded = self.lingering.iter().filter(|unit| self.world.ledger.stored(unit).contains(object));
        let marked: BTreeSet<UnitName> = claims.chain(named).chain(recorded).cloned().collect();
        self.dirty.extend(marked);
    }

    /// Whether approvals can be read: our own namespace is known.
    pub(super) fn approval(&self) -> Option<&str> {
        let live = self.world.namespace(OWN_NAMESPACE)?;
        let found = live.annotations.iter().find(|(key, _)| &**key == crate::name::APPROVE_ANNOTATION)?;
        Some(&found.1)
    }
}
