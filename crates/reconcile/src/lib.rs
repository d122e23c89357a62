//! Drives a cluster to a desired state, and keeps it there.
//!
//! A *unit* is the smallest folder applied as a whole. Its files are rendered to manifests; the plan compares what
//! they want with the inventory on record and with what the watches show; objects are applied one request each by
//! server-side apply, and deleted only from a complete desired state. Health comes with the watches.
//!
//! ```text
//! files ──render──> Complete<Desired> ─┐
//! inventory (Ledger, in the cluster) ──┼─ plan ──> apply, prune, record        pure
//! watches (Live) ──────────────────────┘
//!
//! Event ──> Machine ──> Effect        pure: no I/O, no clock        Engine: the one task that runs effects
//! ```
//!
//! Nothing is assumed that a restart would lose: an object is on record before it is created and until it is gone,
//! so a process killed at any instant leaves nothing behind that the next one does not find.
//!
//! This crate knows no Git: where files come from is a [`Source`]. Read [`plan()`], [`Machine`], then [`Engine`].

mod name;
mod object;
mod problem;

mod render;

mod catalog;
mod fault;
mod ledger;
mod live;

mod drift;
mod guard;
mod pace;
mod plan;

mod report;

mod machine;

mod cluster;
mod engine;

pub use catalog::{Catalog, Resource};
pub use drift::{Applied, drifted};
pub use engine::{Ended, Engine, Handle, Source};
pub use fault::{Fault, FaultKind};
pub use guard::{Held, InvalidPruneLimit, PruneLimit, held};
pub use ledger::{Ledger, Page, PageWrite, Record, UnreadablePage};
pub use live::{Live, Pairs, ResourceVersion, Sight};
pub use machine::{
    Connection, Effect, Event, LoadFault, Machine, News, OWN_NAMESPACE, PodNews, Settings, Timer, Tree,
    UnitSource,
};
pub use name::{
    APPROVE_ANNOTATION, ENVIRONMENT_LABEL, Environment, InvalidName, PRUNE_ANNOTATION, UNIT_ANNOTATION,
    UnitName, Version,
};
pub use object::{GroupKind, Manifest, ObjectRef, Place, fingerprint};
pub use pace::Pace;
pub use plan::{Facts, Goal, Kept, Plan, Prune, plan};
pub use problem::Problem;
pub use render::{Broken, Complete, Desired, SourceFile, removed, render};
pub use report::{Happening, ObjectReport, Snapshot, Totals, UnitReport, UnitState};
