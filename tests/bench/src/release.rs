//! `bench release`: from a request to the commit on the remote.

mod artifacts;
mod reference;
mod server;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::Programs;
use testkit::{Access, GitHost, Repository};

use crate::figures::{Figures, Times, milliseconds, ratio};
use crate::machine::resident_bytes;
use reference::{ENVIRONMENTS, SERVICES, service};
use server::Server;

/// Releases timed one after another, each beside a bare push.
const ALONE: usize = 30;

/// Callers at once.
const CALLERS: usize = 200;

/// Reads timed.
const READS: usize = 500;

/// A history ten times as long as that of the reference repository.
const LONG: usize = 10 * reference::RELEASES;

/// What of the release path is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything.
    Whole,
    /// The reference repository over SSH.
    Ssh,
    /// The reference repository on a local path.
    Local,
    /// Reads on a history of 200,001 commits.
    Long,
}

/// Measures on the reference repository, over SSH and on a local path, and reads on a longer history.
pub(crate) async fn measure(part: Part) -> Result<Figures> {
    let programs = Programs::find()?;
    let host = GitHost::start().await?;
    let mut figures = Figures::default();
    if part != Part::Long {
        measure_reference(part, &programs, &host, &mut figures).await?;
    }
    if matches!(part, Part::Whole | Part::Long) {
        measure_long(&programs, &host, &mut figures).await?;
    }
    Ok(figures)
}

async fn measure_reference(
    part: Part,
    programs: &Programs,
    host: &GitHost,
    figures: &mut Figures,
) -> Result<()> {
    tell("writing the reference repository: 1,000 services x 3 environments x 8 files, 20,001 commits");
    let config = host.create("config")?;
    reference::write(config.path(), reference::RELEASES)?;
    let twin = host.create("twin")?;
    reference::write(twin.path(), reference::RELEASES)?;
    if part != Part::Local {
        let ssh = Remote { url: config.ssh_url().to_owned(), twin: twin.ssh_url().to_owned(), name: "SSH" };
        measure_remote(programs, host, (&config, &twin), &ssh, figures).await?;
    }
    if part != Part::Ssh {
        let local = Remote { url: config.file_url(), twin: twin.file_url(), name: "local path" };
        measure_remote(programs, host, (&config, &twin), &local, figures).await?;
    }
    config.fsck()?;
    Ok(())
}

/// What a long history costs those who ask.
async fn measure_long(programs: &Programs, host: &GitHost, figures: &mut Figures) -> Result<()> {
    tell("writing a repository of 200,001 commits");
    let config = host.create("long")?;
    reference::write(config.path(), LONG)?;
    let name = "200,001 commits";
    tell(&format!("starting on {name}"));
    let server = Server::start(programs, host, &config.file_url()).await?;
    figures.add(&format!("cold start, {name}"), milliseconds(server.started_in), "-".into(), "-");
    reads(&server, figures, name).await?;
    memory(&server, figures, name);
    let warm = server.restart(programs, host, &config.file_url()).await?;
    figures.add(&format!("warm start, {name}"), milliseconds(warm.started_in), "-".into(), "<= 1 s");
    Ok(())
}

fn memory(server: &Server, figures: &mut Figures, name: &str) {
    let resident = resident_bytes(server.pid()) >> 20;
    let what = format!("memory after all that, {name}");
    figures.add(&what, format!("{resident} MB"), "-".into(), "<= 100 MB");
}

struct Remote {
    url: String,
    /// A repository of the same size, for bare pushes that disturb nobody.
    twin: String,
    name: &'static str,
}

async fn measure_remote(
    programs: &Programs,
    host: &GitHost,
    (config, twin): (&Repository, &Repository),
    remote: &Remote,
    figures: &mut Figures,
) -> Result<()> {
    tell(&format!("starting on {}", remote.name));
    let server = Server::start(programs, host, &remote.url).await?;
    figures.add(
        &format!("cold start, {}", remote.name),
        milliseconds(server.started_in),
        "a clone of the reference repository is part of it".to_owned(),
        "-",
    );
    tell("uploading 1,000 artifacts");
    let generation = format!("gen{}", remote.name.len());
    for number in 0..SERVICES {
        artifacts::upload(&server, &service(number), &artifacts::id(&generation, number)).await?;
    }
    let mut waiting: VecDeque<(usize, &'static str)> =
        (0..SERVICES).flat_map(|number| ENVIRONMENTS.map(|environment| (number, environment))).collect();
    alone(host, twin, remote, &server, &generation, &mut waiting, figures).await?;
    let before = config.log("master")?.len();
    let expected = waiting.len();
    let taken = together(&server, &generation, waiting).await?;
    let landed = config.log("master")?.len() - before;
    ensure!(landed == expected, "{expected} releases were answered and {landed} are in Git");
    let rate = expected as f64 / taken.as_secs_f64();
    figures.add(
        &format!("{CALLERS} callers, {}", remote.name),
        format!("{rate:.0} landed releases a second ({expected} releases)"),
        "one push at a time".to_owned(),
        if remote.name == "SSH" { "reported" } else { ">= 1,000" },
    );
    reads(&server, figures, remote.name).await?;
    memory(&server, figures, remote.name);
    let warm = server.restart(programs, host, &remote.url).await?;
    figures.add(&format!("warm start, {}", remote.name), milliseconds(warm.started_in), "-".into(), "<= 1 s");
    Ok(())
}

/// One release after another, each beside a bare push to a repository of the same size on the same remote.
async fn alone(
    host: &GitHost,
    twin: &Repository,
    remote: &Remote,
    server: &Server,
    generation: &str,
    waiting: &mut VecDeque<(usize, &'static str)>,
    figures: &mut Figures,
) -> Result<()> {
    tell("one release alone, beside a bare push");
    let clone = reference::pushes(twin, ALONE)?;
    let (mut ours, mut bare) = (Times::default(), Times::default());
    for number in 0..ALONE {
        let push = reference::push(&clone, &remote.twin, &host.ssh_command(Access::Write), number);
        let started = Instant::now();
        ensure!(push.run()?.succeeded(), "a bare push failed");
        bare.add(started.elapsed());
        let (service_number, environment) = waiting.pop_front().context("too few releases")?;
        let started = Instant::now();
        server
            .release(&service(service_number), environment, &artifacts::id(generation, service_number))
            .await?;
        ours.add(started.elapsed());
    }
    figures.add(
        &format!("release alone, {}", remote.name),
        format!("{}; {} of a bare push", ours.summary(), ratio(ours.percentile(50), bare.percentile(50))),
        format!("bare push: {}", bare.summary()),
        "<= 1.2 x a bare push",
    );
    Ok(())
}

/// All waiting releases by many callers at once; how long until the last one was answered.
async fn together(
    server: &Server,
    generation: &str,
    waiting: VecDeque<(usize, &'static str)>,
) -> Result<Duration> {
    tell("200 callers at once");
    let waiting = Arc::new(Mutex::new(waiting));
    let mut callers = tokio::task::JoinSet::new();
    let started = Instant::now();
    for _ in 0..CALLERS {
        let (waiting, server, generation) = (Arc::clone(&waiting), server.caller(), generation.to_owned());
        callers.spawn(async move {
            loop {
                let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some((number, environment)) = next else { return anyhow::Ok(()) };
                server.release(&service(number), environment, &artifacts::id(&generation, number)).await?;
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    Ok(started.elapsed())
}

async fn reads(server: &Server, figures: &mut Figures, remote: &str) -> Result<()> {
    tell("status and describe");
    for (what, path) in [
        ("status", "status?service="),
        ("describe release", "describe/release/"),
        ("rollback lookup", "describe/release/"),
    ] {
        let mut times = Times::default();
        for run in 0..READS {
            let name = service(run % SERVICES);
            let path = match what {
                "status" => format!("{path}{name}"),
                "describe release" => format!("{path}{name}/prod?count=1"),
                _ => format!("{path}{name}/prod?count=10"),
            };
            let started = Instant::now();
            server.get(&path).await?;
            times.add(started.elapsed());
        }
        figures.add(&format!("{what}, {remote}"), times.summary(), "-".into(), "p99 <= 5 ms");
    }
    Ok(())
}

/// Says what happens next, apart from the figures.
pub(crate) fn tell(text: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stderr(), "bench: {text}"));
}
