//! The one Slack message of a build, as `message.json` remembers it, and how each step changes it.

use artifact::ArtifactSpec;
use serde::{Deserialize, Serialize};

const YELLOW: &str = "#FADE2A";
const GREEN: &str = "#73BF69";
const RED: &str = "#F2495C";

/// The message and where it was posted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Message {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) color: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) channel: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title_link: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) timestamp: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) service: String,
}

impl Message {
    /// What the author reads when the build begins.
    pub(crate) fn first(spec: &ArtifactSpec) -> Self {
        let application = &spec.application;
        Self {
            color: YELLOW.to_owned(),
            title: ":jenkins: Jenkins :sonic-running:".to_owned(),
            title_link: spec.ci.job_url.clone(),
            text: format!(
                "Build for: {}\nBranch: <{}|*{}*>\n",
                application.name, application.url, application.branch
            ),
            service: spec.service.clone(),
            ..Self::default()
        }
    }

    /// A stage is done.
    pub(crate) fn stage_done(&mut self, line: &str) {
        YELLOW.clone_into(&mut self.color);
        self.text.push_str(line);
    }

    /// The artifact is uploaded.
    pub(crate) fn pushed(&mut self, artifact_id: &str) {
        self.text.push_str(&format!(":white_check_mark: *Artifact pushed:* {artifact_id}"));
    }

    /// The pipeline is done.
    pub(crate) fn succeeded(&mut self) {
        GREEN.clone_into(&mut self.color);
        ":jenkins: Jenkins :white_check_mark:".clone_into(&mut self.title);
    }

    /// The pipeline failed.
    pub(crate) fn failed(&mut self, error_message: &str) {
        RED.clone_into(&mut self.color);
        ":jenkins: Jenkins :no_entry:".clone_into(&mut self.title);
        self.text.push_str(&format!(":no_entry: *{error_message}*"));
    }

    /// What everybody reads at the end.
    pub(crate) fn for_everybody(spec: &ArtifactSpec, succeeded: bool) -> Self {
        let application = &spec.application;
        let sha: String = application.sha.chars().take(10).collect();
        Self {
            color: if succeeded { GREEN } else { RED }.to_owned(),
            title: format!("{} ({})", spec.service, spec.id),
            title_link: spec.ci.job_url.clone(),
            text: format!(
                "*Author:* {} (<{}|{sha}>)\n*Message:* _{}_",
                application.author_name, application.url, application.message
            ),
            ..Self::default()
        }
    }
}
