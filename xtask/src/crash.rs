//! `cargo xtask crash`: the server dies very often, and nothing may be lost.

use crate::cargo::{Fault, command, run};
use crate::debian::{Need, provide};

/// Kills when nobody says how many.
const KILLS: u64 = 1000;

/// Runs the crash tests with as many kills as asked for; `cargo xtask test` runs them with few.
pub(crate) fn crash(args: &[String]) -> Result<(), Fault> {
    let options = Options::read(args)?;
    provide(Need::Tests)?;
    let mut cargo = command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo.args(["test", "--package", "server", "--test", "it", "crash::", "--", "--nocapture"]);
    cargo.env("CRASH_KILLS", options.kills.to_string());
    if let Some(seed) = options.seed {
        cargo.env("CRASH_SEED", seed.to_string());
    }
    run(&mut cargo)
}

#[derive(Debug, PartialEq, Eq)]
struct Options {
    kills: u64,
    seed: Option<u64>,
}

impl Options {
    fn read(args: &[String]) -> Result<Self, Fault> {
        let mut options = Self { kills: KILLS, seed: None };
        for pair in args.chunks(2) {
            let [name, value] = pair else { return Err(format!("`{}` needs a number", pair[0])) };
            let number = value.parse().map_err(|_| format!("`{name} {value}` is not a number"))?;
            match name.as_str() {
                "--kills" => options.kills = number,
                "--seed" => options.seed = Some(number),
                _ => return Err(format!("there is no option `{name}`; there are --kills and --seed")),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Options, Fault> {
        Options::read(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_numbers_after_their_names() {
        assert_eq!(read(""), Ok(Options { kills: 1000, seed: None }));
        assert_eq!(read("--seed 7 --kills 20"), Ok(Options { kills: 20, seed: Some(7) }));
        for wrong in ["--kills", "--kills many", "--kill 7"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
