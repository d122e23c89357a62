//! From the command line to an exit code.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use explain::Report;
use logs::Setup;

use crate::args::{Command, StartArgs};
use crate::config::Config;
use crate::run;
use crate::settings::{self, SettingsError};
use crate::traces::Exporter;

/// The exit code of a wrong command line.
const USAGE: u8 = 2;

/// The next step when flags do not fit.
const SEE_HELP: &str = "see `release-manager start --help`";

/// Runs the program.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (cli, settings) = match settings::read(without_server(args)) {
        Ok(read) => read,
        Err(SettingsError::CommandLine(error)) => {
            // Nobody is left to be told when the terminal is gone.
            drop(error.print());
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
        Err(SettingsError::Files(problems)) => {
            return refuse(&problems, "correct the file, and check it with `release-manager config`");
        }
    };
    match cli.command {
        Command::Version => print(concat!(env!("CARGO_PKG_VERSION"), "\n")),
        Command::Completion { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut settings::command(), "release-manager", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
        Command::Config(args) => {
            let printed = print(&settings::show(&settings));
            match Config::new(*args) {
                Ok(_) => printed,
                Err(error) => refuse(error.problems(), SEE_HELP),
            }
        }
        Command::Start(args) => start(*args),
    }
}

/// Threads for what blocks: files, Git, indexes. A crowd of callers waits for one of them a little, instead of each
/// having one of its own with the memory that a thread keeps.
const BLOCKING_THREADS: usize = 32;

/// The original's program was called `server`, so its users write `server start`.
fn without_server(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|first| first == "server") {
        args.remove(1);
    }
    args
}

fn start(args: StartArgs) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("error: no threads can be started: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let (log, endpoint) = (args.log.clone(), args.traces.otlp_endpoint.trim().to_owned());
    let exporter = {
        let _inside = runtime.enter();
        match (!endpoint.is_empty()).then(|| Exporter::start(&endpoint)).transpose() {
            Ok(exporter) => exporter,
            Err(error) => return refuse(&[explain::chain(&error).join(": ")], SEE_HELP),
        }
    };
    let (exporter, traces) = exporter.unzip();
    if let Err(error) = logs::install(&log, Setup { traces, ..Setup::default() }) {
        say(&Report::new(&error).to_string());
        return ExitCode::from(USAGE);
    }
    let config = match Config::new(args) {
        Ok(config) => config,
        Err(error) => return refuse(error.problems(), SEE_HELP),
    };
    let ended = runtime.block_on(run::run(config));
    if let Some(exporter) = exporter {
        exporter.stop();
    }
    // What has not ended in its time of grace is not waited for: a push that hangs is settled at the next start.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            say(&report.to_string());
            ExitCode::from(report.kind.exit_code())
        }
    }
}

/// Says all that is wrong at once.
fn refuse(problems: &[String], hint: &str) -> ExitCode {
    for problem in problems {
        say(&format!("error: {problem}"));
    }
    say(&format!("hint: {hint}"));
    ExitCode::from(USAGE)
}

fn print(text: &str) -> ExitCode {
    drop(std::io::stdout().write_all(text.as_bytes()));
    ExitCode::SUCCESS
}

fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
