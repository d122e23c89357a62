//! Through what CI uploads: names in `artifact.json`, and names in the zip.

use std::io::{Cursor, Write};

use api::routes;
use artifact::ArtifactSpec;
use reqwest::Method;
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::names::{hostile, shown};
use super::{Guarded, explained, hotfix, requests};
use crate::bed::Bed;
use crate::make;

/// A zip with the spec, manifests for every environment, and one entry more.
fn zip_with(spec: &ArtifactSpec, entry: &str, options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new_append(Cursor::new(make::zip(spec))).unwrap();
    writer.start_file(entry, options).unwrap();
    writer.write_all(b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: evil\n").unwrap();
    writer.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_entry_of_a_zip_lands_outside_its_environment() {
    let guarded = Guarded::new(Bed::new().await).await;
    let long = format!("dev/{}", "a".repeat(300));
    let deep = "dev/".repeat(200) + "a.yaml";
    let entries = [
        "../prod/a.yaml",
        "/prod/a.yaml",
        "prod/../../a.yaml",
        "dev/../prod/a.yaml",
        "dev/../../prod/a.yaml",
        "./prod/a.yaml",
        "dev/./a.yaml",
        "dev//a.yaml",
        "dev\\..\\prod\\a.yaml",
        "C:\\prod",
        "C:/prod/a.yaml",
        "dev/a\0.yaml",
        "dev/a\n.yaml",
        "dev/\u{1b}[2J.yaml",
        "PROD/a.yaml",
        "Prod/a.yaml",
        "рrod/a.yaml",
        "prod /a.yaml",
        "prod./a.yaml",
        "clusters/prod/a.yaml",
        "policies/billing.json",
        "release-manager.yaml",
        "dev/artifact.json",
        "dev/artifact.json/a.yaml",
        "dev/Artifact.json",
        "artifact.json/a.yaml",
        "Artifact.json",
        "ARTIFACT.JSON",
        "dev",
        "dev/",
        "dev/configmap.yaml/a.yaml",
        "dev/CONFIGMAP.yaml",
        "dev/.git/config",
        "dev/.GIT/hooks/post-checkout",
        "dev/git~1/config",
        "dev/.gitmodules",
        "dev/.gitattributes",
        "dev/CON",
        "dev/aux.yaml",
        "dev/a:b",
        "dev/a.yaml.",
        "dev/a.yaml ",
        "dev/%2e%2e/prod/a.yaml",
        "dev/\u{202e}lmay.a",
        "dev/cafe\u{301}.yaml",
        "dev/-flag",
        "dev/--",
        "dev/clusters/prod/a.yaml",
        "prod/releases/prod/billing/a.yaml",
        "",
        "/",
        &long,
        &deep,
    ];
    for (at, entry) in entries.into_iter().enumerate() {
        let spec = hotfix(at);
        let zip = zip_with(&spec, entry, SimpleFileOptions::default());
        lands_in_dev_alone(&guarded, entry, &spec, zip).await;
    }
    // Entries that are no files: a link, a device; and one that says it is executable and owned by root.
    for (at, mode) in
        [0o120_777, 0o060_666, 0o020_666, 0o010_666, 0o140_777, 0o106_777].into_iter().enumerate()
    {
        let spec = hotfix(1000 + at);
        let options = SimpleFileOptions::default().unix_permissions(mode);
        let mut zip = zip_with(&spec, "dev/entry.yaml", options);
        set_modes(&mut zip, "dev/entry.yaml", mode);
        lands_in_dev_alone(&guarded, &format!("mode {mode:o}"), &spec, zip).await;
    }
    guarded.guard_works().await;
}

/// Sets the Unix mode of an entry in the zip's directory, type included.
fn set_modes(zip: &mut [u8], name: &str, mode: u32) {
    const SIGNATURE: &[u8] = b"PK\x01\x02";
    const ATTRIBUTES: usize = 38;
    const NAME: usize = 46;
    const UNIX: u8 = 3;
    let at = zip
        .windows(NAME + name.len())
        .position(|bytes| bytes.starts_with(SIGNATURE) && bytes.ends_with(name.as_bytes()))
        .unwrap();
    zip[at + 5] = UNIX;
    zip[at + ATTRIBUTES..at + ATTRIBUTES + 4].copy_from_slice(&(mode << 16).to_le_bytes());
}

/// An artifact is refused when it is uploaded, or enters dev and nothing else.
async fn lands_in_dev_alone(guarded: &Guarded, what: &str, spec: &ArtifactSpec, zip: Vec<u8>) {
    let status = guarded.upload(spec, zip).await;
    assert!(status == 200 || status == 400, "{what}: {status}");
    if status == 200 {
        let dev = requests::release("billing", "dev", &spec.id);
        let (status, text) = guarded.send(Method::POST, routes::RELEASE, "hamctl-token", &dev).await;
        if status != 200 {
            explained(what, status, &text);
        }
    }
    let prod = requests::release("billing", "prod", &spec.id);
    guarded.refused(what, Method::POST, routes::RELEASE, &prod).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_in_an_artifact_json_leads_to_prod() {
    let guarded = Guarded::new(Bed::new().await).await;
    let branches = [
        "Master",
        "master ",
        " master",
        "master\n",
        "\nmaster",
        "master\0",
        "ｍaster",
        "mаster",
        "\u{feff}master",
        "master\u{200b}",
        "origin/master",
        "refs/heads/master",
        "hotfix\nmaster",
    ];
    for (at, text) in hostile().iter().map(String::as_str).chain(branches).enumerate() {
        let namespaced = ArtifactSpec { namespace: text.to_owned(), ..hotfix(2 * at) };
        let zip = make::zip(&namespaced);
        lands_in_dev_alone(&guarded, &format!("namespace {}", shown(text)), &namespaced, zip).await;
        let mut branched = hotfix(2 * at + 1);
        branched.application.branch = text.to_owned();
        branched.application.author_name = text.to_owned();
        branched.squad = text.to_owned();
        let zip = make::zip(&branched);
        lands_in_dev_alone(&guarded, &format!("branch {}", shown(text)), &branched, zip).await;
        for (what, field, value) in
            [("service", "service", text), ("id", "id", text), ("traversal", "id", &format!("../{text}"))]
        {
            if text == "null"
                || field == "id" && text.parse::<artifact::ArtifactId>().is_ok()
                || field == "service" && text.parse::<artifact::ServiceName>().is_ok()
            {
                continue;
            }
            let mut artifact =
                json!({"id": "hotfix-1", "service": "billing", "application": {"branch": "hotfix"}});
            artifact[field] = json!(value);
            let body = json!({"artifact": artifact, "md5": "1B2M2Y8AsgTpgAmY7PhCfg=="});
            let (status, answer) =
                guarded.send(Method::POST, routes::CREATE_ARTIFACT, "ci-token", &body).await;
            explained(&format!("{what} {}", shown(text)), status, &answer);
        }
    }
    guarded.guard_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_encrypted_or_nested_without_end_is_refused_or_harmless() {
    const FLAGS: usize = 8;
    let guarded = Guarded::new(Bed::new().await).await;
    let spec = hotfix(3000);
    let mut encrypted = zip_with(&spec, "dev/entry.yaml", SimpleFileOptions::default());
    let at = encrypted
        .windows(60)
        .position(|bytes| bytes.starts_with(b"PK\x01\x02") && bytes.ends_with(b"dev/entry.yaml"))
        .unwrap();
    encrypted[at + FLAGS] |= 1;
    assert_eq!(guarded.upload(&spec, encrypted).await, 400);
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let anchors: String = (0..250).map(|level| format!("&a{level} [")).collect();
    for (at, (what, manifest)) in [
        ("lists in lists", format!("kind: ConfigMap\ndata: {}\n", deep("[", "]"))),
        ("maps in maps", deep("{a: ", "}")),
        ("keys of keys", "? ".repeat(100_000)),
        ("lists by dashes", "- ".repeat(100_000)),
        ("anchors in anchors", format!("kind: ConfigMap\ndata: {anchors}{}", "x, ".repeat(100_000))),
    ]
    .into_iter()
    .enumerate()
    {
        let spec = hotfix(3001 + at);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("artifact.json", SimpleFileOptions::default()).unwrap();
        writer.write_all(&spec.to_file().unwrap()).unwrap();
        writer.start_file("dev/deep.yaml", SimpleFileOptions::default()).unwrap();
        writer.write_all(manifest.as_bytes()).unwrap();
        lands_in_dev_alone(&guarded, what, &spec, writer.finish().unwrap().into_inner()).await;
    }
    let spec = hotfix(3999);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("artifact.json", SimpleFileOptions::default()).unwrap();
    let text = format!(r#"{{"id":"{}","service":"billing","stages":{}}}"#, spec.id, deep("[", "]"));
    writer.write_all(text.as_bytes()).unwrap();
    assert_eq!(
        guarded.upload(&spec, writer.finish().unwrap().into_inner()).await,
        400,
        "a deep artifact.json"
    );
    guarded.guard_works().await;
}
