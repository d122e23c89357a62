//! What a CI job can ask for.

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use secrecy::SecretString;

mod init;
mod push;
mod stages;

pub(crate) use init::InitArgs;
pub(crate) use push::PushArgs;
pub(crate) use stages::{Findings, ImageArgs, StageCommand};

/// What a job runs, one after the other.
const ORDER: &str = "\
In a CI job, in the folder that holds the manifests of each environment:

  artifact init --artifact-id ID --service NAME    # finds commit and people
  artifact add test --passed 212 --failed 0 --skipped 3
  artifact add push --image IMAGE --tag TAG --docker-version VERSION
  artifact end
  artifact push                # to ARTIFACT_URL, with ARTIFACT_AUTH_TOKEN
  artifact successful          # or `artifact failure`; both tell Slack";

/// Describe a build and upload it
#[derive(Debug, Parser)]
#[command(
    name = "artifact",
    version,
    disable_help_subcommand = true,
    // Scripts append a flag to override one, as Go's flags let them.
    args_override_self = true,
    max_term_width = 100,
    after_help = ORDER
)]
pub struct Args {
    /// Flags of every command.
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Group)]
pub(crate) struct GlobalArgs {
    /// Folder of the build
    #[arg(long, global = true, default_value = ".", value_name = "FOLDER", help_heading = "Global options")]
    pub(crate) root: PathBuf,
    /// File that describes the build, in that folder
    #[arg(
        long,
        global = true,
        default_value = "artifact.json",
        value_name = "NAME",
        help_heading = "Global options"
    )]
    pub(crate) file: PathBuf,
    /// File that remembers the Slack message, in that folder
    #[arg(
        long,
        global = true,
        default_value = "message.json",
        value_name = "NAME",
        help_heading = "Global options"
    )]
    pub(crate) message_file: PathBuf,
    /// Token of the Slack app; without it Slack is not told
    #[arg(
        long,
        global = true,
        env = "ARTIFACT_SLACK_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN",
        help_heading = "Global options"
    )]
    pub(crate) slack_token: Option<SecretString>,
    /// Ending of addresses that Slack knows, such as `@example.test`
    #[arg(
        long,
        global = true,
        default_value = "",
        hide_default_value = true,
        value_name = "ENDING",
        help_heading = "Global options"
    )]
    pub(crate) email_suffix: String,
    /// Where the Slack API is
    #[arg(long, env = "SLACK_URL", global = true, hide = true, default_value = "https://slack.com/api")]
    pub(crate) slack_url: String,
}

/// The steps.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin to describe a build
    Init(Box<InitArgs>),
    /// Add what a stage of the build found
    #[command(subcommand)]
    Add(StageCommand),
    /// Note that the build has ended
    End,
    /// Upload the folder of the build
    Push(PushArgs),
    /// Tell Slack that the pipeline succeeded
    Successful,
    /// Tell Slack that the pipeline failed
    Failure {
        /// What went wrong
        #[arg(
            long,
            default_value = "Unexpected error in pipeline",
            value_name = "TEXT",
            allow_hyphen_values = true
        )]
        error_message: String,
    },
    /// Print the version
    Version {
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
        output: Format,
    },
    /// Print a script that completes commands and flags
    Completion {
        /// The shell that runs it
        shell: Shell,
    },
    /// Write a manual page for every command
    #[command(hide = true)]
    Man {
        /// Folder for them
        folder: PathBuf,
    },
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_line_of_the_original_is_understood() {
        let init = "init --artifact-id a-1 --service billing --git-author-name Bo --git-author-email b@x.test \
                    --git-message Add --git-committer-name Ida --git-committer-email i@x.test --git-sha 0a1b \
                    --git-branch feature/x";
        let whole = format!(
            "{init} --namespace pay --squad ledger --provider GitHub --url https://u --name billing --ci-job-url \
             https://j --shuttle-plan-sha 99aa --shuttle-plan-url git://p --shuttle-plan-message Bump \
             --shuttle-plan-branch main --user-mappings a@b=c@d,e@f=g@h --user-mappings i@j=k@l"
        );
        for line in [
            init,
            &whole,
            "add build --image i --tag t --docker-version 24",
            "add push --image=i --tag=t --docker-version=24",
            "add test --passed 1 --failed 0 --skipped 0",
            "add test --passed 1 --failed 0 --skipped 0 --url https://u",
            "add snyk-code",
            "add snyk-code --language go --snyk-version 1 --url null --high 1 --medium 2 --low 3",
            "add snyk-docker",
            "add snyk-docker --base-image b --tag t --snyk-version 1 --url https://u --high 1 --medium 2 --low 3",
            "end",
            "push --http-base-url h --idp-url i --client-id c --client-secret s",
            "push --http-base-url h --idp-url i --client-id c --client-secret s --artifact-scope x",
            "successful",
            "failure",
            "failure --error-message Tests",
            "version",
            "completion bash",
            "completion zsh",
        ] {
            let global =
                "--root out --file a.json --message-file m.json --slack-token x --email-suffix @x.test";
            for line in [format!("artifact {global} {line}"), format!("artifact {line} {global}")] {
                let parsed = Args::try_parse_from(line.split_whitespace()).map(|args| args.global.root);
                assert!(matches!(&parsed, Ok(root) if root == "out"), "{line}: {parsed:?}");
            }
        }
    }

    #[test]
    fn the_last_of_a_flag_counts_but_for_lists() {
        let line = "artifact init --artifact-id a --service x --service y --user-mappings a=b --user-mappings c=d,e=f \
                    --root one --root two";
        let args = Args::try_parse_from(line.split_whitespace()).unwrap();
        let Command::Init(init) = args.command else { unreachable!("it is `init`") };
        assert_eq!((init.service.as_str(), args.global.root.to_str()), ("y", Some("two")));
        assert_eq!(init.user_mappings, ["a=b", "c=d", "e=f"]);
    }

    #[test]
    fn text_may_begin_as_a_flag_does() {
        let words = ["artifact", "init", "--artifact-id=a", "--service=x", "--git-message", "- Add limit"];
        let Command::Init(init) = Args::try_parse_from(words).unwrap().command else {
            unreachable!("it is `init`")
        };
        assert_eq!(init.git_message.as_deref(), Some("- Add limit"));
        let words = ["artifact", "failure", "--error-message", "--- FAIL: TestLimit"];
        let Command::Failure { error_message } = Args::try_parse_from(words).unwrap().command else {
            unreachable!("it is `failure`")
        };
        assert_eq!(error_message, "--- FAIL: TestLimit");
    }
}
