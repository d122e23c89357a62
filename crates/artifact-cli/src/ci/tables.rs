//! What each system says, by its own documentation.
//!
//! The branch of a fork is never taken: its `main` is not ours, and policies trust branches by name.

use super::event::Event;
use super::fact::{Facts, Field};
use super::remote::Remote;
use super::system::{System, Variables};

#[cfg(test)]
mod tests;

/// What the variables of a job tell. `event` is the event file of GitHub Actions.
pub(crate) fn facts(system: System, variables: &Variables, event: &Event) -> Facts {
    let of = |name: &str| variables.get(name).map(String::as_str).filter(|value| !value.is_empty());
    match system {
        System::GitHub => github(&of, event),
        System::GitLab => gitlab(&of),
        System::Buildkite => buildkite(&of),
        System::CircleCi => circleci(&of),
        System::Jenkins => jenkins(&of),
    }
}

/// Looks a variable up; an empty one is none.
type Look<'a, 'b> = &'b dyn Fn(&str) -> Option<&'a str>;

fn github(of: Look<'_, '_>, event: &Event) -> Facts {
    let mut facts = Facts::default();
    match &event.pull_request {
        // GITHUB_SHA is GitHub's own merge commit then, or the head of the target.
        Some(pull_request) => {
            facts.note(Field::Sha, "pull_request.head.sha", Some(&pull_request.head.sha));
            let home = pull_request.head.repo.as_ref().map(|repo| repo.full_name.as_str());
            let ours = home.is_some() && home == of("GITHUB_REPOSITORY");
            let branch = ours.then_some(&pull_request.head.branch);
            facts.note(Field::Branch, "pull_request.head.ref", branch);
        }
        None if of("GITHUB_HEAD_REF").is_none() => {
            facts.note(Field::Sha, "GITHUB_SHA", of("GITHUB_SHA"));
        }
        // A pull request without its event: the commit is not known.
        None => {}
    }
    let pushed = event.pull_request.is_none() && of("GITHUB_HEAD_REF").is_none();
    if of("GITHUB_REF_TYPE") == Some("branch") && pushed {
        // The name of a pull request's ref is `12/merge`.
        let branch = of("GITHUB_REF").is_none_or(|name| name.starts_with("refs/heads/"));
        facts.note(Field::Branch, "GITHUB_REF_NAME", of("GITHUB_REF_NAME").filter(|_| branch));
    }
    if let Some(commit) =
        event.head_commit.as_ref().filter(|commit| facts.get(Field::Sha) == Some(&commit.id))
    {
        facts.note(Field::Message, "head_commit.message", Some(&commit.message));
        facts.note(Field::AuthorName, "head_commit.author", commit.author.name.as_ref());
        facts.note(Field::AuthorEmail, "head_commit.author", commit.author.email.as_ref());
        facts.note(Field::CommitterName, "head_commit.committer", commit.committer.name.as_ref());
        facts.note(Field::CommitterEmail, "head_commit.committer", commit.committer.email.as_ref());
    }
    if let (Some(server), Some(repository)) = (of("GITHUB_SERVER_URL"), of("GITHUB_REPOSITORY")) {
        let page = format!("{server}/{repository}");
        if let Some(run) = of("GITHUB_RUN_ID") {
            let attempt = of("GITHUB_RUN_ATTEMPT").map(|number| format!("/attempts/{number}"));
            let url = format!("{page}/actions/runs/{run}{}", attempt.unwrap_or_default());
            facts.note(Field::JobUrl, "GITHUB_RUN_ID", Some(url));
        }
        repository_at(&mut facts, "GITHUB_REPOSITORY", &page, Some("GitHub"));
    }
    facts
}

fn gitlab(of: Look<'_, '_>) -> Facts {
    let mut facts = Facts::default();
    // Set when GitLab builds its own merge of the branch with its target.
    let head = of("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
    facts.note(Field::Sha, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", head);
    facts.note(Field::Sha, "CI_COMMIT_SHA", of("CI_COMMIT_SHA"));
    let merge_request = "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME";
    let (home, target) = (of("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH"), of("CI_MERGE_REQUEST_PROJECT_PATH"));
    facts.note(Field::Branch, merge_request, of(merge_request).filter(|_| home == target));
    // A pull request of another host, which GitLab runs only for branches of the same repository.
    let external = "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME";
    let homes = ["SOURCE", "TARGET"].map(|end| of(&format!("CI_EXTERNAL_PULL_REQUEST_{end}_REPOSITORY")));
    facts.note(Field::Branch, external, of(external).filter(|_| homes[0] == homes[1]));
    facts.note(Field::Branch, "CI_COMMIT_BRANCH", of("CI_COMMIT_BRANCH"));
    if head.is_none() || head == of("CI_COMMIT_SHA") {
        facts.note(Field::Message, "CI_COMMIT_MESSAGE", of("CI_COMMIT_MESSAGE"));
        let author = of("CI_COMMIT_AUTHOR").and_then(|author| author.strip_suffix('>')?.rsplit_once('<'));
        facts.note(Field::AuthorName, "CI_COMMIT_AUTHOR", author.map(|(name, _)| name));
        facts.note(Field::AuthorEmail, "CI_COMMIT_AUTHOR", author.map(|(_, email)| email));
    }
    facts.note(Field::JobUrl, "CI_JOB_URL", of("CI_JOB_URL"));
    if let Some(page) = of("CI_PROJECT_URL") {
        repository_at(&mut facts, "CI_PROJECT_URL", page, Some("GitLab"));
    }
    facts
}

fn buildkite(of: Look<'_, '_>) -> Facts {
    let mut facts = Facts::default();
    // Until the agent has looked, it is the word HEAD.
    facts.note(Field::Sha, "BUILDKITE_COMMIT", of("BUILDKITE_COMMIT").filter(|sha| *sha != "HEAD"));
    // Of a fork it is `owner:branch`, or the fork is named; of a tag it is the tag.
    let page = |name| of(name).and_then(Remote::of).map(|remote| remote.page.to_lowercase());
    let fork = page("BUILDKITE_PULL_REQUEST_REPO").is_some_and(|home| Some(home) != page("BUILDKITE_REPO"));
    let branch = of("BUILDKITE_BRANCH").filter(|_| of("BUILDKITE_TAG").is_none() && !fork);
    let branch = branch.filter(|branch| !branch.contains(':'));
    facts.note(Field::Branch, "BUILDKITE_BRANCH", branch);
    facts.note(Field::Message, "BUILDKITE_MESSAGE", of("BUILDKITE_MESSAGE"));
    facts.note(Field::AuthorName, "BUILDKITE_BUILD_AUTHOR", of("BUILDKITE_BUILD_AUTHOR"));
    facts.note(Field::AuthorEmail, "BUILDKITE_BUILD_AUTHOR_EMAIL", of("BUILDKITE_BUILD_AUTHOR_EMAIL"));
    if let Some(build) = of("BUILDKITE_BUILD_URL") {
        let job = of("BUILDKITE_JOB_ID").map(|id| format!("#{id}")).unwrap_or_default();
        facts.note(Field::JobUrl, "BUILDKITE_BUILD_URL", Some(format!("{build}{job}")));
    }
    if let Some(address) = of("BUILDKITE_REPO") {
        let provider = of("BUILDKITE_PIPELINE_PROVIDER").and_then(|name| match name {
            "github" | "github_enterprise" => Some("GitHub"),
            "gitlab" | "gitlab_ee" => Some("GitLab"),
            "bitbucket" | "bitbucket_server" => Some("Bitbucket"),
            _ => None,
        });
        repository_at(&mut facts, "BUILDKITE_REPO", address, provider);
    }
    facts
}

fn circleci(of: Look<'_, '_>) -> Facts {
    let mut facts = Facts::default();
    facts.note(Field::Sha, "CIRCLE_SHA1", of("CIRCLE_SHA1"));
    // Of a fork it is `pull/12`, which is no branch of anybody.
    let branch = of("CIRCLE_BRANCH").filter(|branch| !branch.starts_with("pull/"));
    facts.note(Field::Branch, "CIRCLE_BRANCH", branch);
    facts.note(Field::JobUrl, "CIRCLE_BUILD_URL", of("CIRCLE_BUILD_URL"));
    if let Some(address) = of("CIRCLE_REPOSITORY_URL") {
        repository_at(&mut facts, "CIRCLE_REPOSITORY_URL", address, None);
    }
    facts
}

/// `GIT_AUTHOR_NAME` and its like are what Jenkins would commit as: they say nothing of this commit.
fn jenkins(of: Look<'_, '_>) -> Facts {
    let mut facts = Facts::default();
    facts.note(Field::Sha, "GIT_COMMIT", of("GIT_COMMIT"));
    let of_branch = of("TAG_NAME").is_none();
    let ours = of("CHANGE_FORK").is_none();
    facts.note(Field::Branch, "CHANGE_BRANCH", of("CHANGE_BRANCH").filter(|_| ours));
    // Of a pull request these are `PR-12`.
    if of_branch && of("CHANGE_ID").is_none() {
        facts.note(Field::Branch, "BRANCH_NAME", of("BRANCH_NAME"));
        let remote = of("GIT_BRANCH").filter(|branch| *branch != "detached");
        let remote = remote.map(|branch| branch.strip_prefix("refs/heads/").unwrap_or(branch));
        let remote = remote.map(|branch| branch.strip_prefix("origin/").unwrap_or(branch));
        facts.note(Field::Branch, "GIT_BRANCH", remote);
    }
    facts.note(Field::JobUrl, "BUILD_URL", of("BUILD_URL"));
    if let Some(address) = of("GIT_URL").or_else(|| of("GIT_URL_1")) {
        repository_at(&mut facts, "GIT_URL", address, None);
    }
    facts
}

/// Name, kind of host, and the page of the commit.
fn repository_at(facts: &mut Facts, source: &'static str, address: &str, provider: Option<&'static str>) {
    let Some(mut remote) = Remote::of(address) else { return };
    remote.provider = provider.or(remote.provider);
    facts.note(Field::Provider, source, remote.provider);
    let url = facts.get(Field::Sha).map(|sha| remote.commit(sha));
    facts.note(Field::Url, source, url);
    facts.note(Field::Name, source, Some(remote.name));
}
