//! Reading command lines as the flag library of the original does: flags anywhere between the words.

mod global;

pub(crate) use global::{Globals, specs as global_specs};

use crate::failure::Failure;

/// A flag that may be given.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) short: Option<char>,
    pub(crate) kind: Kind,
}

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing, or `=true` and `=false`.
    Switch,
    /// A value.
    Value,
    /// A value behind `=`, else `true`.
    OptionalValue,
}

/// A command line taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// Flags in their order, by long name.
    pub(crate) flags: Vec<(String, String)>,
    /// Everything else.
    pub(crate) words: Vec<String>,
}

impl Spec {
    pub(crate) fn new(name: &str, short: Option<char>, kind: Kind) -> Self {
        Self { name: name.to_owned(), short, kind }
    }
}

impl Parsed {
    /// The last value of a flag.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.value(name) == Some("true")
    }
}

/// Takes a command line apart; an unknown flag is an error.
pub(crate) fn parse(words: &[String], specs: &[Spec], hint: &str) -> Result<Parsed, Failure> {
    let usage = |message: String| Failure::usage(message, hint);
    let mut parsed = Parsed::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            parsed.words.extend(words.by_ref().cloned());
        } else if let Some(flag) = word.strip_prefix("--") {
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (flag, None),
            };
            let spec = specs
                .iter()
                .find(|spec| spec.name == name)
                .ok_or_else(|| usage(format!("unknown flag: --{name}")))?;
            let value = match (value, spec.kind) {
                (Some(value), _) => value,
                (None, Kind::Value) => {
                    words.next().cloned().ok_or_else(|| usage(format!("flag needs an argument: --{name}")))?
                }
                (None, Kind::Switch | Kind::OptionalValue) => "true".to_owned(),
            };
            parsed.flags.push((spec.name.clone(), checked(spec, value, hint)?));
        } else if word.len() > 1 && word.starts_with('-') {
            shorthands(word, &mut words, specs, hint, &mut parsed)?;
        } else {
            parsed.words.push(word.clone());
        }
    }
    Ok(parsed)
}

/// `-v`, `-cv`, `-p value`, `-pvalue`, `-p=value`
fn shorthands<'a>(
    word: &str,
    words: &mut impl Iterator<Item = &'a String>,
    specs: &[Spec],
    hint: &str,
    parsed: &mut Parsed,
) -> Result<(), Failure> {
    let usage = |message: String| Failure::usage(message, hint);
    let mut rest = &word[1..];
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        let spec = specs
            .iter()
            .find(|spec| spec.short == Some(letter))
            .ok_or_else(|| usage(format!("unknown shorthand flag: '{letter}' in {word}")))?;
        let value = if let Some(value) = rest.strip_prefix('=') {
            rest = "";
            value.to_owned()
        } else if spec.kind != Kind::Value {
            "true".to_owned()
        } else if rest.is_empty() {
            words
                .next()
                .cloned()
                .ok_or_else(|| usage(format!("flag needs an argument: '{letter}' in {word}")))?
        } else {
            std::mem::take(&mut rest).to_owned()
        };
        parsed.flags.push((spec.name.clone(), checked(spec, value, hint)?));
    }
    Ok(())
}

/// Switches are true or false, whatever the spelling.
fn checked(spec: &Spec, value: String, hint: &str) -> Result<String, Failure> {
    if spec.kind != Kind::Switch {
        return Ok(value);
    }
    match value.as_str() {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok("true".to_owned()),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok("false".to_owned()),
        _ => Err(Failure::usage(
            format!("invalid argument \"{value}\" for \"--{}\" flag: neither true nor false", spec.name),
            hint,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs() -> Vec<Spec> {
        vec![
            Spec::new("project", Some('p'), Kind::Value),
            Spec::new("clean", Some('c'), Kind::Switch),
            Spec::new("verbose", Some('v'), Kind::Switch),
            Spec::new("silent", None, Kind::OptionalValue),
        ]
    }

    fn check(line: &str, flags: &[(&str, &str)], rest: &[&str]) {
        let got = parse(&words(line), &specs(), "").unwrap();
        let want = Parsed {
            flags: flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            words: rest.iter().map(|word| (*word).to_owned()).collect(),
        };
        assert_eq!(got, want, "{line}");
    }

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn flags_and_words_are_told_apart() {
        check("run x -p dir", &[("project", "dir")], &["run", "x"]);
        check("-pdir -p=b --project=c", &[("project", "dir"), ("project", "b"), ("project", "c")], &[]);
        check("-cv --clean=F", &[("clean", "true"), ("verbose", "true"), ("clean", "false")], &[]);
        check("--silent false --silent=no", &[("silent", "true"), ("silent", "no")], &["false"]);
        check("a -- -p --x", &[], &["a", "-p", "--x"]);
        check("-", &[], &["-"]);
    }

    #[test]
    fn wrong_flags_are_named() {
        let table = [
            ("--x", "unknown flag: --x"),
            ("-cj", "unknown shorthand flag: 'j' in -cj"),
            ("--project", "flag needs an argument: --project"),
            ("-p", "flag needs an argument: 'p' in -p"),
            ("--clean=maybe", "invalid argument \"maybe\" for \"--clean\" flag: neither true nor false"),
        ];
        for (line, want) in table {
            assert_eq!(parse(&words(line), &specs(), "").unwrap_err().to_string(), want, "{line}");
        }
    }
}
