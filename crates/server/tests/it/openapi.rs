//! The document says what the server does: every route, every field, every example.

mod schema;

use std::collections::BTreeSet;

use api::{ContainerError, DeployEvent, JobError, JobErrorEvent, PodErrorEvent, routes};
use reqwest::Method;
use serde_json::{Value, json};

use self::schema::Document;
use crate::bed::{Bed, Server, http};

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Answered alike whatever the method, as the original's are.
const ANY_METHOD: [&str; 5] =
    [routes::PING, routes::HEALTHZ, routes::READYZ, routes::METRICS, routes::GITHUB_WEBHOOK];

fn document() -> Document {
    Document(yaml::documents(api::OPENAPI).unwrap()[0].to_json().unwrap())
}

fn paths(document: &Document) -> Vec<String> {
    document.0["paths"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_constant_has_its_path_and_every_path_its_constant() {
    let document = document();
    let source = include_str!("../../../api/src/routes.rs");
    let constants: BTreeSet<&str> = source
        .lines()
        .filter(|line| line.starts_with("pub const "))
        .map(|line| line.split('"').nth(1).unwrap())
        .collect();
    assert!(constants.len() > 20, "{constants:?}");
    // `/queue/{id}/retry` is the constant `/queue` with parts that vary or follow.
    let of = |path: &str| path.split("/{").next().unwrap().to_owned();
    let described: BTreeSet<String> = paths(&document).iter().map(|path| of(path)).collect();
    assert_eq!(described, constants.iter().map(|path| (*path).to_owned()).collect());
    // The router is made of constants alone, so a route that is not described does not pass unseen.
    let router = include_str!("../../src/http.rs");
    for route in router.lines().filter(|line| line.contains(".route(")) {
        assert!(route.contains("routes::"), "{route}");
    }
    assert_eq!(
        router.matches(".route(").count(),
        paths(&document).len() + 1,
        "`/policies/{{*rest}}` is the one more"
    );
}

#[test]
fn every_field_of_the_document_is_read_in_any_case() {
    fn names(node: &Value, found: &mut BTreeSet<String>) {
        let properties = node["properties"].as_object().into_iter().flatten();
        found.extend(properties.map(|(name, _)| name.clone()));
        node.as_object().into_iter().flatten().for_each(|(_, below)| names(below, found));
        node.as_array().into_iter().flatten().for_each(|below| names(below, found));
    }
    let mut found = BTreeSet::new();
    let document = document();
    let schemas = document.0["components"]["schemas"].as_object().unwrap();
    // An artifact has a reading of its own.
    schemas
        .iter()
        .filter(|(name, _)| !["Artifact", "Repository"].contains(&name.as_str()))
        .for_each(|(_, one)| names(one, &mut found));
    assert!(found.contains("expectedWorkloads"), "{found:?}");
    for name in found {
        let folded: Value = api::decode(format!(r#"{{"{}":1}}"#, name.to_uppercase()).as_bytes()).unwrap();
        assert_eq!(folded, json!({&name: 1}));
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    fn media<'a>(node: &'a Value, found: &mut Vec<(&'a Value, &'a Value)>) {
        if let (Some(examples), schema) = (node["examples"].as_object(), &node["schema"]) {
            found.extend(examples.values().map(|example| (schema, &example["value"])));
        }
        node.as_object().into_iter().flatten().for_each(|(_, below)| media(below, found));
        node.as_array().into_iter().flatten().for_each(|below| media(below, found));
    }
    let document = document();
    let mut examples = Vec::new();
    media(&document.0, &mut examples);
    assert!(examples.len() >= 9, "{}", examples.len());
    for (schema, example) in examples {
        assert_eq!(document.faults(schema, example, "example"), Vec::<String>::new(), "{example}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_answers_to_the_methods_it_is_described_with_and_to_no_other() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    let document = document();
    for path in paths(&document) {
        let target = path.replace("{service}", "a").replace("{environment}", "dev").replace("{id}", "1");
        for method in METHODS {
            let name = method.to_uppercase().parse::<Method>().unwrap();
            let answer = http().request(name, format!("{}{target}", server.url)).send().await.unwrap();
            let has = |path: &str| document.0["paths"][path].get(method).is_some();
            // Below `/policies` everything is answered as that is, too.
            let described = has(&path) || (path.starts_with(routes::POLICIES) && has(routes::POLICIES));
            let answered = answer.status() != 405;
            let text = if path == routes::EVENTS { String::new() } else { answer.text().await.unwrap() };
            assert_eq!(answered, described || ANY_METHOD.contains(&path.as_str()), "{method} {path}: {text}");
            assert!(!text.contains(r#""message":"not found""#), "{method} {path}: {text}");
        }
    }
    let served = http().get(format!("{}{}", server.url, routes::OPENAPI)).send().await.unwrap();
    assert_eq!(served.headers()["content-type"], "application/json");
    let served: Value = serde_json::from_slice(&served.bytes().await.unwrap()).unwrap();
    assert_eq!(served, document.0);
}

/// Asks, and compares the answer with what is described for its path and status.
async fn compare(
    server: &Server,
    document: &Document,
    (method, path, target): (&str, &str, &str),
    body: Value,
) -> Value {
    let described = &document.0["paths"][path][method]["responses"];
    assert!(described.is_object(), "{method} {path}");
    let request = http()
        .request(method.to_uppercase().parse().unwrap(), format!("{}{target}", server.url))
        .bearer_auth(if path.starts_with("/artifacts") { "ci-token" } else { "hamctl-token" });
    let answer = request.body(body.to_string()).send().await.unwrap();
    let status = answer.status().as_u16().to_string();
    let response = document.of(described.get(&status).unwrap_or(&described["default"]));
    let media = &response["content"]["application/json"]["schema"];
    let value: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(
        document.faults(media, &value, "answer"),
        Vec::<String>::new(),
        "{method} {target}: {status} {value}"
    );
    value
}

async fn reports(server: &Server) {
    let place = ("bo@corp.test".to_owned(), "dev".to_owned(), "master-1".to_owned());
    let (author_email, environment, artifact_id) = place;
    let namespace = environment.clone();
    let up = DeployEvent {
        name: "billing".into(),
        resource_type: "Deployment".into(),
        available_pods: 1,
        replicas: 1,
        author_email,
        environment: environment.clone(),
        artifact_id: artifact_id.clone(),
        namespace: namespace.clone(),
        squad: String::new(),
    };
    let crash = PodErrorEvent {
        pod_name: "billing-1-2".into(),
        errors: vec![ContainerError { name: "app".into(), message: "panic".into(), reason: "Error".into() }],
        environment: environment.clone(),
        artifact_id: artifact_id.clone(),
        namespace: namespace.clone(),
        ..PodErrorEvent::default()
    };
    let job = JobErrorEvent {
        job_name: "billing-job".into(),
        errors: vec![JobError { reason: "BackoffLimitExceeded".into(), message: "x".into() }],
        environment,
        artifact_id,
        namespace,
        ..JobErrorEvent::default()
    };
    let daemon = server.client("daemon-token");
    let _answer: Value = daemon.call(Method::POST, &[routes::DAEMON_DEPLOY], &up).await.unwrap();
    let _answer: Value = daemon.call(Method::POST, &[routes::DAEMON_POD_ERROR], &crash).await.unwrap();
    let _answer: Value = daemon.call(Method::POST, &[routes::DAEMON_JOB_ERROR], &job).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_what_the_document_says() {
    let bed = Bed::new().await.flag("--policy-branch-restrictions=prod=^master$").flag("--timeout=3s");
    let server = bed.start().await;
    let document = document();
    server.upload("billing", "master-1", "master").await;
    server.upload("billing", "hotfix-1", "hotfix").await;
    let ask = async |what: (&str, &str, &str), body: Value| compare(&server, &document, what, body).await;
    let get = async |path: &str, target: &str| ask(("get", path, target), json!({})).await;
    let release = |environment: &str, id: &str| json!({"service": "billing", "environment": environment, "artifactId": id, "committerName": "Ida", "committerEmail": "ida@corp.test", "intent": {"type": "ReleaseArtifact"}});
    let landed = ask(("post", "/release", "/release"), release("dev", "master-1")).await;
    assert_eq!(landed["state"], "landed");
    assert_eq!(ask(("post", "/release", "/release"), release("dev", "master-1")).await["state"], "unchanged");
    assert_eq!(ask(("post", "/release", "/release"), release("prod", "hotfix-1")).await["kind"], "denied");
    assert_eq!(ask(("post", "/release", "/release"), json!({})).await["status"], 400);
    let promotion = json!({"service": "billing", "environment": "staging", "artifactId": "master-1", "committerName": "Ida", "committerEmail": "ida@corp.test", "intent": {"type": "Promote", "promote": {"fromEnvironment": "dev"}}});
    let tried = ask(("post", "/release/dry-run", "/release/dry-run"), promotion).await;
    assert_eq!(tried["decision"], "approved", "{tried}");
    reports(&server).await;

    let policy = json!({"service": "billing", "branch": "master", "environment": "staging", "committerName": "Ida", "committerEmail": "ida@corp.test", "branchRegex": "."});
    ask(("patch", routes::AUTO_RELEASE, routes::AUTO_RELEASE), policy.clone()).await;
    ask(("patch", routes::BRANCH_RESTRICTION, routes::BRANCH_RESTRICTION), policy).await;
    get("/policies", "/policies?service=billing").await;
    get("/policies", "/policies?service=unknown").await;
    ask(
        ("delete", "/policies", "/policies"),
        json!({"service": "billing", "policyIds": ["auto-release-master-staging"], "committerName": "Ida", "committerEmail": "ida@corp.test"}),
    )
    .await;
    for (path, target) in [
        ("/status", "/status?service=billing"),
        ("/status", "/status"),
        ("/services", "/services"),
        ("/environments", "/environments?service=billing"),
        ("/releases", "/releases?service=billing"),
        ("/releases/{id}", "/releases/none"),
        ("/diff/{service}/{environment}", "/diff/billing/dev?artifact=hotfix-1"),
        ("/describe/release/{service}/{environment}", "/describe/release/billing/dev"),
        ("/describe/artifact/{service}", "/describe/artifact/billing?count=2"),
        ("/describe/latest-artifact/{service}", "/describe/latest-artifact/billing?branch=master"),
        ("/readyz", "/readyz"),
        ("/openapi.json", "/openapi.json"),
    ] {
        get(path, target).await;
    }
    let id = landed["id"].as_str().unwrap();
    let known = get("/releases/{id}", &format!("/releases/{id}")).await;
    assert_eq!((&known["state"], &known["rollout"]["state"]), (&json!("landed"), &json!("failed")));
    let artifact =
        json!({"artifact": {"id": "master-9", "service": "billing"}, "md5": "1B2M2Y8AsgTpgAmY7PhCfg=="});
    ask(("post", "/artifacts/create", "/artifacts/create"), artifact).await;

    bed.git.down().await;
    let pending = ask(("post", "/release", "/release"), release("staging", "master-1")).await;
    assert_eq!(pending["state"], "pending");
    get("/releases/{id}", &format!("/releases/{}", pending["id"].as_str().unwrap())).await;
    assert_eq!(get("/queue", "/queue").await["items"][0]["kind"], "release");
    ask(("post", "/queue/{id}/retry", "/queue/999999/retry"), json!({})).await;
}
