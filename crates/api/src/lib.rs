//! The HTTP interface of the release manager: wire types, routes, and a typed client.
//!
//! The types are the wire: their fields, order and omissions are those of the original (spec, sections 2, 3 and
//! 8.5), so that Lunar's programs and ours can talk to each other in any mixture. Fields the original does not have
//! are left out when empty. Everything inside the server converts these into the words of `artifact` at once.
//!
//! [`Event`] is what a client that listens hears.
//!
//! It decides nothing and knows no Git and no Kubernetes. Read [`ReleaseRequest`] and [`StatusResponse`] for the
//! wire, [`decode`] for how bodies are read, [`Client`] for who speaks it.

/// The whole interface as an OpenAPI 3.1 document, in YAML.
pub const OPENAPI: &str = include_str!("../openapi.yaml");

mod artifacts;
mod body;
mod client;
mod daemon;
mod describe;
mod diff;
mod dry_run;
mod environments;
mod error;
mod events;
mod policies;
mod queue;
mod readiness;
mod release;
mod releases;
mod rollout;
pub mod routes;
mod services;
mod status;

pub use artifacts::{CreateArtifactRequest, CreateArtifactResponse};
pub use body::{decode, encode};
pub use client::{Client, ClientError, EventFilter, EventStream, Probe};
pub use daemon::{ContainerError, DeployEvent, JobError, JobErrorEvent, PodErrorEvent};
pub use describe::{DescribeArtifactsResponse, DescribeReleaseResponse, DescribedRelease};
pub use diff::{ChangedFile, DiffResponse, FileText};
pub use dry_run::{Decision, DryRunReason, DryRunResponse};
pub use environments::{CallerGroup, EnvironmentRestriction, EnvironmentsResponse, KnownEnvironment};
pub use error::ErrorBody;
pub use events::{Event, ReportKind, RolloutEvent};
pub use policies::{
    ApplyAutoReleaseRequest, ApplyBranchRestrictionRequest, AutoReleaseBody, BranchRestrictionBody,
    DeletePoliciesRequest, DeletePoliciesResponse, PoliciesResponse,
};
pub use queue::{QueueItem, QueueItemState, QueueResponse, RetryResponse};
pub use readiness::{Check, ReadinessResponse};
pub use release::{
    IntentBody, IntentError, PromoteBody, ReleaseBranchBody, ReleaseRequest, ReleaseResponse, RollbackBody,
};
pub use releases::{KnownRelease, ReleaseState, ReleasesResponse};
pub use rollout::{Rollout, RolloutFailure, RolloutState, WorkloadCount};
pub use services::{KnownService, RunningService, ServicesResponse};
pub use status::{EnvironmentStatus, StatusResponse};
