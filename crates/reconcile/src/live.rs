//! What the cluster shows of an object.

use kube_status::Health;

use crate::name::UnitName;

/// A resource version as far as it can be compared: newer is larger.
pub type ResourceVersion = u64;

/// An object as last seen, or as the answer to our own write showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Tells it from an earlier object of the same name.
    pub uid: Box<str>,
    /// Changes with every write.
    pub resource_version: ResourceVersion,
    /// Changes with every write to the spec, for kinds that count it.
    pub generation: Option<i64>,
    /// A hash over all but status and bookkeeping; only where the whole object is watched.
    pub content: Option<u64>,
    /// The unit its annotation names.
    pub unit: Option<UnitName>,
    /// Whether its owner forbids us to delete it.
    pub prune_disabled: bool,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// Whether it has come to what its spec asks for.
    pub health: Health,
    /// Labels, for comparing with what we want.
    pub labels: Pairs,
    /// Annotations, for the same.
    pub annotations: Pairs,
}

/// Labels or annotations, sorted by key.
pub type Pairs = Box<[(Box<str>, Box<str>)]>;

/// What is known of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight<'a> {
    /// Nothing: its kind is not watched, or its watch has not caught up.
    Unknown,
    /// It does not exist, or is not ours.
    Absent,
    /// It is this.
    Present(&'a Live),
}
