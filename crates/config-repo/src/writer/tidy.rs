//! Keeping the mirror small while others work.

use std::thread::JoinHandle;

use git_mirror::{Error, Mirror};
use tracing::warn;

/// Rolls packs up on a thread of its own, one run at a time.
#[derive(Default)]
pub(super) struct Tidying(Option<JoinHandle<Result<(), Error>>>);

impl Tidying {
    /// Starts a run if one is due and none is under way.
    pub(super) fn start_if_due(&mut self, mirror: &Mirror) {
        if self.0.as_ref().is_some_and(|running| !running.is_finished()) || !mirror.is_untidy() {
            return;
        }
        self.finish();
        let tidy = mirror.tidying();
        self.0 = std::thread::Builder::new().name("tidy".to_owned()).spawn(move || tidy.run()).ok();
    }

    /// Waits for the run under way.
    pub(super) fn finish(&mut self) {
        // A thread that panicked has left the mirror as it was; the next run tries again.
        if let Some(Ok(Err(error))) = self.0.take().map(JoinHandle::join) {
            let reason = explain::chain(&error).join(": ");
            warn!(reason, "the mirror could not be tidied");
        }
    }
}
