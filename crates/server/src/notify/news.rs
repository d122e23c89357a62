//! What there is to tell of.

use api::RolloutState;
use artifact::ArtifactSpec;
use policy::Release;

use crate::rollouts::Report;

/// A release that landed.
#[derive(Clone, Copy)]
pub(crate) struct Landed<'a> {
    pub(crate) release: &'a Release,
    pub(crate) spec: &'a ArtifactSpec,
    /// The commit of the config repository.
    pub(crate) commit: &'a str,
}

/// A release that was accepted and cannot be done, while nobody waited for its answer.
#[derive(Clone, Copy)]
pub(crate) struct Failed<'a> {
    pub(crate) release: &'a Release,
    /// None when the artifact could not be read.
    pub(crate) spec: Option<&'a ArtifactSpec>,
    pub(crate) reason: &'a str,
}

/// What a daemon reported, and what is known of what it is about.
pub(crate) struct Reported<'a> {
    pub(crate) report: &'a Report,
    /// How the rollout stands with it.
    pub(crate) state: RolloutState,
    /// The service, where the history says it.
    pub(crate) service: Option<String>,
    /// The spec of what was released, as above.
    pub(crate) spec: Option<ArtifactSpec>,
}
