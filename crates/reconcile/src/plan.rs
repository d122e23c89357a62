//! What has to happen for one unit: a pure function of what it wants, what is on record and what is there.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use crate::ledger::Record;
use crate::live::{Live, Sight};
use crate::name::UnitName;
use crate::object::ObjectRef;

/// What a unit wants, as far as that is known.
#[derive(Clone, Copy, Debug)]
pub enum Goal<'a> {
    /// All of it: what is on record beyond this is not wanted any more.
    Complete(&'a BTreeSet<ObjectRef>),
    /// Some of it: a file is broken or a kind is not served. Nothing may be deleted.
    Partial(&'a BTreeSet<ObjectRef>),
}

impl<'a> Goal<'a> {
    fn objects(self) -> &'a BTreeSet<ObjectRef> {
        match self {
            Self::Complete(objects) | Self::Partial(objects) => objects,
        }
    }
}

/// What a plan needs to know about the world.
pub trait Facts {
    /// What is known of an object.
    fn sight(&self, object: &ObjectRef) -> Sight<'_>;
    /// Whether our last write to it still holds.
    fn is_applied(&self, object: &ObjectRef) -> bool;
    /// The unit that wants it, if any does.
    fn owner(&self, object: &ObjectRef) -> Option<&UnitName>;
    /// Whether an object is on the record of a unit, and stays there.
    fn is_recorded(&self, unit: &UnitName, object: &ObjectRef) -> bool;
}

/// An object to delete, exactly the one that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prune {
    /// The object.
    pub object: ObjectRef,
    /// The one that was judged: an object of the same name made since then stays.
    pub uid: Box<str>,
}

/// Why an object that is not wanted any more stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its annotation says so.
    PruneDisabled,
    /// A namespace takes everything inside with it.
    Namespace,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PruneDisabled => "its annotation forbids deleting it",
            Self::Namespace => "namespaces are never deleted",
        })
    }
}

/// What has to happen for a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What has to be on record; written before anything that is new in it is created.
    pub record: Record,
    /// What to apply now, in order.
    pub apply: Vec<ObjectRef>,
    /// What to delete now; the next step of the order follows when these are gone.
    pub prune: Vec<Prune>,
    /// What is to be deleted in all, now and later.
    pub doomed: Record,
    /// Objects that are not wanted any more and stay nevertheless.
    pub kept: Vec<(ObjectRef, Kept)>,
    /// Whether objects that are not wanted any more are still on their way out.
    pub is_pruning: bool,
}

/// Plans a unit. Planning again after the plan was carried out gives a plan with nothing to do.
#[must_use]
pub fn plan(unit: &UnitName, goal: Goal<'_>, recorded: &Record, facts: &impl Facts) -> Plan {
    let wanted: BTreeSet<&ObjectRef> =
        goal.objects().iter().filter(|object| facts.owner(object) == Some(unit)).collect();
    let mut plan =
        Plan { record: wanted.iter().map(|object| (*object).clone()).collect(), ..Plan::default() };
    let mut doomed = Vec::new();
    let mut leaving = Vec::new();
    for object in recorded.iter().filter(|object| !wanted.contains(object)) {
        let fate = match goal {
            Goal::Complete(_) => fate(unit, object, facts),
            Goal::Partial(_) => Fate::Wait,
        };
        match fate {
            Fate::Forget => continue,
            Fate::Wait => {}
            Fate::Keep(why) => plan.kept.push((object.clone(), why)),
            Fate::Leaving => leaving.push(object.clone()),
            Fate::Prune(uid) => doomed.push(Prune { object: object.clone(), uid }),
        }
        plan.record.insert(object.clone());
    }
    plan.apply = wanted
        .into_iter()
        .filter(|object| recorded.contains(*object) && !facts.is_applied(object))
        .cloned()
        .collect();
    plan.apply.sort_by_cached_key(|object| object.kind.order());
    plan.doomed = doomed.iter().map(|prune| prune.object.clone()).collect();
    plan.is_pruning = !(doomed.is_empty() && leaving.is_empty());
    plan.prune = first_step(doomed, &leaving);
    plan
}

/// What becomes of an object on record that its unit does not want.
enum Fate {
    /// It is gone, or not ours to care for.
    Forget,
    /// It is not known yet.
    Wait,
    Keep(Kept),
    /// It is being deleted.
    Leaving,
    Prune(Box<str>),
}

fn fate(unit: &UnitName, object: &ObjectRef, facts: &impl Facts) -> Fate {
    if let Some(owner) = facts.owner(object) {
        // Handed over: struck out here only when the new owner has it on record.
        return if facts.is_recorded(owner, object) { Fate::Forget } else { Fate::Wait };
    }
    match facts.sight(object) {
        Sight::Unknown => Fate::Wait,
        Sight::Absent => Fate::Forget,
        Sight::Present(live) if !is_cared_for_here(unit, object, live, facts) => Fate::Forget,
        Sight::Present(_) if object.kind.is("", "Namespace") => Fate::Keep(Kept::Namespace),
        Sight::Present(live) if live.prune_disabled => Fate::Keep(Kept::PruneDisabled),
        Sight::Present(live) if live.terminating => Fate::Leaving,
        Sight::Present(live) => Fate::Prune(live.uid.clone()),
    }
}

/// Whether it is this unit that has to care for an object on its record. After a hand-over that was cut short, the
/// annotation still names the unit before, which has struck the object out.
fn is_cared_for_here(unit: &UnitName, object: &ObjectRef, live: &Live, facts: &impl Facts) -> bool {
    match &live.unit {
        Some(named) => named == unit || !facts.is_recorded(named, object),
        None => false,
    }
}

/// The objects to delete first: those applied last. A definition waits until all objects of its unit are gone,
/// anything else only until the delete of those before it is accepted.
fn first_step(mut doomed: Vec<Prune>, leaving: &[ObjectRef]) -> Vec<Prune> {
    let Some(last) = doomed.iter().map(|prune| prune.object.kind.order()).max() else { return doomed };
    let is_definition =
        |object: &ObjectRef| object.kind.is("apiextensions.k8s.io", "CustomResourceDefinition");
    doomed.retain(|prune| prune.object.kind.order() == last);
    let others_leave = leaving.iter().any(|object| !is_definition(object));
    doomed.retain(|prune| !(others_leave && is_definition(&prune.object)));
    doomed
}
