//! Through what somebody else pushes: messages, settings and policies.

use api::routes;
use reqwest::Method;
use testkit::wait;

use super::{Guarded, HOTFIX, explained, requests};
use crate::bed::{BRANCH, Bed, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_others_open_nothing_and_break_nothing() {
    let guarded = Guarded::new(Bed::new().await).await;
    let second = guarded.bed.repo.second_writer().unwrap();
    let long = "x".repeat(20_000);
    let id = "01890000-0000-7000-8000-000000000000";
    let messages = [
        "[prod/billing] release hotfix-1 by eve@corp.test".to_owned(),
        format!(
            "[prod/billing] release hotfix-1 by eve\n\nService: billing\nEnvironment: prod\nArtifact-ID: hotfix-1\nRelease-Id: {id}"
        ),
        format!(
            "[../prod/../x] release ../../a by x\n\nService: ../billing\nEnvironment: ../prod\nArtifact-ID: ../../hotfix-1\nRelease-Id: {id}"
        ),
        "[/] rollback  to  by ".to_owned(),
        "[prod/billing] rollback hotfix-1 to hotfix-1\n\nRelease-intent: Rollback\nRollback-of-artifact-id: "
            .to_owned(),
        "[prod/\u{202e}gnillib] release \u{1b}[2Jhotfix-1 by \u{0}".replace('\0', ""),
        format!("[prod/billing] release {long} by {long}\n\n{}", "Service: billing\n".repeat(1000)),
        "[prod/billing]".to_owned(),
        "Release-Id: x".to_owned(),
        "\u{feff}[prod/billing] release hotfix-1".to_owned(),
    ];
    for (at, message) in messages.iter().enumerate() {
        second.push(BRANCH, "README.md", &at.to_string(), message).unwrap();
        let shown: String = message.chars().take(60).collect();
        // A release takes in what others pushed, and lands on top of it.
        let artifact = if at % 2 == 0 { HOTFIX } else { "master-1" };
        let dev = requests::release("billing", "dev", artifact);
        let (status, text) = guarded.send(Method::POST, routes::RELEASE, "hamctl-token", &dev).await;
        assert_eq!(status, 200, "{shown}: {text}");
        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(body["state"], "landed", "{shown}: {text}");
        for intent in ["ReleaseArtifact", "Rollback"] {
            let mut prod = requests::release("billing", "prod", HOTFIX);
            prod["intent"] = serde_json::json!({"type": intent, "rollback": {"previousArtifactId": HOTFIX}});
            guarded.refused(&shown, Method::POST, routes::RELEASE, &prod).await;
        }
        for target in ["/status?service=billing", "/describe/release/billing/prod?count=100", "/environments"]
        {
            let answer = crate::raw::get(guarded.bed.port.address(), "GET", target).await;
            assert!(matches!(answer.status(), 200 | 400), "{shown}: {target}: {}", answer.text);
        }
    }
    guarded.guard_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_trusted_open_no_environment() {
    let guarded = Guarded::new(Bed::new().await).await;
    let second = guarded.bed.repo.second_writer().unwrap();
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e]\nenvironments: [*f,*f,*f,*f]\n";
    let deep = format!("environments: {}", "[".repeat(50_000));
    let nested = format!("environments: {}dev{}", "[".repeat(5000), "]".repeat(5000));
    let many = format!("environments: [{}]", "e,".repeat(100_000));
    let files = [
        "environments: [dev, ../prod]",
        "environments: [dev, prod/]",
        "environments: [dev, Prod]",
        "environments: [рrod]",
        "environments: [\"pr\\0od\"]",
        "environments: [.git]",
        "environments: [-flag]",
        "environments: []",
        "environments: dev",
        "environments: {dev: prod}",
        "environments: [dev, dev]",
        "environments: [[dev]]",
        "environments: [null]",
        "environments: [~]",
        "environments: [1e3]",
        "environments: [dev]\nenvironments: [prod]",
        "environments: [dev]\n---\nenvironments: [prod]",
        "environments: [*nowhere]",
        "{",
        "\t",
        "\u{0}",
        "\u{feff}",
        "",
        "# nothing",
        "environments: [dev]\nbranch: ../x",
        "environments: [dev]\nbranch: [master]",
        "environments: [dev]\nfreeze: true",
        "<<: {environments: [prod]}",
        bomb,
        &deep,
        &nested,
        &many,
    ];
    for text in files {
        second.push(BRANCH, "release-manager.yaml", text, "Change the settings").unwrap();
        let shown: String = text.chars().take(50).collect();
        for environment in ["dev", "prod", "../prod"] {
            let body = requests::release("billing", environment, HOTFIX);
            let (status, text) = guarded.send(Method::POST, routes::RELEASE, "hamctl-token", &body).await;
            explained(&format!("{shown:?} {environment}"), status, &text);
        }
        let alive = crate::raw::get(guarded.bed.port.address(), "GET", routes::READYZ).await;
        assert_eq!(alive.status(), 200, "{shown:?}: {}", alive.text);
    }
    second.remove(BRANCH, &["release-manager.yaml"], "No settings").unwrap();
    guarded.guard_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_cannot_be_read_are_not_taken_for_none() {
    let guarded = Guarded::new(Bed::new().await).await;
    let second = guarded.bed.repo.second_writer().unwrap();
    let good = guarded.bed.repo.file(BRANCH, "policies/billing.json").unwrap();
    let twice = good.replace("\"branchRestrictions\": [", "\"branchRestrictions\": [\n    {\"id\": \"all\", \"branchRegex\": \".\", \"environment\": \"prod\"},");
    let deep = format!(r#"{{"service":"billing","branchRestrictions":{}"#, "[".repeat(50_000));
    let pattern = format!(
        r#"{{"service":"billing","branchRestrictions":[{{"id":"x","branchRegex":"{}","environment":"prod"}}]}}"#,
        "(a{1000}){1000}"
    );
    for text in [
        "{",
        "[]",
        "null",
        "\"\"",
        "{}",
        "\u{feff}{}",
        "{\"service\":\"billing\",\"branchrestrictions\":[]}",
        "{\"service\":\"Billing\"}",
        r#"{"service":"billing","branchRestrictions":[{"id":"x","branchRegex":"(","environment":"prod"}]}"#,
        r#"{"service":"billing","branchRestrictions":[{"id":"x","branchRegex":"^master$","environment":"Prod"}]}"#,
        r#"{"service":"billing","branchRestrictions":[{"id":"x","branchRegex":"^master$","environment":"../prod"}]}"#,
        r#"{"service":"billing","service":"billing"}"#,
        &twice,
        &deep,
        &pattern,
    ] {
        second.push(BRANCH, "policies/billing.json", text, "Change the policies").unwrap();
        let shown: String = text.chars().take(80).collect();
        let body = requests::release("billing", "prod", HOTFIX);
        guarded.refused(&shown, Method::POST, routes::RELEASE, &body).await;
    }
    second.push(BRANCH, "policies/billing.json", &good, "Put the policies back").unwrap();
    guarded.guard_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_files_where_folders_belong_lead_nowhere() {
    let guarded = Guarded::new(Bed::new().await).await;
    let second = guarded.bed.repo.second_writer().unwrap();
    for (at, path) in
        ["dev", "dev/releases", "dev/releases/dev", "dev/releases/dev/billing"].into_iter().enumerate()
    {
        let artifact = if at % 2 == 0 { HOTFIX } else { "master-1" };
        if at > 0 {
            second.remove(BRANCH, &["dev"], "Clear the way").unwrap();
        }
        second.push(BRANCH, "README.md", path, "Go on").unwrap();
        second.link(BRANCH, path, &format!("{}prod", "../".repeat(at)), "Link to prod").unwrap();
        let body = requests::release("billing", "dev", artifact);
        let (status, text) = guarded.send(Method::POST, routes::RELEASE, "hamctl-token", &body).await;
        assert_eq!(status, 200, "{path}: {text}");
        let files = wait::until("the release", PATIENCE, async || {
            let files = guarded.bed.repo.files(BRANCH).unwrap();
            let there = files.iter().any(|file| file == "dev/releases/dev/billing/artifact.json");
            if there { Ok(files) } else { Err(format!("{files:?}")) }
        })
        .await;
        assert!(!files.iter().any(|file| file.starts_with("prod")), "{path}: {files:?}");
    }
    guarded.bed.repo.fsck().unwrap();
}
