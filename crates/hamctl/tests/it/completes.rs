//! Completion as the shell asks for it.

use api::EnvironmentsResponse;

use crate::double::Double;
use crate::samples::{NEW, OLD, artifact, artifacts, environments};
use crate::session::Session;

/// What bash would offer for the last of these words.
async fn offered(session: &Session, words: &[&str]) -> Vec<String> {
    let mut arguments = vec!["--", "hamctl"];
    arguments.extend(words);
    let last = (arguments.len() - 2).to_string();
    let told = session
        .run_with(
            &arguments,
            &[
                ("COMPLETE", "bash"),
                ("_CLAP_COMPLETE_INDEX", &last),
                ("_CLAP_IFS", "\n"),
                ("_CLAP_COMPLETE_SPACE", "false"),
                ("_CLAP_COMPLETE_COMP_TYPE", "9"),
            ],
        )
        .await;
    assert!(told.ends_with("[exit 0]") && !told.contains("stderr"), "{told}");
    told.lines()
        .filter(|line| !line.starts_with("-------") && *line != "[exit 0]")
        .map(|line| line.trim_end_matches("[exit 0]").to_owned())
        .collect()
}

#[tokio::test]
async fn names_come_from_the_server() {
    let double = Double::start().await;
    let mut hotfix = artifact(OLD, "Fix");
    hotfix.application.branch = "hotfix/rounding".into();
    let mut master = artifact(NEW, "Add");
    master.application.branch = "master".into();
    double
        .answers("GET /environments", &environments())
        .answers("GET /describe/artifact/billing", &artifacts(vec![master, hotfix]));
    let session = Session::at(&double);
    for (words, expected) in [
        (&["promote", "--env", ""][..], &["dev", "staging", "prod"][..]),
        (&["promote", "--env", "st"], &["staging"]),
        (&["release", "--service", "billing", "-e", "dev,p"], &["dev,prod"]),
        (&["release", "--service", "billing", "--branch", ""], &["hotfix/rounding", "master"]),
        (&["--service", "billing", "rollback", "--to", "master-7"], &[OLD]),
        (&["roll"], &["rollback"]),
        (&["promote", "--env", "zz"], &[]),
    ] {
        assert_eq!(offered(&session, words).await, expected, "{words:?}");
    }
    assert_eq!(double.tokens()[0], "Bearer static");
}

#[tokio::test]
async fn namespaces_and_policies_come_from_the_server_too() {
    let double = Double::start().await;
    let service = |name: &str, namespaces: &[&str]| api::KnownService {
        name: name.into(),
        environments: namespaces
            .iter()
            .map(|namespace| api::RunningService {
                namespace: (*namespace).into(),
                ..api::RunningService::default()
            })
            .collect(),
    };
    let services = vec![service("billing", &["payments", "payments", "prod"]), service("web", &["dev", ""])];
    let restriction =
        |id: &str| api::BranchRestrictionBody { id: id.into(), ..api::BranchRestrictionBody::default() };
    let policies = api::PoliciesResponse {
        branch_restrictions: vec![restriction(""), restriction("branch-restriction-prod")],
        ..api::PoliciesResponse::default()
    };
    double.answers("GET /services", &api::ServicesResponse { services }).answers("GET /policies", &policies);
    let session = Session::at(&double);
    for (words, expected) in [
        (&["status", "--service", "billing", "--namespace", ""][..], &["payments", "prod"][..]),
        (&["status", "--service", "billing", "-n", "pay"], &["payments"]),
        (&["promote", "--service", "new", "--namespace", ""], &["dev", "payments", "prod"]),
        (&["policy", "delete", "--service", "billing", ""], &["branch-restriction-prod"]),
    ] {
        let mut offered = offered(&session, words).await;
        offered.retain(|word| !word.starts_with('-'));
        assert_eq!(offered, expected, "{words:?}");
    }
}

#[tokio::test]
async fn what_goes_wrong_goes_wrong_in_silence() {
    let double = Double::start().await;
    double.refuses(401, "GET /environments", "no", "no");
    for session in [
        Session::at(&double),
        Session::bare(),
        Session::bare().set("HAMCTL_URL", "http://127.0.0.1:1").set("HAMCTL_TOKEN", "static"),
    ] {
        assert_eq!(offered(&session, &["promote", "--env", ""]).await, Vec::<String>::new());
        assert_eq!(offered(&session, &["releas"]).await, ["release"], "commands need no server");
    }
    let empty = Double::start().await;
    empty.answers("GET /environments", &EnvironmentsResponse::default());
    assert_eq!(
        offered(&Session::at(&empty), &["status", "--no-such", "--serv"]).await,
        ["--service", "--server"]
    );
}
