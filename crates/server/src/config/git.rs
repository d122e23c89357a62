//! The config repository: where it is, how to get in, and who signs.

use std::path::{Path, PathBuf};

use artifact::Person;
use git_mirror::{Credentials, Remote, Tls};
use tracing::warn;

use super::{Problems, given};
use crate::args::GitArgs;

/// The config repository.
pub(crate) struct GitConfig {
    pub(crate) remote: Remote,
    pub(crate) committer: Person,
    pub(crate) signing: Option<Signing>,
    pub(crate) accept_rewritten_history: bool,
}

/// What commits are signed with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Signing {
    /// An SSH key file.
    Ssh(PathBuf),
    /// An OpenPGP key, and where keys are imported from.
    Gpg { key: String, imports: Vec<PathBuf> },
}

pub(super) fn read(args: &GitArgs, problems: &mut Problems) -> Option<GitConfig> {
    let remote = remote(args, problems);
    let signing = signing(args, problems);
    Some(GitConfig {
        remote: remote?,
        committer: Person::new(&args.git_user, &args.git_email),
        signing,
        accept_rewritten_history: args.accept_rewritten_history,
    })
}

/// Import paths make the key an OpenPGP key, as the original's is (spec, section 5.7).
fn signing(args: &GitArgs, problems: &mut Problems) -> Option<Signing> {
    let paths = args.git_gpg_key_import_paths.iter().filter(|path| !path.as_os_str().is_empty());
    let imports: Vec<PathBuf> = paths.cloned().collect();
    let Some(key) = given(&args.git_signing_key) else {
        if !imports.is_empty() {
            warn!("--git-gpg-key-import-paths without --git-signing-key: commits are not signed");
        }
        return None;
    };
    if !imports.is_empty() {
        return Some(Signing::Gpg { key: key.to_owned(), imports });
    }
    if !Path::new(key).exists() {
        problems.add(format!(
            "gpg signing key provided, but no import paths specified: give --git-gpg-key-import-paths, or an SSH \
             private key file; there is no file `{key}`"
        ));
    }
    Some(Signing::Ssh(key.into()))
}

fn remote(args: &GitArgs, problems: &mut Problems) -> Option<Remote> {
    if given(&args.config_repo).is_none() {
        problems.add("--config-repo (or CONFIG_REPO) is required: the URL of the config repository");
        return None;
    }
    let url: git_mirror::RemoteUrl = problems.take(args.config_repo.trim().parse())?;
    let branch = problems.take(args.config_repo_branch.parse())?;
    let credentials = credentials(args, url.is_http(), problems)?;
    let tls = problems.take(Tls::new(
        args.git_client_certificate.as_deref(),
        args.git_client_key.as_deref(),
        args.git_ca_certificate.as_deref(),
    ))?;
    Some(Remote { credentials, tls, ..Remote::new(url, branch) })
}

pub(super) fn credentials(args: &GitArgs, http: bool, problems: &mut Problems) -> Option<Credentials> {
    if let Some(file) = args.git_token_file.as_deref().filter(|_| http) {
        let token = std::fs::read_to_string(file)
            .map_err(|error| problems.add(format!("--git-token-file {}: {error}", file.display())))
            .ok()?;
        // Many hosts take tokens as a password only, and ignore the user's name.
        return Some(match token.trim().split_once(':') {
            Some((user, password)) => {
                Credentials::Basic { user: user.to_owned(), password: password.to_owned().into() }
            }
            None => Credentials::Basic {
                user: "x-access-token".to_owned(),
                password: token.trim().to_owned().into(),
            },
        });
    }
    let ssh_key = !http && args.ssh_private_key.is_file();
    Some(match &args.known_hosts {
        _ if !ssh_key => Credentials::None,
        Some(known_hosts) => {
            Credentials::SshKey { key: args.ssh_private_key.clone(), known_hosts: known_hosts.clone() }
        }
        None => Credentials::SshKey {
            key: args.ssh_private_key.clone(),
            known_hosts: Path::new("/etc/ssh/ssh_known_hosts").to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(flags: &[&str]) -> GitArgs {
        #[derive(clap::Parser)]
        struct Flags {
            #[command(flatten)]
            git: GitArgs,
        }
        let flags = ["x", "--config-repo=/srv/config.git"].iter().chain(flags);
        <Flags as clap::Parser>::try_parse_from(flags).unwrap().git
    }

    fn signed(flags: &[&str]) -> Result<Option<Signing>, Vec<String>> {
        let mut problems = Problems::default();
        let git = read(&args(flags), &mut problems);
        if problems.0.is_empty() { Ok(git.unwrap().signing) } else { Err(problems.0) }
    }

    #[test]
    fn import_paths_make_a_signing_key_an_openpgp_key() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        assert_eq!(signed(&[]), Ok(None));
        assert_eq!(signed(&["--git-gpg-key-import-paths=/keys"]), Ok(None));
        assert_eq!(signed(&["--git-signing-key", path]), Ok(Some(Signing::Ssh(path.into()))));
        let imports = ["/a", "/b", "/c"].map(PathBuf::from).to_vec();
        let flags =
            ["--git-signing-key=0xF00D", "--git-gpg-key-import-paths=/a,/b", "--git-gpg-key-import-paths=/c"];
        assert_eq!(signed(&flags), Ok(Some(Signing::Gpg { key: "0xF00D".into(), imports })));
        let problems = signed(&["--git-signing-key=0xF00D"]).unwrap_err();
        assert!(problems[0].starts_with("gpg signing key provided, but no import paths specified"));
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn half_a_client_certificate_is_refused_at_the_start() {
        let mut problems = Problems::default();
        assert!(read(&args(&["--git-client-key=/key"]), &mut problems).is_none());
        assert_eq!(problems.0, ["a client certificate and its key are given together or not at all"]);
    }
}
