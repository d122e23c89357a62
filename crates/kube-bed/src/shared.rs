//! The one bed of all tests.

use crate::{Bed, BedError, BedOptions, Progress};

/// The bed named `test`, with a node, brought up unless it is up already.
///
/// Tests share one cluster, each in namespaces of its own, and clean up; a test that needs an empty cluster starts a
/// second API server ([`BedOptions::owned`]). Nobody takes it down but a person: `cargo xtask kube down`.
///
/// # Errors
/// As [`Bed::up`].
pub fn shared(tell: &mut dyn FnMut(Progress)) -> Result<Bed, BedError> {
    Bed::up(&BedOptions::new("test"), tell)
}
