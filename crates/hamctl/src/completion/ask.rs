//! What the server knows, asked in the second that a person waits for a completion.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::args::{Args, GlobalArgs};
use crate::config_file::ConfigFile;
use crate::credentials;
use crate::server::Server;
use crate::settings::{Settings, Target};
use crate::shuttle_yaml::ShuttleYaml;

/// Longer than this nobody waits.
const PATIENCE: Duration = Duration::from_secs(1);

/// Artifacts that are looked at for their ids and branches.
const ARTIFACTS: u32 = 50;

pub(super) fn services() -> Vec<String> {
    ask(async |server| {
        let known = server.services().await.ok()??;
        Some(known.services.into_iter().map(|service| service.name).collect())
    })
}

pub(super) fn environments() -> Vec<String> {
    ask(async |server| {
        let known = server.environments().await.ok()??;
        Some(known.environments.into_iter().map(|environment| environment.name).collect())
    })
}

/// Those of the service, or all there are when it runs nowhere.
pub(super) fn namespaces() -> Vec<String> {
    let mut namespaces = ask(async |server| {
        let known = server.services().await.ok()??.services;
        let of = |service: &str| -> Vec<String> {
            let wanted = known.iter().filter(|known| service.is_empty() || known.name == service);
            wanted.flat_map(|known| known.environments.iter().map(|env| env.namespace.clone())).collect()
        };
        let own = of(&server.service);
        Some(if own.is_empty() { of("") } else { own })
    });
    namespaces.retain(|namespace| !namespace.is_empty());
    namespaces.sort();
    namespaces.dedup();
    namespaces
}

pub(super) fn policies() -> Vec<String> {
    ask(async |server| {
        let known = server.policies().await.ok()??;
        let auto_releases = known.auto_releases.into_iter().map(|policy| policy.id);
        let restrictions = known.branch_restrictions.into_iter().map(|policy| policy.id);
        // Those of the whole server have no id and cannot be deleted.
        Some(auto_releases.chain(restrictions).filter(|id| !id.is_empty()).collect())
    })
}

pub(super) fn branches() -> Vec<String> {
    let mut branches: Vec<String> = ask(async |server| {
        let answer = server.artifacts(ARTIFACTS, None).await.ok()?;
        Some(answer.artifacts.into_iter().map(|artifact| artifact.application.branch).collect())
    });
    branches.retain(|branch| !branch.is_empty());
    branches.sort();
    branches.dedup();
    branches
}

pub(super) fn artifacts() -> Vec<(String, String)> {
    ask(async |server| {
        let answer = server.artifacts(ARTIFACTS, None).await.ok()?;
        let first_line = |message: String| message.lines().next().unwrap_or_default().to_owned();
        let named = answer.artifacts.into_iter().map(|one| (one.id, first_line(one.application.message)));
        Some(named.collect())
    })
}

/// Asks with the flags of the command line that is being written; nothing when anything is amiss.
fn ask<T>(question: impl AsyncFnOnce(&Server) -> Option<Vec<T>>) -> Vec<T> {
    let answer = || {
        let server = server(std::env::args_os().skip_while(|word| word != "--").skip(1))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        runtime.block_on(async { tokio::time::timeout(PATIENCE, question(&server)).await.ok().flatten() })
    };
    answer().unwrap_or_default()
}

fn server(words: impl Iterator<Item = OsString>) -> Option<Server> {
    let matches = Args::command().ignore_errors(true).try_get_matches_from(words).ok()?;
    let global = GlobalArgs::from_arg_matches(deepest(&matches)).ok()?;
    let target = Target::choose(&global, &ConfigFile::load().ok()?).ok()?;
    let settings = Settings::resolve_any(&global, &target, ShuttleYaml::of_folder(Path::new("."))).ok()?;
    let credentials = credentials::at_hand(&global, &target).ok()??;
    Server::new(&settings, credentials, PATIENCE).ok()
}

/// Global flags are known to the innermost command, wherever they were given.
fn deepest(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| deepest(inner))
}
