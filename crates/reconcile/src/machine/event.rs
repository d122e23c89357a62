//! What the machine hears, and what it asks for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kube_status::PodOwner;

use crate::catalog::{Catalog, Resource};
use crate::fault::Fault;
use crate::ledger::{Page, PageWrite};
use crate::live::{Live, ResourceVersion};
use crate::name::{UnitName, Version};
use crate::object::{GroupKind, Manifest, ObjectRef};
use crate::plan::Prune;
use crate::render::{Broken, Complete, Desired};
use crate::report::Happening;

/// Where a unit's files are and where its objects go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitSource {
    /// What its content is known by.
    pub version: Version,
    /// The namespace of objects that name none; made when it is missing.
    pub namespace: Box<str>,
}

/// All units of the environment at one revision of their source. A unit that is not in here is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The revision, for people.
    pub revision: String,
    /// All units.
    pub units: BTreeMap<UnitName, UnitSource>,
}

/// What a cluster told when we came to it.
#[derive(Debug)]
pub struct Connection {
    /// Tells this cluster from any other at the same address.
    pub cluster: String,
    /// What it serves.
    pub catalog: Catalog,
    /// The inventory stored in it.
    pub pages: Vec<Page>,
}

/// Why a unit could not be loaded.
#[derive(Clone, Debug)]
pub enum LoadFault {
    /// Its files are wrong.
    Broken(Broken),
    /// Its files could not be read; they may be, later.
    Unreadable(String),
}

/// What a watch saw.
#[derive(Clone, Debug)]
pub enum News {
    /// A list begins.
    Restarted,
    /// An object of the list.
    Listed(ObjectRef, Box<Live>),
    /// The list has ended: what was not on it does not exist.
    Synced,
    /// An object is new or has changed.
    Changed(ObjectRef, Box<Live>),
    /// An object is gone; the version its last change had.
    Gone(ObjectRef, ResourceVersion),
    /// The watch broke off and will be tried again.
    Failed(String),
}

/// What the watch of all pods saw.
#[derive(Clone, Debug)]
pub enum PodNews {
    /// A list begins.
    Restarted,
    /// The list has ended.
    Synced,
    /// A pod and what is wrong with it; nothing, when it is well or gone.
    Seen {
        /// Its namespace.
        namespace: Box<str>,
        /// Its name.
        name: Box<str>,
        /// The workload it belongs to.
        owner: Option<PodOwner>,
        /// What is wrong with it.
        failures: Vec<String>,
    },
    /// The watch broke off and will be tried again.
    Failed(Fault),
}

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// The source has a new revision.
    Tree(Tree),
    /// Answer to [`Effect::Load`].
    Loaded(UnitName, Version, Result<Complete<Desired>, LoadFault>),
    /// Answer to [`Effect::Connect`].
    Connected(Result<Connection, Fault>),
    /// Answer to [`Effect::Check`]: which cluster is there.
    Checked(Result<String, Fault>),
    /// Answer to [`Effect::Discover`].
    Discovered(Result<Catalog, Fault>),
    /// From [`Effect::Watch`], again and again.
    News(GroupKind, News),
    /// From [`Effect::WatchPods`], again and again.
    Pods(PodNews),
    /// Answer to [`Effect::MakeNamespace`].
    NamespaceMade(Box<str>, Result<(), Fault>),
    /// Answer to [`Effect::Apply`].
    Applied(ObjectRef, u64, Result<Box<Live>, Fault>),
    /// Answer to [`Effect::Delete`].
    Deleted(ObjectRef, Result<(), Fault>),
    /// Answer to [`Effect::WritePages`], one a page.
    PagesWritten(Vec<(PageWrite, Result<String, Fault>)>),
    /// Answer to [`Effect::ReadPages`].
    PagesRead(Result<Vec<Page>, Fault>),
    /// Answer to [`Effect::Wake`].
    Woken(Timer),
}

/// What a delay is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Connect again.
    Connect,
    /// Ask again which cluster this is.
    Check,
    /// Look again for kinds that are not served.
    Discover,
    /// Write the inventory again.
    Ledger,
    /// Start requests again.
    Pace,
    /// Try an object again, if this is still its latest attempt.
    Object(ObjectRef, u32),
    /// Make a namespace again.
    Namespace(Box<str>),
    /// Read a unit again.
    Load(UnitName),
}

/// Something the caller has to do, and to answer with an [`Event`].
#[derive(Debug)]
pub enum Effect {
    /// Read and render these units.
    Load(Vec<(UnitName, Version)>),
    /// Ask a cluster for its identity, kinds and inventory.
    Connect,
    /// Forget the cluster: end all watches and requests under way, without an answer.
    Disconnect,
    /// Ask which cluster this is.
    Check,
    /// Ask for the kinds served.
    Discover,
    /// Watch a kind: our own objects, or all.
    Watch {
        /// How it is reached.
        resource: Resource,
        /// Whether objects of others matter too.
        all: bool,
    },
    /// Watch all pods for failures.
    WatchPods,
    /// Make a namespace, unless it is there.
    MakeNamespace(Box<str>),
    /// Apply an object.
    Apply {
        /// The object.
        object: ObjectRef,
        /// How its kind is reached.
        resource: Resource,
        /// What it should be.
        manifest: Arc<Manifest>,
        /// What goes back with the answer.
        fingerprint: u64,
    },
    /// Delete exactly this object.
    Delete {
        /// The object.
        prune: Prune,
        /// How its kind is reached.
        resource: Resource,
    },
    /// Store these pages of the inventory.
    WritePages(Vec<PageWrite>),
    /// Read the inventory again.
    ReadPages,
    /// Answer after a while.
    Wake(Timer, Duration),
    /// Tell people.
    Tell(Happening),
}
