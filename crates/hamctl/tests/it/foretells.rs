//! `diff` and `--dry-run`: what would happen.

use api::{ChangedFile, Decision, DiffResponse, DryRunReason, DryRunResponse, FileText};

use crate::double::Double;
use crate::samples::{NEW, OLD, artifact, artifacts, dev, environments, prod, releases, status};
use crate::session::Session;

pub(crate) fn difference() -> DiffResponse {
    let text = |text: &str| Some(FileText { text: text.into(), omitted: String::new() });
    let deployment = |image: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: billing\n  namespace: payments\nspec:\n  template:\n    spec:\n      containers:\n      - name: billing\n        image: registry.example.test/billing:{image}\n"
        )
    };
    let secret =
        |value: &str| format!("data:\n  password: '{value}'\nkind: Secret\nmetadata:\n  name: database\n");
    DiffResponse {
        service: "billing".into(),
        environment: "prod".into(),
        running: OLD.into(),
        artifact: NEW.into(),
        files: vec![
            ChangedFile {
                name: "deployment.yaml".into(),
                before: text(&deployment(OLD)),
                after: text(&deployment(NEW)),
            },
            ChangedFile {
                name: "secret.yaml".into(),
                before: text(&secret("***")),
                after: text(&secret("*** (changed)")),
            },
            ChangedFile {
                name: "cron.yaml".into(),
                before: None,
                after: text("kind: CronJob\nmetadata:\n  name: nightly\n"),
            },
        ],
        unchanged: 4,
    }
}

#[tokio::test]
async fn a_difference_is_shown_object_by_object() {
    let double = Double::start().await;
    double.answers("GET /diff/billing/prod", &difference());
    let command = format!("diff --service billing --env prod --artifact {NEW}");
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run(&command).await, @r"
    ------- stdout
    billing in prod: master-77ff00aa11-99aa88bb77 -> master-0a1b2c3d4e-99aa88bb77

      ~ Deployment payments/billing (deployment.yaml)
      ~ Secret database (secret.yaml)
      + CronJob nightly (cron.yaml)

    --- deployment.yaml
    +++ deployment.yaml
    @@ -8,4 +8,4 @@ Deployment payments/billing
         spec:
           containers:
           - name: billing
    -        image: registry.example.test/billing:master-77ff00aa11-99aa88bb77
    +        image: registry.example.test/billing:master-0a1b2c3d4e-99aa88bb77
    --- secret.yaml
    +++ secret.yaml
    @@ -1,5 +1,5 @@ Secret database
     data:
    -  password: '***'
    +  password: '*** (changed)'
     kind: Secret
     metadata:
       name: database
    --- /dev/null
    +++ cron.yaml
    @@ -0,0 +1,3 @@ CronJob nightly
    +kind: CronJob
    +metadata:
    +  name: nightly

    3 files would change, 4 would stay the same
    [exit 0]
    ");
    assert_eq!(double.asked(), [format!("GET /diff/billing/prod?artifact={NEW}")]);
    assert!(session.run(&format!("{command} --exit-code")).await.ends_with("[exit 10]"));
    let json = session.run(&format!("{command} --exit-code -o json")).await;
    assert!(json.contains("\"unchanged\": 4") && json.ends_with("[exit 10]"), "{json}");
}

#[tokio::test]
async fn without_an_artifact_the_difference_is_that_of_a_promotion() {
    let double = Double::start().await;
    double
        .answers("GET /environments", &environments())
        .answers(
            "GET /status",
            &status(vec![dev(), api::EnvironmentStatus { name: "staging".into(), ..dev() }, prod()]),
        )
        .answers("GET /describe/latest-artifact/billing", &artifacts(vec![artifact(NEW, "Add")]))
        .answers(
            "GET /diff/billing/prod",
            &DiffResponse { running: NEW.into(), artifact: NEW.into(), files: vec![], ..difference() },
        );
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("diff --service billing --env prod --exit-code").await, @r"
    ------- stdout
    billing in prod: master-0a1b2c3d4e-99aa88bb77 -> master-0a1b2c3d4e-99aa88bb77

    Nothing would change
    [exit 0]
    ");
    session.run("diff --service billing --env prod --branch hotfix").await;
    insta::assert_snapshot!(double.asked().join("\n"), @r"
    GET /environments
    GET /status?service=billing
    GET /diff/billing/prod?artifact=master-0a1b2c3d4e-99aa88bb77
    GET /describe/latest-artifact/billing?branch=hotfix
    GET /diff/billing/prod?artifact=master-0a1b2c3d4e-99aa88bb77
    ");
}

pub(crate) fn told(decision: Decision, environment: &str, reasons: &[(&str, &str)]) -> DryRunResponse {
    DryRunResponse {
        service: "billing".into(),
        environment: environment.into(),
        artifact_id: NEW.into(),
        decision,
        running: if environment == "dev" { String::new() } else { OLD.into() },
        reasons: reasons
            .iter()
            .map(|(message, hint)| DryRunReason { message: (*message).into(), hint: (*hint).into() })
            .collect(),
        commit: "0123456789abcdef0123456789abcdef01234567".into(),
    }
}

#[tokio::test]
async fn a_dry_run_tells_every_reason_and_releases_nothing() {
    let double = Double::start().await;
    let restricted = [
        (
            "cannot release artifact 'a' to environment 'prod' due to branch restriction policy",
            "release an artifact of a branch that matches `^release/`",
        ),
        ("a release of branch 'hotfix' was asked for, but artifact 'a' is of branch 'master'", ""),
    ];
    double
        .answers("POST /release/dry-run", &told(Decision::Approved, "dev", &[]))
        .answers("POST /release/dry-run", &told(Decision::Unchanged, "staging", &[]))
        .answers("POST /release/dry-run", &told(Decision::Denied, "prod", &restricted));
    let session = Session::at(&double);
    let command = format!("release --service billing --env dev,staging,prod --artifact {NEW} --dry-run");
    insta::assert_snapshot!(session.run(&command).await, @r"
    ------- stdout
    Release of service: billing
    [✓] master-0a1b2c3d4e-99aa88bb77 would be released to dev, where nothing runs
    [✓] master-0a1b2c3d4e-99aa88bb77 runs in staging already
    [X] master-0a1b2c3d4e-99aa88bb77 would not be released to prod:
        cannot release artifact 'a' to environment 'prod' due to branch restriction policy
          hint: release an artifact of a branch that matches `^release/`
        a release of branch 'hotfix' was asked for, but artifact 'a' is of branch 'master'
    Nothing was released: this was a dry run
    ------- stderr
    error: 1 of 3 would be refused
    [exit 3]
    ");
    assert!(
        double.asked().iter().all(|asked| asked.starts_with("POST /release/dry-run ")),
        "{:?}",
        double.asked()
    );
    let json = session.run(&format!("{command} -o json")).await;
    assert!(
        json.contains("\"dryRun\": true")
            && json.contains("\"decision\": \"denied\"")
            && json.ends_with("[exit 3]"),
        "{json}"
    );
}

#[tokio::test]
async fn promotions_and_rollbacks_have_a_dry_run_too() {
    let double = Double::start().await;
    double
        .answers("POST /release/dry-run", &told(Decision::Approved, "prod", &[]))
        .answers("GET /environments", &environments())
        .answers("GET /status", &status(vec![api::EnvironmentStatus { name: "staging".into(), ..dev() }]))
        .answers("GET /describe/release/billing/prod", &releases());
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("promote --service billing --env prod --dry-run").await, @r"
    ------- stdout
    Promote of service: billing
    [✓] master-0a1b2c3d4e-99aa88bb77 would be released to prod, in place of master-77ff00aa11-99aa88bb77
    Nothing was released: this was a dry run
    [exit 0]
    ");
    insta::assert_snapshot!(session.run("rollback --service billing --env prod --yes --dry-run").await, @r"
    ------- stdout
    [✓] master-0a1b2c3d4e-99aa88bb77 would be released to prod, in place of master-77ff00aa11-99aa88bb77
    Nothing was released: this was a dry run
    [exit 0]
    ");
    assert!(!double.asked().iter().any(|asked| asked.starts_with("POST /release ")), "{:?}", double.asked());
}

#[tokio::test]
async fn a_server_that_cannot_foretell_says_so_and_nothing_is_released() {
    let double = Double::start().await;
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run(&format!("diff --service billing --env prod --artifact {NEW}")).await, @r"
    ------- stderr
    error: the server at [server] cannot tell what a release would change: it is older, or the original release-manager
    hint: ask who runs the server for a newer one
    [exit 5]
    ");
    insta::assert_snapshot!(session.run(&format!("release --service billing --env prod --artifact {NEW} --dry-run")).await, @r"
    ------- stdout
    Release of service: billing
    ------- stderr
    error: the server at [server] cannot tell what a release would do: it is older, or the original release-manager
    hint: ask who runs the server for a newer one
    [exit 5]
    ");
    assert!(session.run("services").await.contains("cannot list services"));
    assert!(!double.asked().iter().any(|asked| asked.starts_with("POST /release ")), "{:?}", double.asked());
}
