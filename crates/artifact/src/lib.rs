//! The words of the product: names, people, intents, and the `artifact.json` of a build.
//!
//! An **artifact** is what CI made of one commit of a service: Kubernetes YAML for every environment plus
//! `artifact.json`, which says where it came from. This crate owns that file and the names everything else is
//! written in. A name is parsed once, where it enters, and can then be a path component of the config repository
//! without further thought: it is never empty, `..`, or in two parts.
//!
//! It knows no Git, no HTTP, no clock and no disk. Read [`EnvName`] for the names, [`ArtifactSpec`] for the file,
//! [`Intent`] for why something is released.

mod decode;
mod intent;
mod limits;
mod name;
mod person;
mod release_id;
mod spec;
mod stage;
mod time;

pub use decode::{DecodeError, decode, decode_leniently};
pub use intent::Intent;
pub use limits::Limits;
pub use name::{ArtifactId, BranchName, EnvName, NameError, Namespace, ServiceName};
pub use person::Person;
pub use release_id::ReleaseId;
pub use spec::{ArtifactSpec, Ci, Repository, Shuttle};
pub use stage::{Image, SnykCode, SnykDocker, Stage, StageData, Test, TestResults, Vulnerabilities};
pub use time::{TimeError, WireTime};
