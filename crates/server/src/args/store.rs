//! Where artifacts are.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Artifacts")]
pub(crate) struct StoreArgs {
    /// Folder for artifacts; default `artifacts` in the data folder. Unused with a bucket
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
}
