//! Where artifacts are.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Artifacts")]
pub(crate) struct StoreArgs {
    /// Folder for artifacts; default `artifacts` in the data folder. Unused with a bucket or a repository
    #[arg(long, env = "ARTIFACT_DIR", value_name = "DIR")]
    pub(crate) artifact_dir: Option<PathBuf>,

    /// S3 bucket for artifacts
    #[arg(
        long,
        env = "S3_ARTIFACT_STORAGE_BUCKET_NAME",
        default_value = "",
        hide_default_value = true,
        value_name = "NAME"
    )]
    pub(crate) s3_artifact_storage_bucket_name: String,

    /// Address of an S3 service other than Amazon's
    #[arg(long, env = "S3_ENDPOINT", value_name = "URL")]
    pub(crate) s3_endpoint: Option<String>,

    /// Region of the bucket
    #[arg(long, env = "S3_REGION", default_value = "eu-west-1", value_name = "REGION")]
    pub(crate) s3_region: String,

    /// Address of an SQS service other than Amazon's; with --s3-endpoint and without this, the server looks for
    /// uploads itself
    #[arg(long, env = "SQS_ENDPOINT", value_name = "URL")]
    pub(crate) sqs_endpoint: Option<String>,

    /// Access key for S3 and SQS; without one, the usual chain of AWS decides
    #[arg(long, env = "S3_ACCESS_KEY_ID", value_name = "ID")]
    pub(crate) s3_access_key_id: Option<String>,

    /// Secret of that access key
    #[arg(long, env = "S3_SECRET_ACCESS_KEY", hide_env_values = true, value_name = "SECRET")]
    pub(crate) s3_secret_access_key: Option<String>,

    /// URL of a Git repository that CI pushes artifacts to, each as the branch `SERVICE/ID`
    #[arg(long, env = "ARTIFACT_REPO", value_name = "URL")]
    pub(crate) artifact_repo: Option<String>,

    /// What the names of those branches begin with, such as `artifacts/`, in a repository that has others as well
    #[arg(
        long,
        env = "ARTIFACT_REPO_PREFIX",
        default_value = "",
        hide_default_value = true,
        value_name = "PREFIX"
    )]
    pub(crate) artifact_repo_prefix: String,

    /// Private key for that repository by SSH; reading is enough
    #[arg(long, env = "ARTIFACT_REPO_SSH_PRIVATE_KEY", value_name = "FILE")]
    pub(crate) artifact_repo_ssh_private_key: Option<PathBuf>,

    /// Known hosts for that repository by SSH; default those of --known-hosts
    #[arg(long, env = "ARTIFACT_REPO_KNOWN_HOSTS", value_name = "FILE")]
    pub(crate) artifact_repo_known_hosts: Option<PathBuf>,

    /// File with the token for that repository by HTTP
    #[arg(long, env = "ARTIFACT_REPO_TOKEN_FILE", value_name = "FILE")]
    pub(crate) artifact_repo_token_file: Option<PathBuf>,
}
