//! SIGKILL while artifacts come in: whatever is kept is released where a policy says so.

use std::path::Path;
use std::sync::Arc;

use api::{CreateArtifactRequest, CreateArtifactResponse, routes};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use reqwest::Method;
use testkit::wait;
use tokio::task::JoinSet;

use crate::bed::{Bed, PATIENCE, Server, http};
use crate::make;
use crate::s3::with_policy;

/// Kills of the server.
const KILLS: usize = 12;

/// Uploads at once.
const UPLOADS: usize = 6;

/// Uploads as CI does, unless the server is gone.
async fn upload(server: Arc<Server>, id: String) -> Option<()> {
    let spec = make::spec("billing", &id, "master");
    let zip = make::zip(&spec);
    let md5 = BASE64_STANDARD.encode(Md5::digest(&zip));
    let request = CreateArtifactRequest { artifact: spec, md5: md5.clone() };
    let created = server.client("ci-token").call(Method::POST, &[routes::CREATE_ARTIFACT], &request).await;
    let created: CreateArtifactResponse = created.ok()?;
    let url = created.artifact_upload_url.replace("localhost", "127.0.0.1");
    http().put(url).header("Content-MD5", md5).body(zip).send().await.ok().map(drop)
}

/// The ids of the artifacts that are on the disk.
fn kept(data: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(data.join("artifacts/billing")) else { return Vec::new() };
    let id = |name: std::ffi::OsString| Some(name.to_str()?.strip_suffix(".zip")?.to_owned());
    files.filter_map(|file| id(file.unwrap().file_name())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_artifact_that_is_kept_is_forgotten() {
    let bed = Bed::new().await;
    let mut server = Arc::new(with_policy(&bed).await);
    for kill in 0..KILLS {
        let before = kept(bed.data.path()).len();
        let mut uploads = JoinSet::new();
        for number in 0..UPLOADS {
            uploads.spawn(upload(server.clone(), format!("master-{kill}-{number}")));
        }
        // As soon as one is on the disk, or two, or more: just then the server may not yet have done more with it.
        wait::until("uploads to be kept", PATIENCE, async || {
            let new = kept(bed.data.path()).len() - before;
            if new > kill % (UPLOADS - 1) { Ok(()) } else { Err(new.to_string()) }
        })
        .await;
        let pid = rustix::process::Pid::from_raw(server.service.pid().cast_signed()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        while let Some(ended) = uploads.join_next().await {
            ended.unwrap();
        }
        drop(server);
        server = Arc::new(bed.start().await);
    }
    let kept = kept(bed.data.path());
    wait::until("everything that is kept to be released", PATIENCE, async || {
        let history = bed.history();
        let is_released = |id: &&String| {
            let title = format!("[dev/billing] auto release {id} by bo@corp.test");
            history.iter().any(|commit| commit.subject() == title)
        };
        let missing: Vec<&String> = kept.iter().filter(|id| !is_released(id)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("of {} missing: {missing:?}", kept.len())) }
    })
    .await;
}
