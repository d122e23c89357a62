//! Why a command failed, and the exit code that says so.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use explain::{Explain, Kind};
use go_template::TemplateError;

use crate::config::ConfigError;
use crate::plan::PlanError;
use crate::script::ScriptError;

/// A command that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line is wrong.
    #[error("{message}")]
    Usage { message: String, hint: String },
    /// There is no project here.
    #[error("no shuttle.yaml in {} or above", folder.display())]
    NoProject { folder: PathBuf },
    /// `shuttle.yaml` or `plan.yaml` is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The plan cannot be brought here.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A script did not do its work.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// There is no such template.
    #[error("template `{name}` not found")]
    NoTemplate { name: String, searched: Vec<PathBuf> },
    /// A template cannot be rendered.
    #[error("cannot render {}", path.display())]
    Template { path: PathBuf, source: TemplateError },
    /// A template of the command line cannot be rendered.
    #[error("invalid template")]
    InlineTemplate { source: TemplateError },
    /// A value cannot be looked up.
    #[error("cannot look `{path}` up: {cause}")]
    Lookup { path: String, cause: String },
    /// A file or folder cannot be read or written.
    #[error("cannot {verb} {}", path.display())]
    File { verb: &'static str, path: PathBuf, source: io::Error },
    /// Standard output cannot be written.
    #[error("cannot write the output")]
    Output { source: io::Error },
    /// Not found, said by the exit code alone.
    #[error("not found")]
    Absent,
}

impl Failure {
    /// The exit code: scripts and pipelines know these numbers.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. }
            | Self::NoTemplate { .. }
            | Self::Template { .. }
            | Self::InlineTemplate { .. }
            | Self::File { .. }
            | Self::Output { .. }
            | Self::Absent => 1,
            Self::NoProject { .. } | Self::Lookup { .. } => 2,
            Self::Config(error) => error.exit_code(),
            Self::Plan(error) => error.exit_code(),
            Self::Script(error) => error.exit_code(),
        }
    }

    pub(crate) fn file(verb: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { verb, path, source }
    }

    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: hint.into() }
    }
}

impl Explain for Failure {
    fn kind(&self) -> Kind {
        match self {
            Self::Usage { .. } => Kind::Usage,
            Self::NoProject { .. } | Self::NoTemplate { .. } | Self::Absent => Kind::NotFound,
            Self::Config(error) => error.kind(),
            Self::Plan(error) => error.kind(),
            Self::Script(error) => error.kind(),
            Self::Template { .. } | Self::InlineTemplate { .. } | Self::Lookup { .. } => Kind::Invalid,
            Self::File { .. } | Self::Output { .. } => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Usage { hint, .. } => hint.clone().into(),
            Self::NoProject { .. } => "go to a folder with a shuttle.yaml, or name one with --project".into(),
            Self::Config(error) => error.next_step(),
            Self::Plan(error) => error.next_step(),
            Self::Script(error) => error.next_step(),
            Self::NoTemplate { searched, .. } => {
                let places: Vec<String> = searched.iter().map(|path| path.display().to_string()).collect();
                format!("create one of {}", places.join(", ")).into()
            }
            Self::Template { source, .. } | Self::InlineTemplate { source } => source.next_step(),
            Self::Lookup { .. } => "name a path that ends at the number".into(),
            Self::File { path, .. } => format!("check that {} is there and yours", path.display()).into(),
            Self::Output { .. } => "free space where the output goes, then try again".into(),
            Self::Absent => "check the name with shuttle ls, or shuttle.yaml".into(),
        }
    }
}
