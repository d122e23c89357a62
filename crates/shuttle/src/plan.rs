//! The plan of a project: what is meant, and how it comes to `.shuttle/plan`.

pub(crate) mod clone;
mod copy;
mod git;
mod reference;

use std::borrow::Cow;
use std::io;
use std::path::{Component, Path, PathBuf};

use explain::{Explain, Kind};
use process::RunError;

pub use reference::Origin;
pub(crate) use reference::Reference;

use crate::console::Console;
use crate::failure::Failure;
use crate::flags::Globals;

/// A plan that cannot be brought here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    /// An address that is no Git repository.
    #[error("plan `{0}` is not a Git repository: an address has to end in .git")]
    Address(String),
    /// An overload that does not fit.
    #[error("`{0}` is no branch, tag or commit of the plan")]
    Overload(String),
    /// Git could not be run.
    #[error("cannot run Git for the plan")]
    Run { source: RunError },
    /// Git said no.
    #[error("git {command} failed for plan {address}: {said}")]
    Git { command: String, address: String, said: String },
    /// The clone waits for somebody to resolve conflicts.
    #[error("the clone of the plan in {} is in the middle of a merge", .0.display())]
    Merging(PathBuf),
    /// What is there is somebody's work on another plan.
    #[error("{} holds changes to another plan than {wanted}", folder.display())]
    OtherPlan { folder: PathBuf, wanted: String },
    /// A local plan that is not there.
    #[error("plan folder {} does not exist", .0.display())]
    NoFolder(PathBuf),
    /// A file of the plan.
    #[error("cannot {verb} {}", path.display())]
    File { verb: &'static str, path: PathBuf, source: io::Error },
    /// A setting that is no number.
    #[error("SHUTTLE_CACHE_DURATION_MIN is not valid: {0}")]
    CacheDuration(String),
}

impl PlanError {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Address(_) => 2,
            Self::Git { .. } | Self::Run { .. } => 4,
            Self::Merging(_) => 9,
            Self::Overload(_)
            | Self::OtherPlan { .. }
            | Self::NoFolder(_)
            | Self::File { .. }
            | Self::CacheDuration(_) => 1,
        }
    }

    fn file(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { verb, path, source }
    }
}

impl Explain for PlanError {
    fn kind(&self) -> Kind {
        match self {
            Self::Address(_) | Self::CacheDuration(_) => Kind::Invalid,
            Self::Overload(_) => Kind::Usage,
            Self::Git { .. } | Self::Run { .. } => Kind::Unavailable,
            Self::Merging(_) | Self::OtherPlan { .. } => Kind::Conflict,
            Self::NoFolder(_) => Kind::NotFound,
            Self::File { .. } => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Address(_) => "add .git to the address, or name a folder".into(),
            Self::Overload(_) => "name one as --plan '#NAME', or a whole plan".into(),
            Self::Git { address, .. } => {
                format!("check that `git ls-remote {address}` works, and the name behind #").into()
            }
            Self::Run { source } => source.next_step(),
            Self::Merging(_) | Self::OtherPlan { .. } => {
                "save what you need from there, then run shuttle with --clean".into()
            }
            Self::NoFolder(_) => {
                "correct `plan` in shuttle.yaml; a relative folder starts at the project".into()
            }
            Self::File { path, .. } => format!("check that {} is there and yours", path.display()).into(),
            Self::CacheDuration(_) => "set it to a whole number of minutes".into(),
        }
    }
}

/// Brings the plan of the project in a folder; `None` when it has none.
pub(crate) fn bring(
    project: &Path,
    written: Option<&str>,
    globals: &Globals,
    console: Console,
) -> Result<Option<PathBuf>, Failure> {
    let reference = match &globals.plan {
        Some(overload) => overloaded(project, written, overload, console)?,
        None => Reference::parse(written.unwrap_or_default(), project)?,
    };
    let target = project.join(".shuttle/plan");
    match reference {
        Reference::None => return Ok(None),
        Reference::Local(source) => {
            clone::make_way_for_copy(&target)?;
            copy::copy(&source, &target, console)?;
        }
        Reference::Git(origin) => clone::bring(&origin, &target, globals, console)?,
    }
    Ok(Some(target))
}

/// The plan that `--plan` asks for; relative folders start in the working folder.
fn overloaded(
    project: &Path,
    written: Option<&str>,
    overload: &str,
    console: Console,
) -> Result<Reference, Failure> {
    let is_folder = ["/", "./", "../"].iter().any(|start| overload.starts_with(start));
    if is_folder {
        let here = std::env::current_dir().map_err(Failure::file("find", "."))?;
        console.info(&format!("Using overloaded plan {overload}"));
        return Ok(Reference::Local(clean(&here.join(overload))));
    }
    if let Some(origin) = Origin::parse(overload) {
        console.info(&format!("Using overloaded plan {overload}"));
        return Ok(Reference::Git(origin));
    }
    match Reference::parse(written.unwrap_or_default(), project)? {
        Reference::Git(origin) => {
            let Some(head) = overload.strip_prefix('#').filter(|head| !head.is_empty()) else {
                return Err(PlanError::Overload(overload.to_owned()).into());
            };
            console.info(&format!("Overload git plan branch/tag/sha with {head}"));
            Ok(Reference::Git(Origin { head: head.to_owned(), ..origin }))
        }
        other @ (Reference::None | Reference::Local(_)) => Ok(other),
    }
}

/// A path without `.` and `..`, by its text alone.
pub(crate) fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                cleaned.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => cleaned.push(component),
        }
    }
    cleaned
}
