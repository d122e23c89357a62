//! The paths of the interface, once for server, clients and tests (spec, section 2.4).

/// Asks for a release.
pub const RELEASE: &str = "/release";
/// What would become of a release, without doing it.
pub const DRY_RUN: &str = "/release/dry-run";
/// What a release would change in the files; service and environment follow.
pub const DIFF: &str = "/diff";
/// What runs where.
pub const STATUS: &str = "/status";
/// Policies of a service: list and delete.
pub const POLICIES: &str = "/policies";
/// Applies an auto-release policy.
pub const AUTO_RELEASE: &str = "/policies/auto-release";
/// Applies a branch restriction.
pub const BRANCH_RESTRICTION: &str = "/policies/branch-restriction";
/// Releases of a service in an environment; service and environment follow.
pub const DESCRIBE_RELEASE: &str = "/describe/release";
/// Artifacts of a service; the service follows.
pub const DESCRIBE_ARTIFACT: &str = "/describe/artifact";
/// The newest artifact of a branch; the service follows.
pub const DESCRIBE_LATEST_ARTIFACT: &str = "/describe/latest-artifact";
/// The daemon saw a rollout succeed.
pub const DAEMON_DEPLOY: &str = "/webhook/daemon/k8s/deploy";
/// The daemon saw a pod fail.
pub const DAEMON_POD_ERROR: &str = "/webhook/daemon/k8s/error";
/// The daemon saw a job fail.
pub const DAEMON_JOB_ERROR: &str = "/webhook/daemon/k8s/joberror";
/// Asks for the upload of an artifact.
pub const CREATE_ARTIFACT: &str = "/artifacts/create";
/// Where an artifact is uploaded to when the server keeps artifacts on its own disk; service and id follow.
pub const UPLOAD_ARTIFACT: &str = "/artifacts/upload";
/// GitHub tells of a push.
pub const GITHUB_WEBHOOK: &str = "/webhook/github";
/// The environments there are, in their order.
pub const ENVIRONMENTS: &str = "/environments";
/// The releases of a service; with an id, what became of one accepted release.
pub const RELEASES: &str = "/releases";
/// The services there are, and what runs of them where.
pub const SERVICES: &str = "/services";
/// What happens, as server-sent events.
pub const EVENTS: &str = "/events";
/// Work that is accepted and not done; `{id}/retry` tries again what was given up.
pub const QUEUE: &str = "/queue";
/// This interface, as an OpenAPI document.
pub const OPENAPI: &str = "/openapi.json";
/// Answers `pong`, whatever the state.
pub const PING: &str = "/ping";
/// Whether the process lives.
pub const HEALTHZ: &str = "/healthz";
/// Whether it can do its work.
pub const READYZ: &str = "/readyz";
/// Prometheus metrics.
pub const METRICS: &str = "/metrics";
