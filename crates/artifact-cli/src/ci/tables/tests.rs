//! Environments as each system sets them, in the parts that matter and some that mislead.

use super::*;

const SHA: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
const MERGE: &str = "ffffffffffffffffffffffffffffffffffffffff";

fn variables(lines: &str) -> Variables {
    let pairs = lines.lines().filter_map(|line| line.trim().split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.replace("SHA", SHA).replace("MERGE", MERGE))).collect()
}

/// What is told, as one line for each field.
fn told(lines: &str, event: &str) -> String {
    let variables = variables(lines);
    let event = serde_json::from_str(&event.replace("SHA", SHA)).unwrap();
    let system = System::of(&variables).unwrap();
    let facts = facts(system, &variables, &event);
    let mut text = format!("{}\n", system.name());
    for field in [
        Field::Branch,
        Field::Sha,
        Field::Message,
        Field::AuthorName,
        Field::AuthorEmail,
        Field::CommitterName,
        Field::CommitterEmail,
        Field::JobUrl,
        Field::Name,
        Field::Url,
        Field::Provider,
    ] {
        if let Some(value) = facts.get(field) {
            text.push_str(&format!(
                "{} {}\n",
                field.flag(),
                value.replace(SHA, "SHA").replace(MERGE, "MERGE")
            ));
        }
    }
    text
}

const GITHUB: &str = "GITHUB_ACTIONS=true
    GITHUB_SERVER_URL=https://github.com
    GITHUB_REPOSITORY=acme/billing
    GITHUB_RUN_ID=1658821493
    GITHUB_RUN_ATTEMPT=2
    GITHUB_ACTOR=somebody-else
    CI=true\n";

#[test]
fn github_tells_of_a_push() {
    let push = format!(
        "{GITHUB}GITHUB_REF=refs/heads/feature/x\nGITHUB_REF_NAME=feature/x\nGITHUB_REF_TYPE=branch\nGITHUB_SHA=SHA\nGITHUB_HEAD_REF=\nGITHUB_BASE_REF="
    );
    let event = r#"{"ref":"refs/heads/feature/x","head_commit":{"id":"SHA","message":"Add limit\n\nBecause $(id).",
        "author":{"name":"Bo Lind","email":"bo@example.test","username":"bo"},
        "committer":{"name":"GitHub","email":"noreply@github.com"}},"pusher":{"name":"x"}}"#;
    insta::assert_snapshot!(told(&push, event), @r#"
    GitHub Actions
    --git-branch feature/x
    --git-sha SHA
    --git-message Add limit

    Because $(id).
    --git-author-name Bo Lind
    --git-author-email bo@example.test
    --git-committer-name GitHub
    --git-committer-email noreply@github.com
    --ci-job-url https://github.com/acme/billing/actions/runs/1658821493/attempts/2
    --name billing
    --url https://github.com/acme/billing/commit/SHA
    --provider GitHub
    "#);
    let other = event.replacen("SHA", "1111", 1);
    assert!(!told(&push, &other).contains("Bo Lind"), "the event is of another commit");
}

#[test]
fn github_tells_the_head_of_a_pull_request_and_not_its_merge() {
    let pull = format!(
        "{GITHUB}GITHUB_REF=refs/pull/12/merge\nGITHUB_REF_NAME=12/merge\nGITHUB_REF_TYPE=branch\nGITHUB_SHA=MERGE\nGITHUB_HEAD_REF=feature/x\nGITHUB_BASE_REF=main"
    );
    let event = r#"{"number":12,"pull_request":{"number":12,"head":{"ref":"feature/x","sha":"SHA","repo":{"full_name":"acme/billing"}},"base":{"ref":"main"}}}"#;
    insta::assert_snapshot!(told(&pull, event), @r#"
    GitHub Actions
    --git-branch feature/x
    --git-sha SHA
    --ci-job-url https://github.com/acme/billing/actions/runs/1658821493/attempts/2
    --name billing
    --url https://github.com/acme/billing/commit/SHA
    --provider GitHub
    "#);
    assert!(!told(&pull, "{}").contains("--git-sha"), "without the event the head is not known");
}

#[test]
fn a_tag_is_no_branch() {
    let tag =
        format!("{GITHUB}GITHUB_REF=refs/tags/v1\nGITHUB_REF_NAME=v1\nGITHUB_REF_TYPE=tag\nGITHUB_SHA=SHA");
    for environment in [
        tag.as_str(),
        "GITLAB_CI=true\nCI_COMMIT_SHA=SHA\nCI_COMMIT_TAG=v1\nCI_COMMIT_REF_NAME=v1",
        "BUILDKITE=true\nBUILDKITE_COMMIT=SHA\nBUILDKITE_BRANCH=v1\nBUILDKITE_TAG=v1",
        "CIRCLECI=true\nCIRCLE_SHA1=SHA\nCIRCLE_TAG=v1",
        "JENKINS_URL=https://ci.test/\nGIT_COMMIT=SHA\nTAG_NAME=v1\nBRANCH_NAME=v1\nGIT_BRANCH=v1",
    ] {
        let told = told(environment, "{}");
        assert!(told.contains("--git-sha SHA") && !told.contains("--git-branch"), "{told}");
    }
}

#[test]
fn the_branch_of_a_fork_is_not_ours() {
    let pull = format!(
        "{GITHUB}GITHUB_REF=refs/pull/12/merge\nGITHUB_REF_NAME=main\nGITHUB_REF_TYPE=branch\nGITHUB_SHA=MERGE\nGITHUB_HEAD_REF=main"
    );
    let merge_request = "GITLAB_CI=true\nCI_COMMIT_SHA=SHA\nCI_MERGE_REQUEST_SOURCE_BRANCH_NAME=main";
    for (environment, event) in [
        (
            pull.as_str(),
            r#"{"pull_request":{"head":{"ref":"main","sha":"SHA","repo":{"full_name":"eve/billing"}}}}"#,
        ),
        (&pull, r#"{"pull_request":{"head":{"ref":"main","sha":"SHA","repo":null}}}"#),
        (
            &format!(
                "{merge_request}\nCI_MERGE_REQUEST_SOURCE_PROJECT_PATH=eve/b\nCI_MERGE_REQUEST_PROJECT_PATH=acme/b"
            ),
            "{}",
        ),
        ("BUILDKITE=true\nBUILDKITE_COMMIT=SHA\nBUILDKITE_BRANCH=eve:main", "{}"),
        (
            "BUILDKITE=true\nBUILDKITE_COMMIT=SHA\nBUILDKITE_BRANCH=main\nBUILDKITE_REPO=git@github.com:acme/b.git\n\
             BUILDKITE_PULL_REQUEST_REPO=https://github.com/eve/b.git",
            "{}",
        ),
        ("CIRCLECI=true\nCIRCLE_SHA1=SHA\nCIRCLE_BRANCH=pull/12", "{}"),
        (
            "JENKINS_URL=u\nGIT_COMMIT=SHA\nCHANGE_ID=1\nCHANGE_BRANCH=main\nCHANGE_FORK=eve\nBRANCH_NAME=PR-1",
            "{}",
        ),
    ] {
        let told = told(environment, event);
        assert!(told.contains("--git-sha SHA") && !told.contains("--git-branch"), "{told}");
    }
}

#[test]
fn gitlab_tells_of_a_branch() {
    let branch = "GITLAB_CI=true
        CI_COMMIT_SHA=SHA
        CI_COMMIT_BRANCH=feature/x
        CI_COMMIT_REF_NAME=feature/x
        CI_COMMIT_MESSAGE=Add <refund> limit
        CI_COMMIT_AUTHOR=Bo \"the <b>\" Lind <bo@example.test>
        CI_JOB_URL=https://gitlab.example.test/acme/pay/billing/-/jobs/1001
        CI_PROJECT_URL=https://gitlab.example.test/acme/pay/billing
        CI_PROJECT_NAME=billing
        GITLAB_USER_NAME=Somebody Else";
    insta::assert_snapshot!(told(branch, "{}"), @r#"
    GitLab CI
    --git-branch feature/x
    --git-sha SHA
    --git-message Add <refund> limit
    --git-author-name Bo "the <b>" Lind
    --git-author-email bo@example.test
    --ci-job-url https://gitlab.example.test/acme/pay/billing/-/jobs/1001
    --name billing
    --url https://gitlab.example.test/acme/pay/billing/-/commit/SHA
    --provider GitLab
    "#);
}

#[test]
fn gitlab_tells_the_head_of_a_merged_result() {
    let merged = "GITLAB_CI=true
        CI_PIPELINE_SOURCE=merge_request_event
        CI_COMMIT_SHA=MERGE
        CI_COMMIT_MESSAGE=Merge branch
        CI_COMMIT_AUTHOR=GitLab <gitlab@example.test>
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=SHA
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature/x
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
        CI_PROJECT_URL=https://gitlab.com/acme/billing";
    insta::assert_snapshot!(told(merged, "{}"), @r#"
    GitLab CI
    --git-branch feature/x
    --git-sha SHA
    --name billing
    --url https://gitlab.com/acme/billing/-/commit/SHA
    --provider GitLab
    "#);
}

#[test]
fn gitlab_tells_the_branch_of_a_pull_request_on_another_host() {
    let external = "GITLAB_CI=true
        CI_PIPELINE_SOURCE=external_pull_request_event
        CI_COMMIT_SHA=SHA
        CI_COMMIT_REF_NAME=feature/x
        CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME=feature/x
        CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY=acme/billing
        CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME=main
        CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY=";
    let told_of = |home: &str| told(&format!("{external}{home}"), "{}");
    assert!(told_of("acme/billing").contains("--git-branch feature/x\n"));
    assert!(!told_of("eve/billing").contains("--git-branch"));
}

/// Builds that are no plain push: which branch and which commit are recorded, or none.
#[test]
fn each_kind_of_build_is_recorded_as_its_own_branch() {
    let github = |lines: &str| format!("{GITHUB}GITHUB_SHA=SHA\n{lines}");
    let pull = r#"{"pull_request":{"head":{"ref":"fix/y","sha":"SHA","repo":{"full_name":"acme/billing"}}}}"#;
    let gitlab = "GITLAB_CI=true\nCI_COMMIT_SHA=SHA\n";
    let jenkins = "JENKINS_URL=u\nGIT_COMMIT=SHA\n";
    let table = [
        (
            "GitHub, a pull request on its target",
            github("GITHUB_REF=refs/heads/main\nGITHUB_REF_NAME=main\nGITHUB_REF_TYPE=branch\nGITHUB_HEAD_REF=fix/y"),
            pull,
            Some("fix/y"),
        ),
        (
            "GitHub, a merge queue",
            github("GITHUB_REF=refs/heads/gh-readonly-queue/main/pr-1-a\nGITHUB_REF_NAME=gh-readonly-queue/main/pr-1-a\nGITHUB_REF_TYPE=branch"),
            "{}",
            Some("gh-readonly-queue/main/pr-1-a"),
        ),
        (
            "GitHub, by a clock",
            github("GITHUB_REF=refs/heads/main\nGITHUB_REF_NAME=main\nGITHUB_REF_TYPE=branch\nGITHUB_HEAD_REF="),
            r#"{"schedule":"0 4 * * *"}"#,
            Some("main"),
        ),
        ("GitHub, a release", github("GITHUB_REF=refs/tags/v1\nGITHUB_REF_NAME=v1\nGITHUB_REF_TYPE=tag"), r#"{"release":{"tag_name":"v1"}}"#, None),
        (
            "GitLab, a merge request",
            format!("{gitlab}CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=fix/y\nCI_MERGE_REQUEST_SOURCE_PROJECT_PATH=acme/b\nCI_MERGE_REQUEST_PROJECT_PATH=acme/b\nCI_COMMIT_REF_NAME=fix/y"),
            "{}",
            Some("fix/y"),
        ),
        ("GitLab, by a clock", format!("{gitlab}CI_COMMIT_BRANCH=main\nCI_PIPELINE_SOURCE=schedule"), "{}", Some("main")),
        ("GitLab, a tag", format!("{gitlab}CI_COMMIT_TAG=v1\nCI_COMMIT_REF_NAME=v1"), "{}", None),
        (
            "Buildkite, a pull request of a branch of ours",
            "BUILDKITE=true\nBUILDKITE_COMMIT=SHA\nBUILDKITE_BRANCH=fix/y\nBUILDKITE_PULL_REQUEST=12\nBUILDKITE_REPO=git@github.com:acme/b.git\nBUILDKITE_PULL_REQUEST_REPO=https://github.com/acme/b.git".to_owned(),
            "{}",
            Some("fix/y"),
        ),
        ("CircleCI, a branch with a pull request", "CIRCLECI=true\nCIRCLE_SHA1=SHA\nCIRCLE_BRANCH=fix/y\nCIRCLE_PULL_REQUEST=https://github.com/acme/b/pull/12".to_owned(), "{}", Some("fix/y")),
        ("Jenkins, a pull request", format!("{jenkins}CHANGE_ID=12\nCHANGE_BRANCH=fix/y\nCHANGE_TARGET=main\nBRANCH_NAME=PR-12"), "{}", Some("fix/y")),
        ("Jenkins, a branch by its full name", format!("{jenkins}GIT_BRANCH=refs/heads/fix/y"), "{}", Some("fix/y")),
        ("Jenkins, no branch checked out", format!("{jenkins}GIT_BRANCH=detached"), "{}", None),
    ];
    for (name, lines, event, branch) in table {
        let told = told(&lines, event);
        let line = told.lines().find_map(|line| line.strip_prefix("--git-branch "));
        assert_eq!(line, branch, "{name}: {told}");
        assert!(told.contains("--git-sha SHA\n"), "{name}: {told}");
    }
}

#[test]
fn buildkite_tells_of_a_build() {
    let build = "BUILDKITE=true
        BUILDKITE_COMMIT=SHA
        BUILDKITE_BRANCH=feature/x
        BUILDKITE_PULL_REQUEST_REPO=git://code.acme.test/Acme/billing.git
        BUILDKITE_TAG=
        BUILDKITE_PULL_REQUEST=12
        BUILDKITE_MESSAGE=Add limit
        BUILDKITE_BUILD_AUTHOR=Bo Lind
        BUILDKITE_BUILD_AUTHOR_EMAIL=bo@example.test
        BUILDKITE_BUILD_CREATOR=Somebody Else
        BUILDKITE_BUILD_URL=https://buildkite.com/acme/billing/builds/1514
        BUILDKITE_JOB_ID=e44f9784-e20e-4b93-a21d-f41fd5869db9
        BUILDKITE_REPO=git@code.acme.test:acme/billing.git
        BUILDKITE_PIPELINE_PROVIDER=github_enterprise";
    insta::assert_snapshot!(told(build, "{}"), @r#"
    Buildkite
    --git-branch feature/x
    --git-sha SHA
    --git-message Add limit
    --git-author-name Bo Lind
    --git-author-email bo@example.test
    --ci-job-url https://buildkite.com/acme/billing/builds/1514#e44f9784-e20e-4b93-a21d-f41fd5869db9
    --name billing
    --url https://code.acme.test/acme/billing/commit/SHA
    --provider GitHub
    "#);
    assert!(!told("BUILDKITE=true\nBUILDKITE_COMMIT=HEAD", "{}").contains("HEAD"));
}

#[test]
fn circleci_tells_of_a_job() {
    let job = "CIRCLECI=true
        CIRCLE_SHA1=SHA
        CIRCLE_BRANCH=feature/x
        CIRCLE_BUILD_URL=https://circleci.com/gh/acme/billing/17
        CIRCLE_PROJECT_REPONAME=billing
        CIRCLE_REPOSITORY_URL=git@bitbucket.org:acme/billing.git
        CIRCLE_USERNAME=somebody-else";
    insta::assert_snapshot!(told(job, "{}"), @r#"
    CircleCI
    --git-branch feature/x
    --git-sha SHA
    --ci-job-url https://circleci.com/gh/acme/billing/17
    --name billing
    --url https://bitbucket.org/acme/billing/commits/SHA
    --provider Bitbucket
    "#);
    assert!(!told("CIRCLECI=true\nCIRCLE_BRANCH=pull/12", "{}").contains("--git-branch"));
}

#[test]
fn jenkins_tells_of_a_build() {
    let build = "JENKINS_URL=https://ci.example.test/
        BUILD_URL=https://ci.example.test/job/billing/job/main/17/
        GIT_COMMIT=SHA
        GIT_BRANCH=origin/feature/x
        GIT_URL=https://ci:t0ken@github.com/acme/billing.git
        GIT_AUTHOR_NAME=Jenkins
        GIT_AUTHOR_EMAIL=jenkins@example.test
        GIT_COMMITTER_NAME=Jenkins";
    insta::assert_snapshot!(told(build, "{}"), @r#"
    Jenkins
    --git-branch feature/x
    --git-sha SHA
    --ci-job-url https://ci.example.test/job/billing/job/main/17/
    --name billing
    --url https://github.com/acme/billing/commit/SHA
    --provider GitHub
    "#);
    let pull = format!(
        "{build}\nBRANCH_NAME=PR-12\nCHANGE_ID=12\nCHANGE_BRANCH=fix/y\nCHANGE_TARGET=main\nGIT_BRANCH=PR-12"
    );
    assert!(told(&pull, "{}").contains("--git-branch fix/y\n"));
    let fork = "JENKINS_URL=https://ci.test/\nBRANCH_NAME=PR-12\nCHANGE_ID=12\nGIT_BRANCH=PR-12";
    assert!(!told(fork, "{}").contains("--git-branch"));
    let multibranch = "JENKINS_URL=https://ci.test/\nBRANCH_NAME=origin/x\nGIT_BRANCH=y";
    assert!(told(multibranch, "{}").contains("--git-branch origin/x\n"), "a branch may have this name");
}

#[test]
fn only_the_own_mark_of_a_system_counts() {
    for lines in ["", "CI=true", "GITHUB_ACTIONS=false", "GITHUB_SHA=SHA", "JENKINS_URL="] {
        assert_eq!(System::of(&variables(lines)), None, "{lines}");
    }
    assert_eq!(System::of(&variables("JENKINS_URL=u\nGITLAB_CI=true")), Some(System::GitLab));
}

#[test]
fn hostile_values_are_refused_or_kept_as_they_are() {
    let with = |name: &str, value: &str| {
        let mut variables = variables("GITLAB_CI=true\nCI_COMMIT_BRANCH=main\nCI_COMMIT_SHA=SHA");
        variables.insert(name.into(), value.into());
        facts(System::GitLab, &variables, &Event::default()).checked()
    };
    let refused = |name, value: &str| with(name, value).unwrap_err().to_string();
    assert_eq!(refused("CI_COMMIT_BRANCH", "a\nb"), "CI_COMMIT_BRANCH holds control characters");
    assert_eq!(refused("CI_COMMIT_AUTHOR", "a\x1b[2J <a@b>"), "CI_COMMIT_AUTHOR holds control characters");
    assert_eq!(refused("CI_JOB_URL", &"x".repeat(100_000)), "CI_JOB_URL is longer than a line may be");
    let told = with("CI_COMMIT_MESSAGE", "$(rm -rf /)\n`id` ${HOME} 'q' \"").unwrap();
    assert_eq!(told.get(Field::Message), Some("$(rm -rf /)\n`id` ${HOME} 'q' \""));
    let told = with("CI_COMMIT_MESSAGE", &"å".repeat(100_000)).unwrap();
    assert_eq!(told.get(Field::Message).unwrap().len(), 16 << 10);
    let told = with("CI_COMMIT_AUTHOR", "no address").unwrap();
    assert_eq!(told.get(Field::AuthorName), None);
}
