//! Flags of `init`.

use artifact::{ArtifactId, ArtifactSpec, BranchName, Ci, Repository, ServiceName, Shuttle, WireTime};
use clap::Args;

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
    #[arg(long, value_name = "NAME")]
    pub(crate) git_author_name: String,
    /// Address of the author
    #[arg(long, value_name = "EMAIL")]
    pub(crate) git_author_email: String,
    /// Message of the commit
    #[arg(long, value_name = "TEXT")]
    pub(crate) git_message: String,
    /// Committer
    #[arg(long, value_name = "NAME")]
    pub(crate) git_committer_name: String,
    /// Address of the committer
    #[arg(long, value_name = "EMAIL")]
    pub(crate) git_committer_email: String,
    /// Id of the commit
    #[arg(long, value_name = "SHA")]
    pub(crate) git_sha: String,
    /// Branch
    #[arg(long, value_name = "BRANCH")]
    pub(crate) git_branch: BranchName,
    /// Kind of the Git host, such as `GitHub`
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) provider: String,
    /// Where people can see the commit
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) url: String,
    /// Name of the repository
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) name: String,
    /// Where people can see the CI job
    #[arg(long, default_value = "", hide_default_value = true, value_name = "URL")]
    pub(crate) ci_job_url: String,
    /// Commit of the shuttle plan
    #[arg(long, default_value = "", hide_default_value = true, value_name = "SHA")]
    pub(crate) shuttle_plan_sha: String,
    /// Where the shuttle plan comes from
    #[arg(long, default_value = "", hide_default_value = true, value_name = "URL")]
    pub(crate) shuttle_plan_url: String,
    /// Message of the plan's commit
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    pub(crate) shuttle_plan_message: String,
    /// Branch of the shuttle plan
    #[arg(long, default_value = "", hide_default_value = true, value_name = "BRANCH")]
    pub(crate) shuttle_plan_branch: String,
    /// Addresses that Slack knows people by, as `<email>=<company email>`, separated by commas
    #[arg(long, env = "USER_MAPPINGS", value_delimiter = ',', value_name = "MAPPING")]
    pub(crate) user_mappings: Vec<String>,
}

impl InitArgs {
    /// The file's first content.
    pub(crate) fn spec(&self, start: WireTime) -> ArtifactSpec {
        ArtifactSpec {
            id: self.artifact_id.to_string(),
            service: self.service.to_string(),
            namespace: self.namespace.clone(),
            application: Repository {
                branch: self.git_branch.to_string(),
                sha: self.git_sha.clone(),
                author_name: self.git_author_name.clone(),
                author_email: self.git_author_email.clone(),
                committer_name: self.git_committer_name.clone(),
                committer_email: self.git_committer_email.clone(),
                message: self.git_message.clone(),
                name: self.name.clone(),
                url: self.url.clone(),
                provider: self.provider.clone(),
            },
            ci: Ci { job_url: self.ci_job_url.clone(), start, ..Ci::default() },
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
