//! A real Kubernetes on one machine: API server, controller manager, scheduler, kubelet, etcd, containerd, runc.
//!
//! [`Bed::up`] builds what is missing, starts it and returns when pods can run; a bed that already runs is used
//! as it is. Beds outlive the process that started them, so that all tests share one ([`shared()`]); an owned bed
//! ([`BedOptions::owned`]) goes with its owner instead. [`down`] removes every trace, however the bed ended.
//!
//! ```text
//! tools ── programs from pinned Go modules, built once per user
//! place ── what a bed's name decides: folder, bridge, cgroup, the mark its processes carry
//! slot ─── what must differ between two beds on one machine: ports, subnet
//! plan ─── pure: every command line and configuration file
//! bed ──── runs the plan; sweep ── undoes it, knowing only the name
//! ```
//!
//! The node lives in a mount and a process namespace of its own. Killing its first process ends all containers,
//! and with the last process the kernel drops all mounts and network namespaces: there is nothing to lose track
//! of. Everything else carries a mark in its environment, by which it is found again.
//!
//! Where thousands of pods are needed and none has to run a program, nodes can be played beside the real one, or
//! instead of it: [`Bed::add_simulated_nodes`].
//!
//! This crate knows nothing of releases. Read [`Bed`], [`BedOptions`], then [`image::Image`].

mod error;
mod progress;
mod wait;

pub mod image;
mod packages;
mod tools;

mod keys;
mod place;
mod plan;
mod slot;

mod bed;
mod cgroups;
mod launch;
mod marked;
mod record;
mod shared;
mod status;
mod sweep;

pub use bed::{Bed, BedOptions};
pub use error::BedError;
pub use plan::SIMULATED;
pub use progress::Progress;
pub use shared::shared;
pub use status::{PartStatus, Status, beds, kubeconfig, status};
pub use sweep::down;
pub use tools::{Tools, tools};
