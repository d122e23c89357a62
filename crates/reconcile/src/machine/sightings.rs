//! What the watches show.

use std::collections::BTreeMap;

use super::event::{Effect, News, PodNews, Timer};
use super::world::{Refusal, Watch, Work, namespace_ref};
use super::{Machine, OWN_NAMESPACE};
use crate::fault::{Fault, FaultKind};
use crate::live::{Live, ResourceVersion};
use crate::object::{GroupKind, ObjectRef};
use crate::report::Happening;

const DEFINITION: &str = "CustomResourceDefinition";

impl Machine {
    /// Starts the watch of a kind, unless there is one or the kind is not served.
    pub(super) fn ensure_watch(&mut self, kind: &GroupKind) {
        if self.world.watches.contains_key(kind) {
            return;
        }
        let Some(resource) = self.world.catalog.resource(kind).cloned() else { return };
        self.world.watches.insert(kind.clone(), Watch::default());
        let all = kind.is("", "Namespace") || kind.is("apiextensions.k8s.io", DEFINITION);
        self.effects.push(Effect::Watch { resource, all });
    }

    pub(super) fn news(&mut self, kind: &GroupKind, news: News) {
        match news {
            News::Restarted => {
                if let Some(watch) = self.world.watches.get_mut(kind) {
                    watch.list += 1;
                }
            }
            News::Listed(object, live) => {
                let list = self.world.watches.get(kind).map_or(0, |watch| watch.list);
                self.world.objects.entry(object.clone()).or_default().list = list;
                self.seen(object, *live);
            }
            News::Changed(object, live) => self.seen(object, *live),
            News::Gone(object, version) => self.gone(&object, version),
            News::Synced => self.synced(kind),
            News::Failed(why) => self.watch_failed(kind, why),
        }
    }

    fn seen(&mut self, object: ObjectRef, live: Live) {
        let tracked = self.world.objects.entry(object.clone()).or_default();
        if tracked.live.as_ref().is_some_and(|known| known.resource_version > live.resource_version) {
            return;
        }
        if let Some(applied) = &mut tracked.applied
            && applied.resource_version == live.resource_version
            && applied.content.is_none()
        {
            applied.content = live.content;
        }
        let before = tracked.live.replace(live);
        let is_established = self.is_established(&object);
        self.touched(&object, before.as_ref());
        if object.kind.is("apiextensions.k8s.io", DEFINITION) && is_established {
            self.definition_is_served(before.as_ref());
        }
    }

    fn is_established(&self, object: &ObjectRef) -> bool {
        let live = self.world.objects.get(object).and_then(|tracked| tracked.live.as_ref());
        live.is_some_and(|live| live.health.is_current())
    }

    /// New kinds may be served, or new versions of known ones.
    fn definition_is_served(&mut self, before: Option<&Live>) {
        let is_news = before.is_none_or(|before| !before.health.is_current());
        let lacks = self.units.values().any(|unit| !unit.unserved.is_empty());
        if is_news && lacks {
            self.want_discovery();
        }
    }

    fn gone(&mut self, object: &ObjectRef, version: ResourceVersion) {
        let Some(tracked) = self.world.objects.get_mut(object) else { return };
        if tracked.live.as_ref().is_some_and(|live| live.resource_version > version) {
            return;
        }
        let before = tracked.live.take();
        self.touched(object, before.as_ref());
        self.world.forget_if_idle(object);
    }

    /// A list has ended: what was not on it does not exist. An object that was applied while the list was read may
    /// be newer than the list; it is applied once more, which changes nothing if it is there.
    fn synced(&mut self, kind: &GroupKind) {
        let Some(watch) = self.world.watches.get_mut(kind) else { return };
        watch.is_synced = true;
        watch.failure = None;
        let list = watch.list;
        let unlisted: Vec<ObjectRef> = self
            .world
            .objects
            .iter()
            .filter(|(object, tracked)| object.kind == *kind && tracked.list != list)
            .map(|(object, _)| object.clone())
            .collect();
        for object in unlisted {
            let before = self.world.objects.get_mut(&object).and_then(|tracked| tracked.live.take());
            self.touched(&object, before.as_ref());
            self.world.forget_if_idle(&object);
        }
        self.kind_touched(kind);
        if kind.is("", "Namespace") {
            self.all_dirty();
            self.namespace_may_be_made(OWN_NAMESPACE);
        }
    }

    /// A watch that breaks goes on by itself; one that has never caught up may not be allowed to.
    fn watch_failed(&mut self, kind: &GroupKind, why: String) {
        self.suspect_cluster();
        let Some(watch) = self.world.watches.get_mut(kind) else { return };
        if !watch.is_synced && watch.failure.as_ref() != Some(&why) {
            watch.failure = Some(why);
            self.kind_touched(kind);
        }
    }

    /// Marks all units with an object of a kind.
    fn kind_touched(&mut self, kind: &GroupKind) {
        let concerned = self.units.iter().filter(|(name, unit)| {
            let recorded = self.world.ledger.stored(name).iter();
            recorded.chain(&unit.wanted).any(|object| object.kind == *kind)
        });
        self.dirty.extend(concerned.map(|(name, _)| name.clone()));
    }

    /// Marks everybody to whom a change of an object may matter.
    fn touched(&mut self, object: &ObjectRef, before: Option<&Live>) {
        let now = self.world.objects.get(object).and_then(|tracked| tracked.live.as_ref());
        let named = [before, now].into_iter().flatten().filter_map(|live| live.unit.clone());
        self.dirty.extend(named.filter(|unit| self.units.contains_key(unit)));
        if let Some(claims) = self.world.claims.get(object) {
            self.dirty.extend(claims.keys().cloned());
        }
        if object.kind.is("", "Namespace") {
            let waits = self.units.iter().filter(|(_, unit)| unit.blocked_on.contains(&object.name));
            self.dirty.extend(waits.map(|(name, _)| name.clone()));
            if &*object.name == OWN_NAMESPACE {
                self.namespace_may_be_made(OWN_NAMESPACE);
            }
        }
    }

    /// Whether a namespace is there and stays; if it is not there, it is made.
    pub(super) fn has_namespace(&mut self, name: &str) -> bool {
        match self.world.namespace(name) {
            Some(live) => !live.terminating,
            None => {
                let tracked = self.world.objects.entry(namespace_ref(name)).or_default();
                if tracked.work == Work::Idle {
                    tracked.work = Work::InFlight;
                    self.effects.push(Effect::MakeNamespace(name.into()));
                }
                false
            }
        }
    }

    pub(super) fn namespace_made(&mut self, name: &str, outcome: Result<(), Fault>) {
        let object = namespace_ref(name);
        let Some(tracked) = self.world.objects.get_mut(&object) else { return };
        // It is there when the watch shows it, and then nothing of this matters.
        tracked.work = Work::Resting;
        if let Err(fault) = outcome {
            let attempt = tracked.refusal.as_ref().map_or(0, |refusal| refusal.attempt + 1);
            tracked.refusal = Some(Refusal { fault: fault.clone(), fingerprint: 0, attempt });
            self.note_fault(&fault);
            self.wake(Timer::Namespace(name.into()), attempt);
        }
    }

    /// A namespace that is needed and not there may be made (again).
    pub(super) fn namespace_may_be_made(&mut self, name: &str) {
        if self.world.namespace(name).is_some() {
            return;
        }
        if let Some(tracked) = self.world.objects.get_mut(&namespace_ref(name))
            && tracked.work == Work::Resting
        {
            tracked.work = Work::Idle;
        }
        let waits = self.units.iter().filter(|(_, unit)| unit.blocked_on.contains(name));
        self.dirty.extend(waits.map(|(name, _)| name.clone()));
    }

    pub(super) fn pods(&mut self, news: PodNews) {
        match news {
            // Pods that are well or gone by now are told as such while the list is read or shortly after.
            PodNews::Restarted => self.world.failing_pods.clear(),
            PodNews::Synced => self.pods_shown(),
            PodNews::Failed(fault) => self.pods_hidden(fault),
            PodNews::Seen { namespace, name, owner, failures } => {
                self.pods_shown();
                let Some(owner) = owner else { return };
                let workload =
                    ObjectRef::new(GroupKind::new(&owner.group, &owner.kind), &namespace, &owner.name);
                self.pod_seen(workload, name, failures);
            }
        }
    }

    /// Only a refusal is told: of everything else the watches of our own objects hear too.
    fn pods_hidden(&mut self, fault: Fault) {
        if fault.kind == FaultKind::Forbidden && !self.world.pods_are_hidden {
            self.world.pods_are_hidden = true;
            self.effects.push(Effect::Tell(Happening::PodsHidden(fault.message)));
        }
    }

    fn pods_shown(&mut self) {
        if std::mem::take(&mut self.world.pods_are_hidden) {
            self.effects.push(Effect::Tell(Happening::PodsShown));
        }
    }

    fn pod_seen(&mut self, workload: ObjectRef, pod: Box<str>, failures: Vec<String>) {
        let failing = &mut self.world.failing_pods;
        let changed = if failures.is_empty() {
            failing.get_mut(&workload).is_some_and(|pods| pods.remove(&pod).is_some())
        } else {
            let pods: &mut BTreeMap<_, _> = failing.entry(workload.clone()).or_default();
            pods.insert(pod, failures.clone()) != Some(failures)
        };
        if changed {
            failing.retain(|_, pods| !pods.is_empty());
            self.touched(&workload, None);
        }
    }
}
