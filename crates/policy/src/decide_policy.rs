//! May this policy be changed, and what is the file then?

use artifact::{BranchName, EnvName, Person, ServiceName};

use crate::restriction::{compile, effective};
use crate::{Approved, AutoRelease, BranchRestriction, Denied, GlobalRestriction, PolicyFile, Reason};

/// A change of a service's policies somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    /// The service.
    pub service: ServiceName,
    /// What is asked for.
    pub kind: PolicyChangeKind,
    /// The person who asked, from a verified token.
    pub actor: Person,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyChangeKind {
    /// Release new artifacts of a branch to an environment.
    ApplyAutoRelease {
        /// The branch.
        branch: BranchName,
        /// The environment.
        environment: EnvName,
    },
    /// Let only some branches into an environment.
    ApplyBranchRestriction {
        /// The pattern a branch has to match.
        pattern: String,
        /// The environment.
        environment: EnvName,
    },
    /// Take policies away.
    Delete {
        /// Their ids.
        ids: Vec<String>,
    },
}

/// What is true at the commit the change would be built on.
#[derive(Clone, Debug)]
pub struct PolicyFacts<'a> {
    /// The environments there are, in their order.
    pub environments: Vec<EnvName>,
    /// The service's policies as stored.
    pub file: PolicyFile,
    /// Restrictions for every service.
    pub globals: &'a [GlobalRestriction],
}

/// What the gate says of a policy change.
#[derive(Debug)]
pub enum PolicyVerdict {
    /// It may be written; the file as it will be, and the ids of the policies that changed.
    Approved {
        /// The proof.
        change: Approved<PolicyChange>,
        /// The file to store.
        file: PolicyFile,
        /// The ids of the policies applied or taken away.
        ids: Vec<String>,
    },
    /// The file says so already.
    Unchanged {
        /// The ids of the policies asked for that are there as asked.
        ids: Vec<String>,
    },
    /// It may not be written.
    Denied(Denied),
}

/// Decides on a change of policies.
#[must_use]
pub fn decide_policy(change: PolicyChange, facts: &PolicyFacts<'_>) -> PolicyVerdict {
    let mut file = facts.file.clone();
    let outcome = match &change.kind {
        PolicyChangeKind::ApplyAutoRelease { branch, environment } => {
            apply_auto_release(&mut file, facts, branch, environment)
        }
        PolicyChangeKind::ApplyBranchRestriction { pattern, environment } => {
            apply_restriction(&mut file, facts, pattern, environment)
        }
        PolicyChangeKind::Delete { ids } => Ok(delete(&mut file, ids)),
    };
    match outcome {
        Err(reasons) => PolicyVerdict::Denied(Denied { reasons }),
        Ok(ids) if file == facts.file => PolicyVerdict::Unchanged { ids },
        Ok(ids) => PolicyVerdict::Approved { change: Approved::by_the_gate(change), file, ids },
    }
}

fn known(environment: &EnvName, facts: &PolicyFacts<'_>) -> Result<(), Vec<Reason>> {
    if facts.environments.contains(environment) {
        return Ok(());
    }
    Err(vec![Reason::UnknownEnvironment {
        environment: environment.clone(),
        known: facts.environments.clone(),
    }])
}

fn apply_auto_release(
    file: &mut PolicyFile,
    facts: &PolicyFacts<'_>,
    branch: &BranchName,
    environment: &EnvName,
) -> Result<Vec<String>, Vec<Reason>> {
    known(environment, facts)?;
    for restriction in effective(environment, facts.globals, &file.branch_restrictions) {
        let pattern = restriction.pattern;
        let allowed = compile(pattern).is_ok_and(|compiled| compiled.is_match(branch.as_str()));
        if !allowed {
            let scope = if restriction.global { "every service" } else { "this service" };
            let with =
                format!("only branches that match `{pattern}` may be released to {environment}, for {scope}");
            return Err(vec![Reason::PolicyConflict { with }]);
        }
    }
    let policy = AutoRelease::new(branch.clone(), environment.clone());
    let id = policy.id.clone();
    replace(&mut file.auto_releases, policy, |known| known.environment == *environment);
    Ok(vec![id])
}

fn apply_restriction(
    file: &mut PolicyFile,
    facts: &PolicyFacts<'_>,
    pattern: &str,
    environment: &EnvName,
) -> Result<Vec<String>, Vec<Reason>> {
    let compiled = compile(pattern).map_err(|problem| vec![Reason::InvalidPattern { problem }])?;
    known(environment, facts)?;
    let mut conflicts = Vec::new();
    for policy in file.auto_releases.iter().filter(|policy| policy.environment == *environment) {
        if !compiled.is_match(policy.branch.as_str()) {
            conflicts.push(Reason::PolicyConflict { with: format!("`{}` is in force", policy.id) });
        }
    }
    for global in facts.globals.iter().filter(|global| global.environment == *environment) {
        if global.pattern != pattern {
            let with = format!("`{}` guards {environment} for every service", global.pattern);
            conflicts.push(Reason::PolicyConflict { with });
        }
    }
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    let policy = BranchRestriction::new(pattern.to_owned(), environment.clone());
    let id = policy.id.clone();
    replace(&mut file.branch_restrictions, policy, |known| known.environment == *environment);
    Ok(vec![id])
}

/// Takes the policies with these ids away; the ids that were there are returned.
fn delete(file: &mut PolicyFile, ids: &[String]) -> Vec<String> {
    let mut deleted = Vec::new();
    let mut keep = |id: &String| {
        let named = !id.is_empty() && ids.contains(id);
        if named {
            deleted.push(id.clone());
        }
        !named
    };
    file.auto_releases.retain(|policy| keep(&policy.id));
    file.branch_restrictions.retain(|policy| keep(&policy.id));
    deleted
}

fn replace<T>(list: &mut Vec<T>, item: T, same: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|known| same(known)) {
        Some(known) => *known = item,
        None => list.push(item),
    }
}

#[cfg(test)]
mod tests;
