//! From the command line to an exit code.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use explain::{Kind, Report};
use terminal::{Terminal, usage_report};

use crate::args::{Args, Command, DescribeCommand, GlobalArgs, PolicyCommand, PolicyKind};
use crate::error::CommandError;
use crate::login::{self, Provider, TokenFile};
use crate::output::Output;
use crate::server::Server;
use crate::settings::Settings;
use crate::shuttle_yaml::ShuttleYaml;
use crate::{completion, credentials, describe, policies, promote, release, rollback, status, whoami};

/// Runs one command and gives its exit code: 0, or that of the kind of what went wrong.
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
        Err(error) => {
            let report: Report = usage_report(&error.render().to_string(), "hamctl");
            terminal.end_with(Some(report))
        }
    }
}

fn execute(args: &Args, terminal: &Terminal) -> Result<(), CommandError> {
    match &args.command {
        Command::Version => terminal.data(env!("CARGO_PKG_VERSION")),
        Command::Completion { shell } => terminal.data_exact(&completion::script(*shell)),
        Command::Logout => logout(terminal)?,
        // One thread: a command is one conversation, and starting more costs more than it.
        _ => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CommandError::Runtime)?
            .block_on(converse(args, terminal))?,
    }
    Ok(())
}

async fn converse(args: &Args, terminal: &Terminal) -> Result<(), CommandError> {
    let output = Output::new(terminal.clone(), args.global.output);
    match &args.command {
        Command::Login => return login(&args.global, terminal).await,
        Command::Whoami => return whoami::show(&args.global, &output).await,
        _ => {}
    }
    let settings = Settings::resolve(&args.global, ShuttleYaml::of_folder(Path::new(".")))?;
    let credentials = credentials::obtain(&args.global, terminal).await?;
    let server = Server::new(&settings, credentials, args.global.http_timeout)?;
    match &args.command {
        Command::Status { namespace } => status::show(&server, namespace.as_deref(), &output).await,
        Command::Describe(DescribeCommand::Release { env, count, namespace: _ }) => {
            describe::releases(&server, env, *count, &output).await
        }
        Command::Describe(DescribeCommand::Artifact { count, branch }) => {
            describe::artifacts(&server, *count, branch.as_deref(), &output).await
        }
        Command::Release(args) => release::run(&server, args, &output).await,
        Command::Promote(args) => promote::run(&server, args, &output).await,
        Command::Rollback(args) => rollback::run(&server, args, &output).await,
        Command::Policy(PolicyCommand::List) => policies::list(&server, &output).await,
        Command::Policy(PolicyCommand::Delete { ids }) => policies::delete(&server, ids, &output).await,
        Command::Policy(PolicyCommand::Apply(PolicyKind::AutoRelease { branch, env })) => {
            policies::apply_auto_release(&server, branch, env, &output).await
        }
        Command::Policy(PolicyCommand::Apply(PolicyKind::BranchRestriction { branch_regex, env })) => {
            policies::apply_branch_restriction(&server, branch_regex, env, &output).await
        }
        // Done above: they need no server.
        Command::Login
        | Command::Logout
        | Command::Whoami
        | Command::Version
        | Command::Completion { .. } => Ok(()),
    }
}

async fn login(global: &GlobalArgs, terminal: &Terminal) -> Result<(), CommandError> {
    let provider = Provider::of(&global.oauth)?;
    let file = TokenFile::of_home()?;
    let token = login::by_device(&provider, &file, terminal).await?;
    match whoami::subject(&token) {
        Some(subject) => terminal.talk(format_args!("Logged in as {subject}")),
        None => terminal.talk("Logged in"),
    }
    Ok(())
}

fn logout(terminal: &Terminal) -> Result<(), CommandError> {
    let removed = TokenFile::of_home()?.remove()?;
    terminal.talk(if removed { "Logged out" } else { "You were not logged in" });
    Ok(())
}
