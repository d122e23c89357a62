//! The config repository: the only record of what runs where, and the only way to change it.
//!
//! Every release and every change of a policy is one commit on one branch. [`Writer`] sends requests to the one
//! [`Worker`] that owns the mirror; for each it gathers [facts](policy::ReleaseFacts) at the commit it would build
//! on, asks the gate, edits, commits, and pushes all that waited with one push. What the gate has not approved
//! cannot be written: the functions that make edits take its proof and nothing else.
//!
//! ```
//! use config_repo::{Manifests, Placement, release_edits};
//! fn write(release: &policy::Approved<policy::Release>, manifests: &Manifests, place: &Placement) {
//!     release_edits(release, manifests, place);
//! }
//! ```
//!
//! The same for a release that no gate has seen does not compile:
//!
//! ```compile_fail
//! use config_repo::{Manifests, Placement, release_edits};
//! fn write(release: &policy::Release, manifests: &Manifests, place: &Placement) {
//!     release_edits(release, manifests, place);
//! }
//! ```
//!
//! An environment may live on another branch or in a repository of its own: a **place**, with a mirror, an index and a
//! worker of its own. [`Writer`] and [`Reader`] find the right one; policies and settings are the home branch's alone.
//!
//! [`Reader`] answers from an index of the history and from blobs, on any thread, whatever the length of the history.
//! The index, like the mirror, can be deleted at any time and comes back from Git.
//!
//! This crate never talks to a cluster, an artifact store or a person. Read [`Writer`], [`Reader`], then `layout`
//! and `message` for what is on disk.

mod layout;
mod place;
mod rule_file;
mod settings;

mod message;

mod edit;
mod kustomization;
mod workload;

mod index;
mod ledger;
mod places;
mod reader;

mod error;
mod facts;
mod observed;
mod open;
mod preview;
mod request;
mod writer;

pub use edit::{Manifest, Manifests, Placement, policy_edits, release_edits};
pub use error::{IndexError, PlaceError, ReadError, SettingsError, WriteError};
pub use index::Landed;
pub use message::Record;
pub use observed::{Observed, PushEnd};
pub use open::{ConfigRepo, Options};
pub use place::Place;
pub use preview::{FilePreview, Foretold, Preview};
pub use reader::{Reader, Running, Unreadable};
pub use request::{PolicyOutcome, PolicyRequest, ReleaseOutcome, ReleaseRequest};
pub use rule_file::RuleFileError;
pub use settings::Settings;
pub use workload::Workload;
pub use writer::{Worker, Writer};
