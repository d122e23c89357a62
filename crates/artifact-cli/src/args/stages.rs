//! Flags of `add`.

use clap::{Args, Subcommand};

/// The stages of a build.
#[derive(Debug, Subcommand)]
pub(crate) enum StageCommand {
    /// An image was built
    Build(ImageArgs),
    /// An image was pushed
    Push(ImageArgs),
    /// Tests ran
    Test {
        /// Tests that passed
        #[arg(long, value_name = "COUNT")]
        passed: i64,
        /// Tests that failed
        #[arg(long, value_name = "COUNT")]
        failed: i64,
        /// Tests that did not run
        #[arg(long, value_name = "COUNT")]
        skipped: i64,
        /// Where to read more
        #[arg(long, default_value = "", hide_default_value = true)]
        url: String,
    },
    /// The code was scanned
    SnykCode {
        /// Language of the code
        #[arg(long, default_value = "", hide_default_value = true)]
        language: String,
        /// What the scanner found.
        #[command(flatten)]
        findings: Findings,
    },
    /// The image was scanned
    SnykDocker {
        /// Image it is built on
        #[arg(long, default_value = "", hide_default_value = true, value_name = "IMAGE")]
        base_image: String,
        /// Tag of that image
        #[arg(long, default_value = "", hide_default_value = true)]
        tag: String,
        /// What the scanner found.
        #[command(flatten)]
        findings: Findings,
    },
}

/// An image.
#[derive(Debug, Args)]
pub(crate) struct ImageArgs {
    /// Name of the image
    #[arg(long)]
    pub(crate) image: String,
    /// Tag of the image
    #[arg(long)]
    pub(crate) tag: String,
    /// Version of the tool that built it
    #[arg(long, value_name = "VERSION")]
    pub(crate) docker_version: String,
}

/// What a scanner found.
#[derive(Debug, Args)]
pub(crate) struct Findings {
    /// Version of the scanner
    #[arg(long, default_value = "", hide_default_value = true, value_name = "VERSION")]
    pub(crate) snyk_version: String,
    /// Where to read more
    #[arg(long, default_value = "https://app.snyk.io")]
    pub(crate) url: String,
    /// Vulnerabilities of high severity
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    pub(crate) high: i64,
    /// Vulnerabilities of medium severity
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    pub(crate) medium: i64,
    /// Vulnerabilities of low severity
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    pub(crate) low: i64,
}
