//! When deletes may start.

use std::collections::BTreeSet;

use super::Machine;
use super::event::Effect;
use super::work::Job;
use super::world::Work;
use crate::guard::held;
use crate::name::UnitName;
use crate::object::ObjectRef;
use crate::plan::{Facts, Prune};
use crate::report::Happening;

impl Machine {
    /// Queues the deletes that nothing stands against. All units are looked at together: only when every one is
    /// known can an object be said to be wanted by none, and can the number of deletes be judged.
    pub(super) fn start_prunes(&mut self) {
        if self.tree.is_none()
            || !self.loading.is_empty()
            || !self.dirty.is_empty()
            || !self.all_kinds_are_known()
        {
            return;
        }
        let doomed: BTreeSet<&ObjectRef> = self
            .lingering
            .iter()
            .filter_map(|name| self.units.get(name))
            .flat_map(|unit| &unit.plan.doomed)
            .filter(|object| !self.is_doubted(object))
            .collect();
        let waits = if doomed.is_empty() || doomed.iter().all(|object| self.approved.contains(*object)) {
            None
        } else {
            held(self.settings.prune_limit, &doomed, self.world.ledger.n_objects())
        };
        let Some(waits) = waits else {
            let doomed: BTreeSet<ObjectRef> = doomed.into_iter().cloned().collect();
            return self.prune(&doomed);
        };
        let is_approved =
            self.approval().is_some_and(|tokens| tokens.split(',').any(|it| it.trim() == waits.token));
        if is_approved {
            self.approved = doomed.into_iter().cloned().collect();
            let doomed = self.approved.clone();
            return self.prune(&doomed);
        }
        if self.held.as_ref() != Some(&waits) {
            self.held = Some(waits.clone());
            self.effects.push(Effect::Tell(Happening::PruneHeld(waits)));
            for name in self.lingering.clone() {
                self.judge_unit(&name);
            }
        }
    }

    fn prune(&mut self, doomed: &BTreeSet<ObjectRef>) {
        let was_held = self.held.take().is_some();
        let now: Vec<Prune> = self
            .lingering
            .iter()
            .filter_map(|name| self.units.get(name))
            .flat_map(|unit| unit.plan.prune.iter())
            .filter(|prune| doomed.contains(&prune.object))
            .cloned()
            .collect();
        for prune in now {
            let tracked = self.world.objects.entry(prune.object.clone()).or_default();
            if tracked.work == Work::Idle {
                tracked.work = Work::Queued;
                self.queue.push_back(Job::Delete(prune));
            }
        }
        if was_held {
            for name in self.lingering.clone() {
                self.judge_unit(&name);
            }
        }
    }

    /// Whether all kinds on record have been seen: an object of a kind still to come could be the next to go.
    fn all_kinds_are_known(&self) -> bool {
        self.world.watches.values().all(|watch| watch.is_synced)
    }

    /// Whether a unit whose files cannot be read may want an object.
    fn is_doubted(&self, object: &ObjectRef) -> bool {
        self.units.values().any(|unit| unit.may_want(object))
    }

    /// Whether deletes of a unit wait for approval.
    pub(super) fn is_held(&self, name: &UnitName) -> bool {
        self.held.is_some() && self.units.get(name).is_some_and(|unit| !unit.plan.doomed.is_empty())
    }

    /// Whether our last write to an object still holds.
    pub(super) fn holds(&self, object: &ObjectRef) -> bool {
        self.world.is_applied(object)
    }
}
