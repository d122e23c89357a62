//! The one task that owns the machine and runs what it asks for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kube::Client;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use crate::cluster::Cluster;
use crate::machine::{Effect, Event, LoadFault, Machine, Settings, Tree};
use crate::name::{UnitName, Version};
use crate::render::{Complete, Desired, SourceFile, render};
use crate::report::{Happening, Snapshot, UnitState};

/// News of watches that wait to be looked at; when it is full the watches wait, and the API server with them.
const NEWS: usize = 1024;

/// Trees and questions from outside; a caller waits when it is full.
const ORDERS: usize = 16;

/// Events taken in before planning: one plan for a burst instead of one each.
const BURST: usize = 256;

/// Where the files of a unit come from. Called on a thread where it may block.
pub trait Source: Send + Sync + 'static {
    /// All files of a unit at a version.
    ///
    /// # Errors
    /// The reason, for people, when they cannot be read; it is tried again.
    fn files(&self, unit: &UnitName, version: &Version) -> Result<Vec<SourceFile>, String>;
}

/// Drives one environment of one cluster.
pub struct Engine {
    settings: Settings,
    cluster: Cluster,
    source: Arc<dyn Source>,
    machine: Machine,
    orders: mpsc::Receiver<Order>,
    news: (mpsc::Sender<Event>, mpsc::Receiver<Event>),
    /// Requests, reads and timers; each ends in one event. Aborted with the cluster they are for.
    work: JoinSet<Event>,
    watches: JoinSet<()>,
    /// Files being read and rendered, whatever becomes of the cluster.
    loads: JoinSet<Vec<Event>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The way to talk to a running engine.
#[derive(Clone, Debug)]
pub struct Handle {
    orders: mpsc::Sender<Order>,
}

#[derive(Debug)]
enum Order {
    Tree(Tree),
    Snapshot(oneshot::Sender<Snapshot>),
}

/// The engine has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the engine has ended")]
pub struct Ended;

impl explain::Explain for Ended {
    fn kind(&self) -> explain::Kind {
        explain::Kind::Internal
    }

    fn next_step(&self) -> std::borrow::Cow<'static, str> {
        "see the log for why it ended, and start the controller again".into()
    }
}

impl Handle {
    /// Makes this the desired state from now on.
    ///
    /// # Errors
    /// When the engine has ended.
    pub async fn enforce(&self, tree: Tree) -> Result<(), Ended> {
        self.orders.send(Order::Tree(tree)).await.map_err(|_| Ended)
    }

    /// What the engine knows now.
    ///
    /// # Errors
    /// When the engine has ended.
    pub async fn snapshot(&self) -> Result<Snapshot, Ended> {
        let (reply, answer) = oneshot::channel();
        self.orders.send(Order::Snapshot(reply)).await.map_err(|_| Ended)?;
        answer.await.map_err(|_| Ended)
    }
}

impl Engine {
    /// An engine, to be run, and the way to talk to it. The client must not retry by itself (`default_retry`): the
    /// engine adapts its pace to what the server says.
    #[must_use]
    pub fn new(client: Client, settings: Settings, source: Arc<dyn Source>) -> (Self, Handle) {
        let (sender, orders) = mpsc::channel(ORDERS);
        let engine = Self {
            cluster: Cluster::new(client, settings.environment.clone()),
            machine: Machine::new(settings.clone()),
            settings,
            source,
            orders,
            news: mpsc::channel(NEWS),
            work: JoinSet::new(),
            watches: JoinSet::new(),
            loads: JoinSet::new(),
        };
        (engine, Handle { orders: sender })
    }

    /// Runs until it is told to stop. Requests under way are dropped then: what they did is found by the next start,
    /// like after a crash.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            for effect in self.machine.settle() {
                self.start(effect);
            }
            // Each arm is cancel safe: receiving and joining lose nothing when another arm is first.
            tokio::select! {
                () = stop.cancelled() => return,
                Some(order) = self.orders.recv() => self.obey(order),
                Some(event) = self.news.1.recv() => self.machine.step(event),
                Some(ended) = self.work.join_next() => self.ended(ended.map(|event| vec![event])),
                Some(ended) = self.loads.join_next() => self.ended(ended),
            }
            self.take_burst();
        }
    }

    fn take_burst(&mut self) {
        for _ in 0..BURST {
            if let Some(ended) = self.work.try_join_next() {
                self.ended(ended.map(|event| vec![event]));
            } else if let Ok(event) = self.news.1.try_recv() {
                self.machine.step(event);
            } else {
                return;
            }
        }
    }

    fn ended(&mut self, ended: Result<Vec<Event>, tokio::task::JoinError>) {
        match ended {
            Ok(events) => events.into_iter().for_each(|event| self.machine.step(event)),
            Err(failure) if failure.is_cancelled() => {}
            // What the task was to answer is lost, so the machine would wait for ever: let the process end.
            Err(failure) => std::panic::resume_unwind(failure.into_panic()),
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Tree(tree) => {
                info!(revision = %tree.revision, n_units = tree.units.len(), "enforcing {}", tree.revision);
                self.machine.step(Event::Tree(tree));
            }
            Order::Snapshot(reply) => {
                // Who asked may have gone.
                drop(reply.send(self.machine.snapshot()));
            }
        }
    }

    fn start(&mut self, effect: Effect) {
        let cluster = self.cluster.clone();
        match effect {
            Effect::Tell(happening) => tell(&happening),
            Effect::Disconnect => self.disconnect(),
            Effect::Watch { resource, all } => {
                let sender = self.news.0.clone();
                let kind = resource.kind.clone();
                let news = cluster.watch(&resource, all);
                self.watches.spawn(forward(news, sender, move |news| Event::News(kind.clone(), news)));
            }
            Effect::WatchPods => {
                let sender = self.news.0.clone();
                self.watches.spawn(forward(cluster.watch_pods(), sender, Event::Pods));
            }
            Effect::Load(units) => self.load(units),
            Effect::Connect => self.spawn(async move { Event::Connected(cluster.connect().await) }),
            Effect::Check => self.spawn(async move { Event::Checked(cluster.identity().await) }),
            Effect::Discover => self.spawn(async move { Event::Discovered(cluster.discover().await) }),
            Effect::ReadPages => self.spawn(async move { Event::PagesRead(cluster.read_pages().await) }),
            Effect::MakeNamespace(name) => self.spawn(async move {
                let outcome = cluster.make_namespace(&name).await;
                Event::NamespaceMade(name, outcome)
            }),
            Effect::Apply { object, resource, manifest, fingerprint } => self.spawn(async move {
                let outcome = cluster.apply(&object, &resource, &manifest).await;
                Event::Applied(object, fingerprint, outcome.map(Box::new))
            }),
            Effect::Delete { prune, resource } => self.spawn(async move {
                let outcome = cluster.delete(&prune, &resource).await;
                Event::Deleted(prune.object, outcome)
            }),
            Effect::WritePages(pages) => self.spawn(async move {
                let write = |page| async {
                    let outcome = cluster.write_page(&page).await;
                    (page, outcome)
                };
                Event::PagesWritten(futures::future::join_all(pages.into_iter().map(write)).await)
            }),
            Effect::Wake(timer, after) => self.spawn(async move {
                tokio::time::sleep(spread(after)).await;
                Event::Woken(timer)
            }),
        }
    }

    fn spawn(&mut self, task: impl Future<Output = Event> + Send + 'static) {
        self.work.spawn(task);
    }

    /// Everything that belongs to the cluster ends; what is read from the source goes on.
    fn disconnect(&mut self) {
        // Dropping a set aborts its tasks, and what they have sent goes with the channel.
        self.watches = JoinSet::new();
        self.work = JoinSet::new();
        self.news = mpsc::channel(NEWS);
    }

    fn load(&mut self, units: Vec<(UnitName, Version)>) {
        let (source, environment) = (Arc::clone(&self.source), self.settings.environment.clone());
        self.loads.spawn_blocking(move || {
            let load = |(unit, version)| {
                let outcome = read(&*source, &environment, &unit, &version);
                Event::Loaded(unit, version, outcome)
            };
            units.into_iter().map(load).collect()
        });
    }
}

fn read(
    source: &dyn Source,
    environment: &crate::name::Environment,
    unit: &UnitName,
    version: &Version,
) -> Result<Complete<Desired>, LoadFault> {
    let files = source.files(unit, version).map_err(LoadFault::Unreadable)?;
    render(environment, unit, version, &files).map_err(LoadFault::Broken)
}

async fn forward<T>(
    mut news: impl futures::Stream<Item = T> + Unpin + Send,
    sender: mpsc::Sender<Event>,
    event: impl Fn(T) -> Event + Send,
) where
    T: Send,
{
    while let Some(item) = news.next().await {
        if sender.send(event(item)).await.is_err() {
            return;
        }
    }
}

/// Between this long and a quarter longer, so that what failed together is not tried together.
fn spread(after: Duration) -> Duration {
    use std::hash::{BuildHasher as _, RandomState};
    // Each `RandomState` has other keys: enough of a die, without a crate for it.
    let random = RandomState::new().hash_one(after);
    after + after.mul_f64((random % 1000) as f64 / 4000.0)
}

fn tell(happening: &Happening) {
    match happening {
        Happening::Connected { is_other: false } => info!("connected to the cluster"),
        Happening::Connected { is_other: true } => {
            warn!("the cluster is another one than before: applying everything")
        }
        Happening::Disconnected(why) => error!("{why}"),
        Happening::PodsHidden(why) => warn!(
            "cannot see why pods fail: {why} (let the controller list and watch pods, see \
             deploy/kubernetes/rights.yaml)"
        ),
        Happening::PodsShown => info!("pods can be seen again"),
        Happening::Repaired(object) => {
            warn!(%object, "put {object} back: it was changed by somebody else");
        }
        Happening::Pruned(object) => info!(%object, "deleted {object}: it is not wanted any more"),
        Happening::PruneHeld(held) => error!(
            n_doomed = held.n_doomed, n_objects = held.n_objects, token = %held.token,
            "deleting {} of {} objects waits for approval", held.n_doomed, held.n_objects,
        ),
        Happening::Unit(report) => {
            let (unit, state, revision, message) =
                (&report.unit, report.state, &report.revision, report.message());
            match report.state {
                UnitState::Healthy => info!(%unit, %state, %revision, "{unit} is healthy"),
                UnitState::Failing => error!(%unit, %state, %revision, "{unit} fails: {message}"),
                UnitState::Held => warn!(%unit, %state, %revision, "{unit} is held: {message}"),
                UnitState::Pending | UnitState::Applying | UnitState::Progressing => {
                    debug!(%unit, %state, %revision, "{unit} is {state}: {message}");
                }
            }
        }
    }
}
