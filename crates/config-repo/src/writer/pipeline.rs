//! The common road: one batch on its way, the next one growing on top of it.
//!
//! ```text
//!   jobs --> Draft (decided and committed one by one) --launch--> Flight (a thread pushes) --land--> answers
//!              ^ built on the flight's last commit                    |
//!              '------------- settle, both, in their order <----------' when it did not land
//! ```
//!
//! A draft that rests on a flight is worth nothing before that flight has landed, and is sent only then; so the remote
//! sees what it would see without a pipeline, and nobody hears "landed" early.

use std::time::Duration;

use git_mirror::{Batch, CommitId, PushOutcome};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::info;

use super::decide::Made;
use super::job::Job;
use super::settle::{Decided, Tries, reply};
use super::tidy::Tidying;
use super::{MOST_IN_A_BATCH, Worker, unmirrored};
use crate::WriteError;

/// How long nothing has to happen until what can wait is done.
const QUIET: Duration = Duration::from_millis(500);

/// A flight of so many requests is one of a crowd: when it has landed, those it served come again.
const CROWD: usize = 16;

/// How long a crowd is waited for. Each push costs the remote and us the same, however much it carries; a few requests
/// that go ahead of a crowd would make the crowd wait for theirs.
const GATHER: Duration = Duration::from_millis(20);

/// Flights after which what can wait is done even though somebody waits: each leaves a pack in the mirror.
const FLIGHTS_WITHOUT_REST: u32 = 32;

/// A batch that is being built.
struct Draft {
    batch: Batch,
    jobs: Vec<Job>,
    decided: Vec<Option<Decided>>,
    made: Made,
}

/// A batch on its way.
struct Flight {
    base: Option<CommitId>,
    head: CommitId,
    jobs: Vec<Job>,
    decided: Vec<Option<Decided>>,
    made: Made,
    ended: oneshot::Receiver<Result<PushOutcome, git_mirror::Error>>,
}

/// What happens next.
enum Event {
    Jobs(Vec<Job>),
    Ended(Result<PushOutcome, git_mirror::Error>),
    Gathered,
    Quiet,
    Closed,
}

struct Pipeline {
    worker: Worker,
    flight: Option<Flight>,
    draft: Option<Draft>,
    /// Until when, and for how many requests, the draft waits though nothing is on its way.
    gathering: Option<(Instant, usize)>,
    /// Asked for while a batch was on its way.
    refreshes: Vec<Job>,
    closed: bool,
    /// Whether something has changed since the last rest.
    stirred: bool,
    flights: u32,
    tidying: Tidying,
}

/// Serves requests until nobody can send any more.
pub(super) fn run(worker: Worker) {
    let clock = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let clock = clock.expect("a runtime without I/O needs nothing that can fail");
    let mut pipeline = Pipeline {
        worker,
        flight: None,
        draft: None,
        gathering: None,
        refreshes: Vec::new(),
        closed: false,
        stirred: false,
        flights: 0,
        tidying: Tidying::default(),
    };
    while !(pipeline.closed && pipeline.flight.is_none()) {
        match clock.block_on(pipeline.next()) {
            Event::Jobs(jobs) => pipeline.take(jobs),
            Event::Ended(outcome) => pipeline.ended(outcome),
            Event::Gathered => pipeline.launch(true),
            Event::Quiet => pipeline.rest(),
            Event::Closed => {
                pipeline.closed = true;
                if pipeline.flight.is_none() {
                    pipeline.launch(true);
                }
            }
        }
    }
    pipeline.tidying.finish();
    pipeline.worker.persist();
}

impl Pipeline {
    async fn next(&mut self) -> Event {
        let room = MOST_IN_A_BATCH.saturating_sub(self.draft.as_ref().map_or(0, |draft| draft.jobs.len()));
        let mut jobs = Vec::new();
        let flying = self.flight.is_some();
        let gathering = self.gathering.map(|(until, _)| until);
        let quiet = !flying && gathering.is_none() && self.stirred;
        tokio::select! {
            biased;
            // Cancel safe: the flight stays where it is until it has answered.
            ended = landing(self.flight.as_mut()), if flying => Event::Ended(ended),
            // Cancel safe: what is not received stays in the channel.
            taken = self.worker.jobs.recv_many(&mut jobs, room), if room > 0 && !self.closed => {
                if taken == 0 { Event::Closed } else { Event::Jobs(jobs) }
            }
            () = tokio::time::sleep_until(gathering.unwrap_or_else(Instant::now)), if gathering.is_some() => {
                Event::Gathered
            }
            () = tokio::time::sleep(QUIET), if quiet => Event::Quiet,
        }
    }

    fn take(&mut self, jobs: Vec<Job>) {
        self.stirred = true;
        let (refreshes, jobs): (Vec<Job>, Vec<Job>) =
            jobs.into_iter().partition(|job| matches!(job, Job::Refresh(_)));
        self.refreshes.extend(refreshes);
        if self.flight.is_none() && self.refresh().is_some() {
            self.gathering = None;
            // What was gathered may stand on what is no longer the tip.
            if let Some(draft) = self.draft.take() {
                self.worker.settle(draft.jobs);
            }
        }
        if jobs.is_empty() {
            return;
        }
        if let Err(error) = self.worker.refresh_rules() {
            return fail(jobs, &error);
        }
        match (&self.flight, &mut self.draft) {
            (_, Some(_)) => {}
            (Some(flight), None) => {
                let (head, made) = (flight.head, flight.made.clone());
                match self.worker.mirror.batch_on(head) {
                    Ok(batch) => self.draft = Some(Draft::new(batch, made)),
                    Err(error) => return fail(jobs, &unmirrored(error)),
                }
            }
            // A mirror that is gone would read like an empty repository.
            (None, None) if !self.worker.mirror.is_there() => return self.worker.settle(jobs),
            (None, None) => match self.worker.mirror.batch() {
                Ok(batch) => self.draft = Some(Draft::new(batch, Made::new())),
                Err(error) => return fail(jobs, &unmirrored(error)),
            },
        }
        if let Some(draft) = &mut self.draft {
            draft.add(&self.worker, jobs);
        }
        let enough = |draft: &Draft| {
            let over = |(until, crowd)| draft.jobs.len() >= crowd || Instant::now() >= until;
            self.gathering.is_none_or(over)
        };
        if self.flight.is_none() && self.draft.as_ref().is_some_and(enough) {
            self.launch(self.gathering.is_some());
        }
    }

    /// Sends the draft on its way. `proven` says that the remote has just been where the draft begins.
    fn launch(&mut self, proven: bool) {
        self.gathering = None;
        let Some(mut draft) = self.draft.take() else { return };
        let Some(head) = draft.batch.head().filter(|_| draft.batch.head() != draft.batch.base()) else {
            return if proven {
                reply(draft.jobs, draft.decided, None);
            } else {
                self.worker.settle(draft.jobs);
            };
        };
        let push = match self.worker.mirror.store(&draft.batch) {
            Ok(Some(push)) => push,
            Ok(None) => return reply(draft.jobs, draft.decided, None),
            Err(error) => {
                return self.set_back(draft.batch.base(), head, draft.jobs, draft.decided, Err(error));
            }
        };
        let sending = self.worker.sending(&mut draft.jobs);
        let (tell, ended) = oneshot::channel();
        let sent = std::thread::Builder::new().name("push".to_owned()).spawn(move || {
            let outcome = push.send();
            sending.ended(&outcome);
            // Nobody listens only when the worker has panicked.
            drop(tell.send(outcome));
            push.meet();
        });
        // Without a thread the sender is gone, which reads as a push that did not answer.
        drop(sent);
        self.flight = Some(Flight {
            base: draft.batch.base(),
            head,
            jobs: draft.jobs,
            decided: draft.decided,
            made: draft.made,
            ended,
        });
    }

    fn ended(&mut self, outcome: Result<PushOutcome, git_mirror::Error>) {
        let Some(flight) = self.flight.take() else { return };
        let Flight { base, head, jobs, decided, made, .. } = flight;
        if let Some(draft) = &mut self.draft {
            // From here on the index knows them, or they are made again.
            draft.made.retain(|id, _| !made.contains_key(id));
        }
        if let Ok(PushOutcome::Pushed) = outcome {
            if let Err(error) = self.worker.mirror.accepted(head) {
                let reason = explain::chain(&error).join(": ");
                tracing::warn!(reason, "landed, but the mirror's branch does not show it");
            }
            self.worker.take_in();
            let served = jobs.len();
            info!(requests = served, commit = %head, "landed");
            reply(jobs, decided, None);
            self.flights += 1;
            if self.flights.is_multiple_of(FLIGHTS_WITHOUT_REST) {
                self.rest();
            }
            let tip = self.refresh();
            if tip.is_none_or(|tip| tip == head) {
                return self.launch_or_gather(served);
            }
        } else {
            self.set_back(base, head, jobs, decided, outcome);
            self.refresh();
        }
        // What was built on top of it is built again, after it.
        if let Some(draft) = self.draft.take() {
            self.worker.settle(draft.jobs);
        }
    }

    /// After a flight that served so many.
    fn launch_or_gather(&mut self, served: usize) {
        let waiting = self.draft.as_ref().map_or(0, |draft| draft.jobs.len());
        if served >= CROWD && waiting < served / 2 && !self.closed {
            self.gathering = Some((Instant::now() + GATHER, served));
        } else {
            self.launch(true);
        }
    }

    fn set_back(
        &mut self,
        base: Option<CommitId>,
        head: CommitId,
        jobs: Vec<Job>,
        decided: Vec<Option<Decided>>,
        outcome: Result<PushOutcome, git_mirror::Error>,
    ) {
        let mut tries = Tries::default();
        match self.worker.judge(head, outcome) {
            Ok(()) => reply(jobs, decided, None),
            Err(setback) => {
                if let Some(jobs) = self.worker.set_back(base, jobs, decided, setback, &mut tries) {
                    self.worker.settle_from(jobs, tries);
                }
            }
        }
    }

    /// Looks at the remote if somebody asked for it; the tip it has shown.
    fn refresh(&mut self) -> Option<CommitId> {
        if self.refreshes.is_empty() {
            return None;
        }
        let answer = self.worker.advance();
        for job in self.refreshes.drain(..) {
            job.refreshed(&answer);
        }
        answer.ok().flatten()
    }

    /// What can wait until nobody waits.
    fn rest(&mut self) {
        self.stirred = false;
        self.worker.persist();
        self.tidying.start_if_due(&self.worker.mirror);
    }
}

impl Draft {
    fn new(batch: Batch, made: Made) -> Self {
        Self { batch, jobs: Vec::new(), decided: Vec::new(), made }
    }

    fn add(&mut self, worker: &Worker, jobs: Vec<Job>) {
        for job in jobs {
            self.decided.push(worker.decided(&mut self.batch, &mut self.made, &job));
            self.jobs.push(job);
        }
    }
}

/// The end of a flight; a thread that is gone without a word has sent nothing that we know of.
async fn landing(flight: Option<&mut Flight>) -> Result<PushOutcome, git_mirror::Error> {
    match flight {
        Some(flight) => (&mut flight.ended)
            .await
            .unwrap_or_else(|_| Ok(PushOutcome::Unknown("the push ended without an answer".to_owned()))),
        None => std::future::pending().await,
    }
}

fn fail(jobs: Vec<Job>, error: &WriteError) {
    for job in jobs {
        job.fail(error.clone());
    }
}
