//! The config repository on real Git remotes.
#![expect(clippy::unwrap_used, reason = "a helper that fails has failed its test")]

mod crowd;
mod faults;
mod legacy;
mod observed;
mod places;
mod policies;
mod previews;
mod releases;
mod support;
