//! What the programs that run beside a cluster do alike: reach it, and stop when told.
//!
//! The controller and the daemon are two programs with two jobs. How they find their cluster and which signals end
//! them must not differ, so it stands here once; what their log looks like is `logs`'.
//!
//! It knows neither releases nor events. Read [`cluster()`], [`stop_on_signal`].

mod cluster;
mod signal;

pub use cluster::{CLIENT_LIBRARIES, Cluster, ClusterError, Retries, cluster};
pub use signal::stop_on_signal;
