//! What would become of a release, told without writing: the same gate on the same facts, at the commit that answers
//! are about.

use std::collections::BTreeMap;

use artifact::ArtifactId;
use git_mirror::{CommitId, EntryKind, Snapshot, TreePath};
use policy::{Denied, GlobalRestriction, Release, Verdict, decide_release};

use crate::{Manifests, Placement, ReadError, Reader, WriteError, facts, kustomization, layout};

/// What would become of a release.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The commit it would be built on; `None` while the repository is empty.
    pub commit: Option<CommitId>,
    /// What runs there now.
    pub current: Option<ArtifactId>,
    /// What the gate would say.
    pub foretold: Foretold,
}

/// What the gate would say. It proves nothing: whoever writes asks the gate again, on the commit it builds on.
#[derive(Clone, Debug)]
pub enum Foretold {
    /// It would be written.
    Approved,
    /// This very artifact is there already.
    AlreadyThere,
    /// It would be refused.
    Denied(Denied),
}

/// A file that a release would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePreview {
    /// Its path below the service's folder; the Flux Kustomization has its path from the root.
    pub path: String,
    /// What it holds now; `None` when it is new.
    pub before: Option<Vec<u8>>,
    /// What it would hold; `None` when it would be removed.
    pub after: Option<Vec<u8>>,
}

/// The files on either side, by path.
type Files = BTreeMap<String, Vec<u8>>;

impl Reader {
    /// What would become of a release now.
    ///
    /// # Errors
    /// When the artifact cannot be placed, or what the decision needs cannot be read: as the writer would fail.
    pub fn preview(
        &self,
        release: &Release,
        manifests: &Manifests,
        globals: &[GlobalRestriction],
    ) -> Result<Preview, WriteError> {
        let placement =
            Placement::new(&release.environment, &manifests.spec).map_err(WriteError::Artifact)?;
        let snapshot = self.snapshot(&release.environment).map_err(unknown)?;
        let rules = self.rules().map_err(unknown)?;
        let mut facts = facts::of_release(snapshot.as_ref(), &rules, release, manifests, &placement, globals)
            .map_err(unknown)?;
        facts.ran =
            facts::ran(snapshot.as_ref(), release, || self.ran(&release.artifact)).map_err(unknown)?;
        Ok(Preview {
            commit: snapshot.as_ref().map(Snapshot::commit),
            current: facts.current.clone(),
            foretold: match decide_release(release.clone(), &facts) {
                Verdict::Approved(_) => Foretold::Approved,
                Verdict::AlreadyThere => Foretold::AlreadyThere,
                Verdict::Denied(denied) => Foretold::Denied(denied),
            },
        })
    }

    /// The files a release would change, by path, and how many it would leave as they are. `artifact.json` is not
    /// among them: it differs always.
    ///
    /// # Errors
    /// As [`preview`](Self::preview).
    pub fn preview_files(
        &self,
        release: &Release,
        manifests: &Manifests,
    ) -> Result<(Vec<FilePreview>, usize), WriteError> {
        let placement =
            Placement::new(&release.environment, &manifests.spec).map_err(WriteError::Artifact)?;
        let snapshot = self.snapshot(&release.environment).map_err(unknown)?;
        let mut before = match &snapshot {
            Some(snapshot) => files_now(snapshot, release, &placement).map_err(unknown)?,
            None => Files::new(),
        };
        let after = files_then(release, manifests, &placement);
        let (mut changed, mut unchanged) = (Vec::new(), 0);
        for (path, new) in after {
            match before.remove(&path) {
                Some(old) if old == new => unchanged += 1,
                old => changed.push(FilePreview { path, before: old, after: Some(new) }),
            }
        }
        let gone = before.into_iter().map(|(path, old)| FilePreview { path, before: Some(old), after: None });
        changed.extend(gone);
        changed.sort_by(|a, b| a.path.cmp(&b.path));
        Ok((changed, unchanged))
    }
}

/// What lies in the service's folder, in whichever namespace it is, with its Kustomization.
fn files_now(snapshot: &Snapshot, release: &Release, placement: &Placement) -> Result<Files, ReadError> {
    let (environment, service) = (&release.environment, &release.service);
    let moved = facts::moved_from(Some(snapshot), release, placement)?;
    let namespace = moved.as_deref().unwrap_or(placement.namespace());
    let folder = layout::release(environment.as_str(), namespace, service.as_str());
    let mut files = Files::new();
    for (path, kind) in snapshot.files(&folder)? {
        let name = path.as_str().strip_prefix(folder.as_str()).unwrap_or_default().trim_start_matches('/');
        if let EntryKind::File { id, .. } = kind
            && name != layout::SPEC
        {
            files.insert(name.to_owned(), snapshot.content(id)?);
        }
    }
    let kustomization = layout::cluster(environment, namespace, service);
    if let Some(content) = snapshot.blob(&kustomization)? {
        files.insert(kustomization.as_str().to_owned(), content);
    }
    Ok(files)
}

/// What the release would put there.
fn files_then(release: &Release, manifests: &Manifests, placement: &Placement) -> Files {
    let moved = kustomization::find(&manifests.files);
    let kustomization: TreePath =
        layout::cluster(&release.environment, placement.namespace(), &release.service);
    let files = manifests.files.iter().enumerate().map(|(at, file)| {
        let path = if moved == Some(at) { &kustomization } else { &file.path };
        (path.as_str().to_owned(), file.content.clone())
    });
    files.filter(|(path, _)| path != layout::SPEC).collect()
}

fn unknown(error: ReadError) -> WriteError {
    WriteError::Facts(error.into())
}
