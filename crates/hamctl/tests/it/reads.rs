//! `status`, `describe` and `policy list`, byte for byte.

use api::{AutoReleaseBody, BranchRestrictionBody, PoliciesResponse};

use crate::double::Double;
use crate::samples::{NEW, OLD, artifact, artifacts, dev, failed, prod, ready, releases, status};
use crate::session::Session;

#[tokio::test]
async fn status_is_that_of_the_original() {
    let double = Double::start().await;
    double.answers("GET /status", &status(vec![dev(), prod()]));
    insta::assert_snapshot!(Session::at(&double).run("status --service billing").await, @r#"
    ------- stdout
    Status for service billing

    dev:  2026-01-05 09:06:10 master-0a1b2c3d4e-99aa88bb77 by Ida Holm: Add refund limit
    prod: 2026-01-02 14:10:00 master-77ff00aa11-99aa88bb77 by Bo Lind: Fix rounding
    [exit 0]
    "#);
    // Both are on their way at once.
    let mut asked = double.asked();
    asked.sort();
    assert_eq!(asked, ["GET /environments", "GET /status?service=billing"]);
    assert_eq!(double.tokens(), ["Bearer static"; 2]);
}

#[tokio::test]
async fn status_tells_what_the_cluster_made_of_it() {
    let double = Double::start().await;
    let mut environments = vec![dev(), prod()];
    environments[0].rollout = failed(NEW);
    environments[1].rollout = ready(OLD);
    double.answers("GET /status", &status(environments));
    insta::assert_snapshot!(Session::at(&double).run("status --service billing").await, @r#"
    ------- stdout
    Status for service billing

    dev:  2026-01-05 09:06:10 master-0a1b2c3d4e-99aa88bb77 by Ida Holm: Add refund limit
          failed: CrashLoopBackOff in web-5d9c/web
            starting
            panic: no database
    prod: 2026-01-02 14:10:00 master-77ff00aa11-99aa88bb77 by Bo Lind: Fix rounding
          ready: Deployment web 2/2
    [exit 0]
    "#);
}

#[tokio::test]
async fn status_of_nothing_doubts_the_namespace() {
    let double = Double::start().await;
    double.answers("GET /status", &status(vec![]));
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("status --service billing").await, @r#"
    ------- stdout
    Status for service billing

    No environments managed by release-manager.

    Using environment specific namespace, ie. dev, prod.
    Are you setting the right namespace?
    [exit 0]
    "#);
}

#[tokio::test]
async fn shuttle_yaml_names_service_and_namespace() {
    let double = Double::start().await;
    double.answers("GET /status", &status(vec![dev()]));
    let session = Session::at(&double);
    let text = "plan: ../plan\nvars:\n  service: refunds\n  k8s:\n    namespace: payments\n";
    std::fs::write(session.file("shuttle.yaml"), text).unwrap();
    session.run("status").await;
    session.run("status --service billing -n other").await;
    let asked = double.asked();
    let asked: Vec<&String> = asked.iter().filter(|asked| asked.starts_with("GET /status")).collect();
    assert_eq!(
        asked,
        ["GET /status?service=refunds&namespace=payments", "GET /status?service=billing&namespace=other",]
    );
}

#[tokio::test]
async fn releases_are_described_as_by_the_original() {
    let double = Double::start().await;
    double.answers("GET /describe/release/billing/dev", &releases());
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("describe release --service billing --env dev --count 2").await, @r#"
    ------- stdout
    Service: billing
    Environment: dev

     - Artifact: master-0a1b2c3d4e-99aa88bb77
       Namespace:  payments
       Artifact from: 2026-01-05 08:06:10
       Artifact by: Ida Holm (ida@example.test)
       Released at: 2026-01-05 09:14:02
       Released by: Bo Lind (bo@example.test)
       Commit: https://git.example.test/acme/billing-service/commit/0a1b2c3d4e
       Message: Add refund limit
       Intent: autorelease

     - Artifact: master-77ff00aa11-99aa88bb77
       Artifact from: 2026-01-05 08:06:10
       Artifact by: Ida Holm (ida@example.test)
       Released at: 2026-01-04 08:00:00
       Released by: Ida Holm (ida@example.test)
       Commit: https://git.example.test/acme/billing-service/commit/0a1b2c3d4e
       Message: Fix rounding
       Intent: promotion from dev

    [exit 0]
    "#);
    assert_eq!(double.asked(), ["GET /describe/release/billing/dev?count=2"]);
}

#[tokio::test]
async fn a_described_release_tells_what_the_cluster_made_of_it() {
    let double = Double::start().await;
    let mut answer = releases();
    answer.releases.truncate(1);
    answer.releases[0].rollout = failed(NEW);
    double.answers("GET /describe/release/billing/dev", &answer);
    insta::assert_snapshot!(Session::at(&double).run("describe releases --service billing -e dev").await, @r#"
    ------- stdout
    Service: billing
    Environment: dev

     - Artifact: master-0a1b2c3d4e-99aa88bb77
       Namespace:  payments
       Artifact from: 2026-01-05 08:06:10
       Artifact by: Ida Holm (ida@example.test)
       Released at: 2026-01-05 09:14:02
       Released by: Bo Lind (bo@example.test)
       Commit: https://git.example.test/acme/billing-service/commit/0a1b2c3d4e
       Message: Add refund limit
       Intent: autorelease
       Rollout: failed: CrashLoopBackOff in web-5d9c/web
                  starting
                  panic: no database

    [exit 0]
    "#);
}

#[tokio::test]
async fn artifacts_are_described_as_by_the_original() {
    let double = Double::start().await;
    let specs = vec![artifact(NEW, "Add refund limit"), artifact(&format!("{OLD}-long"), "Fix rounding")];
    double.answers("GET /describe/artifact/billing", &artifacts(specs));
    insta::assert_snapshot!(Session::at(&double).run("describe artifact --service billing").await, @r#"
    ------- stdout
    Latest artifacts for service: billing

    Date                 Artifact                      Message
    2026-01-05 08:06:10  master-0a1b2c3d4e-99aa88bb77  Add refund limit
    2026-01-05 08:06:10  master-77ff00aa11-99aa88bb77-longFix rounding
    [exit 0]
    "#);
    assert_eq!(double.asked(), ["GET /describe/artifact/billing?count=5"]);
}

#[tokio::test]
async fn policies_are_listed_as_by_the_original() {
    let double = Double::start().await;
    let auto_release = AutoReleaseBody {
        id: "auto-release-master-dev".into(),
        branch: "master".into(),
        environment: "dev".into(),
        ..AutoReleaseBody::default()
    };
    let restriction = |id: &str, environment: &str, branch_regex: &str| BranchRestrictionBody {
        id: id.into(),
        environment: environment.into(),
        branch_regex: branch_regex.into(),
        ..BranchRestrictionBody::default()
    };
    let policies = PoliciesResponse {
        service: "billing".into(),
        auto_releases: vec![auto_release],
        branch_restrictions: vec![
            restriction("", "prod", "^master$"),
            restriction("branch-restriction-dev", "dev", "^m"),
        ],
    };
    double.answers("GET /policies", &policies);
    let told = Session::at(&double).run("policy list --service billing").await;
    // The blanks at the end of lines are part of it.
    insta::assert_snapshot!(told.replace(" \n", "~\n"), @r#"
    ------- stdout
    Policies for service billing

    Auto-releases:

    ENV     BRANCH     ID                    ~
    dev     master     auto-release-master-dev

    Branch restrictions:

    ENV      REGEX        ID                   ~
    prod     ^master$                          ~
    dev      ^m           branch-restriction-dev
    [exit 0]
    "#);
}

#[tokio::test]
async fn no_policies_are_not_an_error() {
    let double = Double::start().await;
    double.refuses(404, "GET /policies", "no policies exist", "");
    insta::assert_snapshot!(Session::at(&double).run("policy list --service billing").await, @r#"
    ------- stdout
    No policies exist for service
    [exit 0]
    "#);
}

#[tokio::test]
async fn json_is_the_answer_of_the_server() {
    let double = Double::start().await;
    let mut answer = status(vec![dev()]);
    answer.environments[0].rollout = ready(NEW);
    double.answers("GET /status", &answer);
    double.answers("GET /describe/release/billing/dev", &releases());
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("status --service billing --output json").await, @r#"
    ------- stdout
    {
      "defaultNamespaces": true,
      "environments": [
        {
          "name": "dev",
          "tag": "master-0a1b2c3d4e-99aa88bb77",
          "committer": "Ida Holm",
          "author": "Bo Lind",
          "message": "Add refund limit",
          "date": 1767603970123,
          "rollout": {
            "state": "ready",
            "artifactId": "master-0a1b2c3d4e-99aa88bb77",
            "workloads": [
              {
                "kind": "Deployment",
                "name": "web",
                "available": 2,
                "desired": 2
              }
            ],
            "observedAt": "0001-01-01T00:00:00Z"
          }
        }
      ]
    }
    [exit 0]
    "#);
    let told = session.run("describe release --service billing --env dev -o json").await;
    let json = told.trim_start_matches("------- stdout\n").trim_end_matches("[exit 0]");
    assert_eq!(api::decode::<api::DescribeReleaseResponse>(json.as_bytes()).unwrap(), releases());
}
