//! One request, decided and built on the head of a batch.

use std::collections::HashMap;

use artifact::{Person, ReleaseId};
use git_mirror::{Batch, Change, CommitId, NewCommit, Signature};
use jiff::Zoned;
use policy::{PolicyVerdict, Verdict, decide_policy, decide_release};

use super::job::{Answer, Job};
use super::{Worker, unmirrored};
use crate::{
    Placement, PolicyOutcome, PolicyRequest, ReadError, ReleaseOutcome, ReleaseRequest, WriteError, facts,
    message, policy_edits, release_edits,
};

/// Releases this batch has committed.
pub(super) type Made = HashMap<ReleaseId, (CommitId, Zoned)>;

impl Worker {
    /// Decides on a request at the head of the batch, and commits what was approved.
    pub(super) fn decide(&self, batch: &mut Batch, made: &mut Made, job: &Job) -> Option<Answer> {
        match job {
            Job::Release(request, _) => Some(Answer::Release(
                self.release(batch, made, request).unwrap_or_else(ReleaseOutcome::Failed),
            )),
            Job::Policy(request, _) => {
                Some(Answer::Policy(self.policies(batch, request).unwrap_or_else(PolicyOutcome::Failed)))
            }
            Job::Refresh(_) => None,
        }
    }

    fn release(
        &self,
        batch: &mut Batch,
        made: &mut Made,
        request: &ReleaseRequest,
    ) -> Result<ReleaseOutcome, WriteError> {
        let (release, manifests) = (&request.release, &request.manifests);
        if let Some((commit, at)) = made.get(&release.id) {
            return Ok(ReleaseOutcome::Landed { commit: *commit, at: at.clone() });
        }
        let landed = self.places.landed(release.id).map_err(unknown)?;
        if let Some(landed) = landed {
            return Ok(ReleaseOutcome::Landed { commit: landed.commit, at: landed.at });
        }
        let placement =
            Placement::new(&release.environment, &manifests.spec).map_err(WriteError::Artifact)?;
        let snapshot = batch.snapshot().map_err(unmirrored)?;
        let snapshot = snapshot.as_ref();
        let rules = self.rules(&release.environment, snapshot)?;
        let mut facts =
            facts::of_release(snapshot, &rules, release, manifests, &placement, &self.options.globals)
                .map_err(unknown)?;
        let ran = facts::ran(snapshot, release, || self.places.ran(&release.artifact));
        facts.ran = ran.map_err(unknown)?;
        let approved = match decide_release(release.clone(), &facts) {
            Verdict::Approved(approved) => approved,
            Verdict::AlreadyThere => return Ok(ReleaseOutcome::AlreadyThere),
            Verdict::Denied(denied) => return Ok(ReleaseOutcome::Denied(denied)),
        };
        let moved = facts::moved_from(snapshot, release, &placement).map_err(unknown)?;
        let placement = placement.moved_from(moved.as_deref());
        let edits = release_edits(&approved, manifests, &placement);
        let text = message::release(approved.change(), &manifests.spec.application.author());
        Ok(match self.commit(batch, &edits, &release.actor, text)? {
            Some((commit, at)) => {
                made.insert(release.id, (commit, at.clone()));
                ReleaseOutcome::Landed { commit, at }
            }
            None => ReleaseOutcome::AlreadyThere,
        })
    }

    fn policies(&self, batch: &mut Batch, request: &PolicyRequest) -> Result<PolicyOutcome, WriteError> {
        let change = &request.change;
        let snapshot = batch.snapshot().map_err(unmirrored)?;
        let facts =
            facts::of_policy(snapshot.as_ref(), &change.service, &self.options.globals).map_err(unknown)?;
        let (approved, file, ids) = match decide_policy(change.clone(), &facts) {
            PolicyVerdict::Approved { change, file, ids } => (change, file, ids),
            PolicyVerdict::Unchanged { ids } => return Ok(PolicyOutcome::Unchanged { ids }),
            PolicyVerdict::Denied(denied) => return Ok(PolicyOutcome::Denied(denied)),
        };
        let edits = policy_edits(&approved, &file)
            .map_err(|error| unknown(crate::IndexError::Record(error).into()))?;
        let text = message::policy(approved.change(), &ids);
        Ok(match self.commit(batch, &edits, &change.actor, text)? {
            Some((commit, _)) => PolicyOutcome::Landed { commit, ids },
            None => PolicyOutcome::Unchanged { ids },
        })
    }

    fn commit(
        &self,
        batch: &mut Batch,
        edits: &[Change],
        author: &Person,
        message: String,
    ) -> Result<Option<(CommitId, Zoned)>, WriteError> {
        let now = (self.options.now)();
        let committer = &self.options.committer;
        let commit = NewCommit {
            author: signature(author, committer, &now),
            committer: signature(committer, committer, &now),
            message,
        };
        let signer = self.options.signer.as_deref();
        let made = batch.commit(edits, &commit, signer).map_err(unmirrored)?;
        Ok(made.map(|id| (id, now)))
    }
}

/// A person as Git wants one: with a name. Who is known by an address alone is named by it.
fn signature(person: &Person, fallback: &Person, time: &Zoned) -> Signature {
    let known = if person.is_unknown() { fallback } else { person };
    let name = if known.name().is_empty() { known.email() } else { known.name() };
    Signature { name: name.to_owned(), email: known.email().to_owned(), time: time.clone() }
}

fn unknown(error: ReadError) -> WriteError {
    WriteError::Facts(error.into())
}
