//! `cargo xtask kube`: the Kubernetes that tests and the demo run on, by hand.

use std::io::{self, IsTerminal, Write};

use explain::Report;
use kube_bed::{Bed, BedError, BedOptions, Progress, Status};

const USAGE: &str = "\
Starts and stops a Kubernetes of its own on this machine

Usage: cargo xtask kube up [--name NAME] [--without-nodes]
       cargo xtask kube down [--name NAME | --all]
       cargo xtask kube status
       cargo xtask kube kubeconfig [--name NAME]

Without --name it is the one called `test`, which the tests share.";

/// One command line.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Up { name: String, nodes: bool },
    Down { name: String },
    DownAll,
    Status,
    Kubeconfig { name: String },
    Help,
}

/// Runs `cargo xtask kube` with the arguments after `kube`; returns the exit code.
///
/// # Errors
/// When the streams cannot be written to.
pub(crate) fn kube(args: &[String]) -> io::Result<u8> {
    let (mut out, mut talk) = (io::stdout().lock(), io::stderr().lock());
    let Some(command) = parse(args) else {
        writeln!(talk, "{USAGE}")?;
        return Ok(explain::Kind::Usage.exit_code());
    };
    match run(&command, &mut out, &mut talk) {
        Ok(written) => written.map(|()| 0),
        Err(error) => {
            let report = Report::new(&error);
            writeln!(talk, "{report}")?;
            Ok(report.kind.exit_code())
        }
    }
}

fn parse(args: &[String]) -> Option<Command> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["up", rest @ ..] => {
            let nodes = !rest.contains(&"--without-nodes");
            let rest: Vec<&str> = rest.iter().copied().filter(|arg| *arg != "--without-nodes").collect();
            Some(Command::Up { name: name(&rest)?, nodes })
        }
        ["down", "--all"] => Some(Command::DownAll),
        ["down", rest @ ..] => Some(Command::Down { name: name(rest)? }),
        ["status"] => Some(Command::Status),
        ["kubeconfig", rest @ ..] => Some(Command::Kubeconfig { name: name(rest)? }),
        ["help" | "--help" | "-h"] => Some(Command::Help),
        _ => None,
    }
}

fn name(args: &[&str]) -> Option<String> {
    match args {
        [] => Some("test".to_owned()),
        ["--name", name] => Some((*name).to_owned()),
        [arg] => arg.strip_prefix("--name=").map(str::to_owned),
        _ => None,
    }
}

fn run(
    command: &Command,
    out: &mut impl Write,
    talk: &mut (impl Write + IsTerminal),
) -> Result<io::Result<()>, BedError> {
    match command {
        Command::Up { name, nodes } => up(name, *nodes, out, talk),
        Command::Down { name } => kube_bed::down(name).map(Ok),
        Command::DownAll => kube_bed::beds()?.iter().try_for_each(|name| kube_bed::down(name)).map(Ok),
        Command::Status => {
            let beds = kube_bed::beds()?;
            if beds.is_empty() {
                return Ok(writeln!(talk, "no bed is up"));
            }
            Ok(beds.iter().try_for_each(|name| match kube_bed::status(name) {
                Ok(status) => write_status(&status, out),
                Err(error) => writeln!(out, "{name}: {error}"),
            }))
        }
        Command::Kubeconfig { name } => {
            let path = kube_bed::kubeconfig(name)?;
            Ok(writeln!(out, "{}", path.display()))
        }
        Command::Help => Ok(writeln!(out, "{USAGE}")),
    }
}

fn up(
    name: &str,
    nodes: bool,
    out: &mut impl Write,
    talk: &mut (impl Write + IsTerminal),
) -> Result<io::Result<()>, BedError> {
    let options = BedOptions::new(name);
    let options = if nodes { options } else { options.without_nodes() };
    let live = talk.is_terminal();
    let mut last = String::new();
    let bed = Bed::up(&options, &mut |progress| {
        // Not being able to tell is no reason to stop.
        drop(tell(&progress, live, &mut last, talk));
    })?;
    if live {
        drop(writeln!(talk));
    }
    Ok(writeln!(out, "export KUBECONFIG={}", bed.kubeconfig().display()))
}

/// On a terminal one line that is written anew every second, else a line a step.
fn tell(progress: &Progress, live: bool, last: &mut String, talk: &mut impl Write) -> io::Result<()> {
    let Progress { what, step, steps, elapsed } = progress;
    let line = format!("[{step}/{steps}] {what} ({} s)", elapsed.as_secs());
    if live {
        write!(talk, "\r\x1b[K{line}")?;
        return talk.flush();
    }
    if last == what {
        return Ok(());
    }
    last.clone_from(what);
    writeln!(talk, "{line}")
}

fn write_status(status: &Status, out: &mut impl Write) -> io::Result<()> {
    let state = if status.ready { "up" } else { "not wholly up" };
    let owner = if status.owned { ", goes with its owner" } else { "" };
    writeln!(out, "{}: {state}{owner}, kubeconfig {}", status.name, status.kubeconfig.display())?;
    for part in &status.parts {
        match part.pid {
            Some(pid) => {
                writeln!(out, "  {:<24} process {pid}, {} MB", part.name, part.resident_bytes >> 20)?
            }
            None => writeln!(out, "  {:<24} not running", part.name)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_understood_or_refused() {
        let up = |name: &str, nodes| Some(Command::Up { name: name.into(), nodes });
        let cases: [(&[&str], Option<Command>); 9] = [
            (&["up"], up("test", true)),
            (&["up", "--name", "a", "--without-nodes"], up("a", false)),
            (&["up", "--without-nodes", "--name=a"], up("a", false)),
            (&["up", "a"], None),
            (&["down"], Some(Command::Down { name: "test".into() })),
            (&["down", "--all"], Some(Command::DownAll)),
            (&["down", "--all", "--name", "a"], None),
            (&["kubeconfig", "--name", "a"], Some(Command::Kubeconfig { name: "a".into() })),
            (&[], None),
        ];
        for (args, expected) in cases {
            let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
            assert_eq!(parse(&args), expected, "{args:?}");
        }
    }
}
