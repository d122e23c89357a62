//! The one way to a release: accept durably, let the writer decide and push, answer, tell.
//!
//! ```text
//! POST /release --+
//! auto-release ---+--> accept (queue, fsync) --> work --> config-repo's writer (gate, commit, push)
//! restart --------+                                |--> the caller, if it still waits
//!                                                  +--> notices, enqueued as the item is finished
//! ```
//!
//! A release is accepted when it is in the queue. From then on it ends in exactly one way: landed, nothing to do,
//! refused to the caller's face, or dead with its reason. The id it was accepted under is in its commit, so doing it
//! again after a crash changes nothing.

mod accept;
mod item;
mod look;
mod manifests;
mod settle;
mod waiting;
mod work;

pub(crate) use accept::{Answer, accept};
pub(crate) use item::{RELEASE, ReleaseItem};
pub(crate) use look::{history, look, of_landed};
pub(crate) use manifests::manifests;
pub(crate) use waiting::Waiting;
pub(crate) use work::work;
