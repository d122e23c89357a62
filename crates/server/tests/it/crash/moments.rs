//! When to kill: the phases of a release, each waited for, and then a random part of the time it takes.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use testkit::wait;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::kill;
use crate::bed::{BRANCH, Bed, PATIENCE, Server};

/// How often we look whether a phase has begun.
const TICK: Duration = Duration::from_millis(1);

/// Between two events that are close together.
const SHORT: Duration = Duration::from_millis(25);

/// On a busy machine a phase takes longer, and then a part of this is as random.
const LONGEST: Duration = Duration::from_secs(3);

/// What a release is in when the server dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// The server has just been launched: mirror, index and queue are opened, what waited is done again.
    Start,
    /// Requests are read, artifacts loaded, the queue is written; commits are made.
    Accept,
    /// A push runs.
    Push,
    /// The remote has the commits, nobody has been told.
    Landed,
    /// Somebody was told; the queue, the index and the notices are written.
    Answered,
    /// The push alone is killed; the server goes on, and dies once it has landed something again.
    PushAlone,
    /// Any moment.
    Any,
}

impl Phase {
    const ALL: [Self; 7] =
        [Self::Start, Self::Accept, Self::Push, Self::Landed, Self::Answered, Self::PushAlone, Self::Any];

    /// All in turn.
    pub(super) fn of_round(round: u64) -> Self {
        Self::ALL[usize::try_from(round).unwrap() % Self::ALL.len()]
    }
}

/// How long phases take on this machine, and the random moments in them.
pub(super) struct Moments {
    seed: u64,
    state: u64,
    takes: BTreeMap<Phase, Duration>,
}

impl fmt::Display for Moments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CRASH_SEED={}, phases take {:?}", self.seed, self.takes)
    }
}

impl Moments {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, state: seed, takes: BTreeMap::new() }
    }

    /// Learns how long a phase takes: what was measured last weighs most.
    pub(super) fn took(&mut self, phase: Phase, took: Duration) {
        self.takes.entry(phase).and_modify(|known| *known = (*known + took) / 2).or_insert(took);
    }

    /// Lets a random part of a phase pass.
    pub(super) async fn pass(&mut self, phase: Phase) {
        let whole = self.takes.get(&phase).copied().unwrap_or(SHORT).min(LONGEST);
        let part = whole.mul_f64(self.random());
        // Not a wait for something: the moment is what varies.
        drop(timeout(part, std::future::pending::<()>()).await);
    }

    /// A number from 0 up to 1 (`SplitMix64`).
    fn random(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64
    }

    /// Returns at the moment in which the server is to die.
    pub(super) async fn strike(
        &mut self,
        phase: Phase,
        bed: &Bed,
        server: &Server,
        mut heard: watch::Receiver<usize>,
        calls: &mut JoinSet<()>,
    ) {
        let (began, pid) = (Instant::now(), server.service.pid());
        let strike = async {
            match phase {
                Phase::Accept | Phase::Any => {}
                Phase::Push => until(|| kill::push(pid).is_some()).await,
                Phase::Landed => {
                    until(|| kill::push(pid).is_some()).await;
                    let (before, pushing) = (tip(bed), Instant::now());
                    until(|| tip(bed).is_some_and(|now| before.as_ref() != Some(&now))).await;
                    self.took(Phase::Push, pushing.elapsed());
                }
                Phase::Start | Phase::Answered => {
                    wait::until("an answer", PATIENCE, async || {
                        let answered = heard.has_changed().unwrap();
                        if answered { Ok(()) } else { Err("none") }
                    })
                    .await;
                    heard.mark_unchanged();
                    self.took(Phase::Any, began.elapsed() * 2);
                    self.took(Phase::Accept, began.elapsed() / 2);
                }
                Phase::PushAlone => {
                    until(|| kill::push(pid).is_some()).await;
                    self.pass(Phase::Push).await;
                    kill::push_of(pid);
                    heard.mark_unchanged();
                    wait::until("an answer after a push was killed", PATIENCE, async || {
                        if heard.has_changed().unwrap() { Ok(()) } else { Err("none") }
                    })
                    .await;
                }
            }
            self.pass(phase).await;
        };
        tokio::select! {
            () = strike => {}
            // Cancel safe, and an end of the test: nobody may end before the kill.
            ended = calls.join_next() => panic!("a caller ended before the kill in {phase:?}: {ended:?}"),
        }
    }
}

/// The commit a push has left, as the host's file has it; reading it costs no process.
fn tip(bed: &Bed) -> Option<String> {
    std::fs::read_to_string(bed.repo.path().join("refs/heads").join(BRANCH)).ok()
}

/// Waits for what lasts only milliseconds.
async fn until(mut seen: impl FnMut() -> bool) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let look = async {
        while !seen() {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, look).await.expect("a phase begins");
}
