//! Bodies of requests and webhooks.

use artifact::{ArtifactId, BranchName, EnvName, Intent, ServiceName};

/// A body as every route reads it: names that are accepted are plain, and an intent is written and read again as the
/// same.
///
/// # Panics
/// When they are not.
pub fn bodies(bytes: &[u8]) {
    drop(api::decode::<api::DeployEvent>(bytes));
    drop(api::decode::<api::PodErrorEvent>(bytes));
    drop(api::decode::<api::JobErrorEvent>(bytes));
    drop(api::decode::<api::CreateArtifactRequest>(bytes));
    drop(api::decode::<api::ApplyAutoReleaseRequest>(bytes));
    drop(api::decode::<api::ApplyBranchRestrictionRequest>(bytes));
    drop(api::decode::<api::DeletePoliciesRequest>(bytes));
    let Ok(request) = api::decode::<api::ReleaseRequest>(bytes) else { return };
    plain(request.environment.parse::<EnvName>().ok().as_ref().map(EnvName::as_str));
    plain(request.service.parse::<ServiceName>().ok().as_ref().map(ServiceName::as_str));
    plain(request.artifact_id.parse::<ArtifactId>().ok().as_ref().map(ArtifactId::as_str));
    drop(request.service.parse::<BranchName>());
    if let Ok(intent) = Intent::try_from(&request.intent) {
        let again = Intent::try_from(&api::IntentBody::from(&intent));
        assert_eq!(again.expect("an intent that was read can be read again"), intent);
    }
    let written = api::encode(&request).expect("a request can be written");
    assert_eq!(api::decode::<api::ReleaseRequest>(&written).expect("and read again"), request);
}

/// A name is one component of a path.
fn plain(name: Option<&str>) {
    let Some(name) = name else { return };
    let mut components = std::path::Path::new(name).components();
    let first = components.next();
    assert!(
        matches!(first, Some(std::path::Component::Normal(_))) && components.next().is_none(),
        "{name:?} is no plain name"
    );
}
