//! From the command line to an exit code.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use artifact::{ArtifactSpec, WireTime};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use explain::Kind;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use terminal::{Terminal, usage_report};
use tokio::runtime::Runtime;

use crate::args::{Args, Command, Format, GlobalArgs, InitArgs, PushArgs, StageCommand};
use crate::error::StepError;
use crate::folder::Folder;
use crate::mappings::Mappings;
use crate::notify::Notifier;
use crate::slack::Slack;
use crate::{ci, push, stages};

/// Runs one step and gives its exit code: 0, or that of the kind of what went wrong.
pub fn run(arguments: impl IntoIterator<Item = OsString>, terminal: &Terminal) -> ExitCode {
    match Args::try_parse_from(arguments) {
        Ok(args) => terminal.end(execute(&args, terminal)),
        Err(error) if !error.use_stderr() => {
            terminal.data_exact(&error.render().to_string());
            terminal.end_with(None)
        }
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            terminal.talk(error.render().to_string().trim_end());
            ExitCode::from(Kind::Usage.exit_code())
        }
        Err(error) => terminal.end_with(Some(usage_report(&error.render().to_string(), "artifact"))),
    }
}

/// A step at work: the folder, and Slack when there is a token for it.
struct Step<'a> {
    folder: &'a Folder,
    terminal: &'a Terminal,
    notifier: Option<Notifier<'a>>,
}

fn execute(args: &Args, terminal: &Terminal) -> Result<(), StepError> {
    let global = &args.global;
    let folder = Folder::new(&global.root, &global.file, &global.message_file);
    let notifier = slack(global).map(|slack| Notifier { slack, folder: &folder, terminal });
    let step = Step { folder: &folder, terminal, notifier };
    match &args.command {
        Command::Init(init) => step.init(init, &global.email_suffix),
        Command::Add(stage) => step.add(stage),
        Command::End => step.end(),
        Command::Push(push) => step.push(push),
        Command::Successful => step.finish(None),
        Command::Failure { error_message } => step.finish(Some(error_message)),
        Command::Version { output } => {
            let version = env!("CARGO_PKG_VERSION");
            terminal.data(match output {
                Format::Text => version.to_owned(),
                Format::Json => serde_json::json!({ "version": version }).to_string(),
            });
            Ok(())
        }
        Command::Completion { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "artifact", &mut script);
            terminal.data_exact(&String::from_utf8_lossy(&script));
            Ok(())
        }
        Command::Man { folder } => manual(folder),
    }
}

/// Writes `artifact.1`, `artifact-init.1` and so on, for those who package the program.
fn manual(folder: &Path) -> Result<(), StepError> {
    let failed = |source| StepError::Manual { folder: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Args::command(), folder).map_err(failed)
}

fn slack(global: &GlobalArgs) -> Option<Slack> {
    let token = global.slack_token.as_ref().filter(|token| !token.expose_secret().is_empty())?;
    Some(Slack::new(&global.slack_url, token.clone()))
}

/// One thread, made only by steps that talk to somebody.
fn runtime() -> Result<Runtime, StepError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StepError::Runtime)
}

fn now() -> WireTime {
    WireTime::utc(Timestamp::now())
}

impl Step<'_> {
    fn init(&self, args: &InitArgs, email_suffix: &str) -> Result<(), StepError> {
        let mappings = Mappings::new(email_suffix, &args.user_mappings)?;
        let mut spec = args.spec(&ci::known(args.facts())?, now());
        for email in [&mut spec.application.author_email, &mut spec.application.committer_email] {
            match mappings.resolve(email) {
                Some(known) => *email = known,
                None => self.terminal.talk(format_args!("user mappings for {email} not found")),
            }
        }
        self.folder.create()?;
        let locked = self.folder.lock()?;
        locked.forget_message()?;
        locked.write_artifact(&spec)?;
        drop(locked);
        if let Some(notifier) = &self.notifier {
            runtime()?.block_on(notifier.begun(&spec, &mappings));
        }
        Ok(())
    }

    fn add(&self, command: &StageCommand) -> Result<(), StepError> {
        let stage = stages::stage(command);
        let line = stages::line(&stage.data);
        self.update(|spec| spec.set_stage(stage))?;
        if let Some(notifier) = &self.notifier {
            let told = notifier.change("Error notifying slack", |message| message.stage_done(&line));
            runtime()?.block_on(told);
        }
        Ok(())
    }

    fn end(&self) -> Result<(), StepError> {
        self.update(|spec| spec.ci.end = now())
    }

    fn push(&self, args: &PushArgs) -> Result<(), StepError> {
        let runtime = runtime()?;
        let artifact_id = runtime.block_on(push::run(self.folder, args, self.terminal))?;
        if let Some(notifier) = &self.notifier {
            let told = notifier
                .change("Error updating the message file in push", |message| message.pushed(&artifact_id));
            runtime.block_on(told);
        }
        Ok(())
    }

    /// Tells how the pipeline ended; `failure` is what went wrong.
    fn finish(&self, failure: Option<&str>) -> Result<(), StepError> {
        let spec = self.folder.lock()?.artifact()?;
        let Some(notifier) = &self.notifier else { return Ok(()) };
        runtime()?.block_on(async {
            let trouble = "Error, not able to update the message of this build";
            notifier
                .change(trouble, |message| match failure {
                    Some(error_message) => message.failed(error_message),
                    None => message.succeeded(),
                })
                .await;
            let trouble = "Error, not able to post to #builds";
            notifier.tell_everybody(trouble, &spec, failure.is_none()).await;
        });
        Ok(())
    }

    /// Reads, changes and writes what is known of the build, as one.
    fn update(&self, change: impl FnOnce(&mut ArtifactSpec)) -> Result<(), StepError> {
        let locked = self.folder.lock()?;
        let mut spec = locked.artifact()?;
        change(&mut spec);
        locked.write_artifact(&spec)?;
        Ok(())
    }
}
