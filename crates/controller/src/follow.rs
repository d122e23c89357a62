//! Follows the branch: fetch, look, hand over; again at every interval, and at once when told of a push.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use explain::Report;
use git_mirror::{CommitId, Error, Fetched, Mirror, Movement, TreePath};
use reconcile::{Handle, Tree};
use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::git_state::{GitState, GitStateSender};
use crate::run::ControllerError;
use crate::tree::{self, GitSource};

/// The owner of the mirror.
#[derive(Debug)]
pub struct Follower {
    /// The mirror.
    pub mirror: Mirror,
    /// The folder of the environment's releases.
    pub path: TreePath,
    /// How often to ask.
    pub interval: Duration,
    /// Where files are read from.
    pub source: Arc<GitSource>,
    /// Who enforces.
    pub engine: Handle,
    /// What others may know.
    pub state: GitStateSender,
    /// Rings when somebody has pushed.
    pub bell: Arc<Notify>,
}

/// What a look at the repository showed.
#[derive(Debug)]
enum Look {
    /// A tree to enforce.
    Tree(CommitId, Tree),
    /// The branch has no commit.
    Empty,
    /// The folder of the environment is not there.
    NoFolder(CommitId),
}

impl Follower {
    /// Follows until it is told to stop.
    ///
    /// # Errors
    /// When the engine has ended, or reading the mirror panicked.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), ControllerError> {
        // What the mirror has from before is enforced at once, also when the host is away.
        let mut enforced = None;
        self = self.look(Ok(None), &mut enforced).await?;
        loop {
            // Cancel safe: a fetch that nobody waits for ends by itself, and its mirror is a cache.
            let (follower, fetched) = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                fetched = self.fetch() => fetched?,
            };
            self = follower.look(fetched.map(Some), &mut enforced).await?;
            // Cancel safe: a ring during a fetch is kept until it is waited for.
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.bell.notified() => {}
                () = sleep(self.interval) => {}
            }
        }
    }

    /// Fetches on a thread where it may block.
    async fn fetch(mut self) -> Result<(Self, Result<Fetched, Error>), ControllerError> {
        let task = tokio::task::spawn_blocking(move || {
            let fetched = self.mirror.fetch();
            if fetched.is_ok() && self.mirror.is_untidy() {
                // A mirror that cannot be tidied is slower, not wrong; the next fetch tries again.
                drop(self.mirror.tidying().run());
            }
            (self, fetched)
        });
        task.await.map_err(|source| ControllerError::TaskFailed { source })
    }

    /// Looks at the mirror after a fetch, or before the first, and hands a new tree over.
    async fn look(
        self,
        fetched: Result<Option<Fetched>, Error>,
        enforced: &mut Option<CommitId>,
    ) -> Result<Self, ControllerError> {
        let before = self.state.borrow().clone();
        let mut now = GitState { unreachable: None, alarm: None, ..before.clone() };
        match &fetched {
            Ok(Some(fetched)) => {
                now.asked_at = Some(SystemTime::now());
                if fetched.movement == Movement::Rewritten {
                    now.alarm = Some(rewritten(fetched));
                }
            }
            Ok(None) => {}
            Err(error) => {
                now.unreachable = Some(unreadable(error));
                now.n_faults += 1;
                // What nobody answers for has not changed.
                now.alarm.clone_from(&before.alarm);
            }
        }
        let (follower, look) = self.read_tip().await?;
        match look {
            Ok(Look::Tree(commit, tree)) => {
                now.commit = Some(commit.to_string());
                if *enforced != Some(commit) {
                    follower.source.offer(&tree, commit);
                    follower.engine.enforce(tree).await?;
                    *enforced = Some(commit);
                }
            }
            Ok(Look::NoFolder(commit)) => {
                // Without both, nothing has been released to this environment yet.
                if enforced.is_some() || follower.engine.snapshot().await?.n_recorded > 0 {
                    now.alarm.get_or_insert(no_folder(commit, &follower.path));
                }
            }
            Ok(Look::Empty) => {}
            Err(error) => now.unreachable = Some(unreadable(&error)),
        }
        tell(&before, &now);
        follower.state.send_replace(now);
        Ok(follower)
    }

    async fn read_tip(self) -> Result<(Self, Result<Look, Error>), ControllerError> {
        let task = tokio::task::spawn_blocking(move || {
            let look = read_tip(&self.mirror, &self.path);
            (self, look)
        });
        task.await.map_err(|source| ControllerError::TaskFailed { source })
    }
}

fn read_tip(mirror: &Mirror, path: &TreePath) -> Result<Look, Error> {
    let Some(commit) = mirror.tip()? else { return Ok(Look::Empty) };
    let tree = tree::units(&mirror.reader().snapshot(commit)?, path)?;
    Ok(tree.map_or(Look::NoFolder(commit), |tree| Look::Tree(commit, tree)))
}

/// What is wrong and what to do about it.
fn unreadable(error: &Error) -> String {
    let report = Report::new(error);
    format!("{} ({})", report.message, report.hint)
}

/// The folder of an environment goes with its last service, and also by mistake: only a person knows which.
fn no_folder(commit: CommitId, path: &TreePath) -> String {
    format!(
        "commit {commit} has no folder {path}: nothing is deleted (revert that commit, or check --environment and \
         --path; if nothing is to run here any more, commit a file {path}/.gitkeep)"
    )
}

fn rewritten(fetched: &Fetched) -> String {
    let shown = |commit: Option<CommitId>| commit.map_or_else(|| "nothing".to_owned(), |id| id.to_string());
    format!(
        "the history of the branch was rewritten: it shows {}, which does not follow {}, which is kept \
         (find out who did it; to accept it, stop the controller, empty --data-dir and start it again)",
        shown(fetched.after),
        shown(fetched.before)
    )
}

/// Says what is new, once.
fn tell(before: &GitState, now: &GitState) {
    match (&before.unreachable, &now.unreachable) {
        (None, Some(why)) => {
            error!("the config repository cannot be read, and what is known stays enforced: {why}")
        }
        (Some(_), None) => info!("the config repository can be read again"),
        (Some(_), Some(_)) | (None, None) => {}
    }
    match (&before.alarm, &now.alarm) {
        (before, Some(why)) if before.as_ref() != Some(why) => error!("{why}"),
        (Some(_), None) => warn!("the branch is followed again"),
        (_, _) => {}
    }
}
