//! `shuttle`: runs a plan's scripts and renders its templates for a service.
//!
//! A project is a folder with `shuttle.yaml`. It names a plan, a folder or Git repository with `plan.yaml` and
//! templates that many projects share. Loading a project brings the plan to `.shuttle/plan` and merges the
//! scripts of both; a command then does one thing with the result.
//!
//! ```text
//! words --flags--> Invocation --command--> Project::load --> run | ls | plan | get | has | template | …
//!                                              |
//!                            config (pure), plan (Git, files)
//! ```
//!
//! Data goes to standard output, everything else to standard error, and the exit code tells the truth: 4 when a
//! script or Git failed, 2 when there is no valid project, else 1. Read [`run`], `Project`, then `Failure`.

mod command;
mod config;
mod console;
mod failure;
mod flags;
mod help;
mod kebab;
mod plan;
mod project;
mod script;
mod world;

pub use command::run;
pub use config::{
    Action, Argument, ConfigError, Fault, ProjectFile, Script, Scripts, parse_plan, parse_project,
};
pub use plan::Origin;
