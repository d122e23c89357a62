//! Where artifacts are: a folder, a bucket or a repository, and never two of them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use artifact_store::S3Settings;
use git_mirror::{ArchiveSource, Tls};
use secrecy::SecretString;

use super::git::credentials;
use super::{Problems, given};
use crate::args::{GitArgs, StoreArgs};

/// How long one run of git may take: the first one brings every artifact there is.
const DEADLINE: Duration = Duration::from_secs(600);

/// Where artifacts are.
pub(crate) enum StoreConfig {
    Folder(PathBuf),
    S3(S3Settings),
    Git(ArchiveSource),
}

pub(super) fn store(
    args: StoreArgs,
    git: &GitArgs,
    data_dir: &Path,
    problems: &mut Problems,
) -> Option<StoreConfig> {
    let bucket = given(&args.s3_artifact_storage_bucket_name).map(str::to_owned);
    let repository = args.artifact_repo.as_deref().and_then(given).map(str::to_owned);
    match (bucket, repository) {
        (None, None) => {
            Some(StoreConfig::Folder(args.artifact_dir.unwrap_or_else(|| data_dir.join("artifacts"))))
        }
        (Some(bucket), None) => s3(bucket, args, problems).map(StoreConfig::S3),
        (None, Some(url)) => repo(&url, args, git, problems).map(StoreConfig::Git),
        (Some(_), Some(_)) => {
            problems
                .add("artifacts are in one place: give --s3-artifact-storage-bucket-name or --artifact-repo");
            None
        }
    }
}

fn s3(bucket: String, args: StoreArgs, problems: &mut Problems) -> Option<S3Settings> {
    let id = args.s3_access_key_id.as_deref().and_then(given);
    let keys = match (id, args.s3_secret_access_key.as_deref().and_then(given)) {
        (None, None) => None,
        (Some(id), Some(secret)) => Some((id.to_owned(), SecretString::from(secret.to_owned()))),
        (Some(_), None) | (None, Some(_)) => {
            problems.add("--s3-access-key-id and --s3-secret-access-key-file go together");
            return None;
        }
    };
    Some(S3Settings {
        bucket,
        region: args.s3_region,
        endpoint: args.s3_endpoint,
        queue_endpoint: args.sqs_endpoint,
        keys,
    })
}

fn repo(url: &str, args: StoreArgs, git: &GitArgs, problems: &mut Problems) -> Option<ArchiveSource> {
    let url: git_mirror::RemoteUrl = problems.take(url.parse())?;
    let prefix = args.artifact_repo_prefix;
    problems.take(format!("{prefix}service/id").parse::<git_mirror::Branch>())?;
    let key = args.artifact_repo_ssh_private_key;
    for (flag, file) in [
        ("--artifact-repo-ssh-private-key", &key),
        ("--artifact-repo-known-hosts", &args.artifact_repo_known_hosts),
        ("--artifact-repo-token-file", &args.artifact_repo_token_file),
    ] {
        if let Some(file) = file.as_ref().filter(|file| !file.is_file()) {
            problems.add(format!("{flag} {}: there is no such file", file.display()));
            return None;
        }
    }
    // Credentials of its own, never those that may write the config repository.
    let own = GitArgs {
        ssh_private_key: key.unwrap_or_default(),
        known_hosts: args.artifact_repo_known_hosts.or_else(|| git.known_hosts.clone()),
        git_token_file: args.artifact_repo_token_file,
        ..git.clone()
    };
    let credentials = credentials(&own, url.is_http(), problems)?;
    // Whom to believe is no credential; the client certificate is one.
    let tls = problems.take(Tls::new(None, None, git.git_ca_certificate.as_deref()))?;
    Some(ArchiveSource { url, credentials, tls, prefix, deadline: DEADLINE })
}
