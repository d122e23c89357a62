//! From requests to true answers: build, push, and when somebody else was first, decide again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use explain::Explain;
use git_mirror::{Batch, PushOutcome};
use tracing::{error, info};

use super::decide::Made;
use super::job::{Answer, Job};
use super::{Worker, unmirrored};
use crate::WriteError;

/// How often a batch is built anew because others pushed first. Each of them made progress, so nobody starves for
/// long; this bounds how long a caller waits.
const MOST_ATTEMPTS: u32 = 12;

/// The longest pause between two attempts: about the time a foreign push takes.
const LONGEST_PAUSE: Duration = Duration::from_millis(150);

/// An answer, and whether it holds only if the batch lands.
struct Decided {
    answer: Answer,
    rests_on_batch: bool,
}

impl Worker {
    /// Serves these requests to their end.
    pub(super) fn settle(&mut self, jobs: Vec<Job>) {
        let mut fresh = false;
        for attempt in 1..=MOST_ATTEMPTS {
            let (batch, decided) = match self.build(&jobs) {
                Ok(built) => built,
                Err(error) => return fail(jobs, &error),
            };
            if batch.head() == batch.base() {
                // Nobody's "no" may rest on what others have changed meanwhile.
                let known = batch.base();
                if !fresh && self.advance().is_ok_and(|tip| tip != known) {
                    fresh = true;
                    continue;
                }
                return reply(jobs, decided, None);
            }
            match self.push(&batch) {
                Ok(()) => {
                    info!(requests = jobs.len(), commit = ?batch.head(), attempt, "landed");
                    return reply(jobs, decided, None);
                }
                Err(Setback::Lost) => match self.advance() {
                    Ok(_) => fresh = true,
                    Err(error) => return reply(jobs, decided, Some(&error)),
                },
                Err(Setback::Refused(_)) if jobs.len() > 1 => return self.halve(jobs),
                Err(Setback::Refused(text)) => {
                    return reply(jobs, decided, Some(&WriteError::Refused { text }));
                }
                Err(Setback::Failed(error)) => return reply(jobs, decided, Some(&error)),
            }
            if attempt > 1 {
                pause(attempt);
            }
        }
        fail(jobs, &WriteError::Contended { attempts: MOST_ATTEMPTS });
    }

    /// The remote may refuse a batch because of one of its commits: the others must not suffer.
    fn halve(&mut self, mut jobs: Vec<Job>) {
        let second = jobs.split_off(jobs.len() / 2);
        self.settle(jobs);
        self.settle(second);
    }

    fn build(&self, jobs: &[Job]) -> Result<(Batch, Vec<Option<Decided>>), WriteError> {
        let mut batch = self.mirror.batch().map_err(unmirrored)?;
        let mut made = Made::new();
        let decided = jobs
            .iter()
            .map(|job| {
                let answer = self.decide(&mut batch, &mut made, job)?;
                Some(Decided { answer, rests_on_batch: batch.head() != batch.base() })
            })
            .collect();
        Ok((batch, decided))
    }

    /// Pushes, and finds out what happened when the answer was lost.
    fn push(&mut self, batch: &Batch) -> Result<(), Setback> {
        let text = match self.mirror.push(batch) {
            Ok(PushOutcome::Pushed) => {
                self.take_in();
                return Ok(());
            }
            Ok(PushOutcome::Lost) => return Err(Setback::Lost),
            Ok(PushOutcome::Refused(text)) => return Err(Setback::Refused(text)),
            Ok(PushOutcome::Unreachable(text)) => {
                return Err(Setback::Failed(WriteError::Unreachable { text }));
            }
            Ok(PushOutcome::Unknown(text)) => text,
            // The remote may have accepted before our own disk failed.
            Err(error) => explain::chain(&error).join(": "),
        };
        let tip = match self.advance() {
            Ok(tip) => tip,
            Err(WriteError::Rewritten) => return Err(Setback::Failed(WriteError::Rewritten)),
            Err(_) => return Err(Setback::Failed(WriteError::Unknown { text })),
        };
        let (Some(head), Some(tip)) = (batch.head(), tip) else { return Err(Setback::Lost) };
        match self.mirror.reader().is_ancestor(head, tip) {
            Ok(true) => Ok(()),
            // It was not taken, or not yet: whichever commit comes first, the next push cannot land beside it.
            Ok(false) | Err(git_mirror::Error::Read { .. }) => Err(Setback::Lost),
            Err(error) => Err(Setback::Failed(unmirrored(error))),
        }
    }

    /// What the remote has accepted is true, even if the index fails over it.
    fn take_in(&self) {
        if let Err(error) = self.index_tip() {
            let reason = explain::chain(&error).join(": ");
            error!(reason, hint = %error.next_step(), "landed, but the release index does not know it");
        }
    }
}

/// Why a batch has not landed.
enum Setback {
    /// Others were first, or the answer was lost and the commits are not there.
    Lost,
    /// The remote does not want it.
    Refused(String),
    /// Trying again at once would not help.
    Failed(WriteError),
}

/// Answers every request; those whose answer would rest on commits that have not landed fail with the error.
fn reply(jobs: Vec<Job>, decided: Vec<Option<Decided>>, error: Option<&WriteError>) {
    for (job, decided) in jobs.into_iter().zip(decided) {
        match (decided, error) {
            (Some(decided), Some(error)) if decided.rests_on_batch => job.fail(error.clone()),
            (Some(decided), _) => job.answer(decided.answer),
            (None, _) => job.fail(WriteError::Stopped),
        }
    }
}

fn fail(jobs: Vec<Job>, error: &WriteError) {
    for job in jobs {
        job.fail(error.clone());
    }
}

/// Two writers that lose in step would go on losing: wait for a random part of a growing pause.
fn pause(attempt: u32) {
    let longest = LONGEST_PAUSE.min(Duration::from_millis(10) * attempt);
    let random = RandomState::new().build_hasher().finish() % 1000;
    std::thread::park_timeout(longest * u32::try_from(random).unwrap_or(0) / 1000);
}
