//! Every part, driven by a real client.
#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod death;
mod git;
mod proxy;
mod wait;
