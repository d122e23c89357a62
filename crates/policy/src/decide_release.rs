//! May this artifact go to this environment now?

use artifact::{ArtifactId, EnvName, Intent, Person, ReleaseId, ServiceName};

use crate::restriction::{compile, effective};
use crate::{Approved, BranchRestriction, Denied, GlobalRestriction, Reason};

/// A release somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The identity it was accepted under.
    pub id: ReleaseId,
    /// What is released.
    pub service: ServiceName,
    /// Where to.
    pub environment: EnvName,
    /// Which version.
    pub artifact: ArtifactId,
    /// Why.
    pub intent: Intent,
    /// The person who asked, from a verified token or the artifact itself.
    pub actor: Person,
}

/// What is true at the commit the release would be built on.
#[derive(Clone, Debug, Default)]
pub struct ReleaseFacts<'a> {
    /// The environments there are, in their order.
    pub environments: Vec<EnvName>,
    /// The branch the artifact was built from, as its spec says.
    pub branch: &'a str,
    /// The environments the artifact holds manifests for: the folders in its root.
    pub rendered: Vec<String>,
    /// The branch whose artifacts enter the first environment.
    pub entry_branch: String,
    /// Where this artifact of the service runs or has run; asked only for a promotion.
    pub ran: Vec<String>,
    /// What runs there now.
    pub current: Option<ArtifactId>,
    /// Restrictions for every service.
    pub globals: &'a [GlobalRestriction],
    /// The service's own restrictions.
    pub restrictions: Vec<BranchRestriction>,
}

/// What the gate says of a release.
#[derive(Debug)]
pub enum Verdict {
    /// It may be written.
    Approved(Approved<Release>),
    /// This very artifact is there already: nothing to write.
    AlreadyThere,
    /// It may not be written.
    Denied(Denied),
}

/// Decides on a release. Every rule is asked, so the answer names all that stands against it.
#[must_use]
pub fn decide_release(release: Release, facts: &ReleaseFacts<'_>) -> Verdict {
    let reasons: Vec<Reason> = [
        environment_is_known(&release, facts),
        environment_is_rendered(&release, facts),
        branch_may_enter(&release, facts),
        intent_is_true(&release, facts),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !reasons.is_empty() {
        return Verdict::Denied(Denied { reasons });
    }
    if facts.current.as_ref() == Some(&release.artifact) {
        return Verdict::AlreadyThere;
    }
    Verdict::Approved(Approved::by_the_gate(release))
}

fn environment_is_known(release: &Release, facts: &ReleaseFacts<'_>) -> Option<Reason> {
    (!facts.environments.contains(&release.environment)).then(|| Reason::UnknownEnvironment {
        environment: release.environment.clone(),
        known: facts.environments.clone(),
    })
}

fn environment_is_rendered(release: &Release, facts: &ReleaseFacts<'_>) -> Option<Reason> {
    // An environment that nobody knows is reported as that, once.
    let known = facts.environments.contains(&release.environment);
    let rendered = facts.rendered.iter().any(|folder| folder == release.environment.as_str());
    (known && !rendered).then(|| Reason::NotInArtifact {
        artifact: release.artifact.clone(),
        environment: release.environment.clone(),
        rendered: facts.rendered.clone(),
    })
}

/// Of several restrictions, which only a person can have written, every one holds.
fn branch_may_enter(release: &Release, facts: &ReleaseFacts<'_>) -> Option<Reason> {
    let environment = &release.environment;
    effective(environment, facts.globals, &facts.restrictions).iter().find_map(|restriction| {
        match compile(restriction.pattern) {
            Ok(pattern) if pattern.is_match(facts.branch) => None,
            Ok(_) => Some(Reason::BranchRestricted {
                phrase: release.intent.phrase(&release.artifact),
                environment: environment.clone(),
                pattern: restriction.pattern.to_owned(),
                branch: facts.branch.to_owned(),
            }),
            Err(problem) => Some(Reason::BrokenRestriction {
                environment: environment.clone(),
                pattern: restriction.pattern.to_owned(),
                problem,
            }),
        }
    })
}

/// What a commit says of the why has to be so: it is evidence.
fn intent_is_true(release: &Release, facts: &ReleaseFacts<'_>) -> Option<Reason> {
    match &release.intent {
        Intent::ReleaseBranch { branch } if branch.as_str() != facts.branch => Some(Reason::FalseIntent {
            said: format!("a release of branch '{branch}' was asked for"),
            truth: format!("artifact '{}' is of branch '{}'", release.artifact, facts.branch),
        }),
        // What runs there already needs no rollback, whatever it would have replaced.
        Intent::Rollback { previous }
            if ![Some(previous), Some(&release.artifact)].contains(&facts.current.as_ref()) =>
        {
            let current =
                facts.current.as_ref().map_or("nothing".to_owned(), |current| format!("'{current}'"));
            Some(Reason::FalseIntent {
                said: format!("a rollback of '{previous}' was asked for"),
                truth: format!("{current} runs in environment '{}'", release.environment),
            })
        }
        Intent::Promote { from } => promotion_is_true(release, from, facts),
        Intent::ReleaseArtifact
        | Intent::ReleaseBranch { .. }
        | Intent::Rollback { .. }
        | Intent::AutoRelease => None,
    }
}

/// A promotion takes what ran in an environment, or what was built from the branch that new changes start on, which
/// clients name like an environment.
fn promotion_is_true(release: &Release, from: &EnvName, facts: &ReleaseFacts<'_>) -> Option<Reason> {
    if facts.ran.iter().any(|ran| ran.eq_ignore_ascii_case(from.as_str())) {
        return None;
    }
    let of_branch = !facts.environments.contains(from) && from.as_str() == facts.entry_branch;
    if of_branch && facts.branch == facts.entry_branch {
        return None;
    }
    let artifact = &release.artifact;
    let truth = if of_branch {
        format!("artifact '{artifact}' is of branch '{}'", facts.branch)
    } else {
        format!("artifact '{artifact}' never ran in environment '{from}'")
    };
    Some(Reason::FalseIntent { said: format!("a promotion from '{from}' was asked for"), truth })
}

#[cfg(test)]
mod tests;
