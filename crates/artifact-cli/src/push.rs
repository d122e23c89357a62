//! Uploading a build (spec, section 3.4).

mod create;
mod error;
mod git;
mod git_error;
mod package;
mod retry;
mod token;
mod upload;

pub(crate) use error::PushError;

use artifact::Limits;
use terminal::Terminal;

use crate::args::PushArgs;
use crate::folder::Folder;

use package::Package;
use retry::Retry;

/// Packs the folder, asks where it goes, and puts it there, or pushes it to Git; gives the artifact's id.
pub(crate) async fn run(folder: &Folder, args: &PushArgs, terminal: &Terminal) -> Result<String, PushError> {
    // Steps that still run must not change the files while they are packed.
    let locked = folder.lock()?;
    let spec = locked.artifact()?;
    let files = package::files(folder)?;
    terminal.data(package::listing(folder.root(), &files));
    let retry = Retry { times: args.retries, terminal };
    if let Some(url) = &args.git {
        let commit = git::Commit::of(folder.root(), &files, &spec, &args.git_prefix)?;
        drop(locked);
        let _progress = terminal.progress(format!("pushing {}", spec.id));
        commit.push(url, retry).await?;
        return Ok(spec.id);
    }
    let packing = terminal.progress(format!("packing {}", spec.id));
    let package = Package::of(folder.root(), &files)?;
    drop((packing, locked));
    if let Some(excess) = package.excess(&Limits::default()) {
        terminal.talk(format_args!("this may be too large to be released: {excess}"));
    }

    let progress = terminal.progress(format!("uploading {}", spec.id));
    let token = token::obtain(args, retry).await?;
    let link = create::ask(args, token, &spec, &package, retry).await?;
    progress.update(format!("{} files, {:.1} MiB", files.len(), package.size as f64 / f64::from(1 << 20)));
    upload::put(link, &package, retry).await?;
    Ok(spec.id)
}
