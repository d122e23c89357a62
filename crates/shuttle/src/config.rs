//! `shuttle.yaml` and `plan.yaml`: strict, and every fault of a file at once.

mod fields;
mod parse;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use explain::{Explain, Kind};
use go_template::Value;

pub(crate) use parse::{parse_plan, parse_project};

/// The content of `shuttle.yaml`.
#[derive(Clone, Debug)]
pub(crate) struct ProjectFile {
    /// The plan as it was written; `None` for `false`.
    pub(crate) plan: Option<String>,
    pub(crate) vars: Value,
    pub(crate) scripts: Scripts,
}

/// Scripts by name.
pub(crate) type Scripts = BTreeMap<String, Script>;

/// Actions to run, with what they may be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) description: String,
    pub(crate) actions: Vec<Action>,
    pub(crate) args: Vec<Argument>,
}

/// One step of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) shell: String,
    pub(crate) dockerfile: String,
    pub(crate) task: String,
}

/// An argument that a script declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) description: String,
    pub(crate) kind: String,
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// It is not there, or not readable.
    #[error("cannot open {}", path.display())]
    Open { path: PathBuf, source: std::io::Error },
    /// Its content is wrong.
    #[error("{} is not valid: {}", path.display(), Faults(faults))]
    Invalid { path: PathBuf, is_plan: bool, faults: Vec<Fault> },
}

/// One thing that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) message: String,
}

struct Faults<'a>(&'a [Fault]);

impl fmt::Display for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            let separator = if index > 0 { "; " } else { "" };
            write!(f, "{separator}line {}: {}", fault.line, fault.message)?;
        }
        Ok(())
    }
}

impl ConfigError {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Open { .. } | Self::Invalid { is_plan: false, .. } => 2,
            Self::Invalid { is_plan: true, .. } => 1,
        }
    }
}

impl Explain for ConfigError {
    fn kind(&self) -> Kind {
        match self {
            Self::Open { .. } => Kind::NotFound,
            Self::Invalid { .. } => Kind::Invalid,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Open { path, .. } => format!("see that the plan has a {}", path.display()).into(),
            Self::Invalid { is_plan: true, .. } => "ask the maintainers of the plan".into(),
            Self::Invalid { path, .. } => format!("correct {}", path.display()).into(),
        }
    }
}
