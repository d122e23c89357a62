//! Nobody gets past the gate with a name: every trick with paths, case, alphabets, escapes and control characters, at
//! every door, against a server that guards prod. What is not refused has to be harmless, and the history is the proof.

mod artifacts;
mod foreign;
mod names;
mod requests;
mod targets;

use std::collections::BTreeSet;

use api::{ApplyBranchRestrictionRequest, ErrorBody, routes};
use reqwest::Method;
use serde_json::Value;

use crate::bed::{BRANCH, Bed, Server, http};
use crate::make;

/// A server whose prod takes only what is built from `master`.
struct Guarded {
    bed: Bed,
    server: Server,
}

/// The artifact that everybody tries to bring into prod.
const HOTFIX: &str = "hotfix-1";

impl Guarded {
    async fn new(bed: Bed) -> Self {
        // A host without a line in between: there are hundreds of cases.
        let url = bed.repo.file_url();
        let bed = bed.flag(format!("--config-repo={url}"));
        let server = bed.start().await;
        server.upload("billing", HOTFIX, "hotfix").await;
        server.upload("billing", "master-1", "master").await;
        let restriction = ApplyBranchRestrictionRequest {
            service: "billing".into(),
            environment: "prod".into(),
            branch_regex: "^master$".into(),
            committer_name: "Ida Holm".into(),
            committer_email: "ida@corp.test".into(),
        };
        let _made: api::BranchRestrictionBody =
            server.hamctl().call(Method::PATCH, &[routes::BRANCH_RESTRICTION], &restriction).await.unwrap();
        Self { bed, server }
    }

    /// Sends a body of JSON with a token; status and text of the answer.
    async fn send(&self, method: Method, path: &str, token: &str, body: &Value) -> (u16, String) {
        let request = http()
            .request(method, format!("{}{path}", self.server.url))
            .header("Authorization", format!("Bearer {token}"))
            .body(body.to_string());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Sends what has to be refused, with a sentence that explains it.
    async fn refused(&self, what: &str, method: Method, path: &str, body: &Value) {
        let (status, text) = self.send(method, path, "hamctl-token", body).await;
        explained(what, status, &text);
    }

    /// Nothing has landed in prod, and nothing outside the folders of releases and policies; what guards prod stands.
    fn prod_is_untouched(&self) {
        let repo = &self.bed.repo;
        repo.fsck().unwrap();
        let changed: BTreeSet<String> =
            repo.changed_files(BRANCH).unwrap().into_iter().flat_map(|(_, files)| files).collect();
        for file in &changed {
            let parts: Vec<&str> = file.split('/').collect();
            let plain = match parts.as_slice() {
                ["dev" | "staging", "releases", _, "billing", ..] => true,
                ["clusters", "dev", _, "billing.yaml"] => true,
                ["policies", name] => name.ends_with(".json"),
                // What the tests themselves push as somebody else.
                ["release-manager.yaml" | "README.md"] => true,
                _ => false,
            };
            assert!(plain, "{file} was written");
        }
        let policies = repo.file(BRANCH, "policies/billing.json").unwrap();
        assert!(policies.contains(r#""branchRegex": "^master$""#), "{policies}");
    }

    /// The guard still tells the two apart: it was not simply broken.
    async fn guard_works(&self) {
        self.refused(
            "the guard",
            Method::POST,
            routes::RELEASE,
            &requests::release("billing", "prod", HOTFIX),
        )
        .await;
        self.prod_is_untouched();
        let allowed = requests::release("billing", "prod", "master-1");
        let (status, text) = self.send(Method::POST, routes::RELEASE, "hamctl-token", &allowed).await;
        assert_eq!(status, 200, "{text}");
    }

    async fn upload(&self, spec: &artifact::ArtifactSpec, zip: Vec<u8>) -> u16 {
        self.server.upload_zip(spec, zip).await
    }
}

/// Checks that an answer refuses, and says why: one sentence, without anything that could confuse a terminal.
fn explained(what: &str, status: u16, text: &str) {
    let shown: String = text.chars().take(300).collect();
    assert!((400..500).contains(&status), "{what}: {status} {shown}");
    let body: ErrorBody =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{what}: {error}: {shown}"));
    assert_eq!(body.status, status, "{what}");
    assert!(!body.message.is_empty(), "{what}");
    assert!(body.message.chars().count() < 2000, "{what}: a message of {} bytes", body.message.len());
    assert!(
        !body.message.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')),
        "{what}: {:?}",
        body.message
    );
}

/// An artifact from the branch `hotfix` with a name of its own.
fn hotfix(number: usize) -> artifact::ArtifactSpec {
    make::spec("billing", &format!("hotfix-{}", number + 100), "hotfix")
}
