//! Waits that a person sees.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Terminal;

mod line;

pub use line::duration_text;

/// Shows a wait until it is dropped; see [`Terminal::progress`].
#[derive(Debug)]
#[must_use = "the wait is shown for as long as this lives"]
pub struct Progress {
    wait: Arc<Wait>,
    ticker: Option<thread::JoinHandle<()>>,
}

#[derive(Debug)]
struct Wait {
    terminal: Terminal,
    what: String,
    started: Instant,
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Now {
    how_far: String,
    ended: bool,
}

/// When lines are shown.
#[derive(Clone, Copy, Debug)]
struct Pace {
    first: Duration,
    every: Duration,
}

impl Pace {
    /// A line that is rewritten: soon and often.
    const REWRITTEN: Self = Self { first: Duration::from_secs(1), every: Duration::from_millis(250) };
    /// Lines that stay, such as in a CI log: few.
    const LINES: Self = Self { first: Duration::from_secs(5), every: Duration::from_secs(30) };
}

impl Progress {
    pub(crate) fn start(terminal: Terminal, what: String) -> Self {
        let pace = if terminal.lock().err.look.terminal { Pace::REWRITTEN } else { Pace::LINES };
        Self::start_at(terminal, what, pace)
    }

    fn start_at(terminal: Terminal, what: String, pace: Pace) -> Self {
        let wait = Arc::new(Wait {
            terminal,
            what,
            started: Instant::now(),
            now: Mutex::default(),
            changed: Condvar::new(),
        });
        let ticking = Arc::clone(&wait);
        // Without a thread to spare the wait goes unseen, which is better than not waiting.
        let ticker = thread::Builder::new().name("progress".into()).spawn(move || ticking.tick(pace)).ok();
        Self { wait, ticker }
    }

    /// Says how far it is, such as `3 of 5 pods are ready`.
    pub fn update(&self, how_far: impl Into<String>) {
        self.wait.now().how_far = how_far.into();
    }

    /// How long it has taken so far.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.wait.started.elapsed()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.wait.now().ended = true;
        self.wait.changed.notify_all();
        if let Some(ticker) = self.ticker.take() {
            // A panic in it was printed by the panic itself.
            drop(ticker.join());
        }
        self.wait.terminal.lock().clear_progress();
    }
}

impl Wait {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self, pace: Pace) {
        let mut due = pace.first;
        loop {
            let patience = due.saturating_sub(self.started.elapsed());
            let (now, _) = self
                .changed
                .wait_timeout_while(self.now(), patience, |now| !now.ended)
                .unwrap_or_else(PoisonError::into_inner);
            if now.ended {
                return;
            }
            let how_far = now.how_far.clone();
            drop(now);
            let elapsed = self.started.elapsed();
            self.show(&how_far, elapsed);
            due = elapsed + pace.every;
        }
    }

    fn show(&self, how_far: &str, elapsed: Duration) {
        let mut state = self.terminal.lock();
        let look = state.err.look;
        if look.terminal {
            state.clear_progress();
            let line = line::fitted(&self.what, how_far, elapsed, look.width);
            state.err.write(&line);
            state.progress_shown = true;
        } else {
            state.err.write(&format!("{}\n", line::whole(&self.what, how_far, elapsed)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Capture, Look};

    const AT_ONCE: Pace = Pace { first: Duration::ZERO, every: Duration::from_millis(1) };

    /// Lets other threads run until `text` was shown.
    fn await_talk(capture: &Capture, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !capture.stderr().contains(text) {
            assert!(Instant::now() < deadline, "never shown: {text}\n{}", capture.stderr());
            thread::yield_now();
        }
    }

    #[test]
    fn one_line_is_rewritten_and_gone_at_the_end() {
        let (terminal, capture) = Terminal::captured(Look::TERMINAL, []);
        let progress = Progress::start_at(terminal.clone(), "waiting for dev".into(), AT_ONCE);
        await_talk(&capture, "waiting for dev (");
        progress.update("1 of 2 ready");
        await_talk(&capture, "\r\u{1b}[2Kwaiting for dev: 1 of 2 ready (");
        drop(progress);
        terminal.talk("done");
        assert!(capture.stderr().ends_with("\r\u{1b}[2Kdone\n"), "{:?}", capture.stderr());
    }

    #[test]
    fn without_a_terminal_lines_stay() {
        let (terminal, capture) = Terminal::captured(Look::PLAIN, []);
        let progress = Progress::start_at(terminal, "waiting".into(), AT_ONCE);
        await_talk(&capture, " s)\n");
        drop(progress);
        assert!(!capture.stderr().contains('\r'));
    }

    #[test]
    fn a_short_wait_is_not_shown() {
        let (terminal, capture) = Terminal::captured(Look::TERMINAL, []);
        let slow = Pace { first: Duration::from_secs(3600), ..AT_ONCE };
        drop(Progress::start_at(terminal, "waiting".into(), slow));
        assert_eq!(capture.stderr(), "");
    }
}
