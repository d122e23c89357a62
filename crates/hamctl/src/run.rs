//! From the command line to an exit code.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use explain::Kind;
use terminal::Terminal;

use crate::args::{Args, Command, DescribeCommand, GlobalArgs, PolicyCommand, PolicyKind, QueueCommand};
use crate::config_file::ConfigFile;
use crate::error::CommandError;
use crate::login::{self, Provider, TokenFile};
use crate::output::Output;
use crate::server::Server;
use crate::settings::{Settings, Target};
use crate::shuttle_yaml::ShuttleYaml;
use crate::{
    completion, config, credentials, describe, diff, doctor, history, man, misused, policies, promote, queue,
    release, rollback, services, status, version, whoami,
};

/// Runs one command and gives its exit code: 0, or that of the kind of what went wrong.
pub fn run(arguments: impl IntoIterator<Item = OsString>, terminal: &Terminal) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if completion::is_asked_for() {
        completion::answer(arguments);
        return ExitCode::SUCCESS;
    }
    let arguments = misused::with_help(arguments);
    match Args::try_parse_from(&arguments) {
        Ok(args) => match execute(&args, terminal) {
            Ok(0) => terminal.end_with(None),
            Ok(code) => ExitCode::from(code),
            Err(error) => terminal.end(Err(error)),
        },
        Err(error) if !error.use_stderr() => {
            terminal.data_exact(&error.render().to_string());
            terminal.end_with(None)
        }
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            terminal.talk(error.render().to_string().trim_end());
            ExitCode::from(Kind::Usage.exit_code())
        }
        Err(error) => terminal.end_with(Some(misused::report(&error, &arguments))),
    }
}

/// The exit code of a command that did what it was asked for.
fn execute(args: &Args, terminal: &Terminal) -> Result<u8, CommandError> {
    let output = Output::new(terminal.clone(), args.global.output);
    match &args.command {
        Command::Version => version::show(&output)?,
        Command::Completion { shell } => terminal.data_exact(&completion::script(*shell)),
        Command::Man { folder } => man::write(folder)?,
        Command::Config(command) => config::run(command, &args.global, &output)?,
        Command::Logout => logout(&args.global, terminal)?,
        // One thread: a command is one conversation, and starting more costs more than it.
        _ => {
            return tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(CommandError::Runtime)?
                .block_on(converse(args, &output));
        }
    }
    Ok(0)
}

async fn converse(args: &Args, output: &Output) -> Result<u8, CommandError> {
    let global = &args.global;
    if matches!(args.command, Command::Doctor) {
        doctor::run(global, output).await?;
        return Ok(0);
    }
    let target = Target::choose(global, &ConfigFile::load()?)?;
    match &args.command {
        Command::Login => login(&target, &output.terminal).await?,
        Command::Whoami => whoami::show(global, &target, output).await?,
        Command::Services | Command::Queue(_) => {
            let settings = Settings::resolve_any(global, &target, shuttle())?;
            let server = connect(global, &target, &settings, &output.terminal).await?;
            match &args.command {
                Command::Queue(QueueCommand::List) => queue::list(&server, output).await?,
                Command::Queue(QueueCommand::Retry { id }) => queue::retry(&server, *id, output).await?,
                _ => services::list(&server, output).await?,
            }
        }
        _ => {
            let settings = Settings::resolve(global, &target, shuttle())?;
            let server = connect(global, &target, &settings, &output.terminal).await?;
            return about_a_service(&args.command, &server, output).await;
        }
    }
    Ok(0)
}

fn shuttle() -> ShuttleYaml {
    ShuttleYaml::of_folder(Path::new("."))
}

async fn connect(
    global: &GlobalArgs,
    target: &Target,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<Server, CommandError> {
    let credentials = credentials::obtain(global, target, terminal).await?;
    Ok(Server::new(settings, credentials, global.http_timeout)?)
}

async fn about_a_service(command: &Command, server: &Server, output: &Output) -> Result<u8, CommandError> {
    match command {
        Command::Status(args) => status::show(server, args, output).await?,
        Command::Diff(args) => return diff::run(server, args, output).await,
        Command::History(args) => history::show(server, args, output).await?,
        Command::Describe(DescribeCommand::Release(args)) => describe::releases(server, args, output).await?,
        Command::Describe(DescribeCommand::Artifact(args)) => {
            describe::artifacts(server, args, output).await?
        }
        Command::Release(args) => release::run(server, args, output).await?,
        Command::Promote(args) => promote::run(server, args, output).await?,
        Command::Rollback(args) => rollback::run(server, args, output).await?,
        Command::Policy(PolicyCommand::List) => policies::list(server, output).await?,
        Command::Policy(PolicyCommand::Delete { ids }) => policies::delete(server, ids, output).await?,
        Command::Policy(PolicyCommand::Apply(PolicyKind::AutoRelease { branch, env })) => {
            policies::apply_auto_release(server, branch, env, output).await?;
        }
        Command::Policy(PolicyCommand::Apply(PolicyKind::BranchRestriction { branch_regex, env })) => {
            policies::apply_branch_restriction(server, branch_regex, env, output).await?;
        }
        // Done above: they are about no service.
        Command::Services
        | Command::Queue(_)
        | Command::Login
        | Command::Logout
        | Command::Whoami
        | Command::Config(_)
        | Command::Doctor
        | Command::Version
        | Command::Completion { .. }
        | Command::Man { .. } => {}
    }
    Ok(0)
}

async fn login(target: &Target, terminal: &Terminal) -> Result<(), CommandError> {
    let provider = Provider::of(target)?;
    let file = TokenFile::of_home(target.profile.as_deref())?;
    let token = login::by_device(&provider, &file, terminal).await?;
    match whoami::subject(&token) {
        Some(subject) => terminal.talk(format_args!("Logged in as {subject}")),
        None => terminal.talk("Logged in"),
    }
    Ok(())
}

fn logout(global: &GlobalArgs, terminal: &Terminal) -> Result<(), CommandError> {
    let target = Target::choose(global, &ConfigFile::load()?)?;
    let removed = TokenFile::of_home(target.profile.as_deref())?.remove()?;
    terminal.talk(if removed { "Logged out" } else { "You were not logged in" });
    Ok(())
}
