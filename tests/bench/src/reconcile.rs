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
use controller::{Controller, Parts};
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
    {
        let parts = Parts { cluster: &cluster, host: &host, config: &config };
        let controller = new_units(scale, parts, bare, &mut figures).await?;
        idle(scale, &cluster, &controller, &mut figures).await?;
        changes(scale, parts, &controller, Told::ByPolling, &mut figures).await?;
        drop(controller);
        let controller = restart(scale, parts, &mut figures).await?;
        changes(scale, parts, &controller, Told::ByWebhook, &mut figures).await?;
    }
    cluster.wipe()?;
    let bare = bare_loop(&cluster, scale.lost_units).await?;
    cluster.wipe()?;
    let parts = Parts { cluster: &cluster, host: &host, config: &config };
    empty_cluster(scale, parts, bare, &mut figures).await?;
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
async fn new_units(scale: Scale, parts: Parts<'_>, bare: Bare, figures: &mut Figures) -> Result<Controller> {
    let Parts { cluster, config, .. } = parts;
    let units = scale.units;
    let writer = config.second_writer()?;
    writer.push(BRANCH, "README.md", "What runs where.\n", "Start the config repository")?;
    let mut controller = Controller::start(parts, "1s")?;
    controller.ready().await?;
    figures.add("memory with nothing to do", controller.memory(), "-".to_owned(), "-");
    tell(&format!("controller: {units} new units in one commit"));
    let observer = Observer::start(&cluster.observer().await?);
    let before = cluster.requests()?;
    push_units(config, 0..units)?;
    let started = Instant::now();
    let arrival = observer.arrival(units, started).await?;
    controller.healthy(units).await?;
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

/// A new controller finds everything as it should be. It polls so seldom that only a webhook can tell it more.
async fn restart(scale: Scale, parts: Parts<'_>, figures: &mut Figures) -> Result<Controller> {
    tell("a new controller in a cluster that is as it should be");
    let before = parts.cluster.requests()?;
    let started = Instant::now();
    let mut controller = Controller::start(parts, "1h")?;
    controller.healthy(scale.units).await?;
    let took = started.elapsed();
    let requests = parts.cluster.requests()?.since(&before, User::Controller);
    figures.add(
        &format!("new controller, {} objects as they should be", scale.units * OBJECTS),
        format!("{requests} requests, {} until all is known to be healthy", milliseconds(took)),
        "-".to_owned(),
        "reported",
    );
    Ok(controller)
}

/// How a controller learns of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    ByPolling,
    ByWebhook,
}

/// One unit of many changes, again and again.
async fn changes(
    scale: Scale,
    parts: Parts<'_>,
    controller: &Controller,
    told: Told,
    figures: &mut Figures,
) -> Result<()> {
    let (how, bar, first) = match told {
        Told::ByPolling => ("polling every second", "< poll interval + 1 s", 1),
        Told::ByWebhook => ("told by webhook", "< 1 s", 1_000),
    };
    tell(&format!("one changed unit, {how}"));
    let (client, writer) = (parts.cluster.observer().await?, parts.config.second_writer()?);
    let mut times = Times::default();
    for release in first..first + scale.changes {
        let number = release * 7 % scale.units;
        let (path, content) = unit::file(number, Object::ConfigMap, release);
        let push = || async {
            writer.push(BRANCH, &path, &content, "Release one unit")?;
            let pushed = Instant::now();
            if told == Told::ByWebhook {
                controller.ring().await?;
            }
            Ok(pushed)
        };
        times.add(change_seen(&client, &name(number), &release.to_string(), push).await?);
    }
    figures.add(
        &format!("one changed unit among {}, {how}: from the push to the cluster", scale.units),
        format!("{}, slowest {}", times.summary(), milliseconds(times.percentile(100))),
        "-".to_owned(),
        bar,
    );
    Ok(())
}

/// A cluster was lost: a new controller fills the empty one from Git.
async fn empty_cluster(scale: Scale, parts: Parts<'_>, bare: Bare, figures: &mut Figures) -> Result<()> {
    push_units(parts.config, scale.units..scale.lost_units)?;
    tell(&format!("controller: {} units into an empty cluster", scale.lost_units));
    let observer = Observer::start(&parts.cluster.observer().await?);
    let started = Instant::now();
    let mut controller = Controller::start(parts, "1s")?;
    let arrival = observer.arrival(scale.lost_units, started).await?;
    controller.healthy(scale.lost_units).await?;
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
