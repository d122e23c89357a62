//! Trying again what may go better the next time.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use explain::Explain;
use terminal::Terminal;

/// The first pause; each one after it is twice as long, and none is longer than [`LONGEST`].
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(10);

/// How often to try again, and where to say so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry<'a> {
    pub(super) times: usize,
    pub(super) terminal: &'a Terminal,
}

impl Retry<'_> {
    /// Does it until it succeeds, fails for good, or has been tried often enough. A fault is told once.
    pub(super) async fn until_done<T, E, F>(self, action: impl FnMut() -> F) -> Result<T, E>
    where
        E: Explain + 'static,
        F: Future<Output = Result<T, E>>,
    {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(FIRST)
            .with_max_delay(LONGEST)
            .with_max_times(self.times)
            .with_jitter();
        let mut times = 0;
        let mut told = String::new();
        action
            .retry(pauses)
            .when(|error: &E| error.kind().retry_helps())
            .notify(|error: &E, _pause| {
                times += 1;
                let fault = explain::chain(error).join(": ");
                if fault == told {
                    self.terminal.talk(format_args!("trying again ({times} of {})", self.times));
                } else {
                    self.terminal.talk(format_args!("trying again ({times} of {}): {fault}", self.times));
                    told = fault;
                }
            })
            .await
    }
}
