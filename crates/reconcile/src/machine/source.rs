//! What the source wants: trees, and the files of units.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::event::{Effect, LoadFault, Timer, Tree};
use super::{Machine, Unit};
use crate::name::{UnitName, Version};
use crate::object::{Manifest, ObjectRef};
use crate::problem::Problem;
use crate::render::{Complete, Desired, removed};

/// Units that are read in one go: enough to keep a thread busy, few enough that the first are applied early.
const BATCH: usize = 64;

impl Machine {
    pub(super) fn tree(&mut self, tree: Tree) {
        let mut loads = Vec::new();
        for (name, source) in &tree.units {
            let unit = self.units.entry(name.clone()).or_default();
            if unit.source.as_ref() == Some(source) {
                continue;
            }
            unit.source = Some(source.clone());
            unit.revision.clone_from(&tree.revision);
            loads.push((name.clone(), source.version.clone()));
        }
        self.dirty.extend(loads.iter().map(|(name, _)| name.clone()));
        self.loading.extend(loads.iter().map(|(name, _)| name.clone()));
        for batch in loads.chunks(BATCH) {
            self.effects.push(Effect::Load(batch.to_vec()));
        }
        self.tree = Some(tree);
        self.adopt_removed();
    }

    /// Units that the tree does not have, known from before or from the inventory, want nothing.
    pub(super) fn adopt_removed(&mut self) {
        let Some(tree) = &self.tree else { return };
        let known = self.units.keys().chain(self.world.ledger.units());
        let gone: BTreeSet<UnitName> =
            known.filter(|name| !tree.units.contains_key(*name)).cloned().collect();
        let revision = tree.revision.clone();
        for name in gone {
            self.loading.remove(&name);
            let unit = self.units.entry(name.clone()).or_default();
            let is_known = unit.source.is_none() && unit.goal.is_some();
            if is_known {
                continue;
            }
            *unit = Unit {
                revision: revision.clone(),
                wanted: std::mem::take(&mut unit.wanted),
                ..Unit::default()
            };
            self.set_goal(&name, removed());
        }
    }

    pub(super) fn loaded(
        &mut self,
        name: &UnitName,
        version: &Version,
        outcome: Result<Complete<Desired>, LoadFault>,
    ) {
        let Some(unit) = self.units.get_mut(name) else { return };
        if unit.source.as_ref().is_none_or(|source| source.version != *version) {
            // Newer files have been asked for meanwhile.
            return;
        }
        self.dirty.insert(name.clone());
        match outcome {
            Ok(goal) => {
                (unit.broken, unit.unreadable) = (None, None);
                self.loading.remove(name);
                self.set_goal(name, goal);
            }
            Err(LoadFault::Broken(broken)) => {
                (unit.broken, unit.unreadable) = (Some(broken), None);
                self.loading.remove(name);
            }
            Err(LoadFault::Unreadable(why)) => {
                let attempt = unit.unreadable.as_ref().map_or(0, |(_, attempt)| attempt + 1);
                unit.unreadable = Some((why, attempt));
                self.wake(Timer::Load(name.clone()), attempt);
            }
        }
    }

    pub(super) fn load_again(&mut self, name: UnitName) {
        let source = self.units.get(&name).and_then(|unit| unit.source.as_ref());
        if let Some(source) = source.filter(|_| self.loading.contains(&name)) {
            self.effects.push(Effect::Load(vec![(name, source.version.clone())]));
        }
    }

    fn set_goal(&mut self, name: &UnitName, goal: Complete<Desired>) {
        if let Some(unit) = self.units.get_mut(name) {
            unit.goal = Some(goal);
            self.resolve(name);
        }
        // What this unit wants now may be what others wait to give up.
        self.dirty.extend(self.lingering.iter().cloned());
    }

    /// Finds out which objects a goal means in this cluster, and claims them for the unit.
    pub(super) fn resolve(&mut self, name: &UnitName) {
        let Some(unit) = self.units.get_mut(name) else { return };
        for object in std::mem::take(&mut unit.wanted) {
            self.unclaim(name, &object);
        }
        let Some(unit) = self.units.get_mut(name) else { return };
        (unit.unserved, unit.clashes) = (Vec::new(), Vec::new());
        let namespace = unit.source.as_ref().map_or("", |source| &source.namespace);
        let manifests = unit.goal.iter().flat_map(|goal| goal.get().manifests.iter().cloned());
        let mut claimed: Vec<(ObjectRef, Arc<Manifest>)> = Vec::new();
        for manifest in manifests {
            match self.world.catalog.resolve(&manifest, namespace) {
                None => unit.unserved.push(manifest),
                Some(object) if unit.wanted.insert(object.clone()) => claimed.push((object, manifest)),
                Some(object) => unit
                    .clashes
                    .push(Problem::at(manifest.place.clone(), format!("{object} is written a second time"))),
            }
        }
        let kind_is_missing = !unit.unserved.is_empty();
        for (object, manifest) in claimed {
            self.ensure_watch(&object.kind);
            let claims = self.world.claims.entry(object).or_default();
            self.dirty.extend(claims.keys().cloned());
            claims.insert(name.clone(), manifest);
        }
        if kind_is_missing {
            self.want_discovery();
        }
        self.dirty.insert(name.clone());
    }

    fn unclaim(&mut self, name: &UnitName, object: &ObjectRef) {
        let Some(claims) = self.world.claims.get_mut(object) else { return };
        claims.remove(name);
        self.dirty.extend(claims.keys().cloned());
        if claims.is_empty() {
            self.world.claims.remove(object);
            self.world.forget_if_idle(object);
        }
    }
}
