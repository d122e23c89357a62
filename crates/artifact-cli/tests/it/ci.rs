//! What `init` finds by itself.

use process::Program;

use crate::job::Job;

const INIT: &str = "init --artifact-id a-1 --service billing --root out";

/// Runs Git in the folder of the job; tells what it printed.
async fn git(job: &Job, arguments: &[&str]) -> String {
    let program = Program::new("git")
        .args(arguments.iter().copied())
        .folder(job.file(""))
        .env("HOME", job.file(""))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Bo Lind")
        .env("GIT_AUTHOR_EMAIL", "bo@example.test")
        .env("GIT_COMMITTER_NAME", "Ida Holm")
        .env("GIT_COMMITTER_EMAIL", "ida@example.test");
    let output = tokio::task::spawn_blocking(|| program.run()).await.unwrap().unwrap();
    assert!(output.succeeded(), "{}", output.stderr_text());
    output.stdout_text()
}

/// A job with a checkout of one commit, and its id.
async fn checked_out(message: &str) -> (Job, String) {
    let job = Job::new();
    git(&job, &["init", "--quiet"]).await;
    git(&job, &["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-m", message]).await;
    let sha = git(&job, &["rev-parse", "HEAD"]).await;
    (job, sha)
}

fn application(job: &Job) -> artifact::Repository {
    artifact::decode(job.read("out/artifact.json").as_bytes()).unwrap().application
}

#[tokio::test]
async fn the_system_tells_the_job_and_the_commit_tells_the_people() {
    let (job, sha) = checked_out("Add $(id) limit\n\n`why`").await;
    let job = job
        .set("CIRCLECI", "true")
        .set("CIRCLE_SHA1", &sha)
        .set("CIRCLE_BRANCH", "feature/x")
        .set("CIRCLE_BUILD_URL", "https://circleci.com/gh/acme/billing/17")
        .set("CIRCLE_REPOSITORY_URL", "git@github.com:acme/billing.git");
    assert_eq!(job.run(INIT).await, "[exit 0]");
    let expected = artifact::Repository {
        branch: "feature/x".into(),
        url: format!("https://github.com/acme/billing/commit/{sha}"),
        sha,
        author_name: "Bo Lind".into(),
        author_email: "bo@example.test".into(),
        committer_name: "Ida Holm".into(),
        committer_email: "ida@example.test".into(),
        message: "Add $(id) limit\n\n`why`".into(),
        name: "billing".into(),
        provider: "GitHub".into(),
    };
    assert_eq!(application(&job), expected);
}

#[tokio::test]
async fn flags_win_over_all_else() {
    let (job, sha) = checked_out("Real message").await;
    let job = job.set("GITLAB_CI", "true").set("CI_COMMIT_SHA", "1111111111").set("CI_COMMIT_BRANCH", "main");
    let job =
        job.set("CI_COMMIT_MESSAGE", "of another commit").set("CI_PROJECT_URL", "https://gitlab.com/a/b");
    let line = format!("{INIT} --git-branch mine --git-sha {sha} --git-author-name Me --name n");
    assert_eq!(job.run(&line).await, "[exit 0]");
    let application = application(&job);
    let told = [&application.branch, &application.author_name, &application.name, &application.message];
    assert_eq!(told, ["mine", "Me", "n", "Real message"]);
    assert_eq!(application.url, "", "the page is that of another commit");
}

#[tokio::test]
async fn what_is_missing_is_named_with_what_would_tell_it() {
    insta::assert_snapshot!(Job::new().run(INIT).await, @r#"
    ------- stderr
    error: not known of this build: --git-branch, --git-sha, --git-message, --git-author-name, --git-author-email, --git-committer-name, --git-committer-email
    hint: give these flags: this is no CI system that artifact knows
    [exit 2]
    "#);
    let job = Job::new().set("GITHUB_ACTIONS", "true").set("GITHUB_REF_TYPE", "tag");
    let job = job.set("GITHUB_REF_NAME", "v1").set("GITHUB_SHA", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567");
    insta::assert_snapshot!(job.run(INIT).await, @r#"
    ------- stderr
    error: not known of this build: --git-branch (GITHUB_REF_NAME of a branch is not set), --git-message, --git-author-name, --git-author-email, --git-committer-name, --git-committer-email; git says: fatal: not a git repository (or any of the parent directories): .git
    hint: check out the commit in this GitHub Actions job, or give these flags
    [exit 2]
    "#);
    let job = Job::new().set("BUILDKITE", "true").set("BUILDKITE_BRANCH", "a..b");
    let job = job.set("BUILDKITE_COMMIT", "--output=/etc/x");
    insta::assert_snapshot!(job.run(INIT).await, @r#"
    ------- stderr
    error: BUILDKITE_COMMIT holds no commit id
    hint: give --git-sha
    [exit 2]
    "#);
    let (job, _) = checked_out("m").await;
    let job = job.set("BUILDKITE", "true").set("BUILDKITE_BRANCH", "a..b").set("BUILDKITE_COMMIT", "HEAD");
    insta::assert_snapshot!(job.run(INIT).await, @r#"
    ------- stderr
    error: BUILDKITE_BRANCH holds no branch: `a..b` is not a valid branch: a Git branch name: no blanks, control characters, `..`, `~`, `^`, `:`, `?`, `*`, `[`, `\`, and no `/` or `-` in front
    hint: give --git-branch
    [exit 2]
    "#);
    assert!(!job.file("out").exists());
}

#[tokio::test]
async fn a_pull_request_on_github_is_its_head_commit() {
    let (job, sha) = checked_out("Head").await;
    git(&job, &["commit", "--quiet", "--allow-empty", "-m", "Merge 1 into 2"]).await;
    let merge = git(&job, &["rev-parse", "HEAD"]).await;
    job.write(
        "event.json",
        &format!(
            r#"{{"pull_request":{{"head":{{"ref":"fix/y","sha":"{sha}","repo":{{"full_name":"acme/b"}}}}}}}}"#
        ),
    );
    let event = job.file("event.json");
    let job = job
        .set("GITHUB_ACTIONS", "true")
        .set("GITHUB_SHA", &merge)
        .set("GITHUB_HEAD_REF", "fix/y")
        .set("GITHUB_REPOSITORY", "acme/b");
    let job = job.set("GITHUB_EVENT_PATH", event.to_str().unwrap());
    assert_eq!(job.run(INIT).await, "[exit 0]");
    let application = application(&job);
    assert_eq!(
        (application.sha, application.message, application.branch),
        (sha, "Head".into(), "fix/y".into())
    );
}
