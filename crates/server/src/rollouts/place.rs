//! Whose rollout a report is about, and what has to come up. Two services may share the id of an artifact, in one
//! namespace even: the manifests in Git say whose workload is whose.

use api::Rollout;
use artifact::{EnvName, Namespace, ServiceName};
use config_repo::{Landed, Workload};
use jiff::Timestamp;

use super::Report;
use crate::app::Parts;

/// What a record is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) environment: String,
    pub(crate) namespace: String,
    /// Empty when nobody knew, at the time of the report, whose it was.
    pub(crate) service: String,
    pub(crate) artifact: String,
}

impl Place {
    /// Names hold no slash; what a daemon sends that does is kept and never found.
    pub(super) fn key(&self) -> String {
        [&self.environment, &self.namespace, &self.service, &self.artifact].map(String::as_str).join("/")
    }

    /// The same, where nobody knew the service.
    pub(super) fn unowned(&self) -> Self {
        Self { service: String::new(), ..self.clone() }
    }
}

impl Parts {
    /// What a cluster made of the artifact since it was last released to an environment.
    pub(crate) fn rollout(&self, place: &Place) -> Option<Rollout> {
        let landed = self.landed_at(&place.environment, &place.artifact);
        let of_service = |landed: &&Landed| landed.record.service.eq_ignore_ascii_case(&place.service);
        let shared = landed.iter().any(|landed| !of_service(&landed));
        let since = newest(landed.iter().filter(of_service));
        self.rollouts.of(place, !shared, since, || self.expected(place))
    }

    /// Where a report belongs, since when that was released there, and what has to come up.
    pub(crate) fn place_of(&self, report: &Report) -> (Place, Option<Timestamp>, Option<Vec<Workload>>) {
        let [environment, namespace, artifact] = report.place().map(str::to_owned);
        let landed = self.landed_at(&environment, &artifact);
        let mut place = Place { environment, namespace, service: String::new(), artifact };
        let mut services: Vec<&str> = landed.iter().map(|landed| landed.record.service.as_str()).collect();
        services.sort_unstable();
        services.dedup();
        let owner = match services.as_slice() {
            [] => None,
            [only] => Some(*only),
            several => {
                let fit = |service: &str| {
                    let workloads = self.expected(&Place { service: service.to_owned(), ..place.clone() })?;
                    workloads.iter().filter_map(|workload| fit(report, workload)).max()
                };
                let fitting = several.iter().filter_map(|service| Some((fit(service)?, *service)));
                fitting.max_by_key(|(length, _)| *length).map(|(_, service)| service)
            }
        };
        place.service = owner.unwrap_or_default().to_owned();
        let since = newest(landed.iter().filter(|landed| landed.record.service == place.service));
        let expected = self.expected(&place);
        (place, since, expected)
    }

    fn expected(&self, place: &Place) -> Option<Vec<Workload>> {
        let (environment, namespace, service): (EnvName, Namespace, ServiceName) =
            (place.environment.parse().ok()?, place.namespace.parse().ok()?, place.service.parse().ok()?);
        self.reader.workloads(&environment, &namespace, &service, &place.artifact).unwrap_or_else(|error| {
            tracing::warn!(
                error = explain::chain(&error).join(": "),
                "the manifests of a release cannot be read"
            );
            None
        })
    }

    /// The releases of an artifact to an environment, of whichever service.
    fn landed_at(&self, environment: &str, artifact: &str) -> Vec<Landed> {
        let Ok(artifact) = artifact.parse() else { return Vec::new() };
        let mut landed = self.reader.ran(&artifact).unwrap_or_else(|error| {
            tracing::warn!(error = explain::chain(&error).join(": "), "the release index cannot be read");
            Vec::new()
        });
        landed.retain(|landed| landed.record.environment.eq_ignore_ascii_case(environment));
        landed
    }
}

fn newest<'a>(landed: impl Iterator<Item = &'a Landed>) -> Option<Timestamp> {
    landed.map(|landed| landed.at.timestamp()).max()
}

/// Whether a report is about a workload, and by how long a name: `api-web-5d9c` is rather of `api-web` than of `api`.
fn fit(report: &Report, workload: &Workload) -> Option<usize> {
    let name = workload.name.as_str();
    let is = match report {
        Report::Deploy(event) => event.name == name && event.resource_type == workload.kind,
        Report::PodError(event) => is_of(&event.pod_name, name),
        Report::JobError(event) => event.job_name == name || is_of(&event.job_name, name),
    };
    is.then_some(name.len())
}

fn is_of(object: &str, workload: &str) -> bool {
    object.strip_prefix(workload).is_some_and(|rest| rest.starts_with('-'))
}
