//! What is known of the Git side, for everybody who asks.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::watch;

/// What is known of the Git side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitState {
    /// The commit that is enforced.
    pub commit: Option<String>,
    /// When the Git host last answered.
    pub asked_at: Option<SystemTime>,
    /// Why the host does not answer; a tree we have is enforced nevertheless.
    pub unreachable: Option<String>,
    /// How many fetches have failed since the start.
    pub n_faults: u64,
    /// Why what the host shows is not followed: a person has to look.
    pub alarm: Option<String>,
}

/// The owner's end.
pub type GitStateSender = watch::Sender<GitState>;

/// An end for who asks.
pub type GitStateReceiver = Arc<watch::Receiver<GitState>>;
