//! What is known of a unit.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::event::UnitSource;
use crate::name::Version;
use crate::object::{Manifest, ObjectRef};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::render::{Broken, Complete, Desired};
use crate::report::UnitState;

/// A unit, from its files to its last report.
#[derive(Debug, Default)]
pub(super) struct Unit {
    /// Where its files are; none when the tree does not have it.
    pub source: Option<UnitSource>,
    /// The revision that brought this source.
    pub revision: String,
    /// The last complete state.
    pub goal: Option<Complete<Desired>>,
    /// Why its present files are not that state.
    pub broken: Option<Broken>,
    /// Why its present files could not be read, and how often that was tried.
    pub unreadable: Option<(String, u32)>,
    /// The objects of the goal whose kind is served.
    pub wanted: BTreeSet<ObjectRef>,
    /// Those whose kind is not.
    pub unserved: Vec<Arc<Manifest>>,
    /// What is wrong with the goal, seen only beside the cluster.
    pub clashes: Vec<Problem>,
    /// The last plan.
    pub plan: Plan,
    /// What its objects wait for, apart from their own faults.
    pub blocked: Vec<(ObjectRef, String)>,
    /// Namespaces that it waits for.
    pub blocked_on: BTreeSet<Box<str>>,
    /// What was last told.
    pub told: Option<(UnitState, String, Option<Version>)>,
}

impl Unit {
    /// Whether the goal is what the source says now.
    pub(super) fn is_complete(&self) -> bool {
        let wanted = self.source.as_ref().map(|source| &source.version);
        let have = self.goal.as_ref().map(|goal| goal.get().version.as_ref());
        self.broken.is_none() && self.unreadable.is_none() && have == Some(wanted)
    }

    /// Whether an object may be wanted by the files that could not be read.
    pub(super) fn may_want(&self, object: &ObjectRef) -> bool {
        self.broken.as_ref().is_some_and(|broken| broken.text.contains(&*object.name))
    }
}
