//! A batch on its way to the remote.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use process::Output;
use tracing::{debug, warn};

use crate::pack::StoredPack;
use crate::{CommitId, Error, Remote, RemoteError, git, porcelain, send_pack};

/// A stored batch, to be sent by any thread while the next one is built.
#[must_use = "what is not sent does not land"]
pub struct Push {
    pub(crate) git_dir: PathBuf,
    pub(crate) remote: Remote,
    pub(crate) base: Option<CommitId>,
    pub(crate) new: CommitId,
    pub(crate) pack: StoredPack,
    pub(crate) direct: Direct,
}

/// Pushes that are answered and whose remote still tidies up or runs its hooks. A remote that needs long for that is
/// waited for with the next one, and never has more of ours to do.
const MOST_UNFINISHED: usize = 4;

/// What is known of a remote as one to which our packs are sent as they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Direct {
    /// Whether it takes them, once that is known.
    understood: Arc<OnceLock<bool>>,
    unfinished: Arc<AtomicUsize>,
}

/// A push that is not over at the remote; it counts as long as this lives.
struct Unfinished(Arc<AtomicUsize>);

impl Unfinished {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushOutcome {
    /// The remote has moved to the batch's last commit, and our branch with it.
    Pushed,
    /// The remote's branch was not where the batch began: fetch, and build it again on the new tip. With what Git said.
    Lost(String),
    /// The remote does not want it, for this reason; building it again would not help.
    Refused(String),
    /// The remote was not reached; nothing was sent.
    Unreachable(String),
    /// The connection ended before the answer: only a later fetch can tell, and the remote may still be at work.
    Unknown(String),
}

impl PushOutcome {
    /// Reads what `git push --porcelain` of one branch printed. Nothing of it is believed beyond its meaning: texts come
    /// out short, and on one line.
    #[must_use]
    pub fn of_porcelain(output: &Output) -> Self {
        porcelain::pushed(output)
    }

    /// Reads the host's side of a conversation in Git's own protocol, in which `head` was to move on from `old`; as
    /// distrustful as [`Self::of_porcelain`].
    #[must_use]
    pub fn of_conversation(output: &Output, head: &str, old: Option<CommitId>) -> Self {
        send_pack::answer(output, head, old)
    }
}

impl Push {
    /// Sends it, and waits for the answer. Our own branch stays where it is: see [`crate::Mirror::accepted`].
    ///
    /// # Errors
    /// When git cannot be run. What the remote does is an outcome, not an error.
    pub fn send(&self) -> Result<PushOutcome, Error> {
        // The pack becomes durable while the remote is at work; only the moved branch makes us depend on it.
        let (durable, output) = std::thread::scope(|scope| {
            let durable = scope.spawn(|| self.pack.sync());
            let pushed = self.converse();
            (durable.join(), pushed)
        });
        let outcome = match output {
            Ok(outcome) => outcome,
            Err(process::RunError::TimedOut { deadline, .. }) => {
                let text = format!("no answer within {} s", deadline.as_secs());
                return Ok(PushOutcome::Unknown(text));
            }
            Err(source) => {
                return Err(RemoteError::Program { url: self.remote.url.to_string(), source }.into());
            }
        };
        debug!(commit = %self.new, ?outcome, "pushed");
        if outcome == PushOutcome::Pushed {
            match durable {
                Ok(Ok(())) => {}
                // The remote has it all: a mirror that lost it is noticed at the next start and made again.
                Ok(Err(error)) => warn!(%error, "the pack of an accepted push may not be on disk"),
                Err(_) => warn!("the pack of an accepted push may not be on disk"),
            }
        }
        Ok(outcome)
    }

    fn converse(&self) -> Result<PushOutcome, process::RunError> {
        let head = self.remote.branch.head();
        let direct = self.direct.understood.get().is_some_and(|understood| *understood);
        if let Some(program) = git::receive_pack(&self.remote).filter(|_| direct) {
            let request = send_pack::request(&head, self.base, self.new, &self.pack.bytes);
            let program = program.input(request);
            let output = if self.direct.unfinished.load(Ordering::Relaxed) < MOST_UNFINISHED {
                // What the remote tidies up after its answer is no business of those who wait.
                let (branch, unfinished) = (head.clone(), Unfinished::new(&self.direct.unfinished));
                program.run_until(move |said| {
                    let _unfinished = &unfinished;
                    send_pack::accepted(said, &branch)
                })?
            } else {
                program.run()?
            };
            return Ok(PushOutcome::of_conversation(&output, &head, self.base));
        }
        let output = git::push(&self.git_dir, &self.remote, self.base, self.new)?;
        Ok(PushOutcome::of_porcelain(&output))
    }

    /// Finds out, if it is not known, whether the remote takes a pack as it is: the next push may then be shorter. To be
    /// called after a push, when nobody waits.
    pub fn meet(&self) {
        let Some(program) =
            git::receive_pack(&self.remote).filter(|_| self.direct.understood.get().is_none())
        else {
            return;
        };
        // A remote that was not reached is asked again after the next push.
        if let Ok(output) = program.input(send_pack::GREETING_ONLY).run()
            && !output.stdout.is_empty()
        {
            let understood = send_pack::understands(&output.stdout);
            debug!(understood, "met the remote");
            self.direct.understood.get_or_init(|| understood);
        }
    }
}
