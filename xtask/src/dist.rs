//! `cargo xtask dist`: the programs as they are released, each one file that needs nothing beside it.
//!
//! On Linux they are linked with musl, all of it: such a program runs on any distribution and in an empty image. macOS
//! has no static system library; there a program may ask for what every Mac has, and nothing else. What was built is
//! not believed: each file is read and started before it counts.

mod elf;
mod mach;
mod platform;
mod sums;

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::{Fault, cargo_command, command, run, say, target};
use crate::debian::{Need, provide};

use platform::{Platform, System};

/// What is released: the program and its package.
const RELEASED: [(&str, &str); 6] = [
    ("artifact", "artifact-cli"),
    ("hamctl", "hamctl"),
    ("shuttle", "shuttle"),
    ("release-manager", "server"),
    ("release-controller", "controller"),
    ("release-daemon", "daemon"),
];

/// The programs that CI jobs and people fetch, where the linking of all is shown on every change.
const FETCHED: [&str; 3] = ["artifact", "hamctl", "shuttle"];

/// Builds what is released for this machine, checks it, and puts it into `target/dist`.
pub(crate) fn dist(args: &[String]) -> Result<(), Fault> {
    let folder = target("dist");
    match args {
        [flag] if flag == "--sums" => return sums::write(&folder),
        [flag] if flag == "--check" => return check(),
        _ => {}
    }
    let platform = Platform::of_this_machine()?;
    let programs = chosen(args)?;
    let built = build(&platform, &programs, Profile::Release)?;
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    for (program, file) in programs.iter().zip(built) {
        let asset = folder.join(platform.asset(program));
        fs::copy(&file, &asset).map_err(|error| format!("cannot write {}: {error}", asset.display()))?;
        let size = fs::metadata(&asset).map_or(0, |data| data.len());
        say(&format!("{} ({:.1} MB)", asset.display(), size as f64 / 1e6));
    }
    sums::write(&folder)
}

/// Builds the fetched programs without optimisation and checks them in the same way: what every change must pass.
pub(crate) fn check() -> Result<(), Fault> {
    let platform = Platform::of_this_machine()?;
    build(&platform, &FETCHED, Profile::Development).map(drop)
}

/// The programs that were asked for; all of them when none was.
fn chosen(args: &[String]) -> Result<Vec<&str>, Fault> {
    let known = RELEASED.map(|(program, _)| program);
    match args.iter().find(|arg| !known.contains(&arg.as_str())) {
        Some(other) => Err(format!("there is no program `{other}`; there are {}", known.join(", "))),
        None if args.is_empty() => Ok(known.to_vec()),
        None => Ok(known.into_iter().filter(|program| args.iter().any(|arg| arg == program)).collect()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Development,
    Release,
}

/// Builds programs for a platform; gives the files, each of them checked.
fn build(platform: &Platform, programs: &[&str], profile: Profile) -> Result<Vec<PathBuf>, Fault> {
    let variables = platform.variables();
    if !variables.is_empty() {
        provide(Need::Dist)?;
    }
    platform.provide()?;
    let mut command = cargo_command();
    command.args(["build", "--locked", "--target", platform.triple]);
    for (_, package) in RELEASED.iter().filter(|(program, _)| programs.contains(program)) {
        command.args(["--package", package]);
    }
    for program in programs {
        command.args(["--bin", program]);
    }
    command.envs(variables);
    match profile {
        Profile::Release => command.arg("--release"),
        // Nobody debugs what is built to look at how it is linked.
        Profile::Development => command.env("CARGO_PROFILE_DEV_DEBUG", "0"),
    };
    run(&mut command)?;
    let folder = target(platform.triple).join(if profile == Profile::Release { "release" } else { "debug" });
    let files: Vec<PathBuf> = programs.iter().map(|program| folder.join(program)).collect();
    programs.iter().zip(&files).try_for_each(|(program, file)| stands_alone(platform, program, file))?;
    Ok(files)
}

/// Reads how a file is linked, and starts it.
fn stands_alone(platform: &Platform, program: &str, file: &Path) -> Result<(), Fault> {
    let needs = match platform.system {
        System::Linux => {
            let bytes = fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
            elf::needs(&bytes).map_err(|fault| format!("{}: {fault}", file.display()))?
        }
        System::Mac => mach::needs(&said("otool", &["-L", &file.to_string_lossy()])?),
    };
    if let Some(first) = needs.first() {
        return Err(format!("{} does not stand alone: it needs {first}", file.display()));
    }
    let version = said(&file.to_string_lossy(), &["--version"])?;
    if !version.contains(env!("CARGO_PKG_VERSION")) {
        return Err(format!("`{program} --version` says `{}`", version.trim()));
    }
    say(&format!("{program} stands alone"));
    Ok(())
}

/// What a program prints.
fn said(program: &str, args: &[&str]) -> Result<String, Fault> {
    let output =
        command(program).args(args).output().map_err(|error| format!("cannot start {program}: {error}"))?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(format!(
        "`{program} {}` ended with {}: {}",
        args.join(" "),
        output.status,
        text(&output.stderr).trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_program_means_all_and_an_unknown_one_is_named() {
        let chosen = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            chosen(&words).map(|programs| programs.join(" "))
        };
        assert_eq!(chosen(&[]).map(|all| all.split(' ').count()), Ok(RELEASED.len()));
        assert_eq!(chosen(&["hamctl", "artifact"]).as_deref(), Ok("artifact hamctl"));
        assert!(chosen(&["hamctl", "kubectl"]).is_err_and(|fault| fault.contains("`kubectl`")));
    }
}
