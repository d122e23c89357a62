//! GitHub hears of releases (spec, section 9.2): by a tag that says which commit an environment runs, as the original
//! does it, and where it is asked for by deployments and by a status of the commit.

mod client;
mod deployment;
mod status;
mod tag;

pub(crate) use client::GitHub;
pub(crate) use deployment::Deployments;
pub(super) use deployment::{Deployment, State};
pub(super) use status::Status;
pub(crate) use status::Statuses;
pub(super) use tag::Tag;
pub(crate) use tag::Tags;
