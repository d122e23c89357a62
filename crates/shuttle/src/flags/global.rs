//! The flags that every command has.

use std::path::PathBuf;

use super::{Kind, Parsed, Spec};

/// What the global flags say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Globals {
    /// `--project`: look here and nowhere above.
    pub(crate) project: Option<PathBuf>,
    /// `--clean`: delete `.shuttle` first.
    pub(crate) clean: bool,
    /// `--skip-pull`: use an existing clone of the plan as it is.
    pub(crate) skip_pull: bool,
    /// `--plan`, else the environment: another plan than `shuttle.yaml` says.
    pub(crate) plan: Option<String>,
    /// `--verbose`
    pub(crate) verbose: bool,
    /// `--help`
    pub(crate) help: bool,
}

/// The global flags.
pub(crate) fn specs() -> Vec<Spec> {
    vec![
        Spec::new("project", Some('p'), Kind::Value),
        Spec::new("clean", Some('c'), Kind::Switch),
        Spec::new("skip-pull", None, Kind::Switch),
        Spec::new("plan", None, Kind::Value),
        Spec::new("verbose", Some('v'), Kind::Switch),
        Spec::new("help", Some('h'), Kind::Switch),
    ]
}

impl Globals {
    pub(crate) fn of(parsed: &Parsed) -> Self {
        let overload = std::env::var("SHUTTLE_PLAN_OVERLOAD").ok();
        let plan = parsed.value("plan").map(str::to_owned).filter(|plan| !plan.is_empty()).or(overload);
        Self {
            project: parsed.value("project").map(PathBuf::from),
            clean: parsed.is_on("clean"),
            skip_pull: parsed.is_on("skip-pull"),
            plan: plan.filter(|plan| !plan.is_empty()),
            verbose: parsed.is_on("verbose"),
            help: parsed.is_on("help"),
        }
    }

    /// The global flags of a command line whose other flags are not known yet, because they are declared by the
    /// project that these flags lead to.
    pub(crate) fn scan(words: &[String]) -> Self {
        let specs = specs();
        let known = |word: &&String| {
            let is_long = word.strip_prefix("--").is_some_and(|flag| {
                let name = flag.split_once('=').map_or(flag, |(name, _)| name);
                specs.iter().any(|spec| spec.name == name)
            });
            let is_short = !word.starts_with("--")
                && word
                    .strip_prefix('-')
                    .and_then(|flag| flag.chars().next())
                    .is_some_and(|letter| specs.iter().any(|spec| spec.short == Some(letter)));
            is_long || is_short
        };
        let mut kept = Vec::new();
        let mut words = words.iter().take_while(|word| *word != "--").peekable();
        while let Some(word) = words.next() {
            if known(&word) {
                kept.push(word.clone());
                let takes_next = matches!(word.as_str(), "-p" | "--project" | "--plan");
                kept.extend(words.next_if(|_| takes_next).cloned());
            }
        }
        super::parse(&kept, &specs, "").map(|parsed| Self::of(&parsed)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn global_flags_are_found_among_unknown_ones() {
        let words = ["x", "--tag", "v1", "-p", "dir", "--silent", "-v", "--plan=#v2", "--", "-c"];
        let globals = Globals::scan(&words.map(str::to_owned));
        assert_eq!(globals.project, Some(PathBuf::from("dir")));
        assert_eq!(globals.plan.as_deref(), Some("#v2"));
        assert!(globals.verbose && !globals.clean);
    }
}
