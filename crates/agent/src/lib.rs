//! What the programs that run beside a cluster do alike: reach it, log, and stop when told.
//!
//! The controller and the daemon are two programs with two jobs. How they find their cluster, what their log looks
//! like and which signals end them must not differ, so it stands here once.
//!
//! It knows neither releases nor events. Read [`cluster()`], [`LogArgs`], [`stop_on_signal`].

mod cluster;
mod log;
mod signal;

pub use cluster::{Cluster, ClusterError, Retries, cluster};
pub use log::{LogArgs, LogError, install};
pub use signal::stop_on_signal;
