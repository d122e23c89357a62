//! `release`, `promote`, `rollback` and the policies: what is asked, what is told.

use api::{AutoReleaseBody, BranchRestrictionBody, DeletePoliciesResponse, ReleaseResponse};
use process::Program;

use crate::double::Double;
use crate::samples::{NEW, OLD, artifact, artifacts, dev, environments, landed, releases, status};
use crate::session::Session;

#[tokio::test]
async fn a_branch_is_released_to_each_environment_in_order() {
    let double = Double::start().await;
    double.answers("GET /describe/latest-artifact/billing", &artifacts(vec![artifact(NEW, "m")]));
    double.answers("POST /release", &landed("dev", NEW)).answers("POST /release", &landed("staging", NEW));
    let session = Session::at(&double);
    let told = session.run("release --service billing --branch feature/x --env dev, --env staging").await;
    insta::assert_snapshot!(told, @r#"
    ------- stdout
    Release of service billing using branch feature/x
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev initialized
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to staging initialized
    [exit 0]
    "#);
    insta::assert_snapshot!(double.asked().join("\n"), @r#"
    GET /describe/latest-artifact/billing?branch=feature%2Fx
    POST /release {"service":"billing","environment":"dev","artifactId":"master-0a1b2c3d4e-99aa88bb77","intent":{"type":"ReleaseBranch","releaseBranch":{"branch":"feature/x"},"promote":{},"rollback":{}}}
    POST /release {"service":"billing","environment":"staging","artifactId":"master-0a1b2c3d4e-99aa88bb77","intent":{"type":"ReleaseBranch","releaseBranch":{"branch":"feature/x"},"promote":{},"rollback":{}}}
    "#);
}

#[tokio::test]
async fn an_artifact_is_released_in_the_name_git_knows() {
    let double = Double::start().await;
    double.answers("POST /release", &landed("dev", NEW));
    let session = Session::at(&double);
    std::fs::write(session.file(".gitconfig"), "[user]\nname = Ida Holm\nemail = ida@example.test\n")
        .unwrap();
    let told = session.run(&format!("release --service billing --artifact {NEW} -e dev")).await;
    insta::assert_snapshot!(told, @r#"
    ------- stdout
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev initialized
    [exit 0]
    "#);
    insta::assert_snapshot!(double.asked().join("\n"), @r#"POST /release {"service":"billing","environment":"dev","artifactId":"master-0a1b2c3d4e-99aa88bb77","committerName":"Ida Holm","committerEmail":"ida@example.test","intent":{"type":"ReleaseArtifact","releaseBranch":{},"promote":{},"rollback":{}}}"#);
}

#[tokio::test]
async fn the_branch_of_this_folder_can_be_released() {
    let double = Double::start().await;
    double.answers("GET /describe/latest-artifact/billing", &artifacts(vec![artifact(NEW, "m")]));
    double.answers("POST /release", &landed("dev", NEW));
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("release --service billing --current-branch -e dev").await, @r#"
    ------- stderr
    error: Could not determine current branch
    hint: Specify --branch or --artifact explicitly
    [exit 2]
    "#);
    let git = Program::new("git").args(["init", "-q", "-b", "hotfix"]).folder(session.file(""));
    assert!(git.run().unwrap().succeeded());
    let told = session.run("release --service billing --current-branch -e dev").await;
    assert!(told.contains("Release of service billing using branch hotfix\n"), "{told}");
}

#[tokio::test]
async fn a_branch_without_artifacts_releases_nothing() {
    let double = Double::start().await;
    double.answers("GET /describe/latest-artifact/billing", &artifacts(vec![]));
    let told = Session::at(&double).run("release --service billing --branch nope --env dev").await;
    insta::assert_snapshot!(told, @r#"
    ------- stderr
    error: no artifacts available for service 'billing' and branch 'nope'
    hint: see `hamctl describe artifact --service billing`, or wait for CI to push one
    [exit 1]
    "#);
    assert_eq!(double.asked().len(), 1);
}

#[tokio::test]
async fn pending_and_unchanged_answers_say_so() {
    let double = Double::start().await;
    let pending = ReleaseResponse {
        state: "pending".into(),
        status: "the Git host is down".into(),
        commit: String::new(),
        ..landed("dev", NEW)
    };
    let unchanged = ReleaseResponse {
        service: "billing".into(),
        status: "Environment 'staging' is already up-to-date".into(),
        to_environment: "staging".into(),
        ..ReleaseResponse::default()
    };
    double.answers("POST /release", &pending).answers("POST /release", &unchanged);
    let told =
        Session::at(&double).run(&format!("release --service billing --artifact {NEW} -e dev,staging")).await;
    insta::assert_snapshot!(told, @r#"
    ------- stdout
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev accepted, not in Git yet (id 0193b3c5-0000-7000-8000-000000000001)
    [✓] Environment 'staging' is already up-to-date
    [exit 0]
    "#);
}

#[tokio::test]
async fn a_refused_release_is_an_error() {
    let double = Double::start().await;
    let message =
        format!("cannot release artifact '{NEW}' to environment 'prod' due to branch restriction policy");
    double.refuses(400, "POST /release", &message, "");
    let told = Session::at(&double).run(&format!("release --service billing --artifact {NEW} -e prod")).await;
    insta::assert_snapshot!(told, @r#"
    ------- stdout
    Release of service: billing
    ------- stderr
    error: cannot release artifact 'master-0a1b2c3d4e-99aa88bb77' to environment 'prod' due to branch restriction policy (reference: [id])
    [exit 1]
    "#);
}

#[tokio::test]
async fn one_refusal_among_several_is_told_and_decides_the_exit_code() {
    let double = Double::start().await;
    double.refuses(400, "POST /release", "unknown environment: devv", "known environments: dev, prod");
    double.answers("POST /release", &landed("prod", NEW));
    let command = format!("release --service billing --artifact {NEW} -e devv,prod");
    insta::assert_snapshot!(Session::at(&double).run(&command).await, @r#"
    ------- stdout
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to prod initialized
    ------- stderr
    error: devv: unknown environment: devv (reference: [id])
    hint: known environments: dev, prod
    error: 1 of 2 environments failed
    [exit 1]
    "#);
}

#[tokio::test]
async fn results_as_json_hold_answers_and_errors() {
    let double = Double::start().await;
    double.refuses(400, "POST /release", "unknown environment: devv", "known environments: dev, prod");
    double.answers("POST /release", &landed("prod", NEW));
    let command = format!("release --service billing --artifact {NEW} -e devv,prod -o json");
    insta::assert_snapshot!(Session::at(&double).run(&command).await, @r#"
    ------- stdout
    {
      "service": "billing",
      "results": [
        {
          "environment": "devv",
          "artifactId": "master-0a1b2c3d4e-99aa88bb77",
          "error": {
            "kind": "invalid",
            "message": "unknown environment: devv (reference: [id])",
            "hint": "known environments: dev, prod"
          }
        },
        {
          "environment": "prod",
          "artifactId": "master-0a1b2c3d4e-99aa88bb77",
          "answer": {
            "service": "billing",
            "releaseId": "master-0a1b2c3d4e-99aa88bb77",
            "toEnvironment": "prod",
            "tag": "master-0a1b2c3d4e-99aa88bb77",
            "id": "0193b3c5-0000-7000-8000-000000000001",
            "state": "landed",
            "commit": "0123456789abcdef0123456789abcdef01234567"
          }
        }
      ]
    }
    ------- stderr
    error: devv: unknown environment: devv (reference: [id])
    hint: known environments: dev, prod
    error: 1 of 2 environments failed
    [exit 1]
    "#);
}

#[tokio::test]
async fn a_promotion_takes_what_runs_in_the_environment_before() {
    let double = Double::start().await;
    double.answers("GET /environments", &environments());
    double.answers("GET /status", &status(vec![dev()]));
    double.answers("POST /release", &landed("staging", NEW));
    insta::assert_snapshot!(Session::at(&double).run("promote --service billing --env staging").await, @r#"
    ------- stdout
    Promote of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to staging initialized
    [exit 0]
    "#);
    insta::assert_snapshot!(double.asked().join("\n"), @r#"
    GET /environments
    GET /status?service=billing
    POST /release {"service":"billing","environment":"staging","artifactId":"master-0a1b2c3d4e-99aa88bb77","intent":{"type":"Promote","releaseBranch":{},"promote":{"fromEnvironment":"dev"},"rollback":{}}}
    "#);
}

#[tokio::test]
async fn a_promotion_to_the_first_environment_takes_the_branch() {
    let double = Double::start().await;
    double.answers("GET /environments", &environments());
    double.answers("GET /describe/latest-artifact/billing", &artifacts(vec![artifact(NEW, "m")]));
    double.answers("POST /release", &landed("dev", NEW));
    Session::at(&double).run("promote --service billing --env dev").await;
    insta::assert_snapshot!(double.asked().join("\n"), @r#"
    GET /environments
    GET /describe/latest-artifact/billing?branch=master
    POST /release {"service":"billing","environment":"dev","artifactId":"master-0a1b2c3d4e-99aa88bb77","intent":{"type":"Promote","releaseBranch":{},"promote":{"fromEnvironment":"master"},"rollback":{}}}
    "#);
}

#[tokio::test]
async fn a_server_of_the_original_is_promoted_in_its_order() {
    let double = Double::start().await;
    double.answers("GET /status", &status(vec![dev()]));
    double.answers("POST /release", &landed("prod", NEW));
    insta::assert_snapshot!(Session::at(&double).run("promote --service billing --env prod").await, @r#"
    ------- stdout
    Promote of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to prod initialized
    [exit 0]
    "#);
}

#[tokio::test]
async fn a_misspelt_environment_is_recognised() {
    let double = Double::start().await;
    double.answers("GET /environments", &environments());
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("promote --service billing --env prd").await, @r#"
    ------- stderr
    error: unknown environment 'prd'
    hint: did you mean 'prod'? Known environments: dev, staging, prod
    [exit 1]
    "#);
    insta::assert_snapshot!(session.run("promote --service billing --env qa").await, @r#"
    ------- stderr
    error: unknown environment 'qa'
    hint: use one of the known environments: dev, staging, prod
    [exit 1]
    "#);
    double.answers("GET /status", &status(vec![dev()]));
    insta::assert_snapshot!(session.run("promote --service billing --env prod").await, @r#"
    ------- stderr
    error: nothing to promote: service 'billing' does not run in environment 'staging'
    hint: see `hamctl status --service billing`, and release to staging first
    [exit 1]
    "#);
}

#[tokio::test]
async fn a_rollback_releases_an_earlier_artifact() {
    let double = Double::start().await;
    double.answers("GET /describe/release/billing/dev", &releases());
    double.answers("POST /release", &landed("dev", OLD));
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("rollback --service billing --env dev --yes").await, @r#"
    ------- stdout
    [✓] Starting rollback of service billing to master-77ff00aa11-99aa88bb77
    [✓] Release of master-77ff00aa11-99aa88bb77 to dev initialized
    [exit 0]
    "#);
    insta::assert_snapshot!(double.asked().join("\n"), @r#"
    GET /describe/release/billing/dev?count=10
    POST /release {"service":"billing","environment":"dev","artifactId":"master-77ff00aa11-99aa88bb77","intent":{"type":"Rollback","releaseBranch":{},"promote":{},"rollback":{"previousArtifactId":"master-0a1b2c3d4e-99aa88bb77"}}}
    "#);
    let named = session.run(&format!("rollback --service billing --env dev --to {OLD}")).await;
    assert!(named.ends_with("[exit 0]") && named.contains(OLD), "{named}");
}

#[tokio::test]
async fn a_rollback_needs_something_to_go_back_to() {
    let double = Double::start().await;
    double.answers("GET /describe/release/billing/dev", &releases());
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("rollback --service billing --env dev").await, @r#"
    ------- stderr
    error: which release to roll back to was not said, and this is not a terminal to ask on
    hint: give `--to ARTIFACT`, or `--yes` for the release before
    [exit 2]
    "#);
    insta::assert_snapshot!(session.run("rollback --service billing --env dev --artifact x-1").await, @r#"
    ------- stderr
    error: can't do rollback, because the artifact 'x-1' isn't found in the last 10 releases
    hint: look further back with `--length 100`
    [exit 1]
    "#);
    let mut only = releases();
    only.environment = "prod".into();
    only.releases.truncate(1);
    double.answers("GET /describe/release/billing/prod", &only);
    insta::assert_snapshot!(session.run("rollback --service billing --env prod --yes").await, @r#"
    ------- stderr
    error: can't do rollback, because there isn't a release to rollback to
    hint: see `hamctl describe release --service billing --env prod --count 10`
    [exit 1]
    "#);
}

#[tokio::test]
async fn policies_are_applied_and_deleted() {
    let double = Double::start().await;
    let auto_release = AutoReleaseBody {
        id: "auto-release-master-dev".into(),
        service: "billing".into(),
        ..AutoReleaseBody::default()
    };
    let restriction = BranchRestrictionBody {
        id: "branch-restriction-prod".into(),
        service: "billing".into(),
        ..BranchRestrictionBody::default()
    };
    double.answers("PATCH /policies/auto-release", &auto_release);
    double.answers("PATCH /policies/branch-restriction", &restriction);
    double.answers("DELETE /policies", &DeletePoliciesResponse { service: "billing".into(), count: 2 });
    let session = Session::at(&double);
    let mut told = Vec::new();
    for command in [
        "policy apply auto-release --branch master --env dev",
        "policy apply branch-restriction --branch-regex ^m --env prod",
        "policy delete auto-release-master-dev branch-restriction-prod",
    ] {
        told.push(session.run(&format!("{command} --service billing")).await);
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    ------- stdout
    [✓] Applied auto-release policy 'auto-release-master-dev' to service 'billing'
    [exit 0]
    ------- stdout
    [✓] Applied branch restriction policy 'branch-restriction-prod' to service 'billing'
    [exit 0]
    ------- stdout
    Deleted 2 policies
    [exit 0]
    "#);
    insta::assert_snapshot!(double.asked().join("\n"), @r#"
    PATCH /policies/auto-release {"service":"billing","branch":"master","environment":"dev"}
    PATCH /policies/branch-restriction {"service":"billing","environment":"prod","branchRegex":"^m"}
    DELETE /policies {"service":"billing","policyIds":["auto-release-master-dev","branch-restriction-prod"]}
    "#);
}
