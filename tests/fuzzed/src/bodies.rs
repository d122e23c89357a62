//! Bodies of requests.

use artifact::{ArtifactId, EnvName, Intent, ServiceName};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::split::plain;

/// A body as the routes for people and CI read it: what is accepted is written and read again as the same, names that
/// are accepted are plain, and an intent is written and read again as the same.
///
/// # Panics
/// When not so.
pub fn bodies(bytes: &[u8]) {
    same_again::<api::CreateArtifactRequest>(bytes);
    same_again::<api::ApplyAutoReleaseRequest>(bytes);
    same_again::<api::ApplyBranchRestrictionRequest>(bytes);
    same_again::<api::DeletePoliciesRequest>(bytes);
    let Some(request) = same_again::<api::ReleaseRequest>(bytes) else { return };
    let names = [
        request.environment.parse::<EnvName>().ok().map(|name| name.to_string()),
        request.service.parse::<ServiceName>().ok().map(|name| name.to_string()),
        request.artifact_id.parse::<ArtifactId>().ok().map(|name| name.to_string()),
    ];
    names.iter().flatten().for_each(|name| plain(name));
    if let Ok(intent) = Intent::try_from(&request.intent) {
        let again = Intent::try_from(&api::IntentBody::from(&intent));
        assert_eq!(again.expect("an intent that was read can be read again"), intent);
    }
}

/// A body as the routes for the daemon read it: what is accepted is written and read again as the same.
///
/// # Panics
/// When it is not.
pub fn daemon_reports(bytes: &[u8]) {
    same_again::<api::DeployEvent>(bytes);
    same_again::<api::PodErrorEvent>(bytes);
    same_again::<api::JobErrorEvent>(bytes);
}

fn same_again<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(bytes: &[u8]) -> Option<T> {
    let body: T = api::decode(bytes).ok()?;
    let written = api::encode(&body).expect("a body can be written");
    assert_eq!(api::decode::<T>(&written).expect("and read again"), body);
    Some(body)
}
