//! What a Kubernetes object says about itself: is it well, has its rollout ended, why does its pod not run.
//!
//! Everything here is a pure function from the JSON of one object to a value: no client, no clock, no cache. A
//! field that is missing or of a wrong type counts as not there; nothing here can panic on foreign bytes.
//!
//! ```text
//! KINDS: one row a kind ──> apply order, prune order, what to watch, health rule
//! health(object)        ──> Current | InProgress(why) | Failed(why) | Terminating
//! rollout(object)       ──> has the newest version of a Deployment, DaemonSet or StatefulSet arrived
//! pod_failures(pod)     ──> what is wrong with which container, and a key to report it once
//! ```
//!
//! The rules follow kstatus, which Flux uses, except where that calls an object well that has only just been
//! created: a workload is not well before its controller has seen it, a Job not before it has ended, and a load
//! balancer not before it has an address.
//!
//! Read [`health()`], [`Kind`], then [`PodFailure`].

mod read;

pub mod kinds;

mod health;
mod pod;
mod rollout;

pub use health::{Health, health};
pub use kinds::{Kind, Observe, kind_of};
pub use pod::{FailureReason, PodFailure, PodOwner, pod_failures, pod_owner};
pub use rollout::{Rollout, Workload, rollout};
