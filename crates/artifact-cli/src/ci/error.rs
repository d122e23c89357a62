//! What keeps a build from being described.

use std::borrow::Cow;

use artifact::NameError;
use explain::{Explain, Kind};

use super::fact::Field;
use super::system::System;

/// Why `init` does not know enough.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CiError {
    #[error("not known of this build: {}{}", told(missing, *system), said(git.as_deref()))]
    Missing { missing: Vec<Field>, system: Option<System>, git: Option<String> },
    #[error("{source_name} is longer than a line may be")]
    TooLong { source_name: &'static str, flag: &'static str },
    #[error("{source_name} holds control characters")]
    NotOneLine { source_name: &'static str, flag: &'static str },
    #[error("{source_name} holds no commit id")]
    NotACommit { source_name: &'static str },
    #[error("{source_name} holds no branch")]
    NotABranch {
        source_name: &'static str,
        #[source]
        source: NameError,
    },
}

/// Each missing flag, with where the system would say it.
fn told(missing: &[Field], system: Option<System>) -> String {
    let one = |field: &Field| match system.and_then(|system| system.variables(*field)) {
        Some(variables) => format!("{} ({variables} is not set)", field.flag()),
        None => field.flag().to_owned(),
    };
    missing.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn said(git: Option<&str>) -> String {
    git.map(|line| format!("; git says: {line}")).unwrap_or_default()
}

impl Explain for CiError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Missing { system: None, .. } => {
                "give these flags: this is no CI system that artifact knows".into()
            }
            Self::Missing { system: Some(system), git, .. } => {
                let name = system.name();
                match git {
                    Some(_) => format!("check out the commit in this {name} job, or give these flags").into(),
                    None => format!("give these flags: {name} does not tell them here").into(),
                }
            }
            Self::TooLong { flag, .. } | Self::NotOneLine { flag, .. } => format!("give {flag}").into(),
            Self::NotACommit { .. } => "give --git-sha".into(),
            Self::NotABranch { .. } => "give --git-branch".into(),
        }
    }
}
