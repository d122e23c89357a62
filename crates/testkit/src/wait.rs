//! Waiting for a condition that no event announces.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::PartError;

/// How often a condition is looked at.
const TICK: Duration = Duration::from_millis(20);

/// Waits until `probe` gives `Ok`, and returns that value; `Err` is the state seen, kept for the message.
///
/// ```no_run
/// # async fn example(file: std::path::PathBuf) {
/// use std::time::Duration;
/// let text = testkit::wait::until("a report", Duration::from_secs(30), async || {
///     std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
/// })
/// .await;
/// # }
/// ```
///
/// # Panics
/// At the deadline, with the last state.
pub async fn until<T, S, F>(what: &str, deadline: Duration, probe: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, S>>,
    S: Display,
{
    #[expect(clippy::panic, reason = "a wait in a test ends the test; programs use `poll`")]
    match poll(what, deadline, probe).await {
        Ok(value) => value,
        Err(late) => panic!("{late}"),
    }
}

/// Like [`until`], for callers that want to handle the deadline.
///
/// # Errors
/// At the deadline, with the last state seen.
pub async fn poll<T, S, F>(
    what: &str,
    deadline: Duration,
    mut probe: impl FnMut() -> F,
) -> Result<T, PartError>
where
    F: Future<Output = Result<T, S>>,
    S: Display,
{
    let start = Instant::now();
    let mut state = String::from("nothing yet");
    let look = async {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match probe().await {
                Ok(value) => return value,
                Err(seen) => state = seen.to_string(),
            }
        }
    };
    match tokio::time::timeout(deadline, look).await {
        Ok(value) => Ok(value),
        Err(_) => Err(PartError::Late { what: what.into(), waited: start.elapsed(), state }),
    }
}
