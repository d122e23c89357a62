//! Waiting for something of another process, which can only be asked again and again.

use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(100);

/// Asks until the answer is `Some`, or until the deadline; the last question is asked after the deadline.
pub(crate) fn until<T, E>(
    deadline: Duration,
    mut ask: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let end = Instant::now() + deadline;
    loop {
        let last = Instant::now() >= end;
        let answer = ask()?;
        if answer.is_some() || last {
            return Ok(answer);
        }
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "between two questions to a process that sends no event")]
fn pause() {
    std::thread::sleep(PAUSE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_at_least_once_and_an_answer_ends_the_wait() {
        let mut asked = 0;
        let answer = until(Duration::ZERO, || {
            asked += 1;
            Ok::<_, ()>(None::<()>)
        });
        assert_eq!((answer, asked), (Ok(None), 1));
        assert_eq!(until(Duration::from_secs(60), || Ok::<_, ()>(Some(7))), Ok(Some(7)));
    }
}
