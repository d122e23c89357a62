//! Flags of `init`.

use artifact::{ArtifactId, ArtifactSpec, BranchName, Ci, Repository, ServiceName, Shuttle, WireTime};
use clap::Args;

use crate::ci::{Facts, Field};

/// Heading of what need not be given in a CI job.
const FOUND: &str = "Found by itself on GitHub Actions, GitLab CI, Jenkins, Buildkite and CircleCI";

/// What is known when a build begins.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Id of the artifact, by custom `<branch>-<sha>-<plan sha>`
    #[arg(long, value_name = "ID")]
    pub(crate) artifact_id: ArtifactId,
    /// Service
    #[arg(long, value_name = "NAME")]
    pub(crate) service: ServiceName,
    /// Kubernetes namespace; by default that of each environment
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) namespace: String,
    /// Team that owns the service
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) squad: String,
    /// Author of the commit
    #[arg(long, value_name = "NAME", help_heading = FOUND, allow_hyphen_values = true)]
    pub(crate) git_author_name: Option<String>,
    /// Address of the author
    #[arg(long, value_name = "EMAIL", help_heading = FOUND)]
    pub(crate) git_author_email: Option<String>,
    /// Message of the commit
    #[arg(long, value_name = "TEXT", help_heading = FOUND, allow_hyphen_values = true)]
    pub(crate) git_message: Option<String>,
    /// Committer
    #[arg(long, value_name = "NAME", help_heading = FOUND, allow_hyphen_values = true)]
    pub(crate) git_committer_name: Option<String>,
    /// Address of the committer
    #[arg(long, value_name = "EMAIL", help_heading = FOUND)]
    pub(crate) git_committer_email: Option<String>,
    /// Id of the commit
    #[arg(long, value_name = "SHA", help_heading = FOUND)]
    pub(crate) git_sha: Option<String>,
    /// Branch
    #[arg(long, value_name = "BRANCH", help_heading = FOUND)]
    pub(crate) git_branch: Option<BranchName>,
    /// Kind of the Git host, such as `GitHub`
    #[arg(long, help_heading = FOUND)]
    pub(crate) provider: Option<String>,
    /// Where people can see the commit
    #[arg(long, help_heading = FOUND)]
    pub(crate) url: Option<String>,
    /// Name of the repository
    #[arg(long, help_heading = FOUND)]
    pub(crate) name: Option<String>,
    /// Where people can see the CI job
    #[arg(long, value_name = "URL", help_heading = FOUND)]
    pub(crate) ci_job_url: Option<String>,
    /// Commit of the shuttle plan
    #[arg(long, default_value = "", hide_default_value = true, value_name = "SHA")]
    pub(crate) shuttle_plan_sha: String,
    /// Where the shuttle plan comes from
    #[arg(long, default_value = "", hide_default_value = true, value_name = "URL")]
    pub(crate) shuttle_plan_url: String,
    /// Message of the plan's commit
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "TEXT",
        allow_hyphen_values = true
    )]
    pub(crate) shuttle_plan_message: String,
    /// Branch of the shuttle plan
    #[arg(long, default_value = "", hide_default_value = true, value_name = "BRANCH")]
    pub(crate) shuttle_plan_branch: String,
    /// Addresses that Slack knows people by, as `<email>=<company email>`, separated by commas
    #[arg(long, env = "USER_MAPPINGS", value_delimiter = ',', value_name = "MAPPING")]
    pub(crate) user_mappings: Vec<String>,
}

impl InitArgs {
    /// What the command line says of the build.
    pub(crate) fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        for (field, value) in [
            (Field::Branch, self.git_branch.as_ref().map(BranchName::as_str)),
            (Field::Sha, self.git_sha.as_deref()),
            (Field::Message, self.git_message.as_deref()),
            (Field::AuthorName, self.git_author_name.as_deref()),
            (Field::AuthorEmail, self.git_author_email.as_deref()),
            (Field::CommitterName, self.git_committer_name.as_deref()),
            (Field::CommitterEmail, self.git_committer_email.as_deref()),
            (Field::JobUrl, self.ci_job_url.as_deref()),
            (Field::Name, self.name.as_deref()),
            (Field::Url, self.url.as_deref()),
            (Field::Provider, self.provider.as_deref()),
        ] {
            facts.give(field, value);
        }
        facts
    }

    /// The file's first content.
    pub(crate) fn spec(&self, facts: &Facts, start: WireTime) -> ArtifactSpec {
        let of = |field| facts.get(field).unwrap_or_default().to_owned();
        ArtifactSpec {
            id: self.artifact_id.to_string(),
            service: self.service.to_string(),
            namespace: self.namespace.clone(),
            application: Repository {
                branch: of(Field::Branch),
                sha: of(Field::Sha),
                author_name: of(Field::AuthorName),
                author_email: of(Field::AuthorEmail),
                committer_name: of(Field::CommitterName),
                committer_email: of(Field::CommitterEmail),
                message: of(Field::Message),
                name: of(Field::Name),
                url: of(Field::Url),
                provider: of(Field::Provider),
            },
            ci: Ci { job_url: of(Field::JobUrl), start, ..Ci::default() },
            squad: self.squad.clone(),
            shuttle: Shuttle {
                plan: Repository {
                    branch: self.shuttle_plan_branch.clone(),
                    sha: self.shuttle_plan_sha.clone(),
                    message: self.shuttle_plan_message.clone(),
                    url: self.shuttle_plan_url.clone(),
                    ..Repository::default()
                },
                ..Shuttle::default()
            },
            stages: Vec::new(),
        }
    }
}
