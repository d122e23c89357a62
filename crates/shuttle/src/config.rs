//! `shuttle.yaml` and `plan.yaml`: strict, and every fault of a file at once.

mod fields;
mod parse;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use explain::{Explain, Kind};
use go_template::Value;

pub use parse::{parse_plan, parse_project};

/// The content of `shuttle.yaml`.
#[derive(Clone, Debug)]
pub struct ProjectFile {
    /// The plan as it was written; `None` for `false`.
    pub plan: Option<String>,
    /// The variables, for templates and `shuttle get`.
    pub vars: Value,
    /// Its own scripts.
    pub scripts: Scripts,
}

/// Scripts by name.
pub type Scripts = BTreeMap<String, Script>;

/// Actions to run, with what they may be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// What it is for.
    pub description: String,
    /// What it does, in this order.
    pub actions: Vec<Action>,
    /// What it can be given.
    pub args: Vec<Argument>,
}

/// One step of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// A command for the shell.
    pub shell: String,
    /// A Dockerfile, as the original knows it.
    pub dockerfile: String,
    /// A task, as the original knows it.
    pub task: String,
}

/// An argument that a script declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argument {
    /// What stands before the `=`.
    pub name: String,
    /// Whether it has to be given.
    pub required: bool,
    /// What it is for.
    pub description: String,
    /// What type it is said to have.
    pub kind: String,
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is not there, or not readable.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Its content is wrong.
    #[error("{} is not valid: {}", path.display(), Faults(faults))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Whether it is the plan's, not the project's.
        is_plan: bool,
        /// All that is wrong, by line.
        faults: Vec<Fault>,
    },
}

/// One thing that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, counted from 1.
    pub line: usize,
    /// What, for a person.
    pub message: String,
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
