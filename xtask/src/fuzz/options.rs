//! What `cargo xtask fuzz` is asked for.

use std::path::PathBuf;

use crate::cargo::Fault;

/// Seconds for each target when nobody says how many.
const SECONDS: u64 = 60;

/// What to do with the targets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Name them.
    List,
    /// Look for inputs that make them fail.
    Fuzz {
        /// Seconds for each.
        seconds: u64,
    },
    /// Run one input.
    Replay(PathBuf),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) targets: Vec<String>,
    pub(super) work: Work,
}

impl Options {
    pub(super) fn read(args: &[String], known: &[String]) -> Result<Self, Fault> {
        let mut options = Self { targets: Vec::new(), work: Work::Fuzz { seconds: SECONDS } };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--list" => options.work = Work::List,
                "--seconds" => {
                    let value = args.next().ok_or("`--seconds` needs a number")?;
                    let seconds = value.parse().map_err(|_| format!("`{value}` is not a number"))?;
                    options.work = Work::Fuzz { seconds };
                }
                "--replay" => {
                    options.work = Work::Replay(args.next().ok_or("`--replay` needs a file")?.into());
                }
                _ if known.contains(arg) => options.targets.push(arg.clone()),
                _ => return Err(format!("there is no target `{arg}`; there are {}", known.join(", "))),
            }
        }
        match &options.work {
            Work::Replay(_) if options.targets.len() != 1 => Err("`--replay` needs one target".to_owned()),
            Work::Fuzz { seconds: 0 } => Err("`--seconds` needs a number above 0".to_owned()),
            Work::List | Work::Replay(_) | Work::Fuzz { .. } => {
                if options.targets.is_empty() {
                    options.targets = known.to_vec();
                }
                Ok(options)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_and_what_to_do_with_them_are_read() {
        let known = ["yaml", "zip"].map(str::to_owned);
        let read = |text: &str| {
            Options::read(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), &known)
        };
        let options = |targets: &[&str], work| {
            Ok(Options { targets: targets.iter().map(|name| (*name).to_owned()).collect(), work })
        };
        assert_eq!(read(""), options(&["yaml", "zip"], Work::Fuzz { seconds: 60 }));
        assert_eq!(read("zip --seconds 5"), options(&["zip"], Work::Fuzz { seconds: 5 }));
        assert_eq!(read("--list"), options(&["yaml", "zip"], Work::List));
        assert_eq!(read("zip --replay a/b"), options(&["zip"], Work::Replay("a/b".into())));
        for wrong in [
            "--seconds",
            "zap",
            "--seconds x",
            "--seconds 0",
            "--replay",
            "--replay a",
            "yaml zip --replay a",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
