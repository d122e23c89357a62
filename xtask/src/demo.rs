//! `cargo xtask demo`: builds everything, then plays the story.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;

use crate::cargo::{Fault, cargo, command, say, target};
use crate::debian::{Need, provide};

/// Builds and starts the demo; comes back only when that fails.
pub(crate) fn demo(args: &[String]) -> Result<(), Fault> {
    let help = args.iter().any(|arg| arg == "--help" || arg == "-h");
    let git_only = args.iter().any(|arg| arg == "--git-only");
    let context = args.iter().any(|arg| arg.starts_with("--context"));
    provide(Need::Demo)?;
    say("building all programs");
    cargo(&["build", "--workspace", "--bins"])?;
    let mut args = args.to_vec();
    if !help && !git_only && !context {
        if rustix::process::geteuid().is_root() && cfg!(target_os = "linux") {
            build_kubernetes()?;
        } else {
            say(
                "no cluster can be started here (that takes root on Linux): playing the Git half; or name one: --context",
            );
            args.push("--git-only".to_owned());
        }
    }
    let folder = folder()?;
    let temporary = folder.join("tmp");
    std::fs::create_dir_all(&temporary)
        .map_err(|error| format!("cannot make {}: {error}", temporary.display()))?;
    let mut demo = command(&target("debug").join("demo").to_string_lossy());
    demo.args(&args).env("RELEASE_MANAGER_DEMO_FOLDER", &folder).env("TMPDIR", &temporary);
    // From here on the demo is the process that a signal reaches: nothing is left behind in between.
    Err(format!("cannot start the demo: {}", demo.exec()))
}

/// Builds the Kubernetes programs once, before the stage is set, so that the long wait shows how far it is.
pub(crate) fn build_kubernetes() -> Result<(), Fault> {
    let mut last = String::new();
    let built = kube_bed::tools(&mut |progress| {
        if progress.what != last {
            say(&format!(
                "[{}/{}] {} ({} s)",
                progress.step,
                progress.steps,
                progress.what,
                progress.elapsed.as_secs()
            ));
            last.clone_from(&progress.what);
        }
    });
    built.map(drop).map_err(|error| explain::Report::new(&error).to_string())
}

fn folder() -> Result<PathBuf, Fault> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    let state =
        state.or_else(home).ok_or("neither XDG_STATE_HOME nor HOME says where to keep the demo's files")?;
    Ok(state.join("release-manager/demo"))
}
