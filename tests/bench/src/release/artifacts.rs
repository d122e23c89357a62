//! Artifacts to release: zips as CI makes them, uploaded the way CI does.

use std::io::{Cursor, Write};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::reference::ENVIRONMENTS;
use super::server::Server;

/// Files an environment gets, beside `artifact.json`.
const FILES: usize = 7;

/// The id of a new artifact.
pub(crate) fn id(generation: &str, number: usize) -> String {
    format!("master-{generation}-{number:08x}")
}

/// Makes an artifact and uploads it.
pub(crate) async fn upload(server: &Server, service: &str, id: &str) -> Result<()> {
    let spec = json!({
        "id": id, "service": service,
        "application": {"branch": "master", "sha": "0a1b2c3d4e", "authorName": "Bo Lind", "authorEmail": "bo@example.test"},
        "ci": {"start": "2026-01-05T08:01:00Z", "end": "2026-01-05T08:06:00Z"},
        "shuttle": {"plan": {}},
    });
    let bytes = archive(&spec, service, id)?;
    let md5 = BASE64_STANDARD.encode(Md5::digest(&bytes));
    let answer: Value = server.post("artifacts/create", &json!({"artifact": spec, "md5": md5})).await?;
    let url = answer["artifactUploadUrl"].as_str().context("the server gave no upload address")?;
    let answer = server.http().put(url).header("Content-MD5", &md5).body(bytes).send().await?;
    ensure!(answer.status().is_success(), "the upload was refused: {}", answer.status());
    Ok(())
}

fn archive(spec: &Value, service: &str, id: &str) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("artifact.json", SimpleFileOptions::default())?;
    zip.write_all(serde_json::to_string_pretty(spec)?.as_bytes())?;
    for environment in ENVIRONMENTS {
        for file in 0..FILES {
            zip.start_file(format!("{environment}/{file}0-object.yaml"), SimpleFileOptions::default())?;
            write!(
                zip,
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {service}-{file}\n  namespace: {environment}\ndata:\n  ARTIFACT: {id}\n"
            )?;
        }
    }
    Ok(zip.finish()?.into_inner())
}
