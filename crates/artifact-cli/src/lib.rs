//! `artifact`, the command that CI jobs run.
//!
//! It keeps `artifact.json` in the folder of the build, one step after the other, and uploads the folder at the end,
//! or pushes it to Git. On the way it edits one Slack message, so that the author sees how far the build is (spec,
//! sections 3.3 and 3.4). Steps may run at the same time: each takes the folder's lock, and each file is replaced as a whole.
//!
//! ```text
//! init -> add ... -> end -> push --> release-manager (where to?) --> store
//!   \_______|________________|____ one Slack message, edited ____/
//! ```
//!
//! What goes wrong with Slack never fails a build; everything else does. Secrets and upload links are never
//! printed. Read [`Args`] for the steps, `ci` for what is known without being told, `folder` for the files,
//! `push` for the upload.

mod args;
mod ci;
mod error;
mod folder;
mod http;
mod mappings;
mod message;
mod notify;
mod push;
mod run;
mod slack;
mod stages;

pub use args::Args;
pub use run::run;
