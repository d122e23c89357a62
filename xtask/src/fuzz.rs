//! `cargo xtask fuzz`: every parser of foreign bytes under libFuzzer.

use std::fs;
use std::path::PathBuf;

use crate::cargo::{Fault, cargo, command, root, run, say};

/// Seconds for each target when nobody says how many.
const SECONDS: u64 = 60;

/// The version that runs on a stable compiler without a sanitizer.
const CARGO_FUZZ: &str = "0.13.2";

/// Fuzzes one target or all of them, each from its seeds and what earlier runs found.
pub(crate) fn fuzz(args: &[String]) -> Result<(), Fault> {
    let known = targets()?;
    let options = Options::read(args, &known)?;
    let program = provide()?;
    for target in &options.targets {
        say(&format!("{target}, {} s", options.seconds));
        let found = root().join("fuzz/corpus").join(target);
        fs::create_dir_all(&found).map_err(|error| format!("cannot make {}: {error}", found.display()))?;
        let mut command = command(&program.to_string_lossy());
        // Without a sanitizer, which needs a nightly compiler: our code has no unsafe.
        command.args(["fuzz", "run", "--sanitizer", "none", target]);
        command.arg(&found).arg(root().join("fuzz/seeds").join(target));
        command.args(["--", &format!("-max_total_time={}", options.seconds)]);
        command.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]);
        run(&mut command).map_err(|fault| {
            format!("{fault}; keep what it found in fuzz/artifacts/{target} as a seed in fuzz/seeds/{target}, and mend the parser")
        })?;
    }
    Ok(())
}

/// The names of all targets.
fn targets() -> Result<Vec<String>, Fault> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

/// Installs `cargo-fuzz` below `target`, once.
fn provide() -> Result<PathBuf, Fault> {
    let folder = root().join("target/cargo-fuzz");
    let program = folder.join("bin/cargo-fuzz");
    if !program.is_file() {
        let folder = folder.to_string_lossy().into_owned();
        cargo(&["install", "cargo-fuzz", "--version", CARGO_FUZZ, "--locked", "--root", &folder])?;
    }
    Ok(program)
}

#[derive(Debug, PartialEq, Eq)]
struct Options {
    targets: Vec<String>,
    seconds: u64,
}

impl Options {
    fn read(args: &[String], known: &[String]) -> Result<Self, Fault> {
        let mut options = Self { targets: Vec::new(), seconds: SECONDS };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "--seconds" {
                let value = args.next().ok_or("`--seconds` needs a number")?;
                options.seconds = value.parse().map_err(|_| format!("`{value}` is not a number"))?;
            } else if known.contains(arg) {
                options.targets.push(arg.clone());
            } else {
                return Err(format!("there is no target `{arg}`; there are {}", known.join(", ")));
            }
        }
        if options.targets.is_empty() {
            options.targets = known.to_vec();
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_target_means_all_of_them() {
        let known = ["yaml", "zip"].map(str::to_owned);
        let read = |text: &str| {
            Options::read(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), &known)
        };
        let all = Options { targets: known.to_vec(), seconds: 60 };
        assert_eq!(read(""), Ok(all));
        assert_eq!(read("zip --seconds 5"), Ok(Options { targets: vec!["zip".into()], seconds: 5 }));
        assert!(read("--seconds").is_err() && read("zap").is_err() && read("--seconds x").is_err());
    }
}
