//! Every place where environments live: the home branch, and what its settings name beside it.
//!
//! Each place has a mirror, an index and a worker on a thread of its own. The home worker opens and closes the others
//! as the settings at its tip say, so a commit that names a new place opens it. Policies and settings are read from
//! home alone: before another place decides, home must have been looked at within [`FRESH`].

mod open;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use artifact::{ArtifactId, EnvName, ReleaseId};
use git_mirror::BlobId;
use tokio::sync::{mpsc, oneshot};
use tracing::{info, warn};

use crate::index::Landed;
use crate::ledger::Ledger;
use crate::writer::Job;
use crate::{Options, PlaceError, ReadError, Settings, WriteError, layout};

pub(crate) use open::Open;

/// How old the newest look at the home branch may be when another place decides by its rules. Each look is a fetch; a
/// webhook makes one at once.
const FRESH: Duration = Duration::from_secs(5);

/// Between two tries to open a place that cannot be opened.
const AGAIN: Duration = Duration::from_secs(5);

/// Which environment lives where; those of the home branch are not in it.
pub(crate) type Routes = BTreeMap<EnvName, Result<Arc<Open>, Arc<PlaceError>>>;

/// The places, shared by their workers, and by all who read or write.
pub(crate) struct Places {
    options: Arc<Options>,
    home: Ledger,
    /// Weak: the home worker ends when all who write are gone, which other workers are not.
    home_jobs: mpsc::WeakSender<Job>,
    /// When the home worker last began a look at the remote that succeeded.
    looked: Mutex<Option<Instant>>,
    known: RwLock<Known>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What the settings said when they were last followed.
#[derive(Default)]
struct Known {
    /// The file they were in; the outer `None` before the first time.
    file: Option<Option<BlobId>>,
    routes: Routes,
    tried: Option<Instant>,
}

impl Places {
    pub(crate) fn new(options: Arc<Options>, home: Ledger, home_jobs: mpsc::WeakSender<Job>) -> Arc<Self> {
        let (looked, known, threads) = (Mutex::default(), RwLock::default(), Mutex::default());
        Arc::new(Self { options, home, home_jobs, looked, known, threads })
    }

    pub(crate) fn options(&self) -> &Arc<Options> {
        &self.options
    }

    pub(crate) fn home(&self) -> &Ledger {
        &self.home
    }

    /// Where every environment lives that does not live at home.
    pub(crate) fn routes(&self) -> Routes {
        self.known.read().unwrap_or_else(PoisonError::into_inner).routes.clone()
    }

    /// Where an environment lives; `None` at home.
    pub(crate) fn route(&self, environment: &EnvName) -> Result<Option<Arc<Open>>, Arc<PlaceError>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.routes.get(environment).cloned().transpose()
    }

    /// The places that are open beside home, each once.
    pub(crate) fn others(&self) -> Vec<Arc<Open>> {
        let mut others: Vec<Arc<Open>> = Vec::new();
        for open in self.routes().into_values().flatten() {
            if !others.iter().any(|known| Arc::ptr_eq(known, &open)) {
                others.push(open);
            }
        }
        others
    }

    /// Every ledger that is open, home first.
    pub(crate) fn ledgers(&self) -> Vec<Ledger> {
        let others = self.others();
        std::iter::once(&self.home).chain(others.iter().map(|open| &open.ledger)).cloned().collect()
    }

    /// The release of an accepted request, wherever it has landed: its environment may have moved since.
    pub(crate) fn landed(&self, id: ReleaseId) -> Result<Option<Landed>, ReadError> {
        for ledger in self.ledgers() {
            if let Some(landed) = ledger.index().landed(id)? {
                return Ok(Some(landed));
            }
        }
        Ok(None)
    }

    /// Where and when an artifact was released, in every place; a release may be in several.
    pub(crate) fn ran(&self, artifact: &ArtifactId) -> Result<Vec<Landed>, ReadError> {
        let mut found = Vec::new();
        for ledger in self.ledgers() {
            ledger.tip()?;
            found.extend(ledger.index().ran(artifact.as_str())?);
        }
        Ok(found)
    }

    /// Opens and closes places as the settings at home's tip say. Settings that are wrong change nothing: what is open
    /// can be read on, and the gate refuses what it cannot decide.
    pub(crate) fn follow(self: &Arc<Self>) -> Result<(), ReadError> {
        let snapshot = self.home.snapshot()?;
        let file =
            snapshot.as_ref().map(|snapshot| snapshot.blob_id(&layout::settings())).transpose()?.flatten();
        let old = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let soon = known.tried.is_some_and(|at| at.elapsed() < AGAIN);
            if known.file == Some(file) && (soon || known.routes.values().all(works)) {
                return Ok(());
            }
            known.routes.clone()
        };
        let routes = match file.map(|_| Settings::at(snapshot.as_ref())).transpose() {
            Ok(settings) => self.open_all(settings, &old),
            Err(error) => {
                let reason = explain::chain(&error).join(": ");
                warn!(reason, "the places of environments stay as they were");
                old
            }
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Known { file: Some(file), routes, tried: Some(Instant::now()) };
        Ok(())
    }

    fn open_all(self: &Arc<Self>, settings: Option<Settings>, old: &Routes) -> Routes {
        let mut routes = Routes::new();
        for (environment, place) in settings.map(|settings| settings.places).unwrap_or_default() {
            let remote = match place.remote(&self.options.remote) {
                Ok(Some(remote)) => Ok(remote),
                Ok(None) => continue,
                Err(error) => Err(Arc::new(error)),
            };
            let route = remote.and_then(|remote| {
                let opened = routes.values().chain(old.values()).filter_map(|route| route.as_ref().ok());
                if let Some(open) = opened.into_iter().find(|open| open.is(&remote) && open.works()) {
                    return Ok(Arc::clone(open));
                }
                let (open, thread) = Open::new(self, remote).map_err(Arc::new)?;
                info!(env = %environment, repository = %open.remote.url, branch = %open.remote.branch, "opened");
                let mut threads = lock(&self.threads);
                threads.retain(|thread| !thread.is_finished());
                threads.push(thread);
                Ok(Arc::new(open))
            });
            if let Err(error) = &route {
                let reason = explain::chain(error).join(": ");
                warn!(env = %environment, reason, "the environment's place cannot be used");
            }
            routes.insert(environment, route);
        }
        routes
    }

    /// Notes that home was looked at.
    pub(crate) fn looked(&self, at: Instant) {
        *lock(&self.looked) = Some(at);
    }

    /// Makes sure that home's rules are fresh enough to decide by. Blocks, for another place's worker.
    pub(crate) fn refresh_rules(&self) -> Result<(), WriteError> {
        if lock(&self.looked).is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        let (reply, answer) = oneshot::channel();
        let jobs = self.home_jobs.upgrade().ok_or(WriteError::Stopped)?;
        crate::writer::send(&jobs, Job::Refresh(reply))?;
        drop(jobs);
        answer.blocking_recv().unwrap_or(Err(WriteError::Stopped)).map(drop)
    }

    /// Ends the other workers, and waits for them.
    pub(crate) fn close(&self) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known::default();
        for thread in std::mem::take(&mut *lock(&self.threads)) {
            // A panic has been reported where it happened, and its requests failed.
            drop(thread.join());
        }
    }
}

/// Whether a route needs no new try.
fn works(route: &Result<Arc<Open>, Arc<PlaceError>>) -> bool {
    match route {
        Ok(open) => open.works(),
        Err(error) => !matches!(**error, PlaceError::Open { .. } | PlaceError::Thread(_)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
