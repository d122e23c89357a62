//! What can keep a bed from coming up or going away.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use explain::{Explain, Kind};
use process::RunError;

/// Why a bed could not be started, used or removed.
#[derive(Debug, thiserror::Error)]
pub enum BedError {
    /// The name cannot be part of folder, cgroup and interface names.
    #[error("{name:?} cannot name a bed")]
    Name {
        /// The name as given.
        name: String,
    },
    /// A node needs namespaces, cgroups and a bridge, which only root may make.
    #[error("a bed with a node needs root on Linux")]
    NotRoot,
    /// Programs are missing and cannot be installed by us.
    #[error("not found on this machine: {}", missing.join(", "))]
    Missing {
        /// The missing programs.
        missing: Vec<String>,
        /// The Debian packages that hold them.
        packages: Vec<String>,
    },
    /// A program that was run said no.
    #[error("`{command}` failed: {output}")]
    Command {
        /// The program and its first argument.
        command: String,
        /// The end of what it printed.
        output: String,
    },
    /// A program could not be run to its end.
    #[error("cannot run a program the bed needs")]
    Run {
        /// Which, and why.
        #[source]
        source: RunError,
    },
    /// The image of pod sandboxes could not be made.
    #[error("cannot prepare the node")]
    Image {
        /// Why.
        #[from]
        source: crate::image::ImageError,
    },
    /// A file or folder of the bed could not be read, written or removed.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A part of the cluster ended by itself.
    #[error("{part} ended by itself; the end of its log:\n{log}")]
    PartDied {
        /// The part.
        part: &'static str,
        /// The last lines it wrote.
        log: String,
    },
    /// Something did not become ready in time.
    #[error("{what} after {} s; the end of the log of {part}:\n{log}", waited.as_secs())]
    NotReady {
        /// What was waited for, as a statement of how it is.
        what: &'static str,
        /// The part that should have done it.
        part: &'static str,
        /// The last lines it wrote.
        log: String,
        /// How long was waited.
        waited: Duration,
    },
    /// Another living process owns the bed.
    #[error("bed {name} belongs to another process that is still running")]
    Owned {
        /// The bed.
        name: String,
    },
    /// The bed runs, but without the node that is wanted, or the other way round.
    #[error("bed {name} already runs {}", if *nodes { "with a node" } else { "without a node" })]
    OtherShape {
        /// The bed.
        name: String,
        /// Whether the running bed has a node.
        nodes: bool,
    },
    /// No such bed is up.
    #[error("no bed {name} is up")]
    NotUp {
        /// The bed.
        name: String,
    },
    /// All numbered places for beds are taken, by beds or by other programs.
    #[error("no free ports and subnet for one more bed")]
    NoSlot,
    /// Something of the bed would not go away.
    #[error("{what} of bed {name} is still there")]
    Leftover {
        /// The bed.
        name: String,
        /// What is left.
        what: String,
    },
}

impl BedError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

impl From<RunError> for BedError {
    fn from(source: RunError) -> Self {
        Self::Run { source }
    }
}

impl Explain for BedError {
    fn kind(&self) -> Kind {
        match self {
            Self::Name { .. } => Kind::Usage,
            Self::NotRoot | Self::Missing { .. } => Kind::Invalid,
            Self::Command { .. } | Self::PartDied { .. } | Self::Leftover { .. } => Kind::Failed,
            Self::Run { source } => source.kind(),
            Self::Image { source } => source.kind(),
            Self::Io { .. } => Kind::Internal,
            Self::NotReady { .. } | Self::NoSlot => Kind::Unavailable,
            Self::Owned { .. } | Self::OtherShape { .. } => Kind::Conflict,
            Self::NotUp { .. } => Kind::NotFound,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Name { .. } => "use 1 to 20 lower-case letters, digits and dashes".into(),
            Self::NotRoot => "run it as root, or start the cluster without nodes".into(),
            Self::Missing { packages, .. } => {
                format!("install them: apt-get install -y --no-install-recommends {}", packages.join(" "))
                    .into()
            }
            Self::Command { .. } | Self::Io { .. } => "mend the cause and try again".into(),
            Self::Run { source } => source.next_step(),
            Self::Image { source } => source.next_step(),
            Self::PartDied { .. } => "mend what the log names and try again".into(),
            Self::NotReady { .. } => "see whether the machine is short of CPU or disk, then try again".into(),
            Self::Owned { name } => {
                format!("wait for it, or take the bed down: cargo xtask kube down --name {name}").into()
            }
            Self::OtherShape { name, .. } => {
                format!("use another name, or take it down: cargo xtask kube down --name {name}").into()
            }
            Self::NotUp { name } => format!("start it: cargo xtask kube up --name {name}").into(),
            Self::NoSlot => "take beds down: cargo xtask kube down --all".into(),
            Self::Leftover { name, .. } => format!("try again: cargo xtask kube down --name {name}").into(),
        }
    }
}
