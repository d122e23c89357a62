//! From requests to true answers: build, push, and when somebody else was first, decide again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use explain::Explain;
use git_mirror::{Batch, CommitId, PushOutcome};
use tracing::{error, info, warn};

use super::decide::Made;
use super::job::{Answer, Job};
use super::{Worker, unmirrored};
use crate::{Observed, ReadError, WriteError};

/// How often a batch is built anew because others pushed first. Each of them made progress, so nobody starves for
/// long; this bounds how long a caller waits.
const MOST_ATTEMPTS: u32 = 12;

/// How often a push is tried again that did not land though the remote's branch stands where it stood. The one who
/// holds its lock may be about to move it; more than that is no contention, and the reason is told.
const MOST_UNMOVED: u32 = 3;

/// The longest pause between two attempts: about the time a foreign push takes.
const LONGEST_PAUSE: Duration = Duration::from_millis(150);

/// An answer, and whether it holds only if the batch lands.
pub(super) struct Decided {
    answer: Answer,
    rests_on_batch: bool,
}

/// How often a batch was tried, and what is known of the remote meanwhile.
#[derive(Default)]
pub(super) struct Tries {
    made: u32,
    /// The remote has just been seen.
    fresh: bool,
    /// How often it was where it should be, and a push did not land all the same.
    unmoved: u32,
}

impl Worker {
    /// Serves these requests to their end.
    pub(super) fn settle(&mut self, jobs: Vec<Job>) {
        self.settle_from(jobs, Tries::default());
    }

    /// The same, after some tries.
    pub(super) fn settle_from(&mut self, mut jobs: Vec<Job>, mut tries: Tries) {
        while tries.made < MOST_ATTEMPTS {
            tries.made += 1;
            // A mirror that is gone would read like an empty repository.
            if !self.mirror.is_there()
                && let Err(error) = self.advance()
            {
                return fail(jobs, &error);
            }
            let (batch, decided) = match self.build(&jobs) {
                Ok(built) => built,
                Err(error) => return fail(jobs, &error),
            };
            let Some(head) = batch.head().filter(|_| batch.head() != batch.base()) else {
                // Nobody's "no" may rest on what others have changed meanwhile.
                let known = batch.base();
                match if tries.fresh { Ok(known) } else { self.advance() } {
                    Ok(tip) if tip != known => {
                        tries.fresh = true;
                        continue;
                    }
                    // Nothing is known yet, so nothing can be said.
                    Err(error) if known.is_none() => return fail(jobs, &error),
                    Ok(_) | Err(_) => return reply(jobs, decided, None),
                }
            };
            let sending = self.sending(&mut jobs);
            let outcome = self.mirror.push(&batch);
            sending.ended(&outcome);
            if let Ok(PushOutcome::Pushed) = outcome {
                self.take_in();
            }
            match self.judge(head, outcome) {
                Ok(()) => {
                    info!(requests = jobs.len(), commit = %head, attempt = tries.made, "landed");
                    return reply(jobs, decided, None);
                }
                Err(setback) => match self.set_back(batch.base(), jobs, decided, setback, &mut tries) {
                    Some(again) => jobs = again,
                    None => return,
                },
            }
            if tries.made > 1 {
                pause(tries.made);
            }
        }
        fail(jobs, &WriteError::Contended { attempts: MOST_ATTEMPTS });
    }

    /// What is done about a batch that has not landed: the requests to try again, or none when all are answered.
    pub(super) fn set_back(
        &mut self,
        base: Option<CommitId>,
        jobs: Vec<Job>,
        decided: Vec<Option<Decided>>,
        setback: Setback,
        tries: &mut Tries,
    ) -> Option<Vec<Job>> {
        match setback {
            Setback::NotThere(reason) => match self.advance() {
                Ok(tip) if tip != base => {
                    (self.options.observed)(Observed::Conflict { requests: jobs.len() });
                    (tries.fresh, tries.unmoved) = (true, 0);
                    return Some(jobs);
                }
                Ok(_) if tries.unmoved < MOST_UNMOVED => {
                    (tries.fresh, tries.unmoved) = (true, tries.unmoved + 1);
                    return Some(jobs);
                }
                Ok(_) => reply(jobs, decided, Some(&reason)),
                Err(error) => reply(jobs, decided, Some(&error)),
            },
            Setback::Refused(_) if jobs.len() > 1 => self.halve(jobs),
            Setback::Refused(text) => reply(jobs, decided, Some(&WriteError::Refused { text })),
            Setback::Failed(error) => reply(jobs, decided, Some(&error)),
        }
        None
    }

    /// The remote may refuse a batch because of one of its commits: the others must not suffer.
    fn halve(&mut self, mut jobs: Vec<Job>) {
        let second = jobs.split_off(jobs.len() / 2);
        self.settle(jobs);
        self.settle(second);
    }

    fn build(&self, jobs: &[Job]) -> Result<(Batch, Vec<Option<Decided>>), WriteError> {
        self.refresh_rules()?;
        let mut batch = self.mirror.batch().map_err(unmirrored)?;
        let mut made = Made::new();
        let decided = jobs.iter().map(|job| self.decided(&mut batch, &mut made, job)).collect();
        Ok((batch, decided))
    }

    /// One request, decided at the head of a batch.
    pub(super) fn decided(&self, batch: &mut Batch, made: &mut Made, job: &Job) -> Option<Decided> {
        let _deciding = job.origin()?.deciding().entered();
        let answer = self.decide(batch, made, job)?;
        Some(Decided { answer, rests_on_batch: batch.head() != batch.base() })
    }

    /// Whether what was pushed is on the remote; finds out when the answer was lost.
    pub(super) fn judge(
        &mut self,
        head: CommitId,
        outcome: Result<PushOutcome, git_mirror::Error>,
    ) -> Result<(), Setback> {
        let reason = match outcome {
            Ok(PushOutcome::Pushed) => return Ok(()),
            Ok(PushOutcome::Lost(text)) => return Err(Setback::NotThere(WriteError::NotTaken { text })),
            // A pack cut short by what our own disk has lost is refused, too.
            Ok(PushOutcome::Refused(text)) => {
                return Err(match self.mirror.heal() {
                    Ok(true) => Setback::NotThere(WriteError::Refused { text }),
                    Ok(false) => Setback::Refused(text),
                    Err(error) => Setback::Failed(unmirrored(error)),
                });
            }
            Ok(PushOutcome::Unreachable(text)) => {
                return Err(Setback::Failed(WriteError::Unreachable { text }));
            }
            Ok(PushOutcome::Unknown(text)) => WriteError::Unknown { text },
            // The remote may have accepted before our own disk failed.
            Err(error) => unmirrored(error),
        };
        // Git says no more of a damaged mirror than of a remote that hangs up.
        self.mirror.heal().map_err(|error| Setback::Failed(unmirrored(error)))?;
        let tip = match self.advance() {
            Ok(tip) => tip,
            Err(WriteError::Rewritten) => return Err(Setback::Failed(WriteError::Rewritten)),
            Err(_) => return Err(Setback::Failed(reason)),
        };
        let Some(tip) = tip else { return Err(Setback::NotThere(reason)) };
        match self.mirror.reader().is_ancestor(head, tip) {
            Ok(true) => Ok(()),
            // It was not taken, or not yet: whichever commit comes first, the next push cannot land beside it.
            Ok(false) | Err(git_mirror::Error::Read { .. }) => Err(Setback::NotThere(reason)),
            Err(error) => Err(Setback::Failed(unmirrored(error))),
        }
    }

    /// What the remote has accepted is true, even if the index fails over it. A mirror that turns out to lack what must
    /// be in it is made again.
    pub(super) fn take_in(&mut self) {
        self.ledger.was_equal(Instant::now());
        let taken = match self.index_tip() {
            Err(ReadError::Mirror(error)) => {
                let reason = explain::chain(&error).join(": ");
                warn!(reason, "the mirror lacks what it should hold: making it again from the remote");
                self.mirror.renew().map_err(unmirrored).and_then(|()| self.advance())
            }
            taken => taken.map_err(|error| WriteError::Facts(error.into())),
        };
        if let Err(error) = taken {
            let reason = explain::chain(&error).join(": ");
            error!(reason, hint = %error.next_step(), "landed, but the release index does not know it");
        }
    }
}

/// Why a batch has not landed.
pub(super) enum Setback {
    /// Its commits are not on the remote: others were first, or else for this reason.
    NotThere(WriteError),
    /// The remote does not want it.
    Refused(String),
    /// Trying again at once would not help.
    Failed(WriteError),
}

/// Answers every request; those whose answer would rest on commits that have not landed fail with the error.
pub(super) fn reply(jobs: Vec<Job>, decided: Vec<Option<Decided>>, error: Option<&WriteError>) {
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
