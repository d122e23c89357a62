//! What is known of the cluster, object by object.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::drift::{Applied, drifted};
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::live::{Live, ResourceVersion, Sight};
use crate::name::UnitName;
use crate::object::{GroupKind, Manifest, ObjectRef};
use crate::plan::Facts;

/// What is being done about an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Work {
    #[default]
    Idle,
    /// Waiting for its turn.
    Queued,
    /// Being written.
    InFlight,
    /// Waiting to be tried again.
    Resting,
}

/// The last write that did not succeed.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub fault: Fault,
    /// What was to be written; zero for a delete.
    pub fingerprint: u64,
    pub attempt: u32,
}

/// All that is known of an object.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    pub live: Option<Live>,
    pub applied: Option<Applied>,
    pub work: Work,
    /// What it was when the request under way began; none when it was not there.
    pub at_start: Option<ResourceVersion>,
    pub refusal: Option<Refusal>,
    /// The list it was last on.
    pub list: u64,
}

/// The watch of a kind.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Whether a list has been read to its end.
    pub is_synced: bool,
    /// Counts the lists.
    pub list: u64,
    /// Why it does not catch up.
    pub failure: Option<String>,
}

/// What is known of the cluster.
#[derive(Debug, Default)]
pub(super) struct World {
    pub catalog: Catalog,
    pub ledger: Ledger,
    pub watches: HashMap<GroupKind, Watch>,
    pub objects: HashMap<ObjectRef, Tracked>,
    /// The units that want an object, and what they want it to be.
    pub claims: HashMap<ObjectRef, BTreeMap<UnitName, Arc<Manifest>>>,
    /// Pods that fail: by workload, by name.
    pub failing_pods: HashMap<ObjectRef, BTreeMap<Box<str>, Vec<String>>>,
    /// Whether we may not watch pods.
    pub pods_are_hidden: bool,
}

impl World {
    /// What an object should be, by the unit that owns it.
    pub(super) fn wanted(&self, object: &ObjectRef) -> Option<&Arc<Manifest>> {
        self.claims.get(object)?.get(self.owner(object)?)
    }

    pub(super) fn is_synced(&self, kind: &GroupKind) -> bool {
        self.watches.get(kind).is_some_and(|watch| watch.is_synced)
    }

    pub(super) fn namespace(&self, name: &str) -> Option<&Live> {
        self.objects.get(&namespace_ref(name))?.live.as_ref()
    }

    /// Drops what nobody needs to know any more.
    pub(super) fn forget_if_idle(&mut self, object: &ObjectRef) {
        let is_idle = |tracked: &Tracked| tracked.live.is_none() && tracked.work == Work::Idle;
        if !self.claims.contains_key(object) && self.objects.get(object).is_some_and(is_idle) {
            self.objects.remove(object);
        }
    }
}

/// The object that a namespace is.
pub(super) fn namespace_ref(name: &str) -> ObjectRef {
    ObjectRef::new(GroupKind::new("", "Namespace"), "", name)
}

impl Facts for World {
    fn sight(&self, object: &ObjectRef) -> Sight<'_> {
        if !self.is_synced(&object.kind) {
            return Sight::Unknown;
        }
        match self.objects.get(object) {
            // A request under way may make, change or delete it at any moment.
            Some(tracked) if tracked.work == Work::InFlight => Sight::Unknown,
            Some(Tracked { live: Some(live), .. }) => Sight::Present(live),
            Some(_) | None => Sight::Absent,
        }
    }

    fn is_applied(&self, object: &ObjectRef) -> bool {
        let Some(Tracked { live: Some(live), applied: Some(applied), .. }) = self.objects.get(object) else {
            return false;
        };
        let holds = |wanted: &Arc<Manifest>| {
            applied.fingerprint == wanted.fingerprint && !drifted(applied, live, wanted)
        };
        self.wanted(object).is_some_and(holds)
    }

    /// The unit that has it on record, before one that only wants it; else the first by name.
    fn owner(&self, object: &ObjectRef) -> Option<&UnitName> {
        let claims = self.claims.get(object)?;
        let recorded = |unit: &&UnitName| self.ledger.stored(unit).contains(object);
        claims.keys().find(recorded).or_else(|| claims.keys().next())
    }

    fn is_recorded(&self, unit: &UnitName, object: &ObjectRef) -> bool {
        self.ledger.holds(unit, object)
    }
}
