//! `bench reconcile`: from a commit to the cluster.

mod bare;
mod cluster;
mod controller;
mod observer;
mod requests;
mod unit;

use std::time::{Duration, Instant};

use anyhow::Result;
use testkit::{GitHost, Repository};
use tokio::time::interval_at;

use crate::figures::{Figures, Times, milliseconds};
use crate::release::tell;
use cluster::{Cluster, User};
use controller::Controller;
use observer::{Arrival, Observer, change_seen};
use unit::{OBJECTS, Object, files, name};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// New units in one commit.
    units: usize,
    /// Units that come back into an empty cluster.
    lost_units: usize,
    /// Commits that change one unit.
    changes: usize,
    /// How long is counted while nothing happens.
    idle: Duration,
}

impl Scale {
    /// What the bars are about.
    pub(crate) const FULL: Self =
        Self { units: 1_000, lost_units: 1_250, changes: 10, idle: Duration::from_secs(60) };

    /// To see in a minute whether it works; its figures say nothing.
    pub(crate) const SMALL: Self =
        Self { units: 100, lost_units: 125, changes: 3, idle: Duration::from_secs(10) };
}

/// What the bare loop took.
#[derive(Clone, Copy, Debug)]
struct Bare {
    arrival: Arrival,
    requests: u64,
}

/// The branch that the controller follows.
const BRANCH: &str = "master";

/// Measures the controller on a cluster, a Git host and a repository of its own.
pub(crate) async fn measure(scale: Scale) -> Result<Figures> {
    let mut figures = Figures::default();
    let mut cluster = Cluster::start()?;
    let host = GitHost::start().await?;
    let config = host.create("config")?;
    let bare = bare_loop(&cluster, scale.units).await?;
    cluster.wipe()?;
    let controller = new_units(scale, &cluster, &host, &config, bare, &mut figures).await?;
    idle(scale, &cluster, &controller, &mut figures).await?;
    changes(scale, &cluster, &config, &mut figures, "polling every second", "< poll interval + 1 s").await?;
    drop(controller);
    cluster.wipe()?;
    let bare = bare_loop(&cluster, scale.lost_units).await?;
    cluster.wipe()?;
    empty_cluster(scale, &cluster, &host, &config, bare, &mut figures).await?;
    Ok(figures)
}

/// The limit: how long the same objects take when nobody does more than apply them.
async fn bare_loop(cluster: &Cluster, units: usize) -> Result<Bare> {
    tell(&format!("bare loop: {} objects, {} in flight", units * OBJECTS, bare::IN_FLIGHT));
    let (client, objects) = (cluster.client(User::Bare).await?, unit::objects(units)?);
    let observer = Observer::start(&cluster.observer().await?);
    let before = cluster.requests()?;
    let started = Instant::now();
    let (applied, arrival) = tokio::join!(bare::apply(&client, objects), observer.arrival(units, started));
    applied?;
    let arrival = arrival?;
    tell(&format!("bare loop: applied in {:.1?}, healthy in {:.1?}", arrival.applied, arrival.healthy));
    let after = cluster.requests()?;
    tell(&format!("requests of all: {}", after.most_frequent_since(&before)));
    Ok(Bare { arrival, requests: after.since(&before, User::Bare) })
}

/// Many new units in one commit.
async fn new_units(
    scale: Scale,
    cluster: &Cluster,
    host: &GitHost,
    config: &Repository,
    bare: Bare,
    figures: &mut Figures,
) -> Result<Controller> {
    let units = scale.units;
    let writer = config.second_writer()?;
    writer.push(BRANCH, "README.md", "What runs where.\n", "Start the config repository")?;
    let mut controller = Controller::start(host, config, cluster, "1s")?;
    controller.ready().await?;
    figures.add("memory with nothing to do", controller.memory(), "-".to_owned(), "-");
    tell(&format!("controller: {units} new units in one commit"));
    let observer = Observer::start(&cluster.observer().await?);
    let before = cluster.requests()?;
    push_units(config, 0..units)?;
    let started = Instant::now();
    let arrival = observer.arrival(units, started).await?;
    let after = cluster.requests()?;
    tell(&format!("requests of all: {}", after.most_frequent_since(&before)));
    let what = format!("{units} new units x {OBJECTS} objects");
    rates(figures, &what, units * OBJECTS, arrival, bare);
    let requests = after.since(&before, User::Controller);
    figures.add(
        &format!("requests for {what}"),
        format!("{requests} ({:.2} an object)", requests as f64 / (units * OBJECTS) as f64),
        format!("bare loop: {}", bare.requests),
        "reported",
    );
    figures.add(&format!("memory after {what}"), controller.memory(), "-".to_owned(), "<= 150 MB");
    Ok(controller)
}

/// Adds the two rows on objects that came into the cluster.
fn rates(figures: &mut Figures, what: &str, objects: usize, ours: Arrival, bare: Bare) {
    let rate = |time: Duration| objects as f64 / time.as_secs_f64();
    let shown = |time: Duration| format!("{:.1} s, {:.0} objects/s", time.as_secs_f64(), rate(time));
    for (step, ours, bare, bar) in [
        ("applied", ours.applied, bare.arrival.applied, ">= 0.8 of the bare loop"),
        (
            "healthy",
            ours.healthy,
            bare.arrival.healthy,
            ">= 0.8 of the bare loop, 10 x Flux (259 s for 1,000 units)",
        ),
    ] {
        figures.add(
            &format!("{what}, {step}"),
            format!("{}; {:.2} of the bare loop", shown(ours), rate(ours) / rate(bare)),
            format!("bare loop, {} in flight: {}", bare::IN_FLIGHT, shown(bare)),
            bar,
        );
    }
}

/// Nothing happens, and everything is watched.
async fn idle(scale: Scale, cluster: &Cluster, controller: &Controller, figures: &mut Figures) -> Result<()> {
    tell(&format!("idle for {} s", scale.idle.as_secs()));
    let before = cluster.requests()?;
    // A figure a minute: here the time that passes is what is measured.
    interval_at((Instant::now() + scale.idle).into(), scale.idle).tick().await;
    let after = cluster.requests()?;
    tell(&format!("requests of all: {}", after.most_frequent_since(&before)));
    let requests = after.since(&before, User::Controller);
    figures.add(
        &format!("idle, {} objects watched", scale.units * OBJECTS),
        format!("{:.1} requests a minute", requests as f64 * 60.0 / scale.idle.as_secs_f64()),
        "-".to_owned(),
        "0 an object",
    );
    figures.add("memory after that", controller.memory(), "-".to_owned(), "<= 150 MB");
    Ok(())
}

/// One unit of many changes.
async fn changes(
    scale: Scale,
    cluster: &Cluster,
    config: &Repository,
    figures: &mut Figures,
    how: &str,
    bar: &str,
) -> Result<()> {
    tell(&format!("one changed unit, {how}"));
    let (client, writer) = (cluster.observer().await?, config.second_writer()?);
    let mut times = Times::default();
    for release in 1..=scale.changes {
        let number = release * 7 % scale.units;
        let (path, content) = unit::file(number, Object::ConfigMap, release);
        let push = || async {
            writer.push(BRANCH, &path, &content, "Release one unit")?;
            Ok(Instant::now())
        };
        times.add(change_seen(&client, &name(number), &release.to_string(), push).await?);
    }
    figures.add(
        &format!("one changed unit among {}, {how}: push to cluster", scale.units),
        format!("{}, slowest {}", times.summary(), milliseconds(times.percentile(100))),
        "-".to_owned(),
        bar,
    );
    Ok(())
}

/// A cluster was lost: a new controller fills the empty one from Git.
async fn empty_cluster(
    scale: Scale,
    cluster: &Cluster,
    host: &GitHost,
    config: &Repository,
    bare: Bare,
    figures: &mut Figures,
) -> Result<()> {
    push_units(config, scale.units..scale.lost_units)?;
    tell(&format!("controller: {} units into an empty cluster", scale.lost_units));
    let observer = Observer::start(&cluster.observer().await?);
    let started = Instant::now();
    let controller = Controller::start(host, config, cluster, "1s")?;
    let arrival = observer.arrival(scale.lost_units, started).await?;
    let objects = scale.lost_units * OBJECTS;
    rates(figures, &format!("empty cluster to {objects} objects, clone included"), objects, arrival, bare);
    figures.add(&format!("memory with {objects} objects"), controller.memory(), "-".to_owned(), "<= 150 MB");
    Ok(())
}

/// Commits new units at once.
fn push_units(config: &Repository, units: std::ops::Range<usize>) -> Result<()> {
    let files: Vec<(String, String)> = units.flat_map(|number| files(number, 0)).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, content)| (path.as_str(), content.as_str())).collect();
    config.second_writer()?.push_files(BRANCH, &files, "Add units")?;
    Ok(())
}
