//! What the gate needs to know, read at the commit the change would be built on.

use std::collections::HashMap;

use artifact::{Intent, ServiceName};
use git_mirror::{EntryKind, Snapshot, TreePath};
use policy::{GlobalRestriction, PolicyFacts, PolicyFile, Release, ReleaseFacts};

use crate::{Landed, Manifests, Placement, ReadError, Settings, Workload, layout, rule_file, workload};

/// The facts of a release: what runs at its place, and the rules, which always lie in the home branch.
pub(crate) fn of_release<'a>(
    snapshot: Option<&Snapshot>,
    rules: &Rules,
    release: &Release,
    manifests: &'a Manifests,
    placement: &Placement,
    globals: &'a [GlobalRestriction],
) -> Result<ReleaseFacts<'a>, ReadError> {
    let current = match snapshot {
        Some(snapshot) => {
            let place =
                layout::spec(release.environment.as_str(), placement.namespace(), release.service.as_str());
            snapshot.blob(&place)?
        }
        None => None,
    };
    Ok(ReleaseFacts {
        environments: rules.settings.environments.clone(),
        entry_branch: rules.settings.branch.to_string(),
        ran: Vec::new(),
        branch: &manifests.spec.application.branch,
        rendered: manifests.rendered.clone(),
        // A spec that cannot be read is no reason not to replace it.
        current: current
            .and_then(|bytes| artifact::decode_leniently(&bytes).ok())
            .and_then(|spec| spec.id.parse().ok()),
        globals,
        restrictions: policies(rules.home.as_ref(), &release.service)?.branch_restrictions,
    })
}

/// The home branch at the commit whose rules decide.
pub(crate) struct Rules {
    home: Option<Snapshot>,
    pub(crate) settings: Settings,
}

impl Rules {
    pub(crate) fn at(home: Option<Snapshot>) -> Result<Self, ReadError> {
        let settings = Settings::at(home.as_ref())?;
        Ok(Self { home, settings })
    }
}

/// The facts of a change of policies.
pub(crate) fn of_policy<'a>(
    snapshot: Option<&Snapshot>,
    service: &ServiceName,
    globals: &'a [GlobalRestriction],
) -> Result<PolicyFacts<'a>, ReadError> {
    Ok(PolicyFacts {
        environments: Settings::at(snapshot)?.environments,
        file: policies(snapshot, service)?,
        globals,
    })
}

/// The policies of a service; a file that cannot be read is an error, never "none".
pub(crate) fn policies(snapshot: Option<&Snapshot>, service: &ServiceName) -> Result<PolicyFile, ReadError> {
    let bytes = match snapshot {
        Some(snapshot) => rule_file::read(snapshot, &layout::policies(service))?,
        None => None,
    };
    Ok(match bytes {
        Some(bytes) => PolicyFile::decode(service, &bytes)?,
        None => PolicyFile::empty(service.clone()),
    })
}

/// The other namespace that holds an earlier release of the service. Asked only when the service is new where it
/// goes: one that is there already has moved before.
pub(crate) fn moved_from(
    snapshot: Option<&Snapshot>,
    release: &Release,
    placement: &Placement,
) -> Result<Option<String>, ReadError> {
    let Some(snapshot) = snapshot else { return Ok(None) };
    let (environment, service) = (release.environment.as_str(), release.service.as_str());
    if snapshot.tree_id(&layout::release(environment, placement.namespace(), service))?.is_some() {
        return Ok(None);
    }
    Ok(namespaces_with(snapshot, environment, service)?
        .into_iter()
        .find(|name| name != placement.namespace()))
}

/// The namespaces of an environment in which a service has a spec.
pub(crate) fn namespaces_with(
    snapshot: &Snapshot,
    environment: &str,
    service: &str,
) -> Result<Vec<String>, ReadError> {
    let mut found = Vec::new();
    for entry in snapshot.entries(&layout::namespaces(environment))? {
        let folder = matches!(entry.kind, EntryKind::Folder(_));
        if folder && snapshot.blob_id(&layout::spec(environment, &entry.name, service))?.is_some() {
            found.push(entry.name);
        }
    }
    Ok(found)
}

/// Where the artifact of a promotion has run, and whether it runs where it comes from by now: the batch that it is
/// decided in may have put it there. Nothing is asked for other intents.
pub(crate) fn ran(
    snapshot: Option<&Snapshot>,
    release: &Release,
    landed: impl FnOnce() -> Result<Vec<Landed>, ReadError>,
) -> Result<Vec<String>, ReadError> {
    let Intent::Promote { from } = &release.intent else { return Ok(Vec::new()) };
    let service = release.service.as_str();
    let records = landed()?.into_iter().map(|landed| landed.record);
    let mut ran: Vec<String> = records
        .filter(|record| record.service.eq_ignore_ascii_case(service))
        .map(|record| record.environment)
        .collect();
    if let Some(snapshot) = snapshot
        && lies_in(snapshot, from.as_str(), service, release.artifact.as_str())?
    {
        ran.push(from.to_string());
    }
    Ok(ran)
}

/// Whether this very artifact of a service lies in an environment.
fn lies_in(snapshot: &Snapshot, environment: &str, service: &str, artifact: &str) -> Result<bool, ReadError> {
    for namespace in namespaces_with(snapshot, environment, service)? {
        let spec = snapshot.blob(&layout::spec(environment, &namespace, service))?;
        let spec = spec.and_then(|bytes| artifact::decode_leniently(&bytes).ok());
        if spec.is_some_and(|spec| spec.id == artifact) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Bytes of a release's manifests that are looked through for workloads. A cluster takes no object of that size, and
/// what CI has packed small may be made to unpack to very much.
const MOST_MANIFESTS: u64 = 2 << 20;

/// What has to come up of a release, if this very artifact lies there. A file for which there is no room any more holds
/// none.
pub(crate) fn workloads(
    snapshot: &Snapshot,
    [environment, namespace, service]: [&str; 3],
    artifact: &str,
) -> Result<Option<Vec<Workload>>, ReadError> {
    let spec = snapshot.blob(&layout::spec(environment, namespace, service))?;
    let spec = spec.and_then(|bytes| artifact::decode_leniently(&bytes).ok());
    if spec.is_none_or(|spec| spec.id != artifact) {
        return Ok(None);
    }
    let mut found = Vec::new();
    let mut room = MOST_MANIFESTS;
    for (path, kind) in snapshot.files(&layout::release(environment, namespace, service))? {
        let EntryKind::File { id, .. } = kind else { continue };
        if workload::may_hold_manifests(&path.to_string())
            && let Some(left) = room.checked_sub(snapshot.size(id)?)
        {
            room = left;
            found.extend(workload::of_manifests(&String::from_utf8_lossy(&snapshot.content(id)?)));
        }
    }
    Ok(Some(found))
}

/// The services of an environment by their folders, in small letters, and the namespace of each.
pub(crate) fn services_in(
    snapshot: &Snapshot,
    environment: &str,
) -> Result<HashMap<String, String>, ReadError> {
    let mut found = HashMap::new();
    let namespaces = layout::namespaces(environment);
    for namespace in snapshot.entries(&namespaces)? {
        let (EntryKind::Folder(_), Ok(below)) = (namespace.kind, namespace.name.parse::<TreePath>()) else {
            continue;
        };
        for service in snapshot.entries(&namespaces.join_path(&below))? {
            if matches!(service.kind, EntryKind::Folder(_)) {
                found.insert(service.name.to_lowercase(), namespace.name.clone());
            }
        }
    }
    Ok(found)
}
