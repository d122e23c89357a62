//! What people are told: the state of units, and what happened.

use std::fmt;

use crate::guard::Held;
use crate::name::{UnitName, Version};
use crate::object::ObjectRef;
use crate::problem::Problem;

/// What has become of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitState {
    /// Its files or the cluster have not been read yet.
    Pending,
    /// Objects are being applied or deleted.
    Applying,
    /// All is applied; pods are on their way.
    Progressing,
    /// Everything is as its files want it.
    Healthy,
    /// Something needs a person; the problems say what.
    Failing,
    /// Deletes wait for approval.
    Held,
}

impl UnitState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Applying, Self::Progressing, Self::Healthy, Self::Failing, Self::Held];

    /// The word in JSON, logs and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Applying => "applying",
            Self::Progressing => "progressing",
            Self::Healthy => "healthy",
            Self::Failing => "failing",
            Self::Held => "held",
        }
    }
}

/// One object of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectReport {
    /// The object.
    pub object: ObjectRef,
    /// Its state in a few words: `current`, `in progress: ...`, `not applied yet`.
    pub state: String,
}

/// One unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitReport {
    /// The unit.
    pub unit: UnitName,
    /// The version of its files; none when it is being removed.
    pub version: Option<Version>,
    /// The revision of the source that brought this version.
    pub revision: String,
    /// What has become of it.
    pub state: UnitState,
    /// All that is wrong with it, or what it waits for.
    pub problems: Vec<Problem>,
    /// Its objects.
    pub objects: Vec<ObjectReport>,
}

impl UnitReport {
    /// All problems on one line; empty when there are none.
    #[must_use]
    pub fn message(&self) -> String {
        self.problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; ")
    }
}

/// How much work has been done since the start, and how much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Objects applied.
    pub applies: u64,
    /// Applies that put an object back that somebody had changed or deleted.
    pub repairs: u64,
    /// Objects deleted.
    pub deletes: u64,
    /// Requests the server refused or that failed.
    pub faults: u64,
    /// Times the server asked us to slow down.
    pub throttles: u64,
    /// Writes of a page of the inventory.
    pub page_writes: u64,
    /// Objects that wait for a request now.
    pub queued: u64,
    /// Requests under way now.
    pub in_flight: u64,
}

/// Everything about the engine that others may ask for.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The revision of the source that is being enforced.
    pub revision: String,
    /// Why the cluster is not reached, when it is not.
    pub disconnected: Option<String>,
    /// A prune that waits for approval.
    pub held: Option<Held>,
    /// How many objects are on record in the cluster, as far as it has been reached.
    pub n_recorded: usize,
    /// All units.
    pub units: Vec<UnitReport>,
    /// Counters.
    pub totals: Totals,
}

/// Something worth a line in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The cluster is reached; whether it is another one than before.
    Connected {
        /// Whether the address leads to another cluster than before.
        is_other: bool,
    },
    /// The cluster is not reached any more.
    Disconnected(String),
    /// We may not watch pods: what keeps a workload from being well is not seen.
    PodsHidden(String),
    /// We may watch pods again.
    PodsShown,
    /// A unit is in another state, or for another reason.
    Unit(UnitReport),
    /// An object was put back that somebody had changed or deleted.
    Repaired(ObjectRef),
    /// An object was deleted.
    Pruned(ObjectRef),
    /// Deletes wait for approval.
    PruneHeld(Held),
}

impl fmt::Display for UnitState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
