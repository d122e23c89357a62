//! Where the repository really lives, and how we prove who we are there.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

use crate::Tls;

/// How long one fetch or push may take when nothing else is said.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(60);

/// One branch of one remote repository.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Its address.
    pub url: RemoteUrl,
    /// The branch that is mirrored.
    pub branch: Branch,
    /// How we prove who we are.
    pub credentials: Credentials,
    /// What HTTPS needs beside what the system has.
    pub tls: Tls,
    /// How long one fetch or push may take before it is given up.
    pub deadline: Duration,
}

impl Remote {
    /// A remote with no credentials of its own and the default deadline.
    #[must_use]
    pub fn new(url: RemoteUrl, branch: Branch) -> Self {
        Self { url, branch, credentials: Credentials::None, tls: Tls::default(), deadline: DEFAULT_DEADLINE }
    }
}

/// How to prove who we are. Secrets never become arguments of a program.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Whatever the environment offers: an SSH agent, a file system's permissions, nothing.
    None,
    /// A private key file, and the file of host keys that are trusted.
    SshKey {
        /// The private key, without pass-phrase.
        key: PathBuf,
        /// In the format of `known_hosts`; an unknown host is refused.
        known_hosts: PathBuf,
    },
    /// A token sent as `Authorization: Bearer`.
    Token(SecretString),
    /// A user with a password or token, sent as `Authorization: Basic`.
    Basic {
        /// The user's name; many hosts want `x-access-token` or `oauth2` beside a token.
        user: String,
        /// The password or token.
        password: SecretString,
    },
}

/// The address of a repository: `ssh://`, `host:path`, `https://`, `http://`, `file://` or an absolute path.
///
/// It holds no secret: an address with a password does not parse.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RemoteUrl(Box<str>);

/// Where a repository is that is reached by running a program beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'u> {
    /// On this machine.
    Local(&'u str),
    /// On a host that is reached by SSH.
    Ssh {
        /// For SSH to read.
        user_and_host: &'u str,
        /// Another port than SSH's own.
        port: Option<&'u str>,
        /// On that host.
        path: &'u str,
    },
}

/// An address or branch name that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRemote {
    /// Not an address we know how to use.
    #[error("`{0}` is no address of a Git repository")]
    Address(String),
    /// It holds a secret, which would end up in process lists and logs.
    #[error("the address of the Git repository on `{host}` holds credentials")]
    Secret {
        /// The part of the address that may be shown.
        host: String,
    },
    /// Not the name of a branch.
    #[error("`{0}` is no name of a branch")]
    Branch(String),
}

impl explain::Explain for InvalidRemote {
    fn kind(&self) -> explain::Kind {
        match self {
            Self::Address(_) | Self::Secret { .. } | Self::Branch(_) => explain::Kind::Usage,
        }
    }

    fn next_step(&self) -> std::borrow::Cow<'static, str> {
        match self {
            Self::Address(_) => {
                "use ssh://git@host/path, git@host:path, https://host/path or an absolute path".into()
            }
            Self::Secret { .. } => {
                "leave them out of the address and give them as a token or password file".into()
            }
            Self::Branch(_) => "name a branch such as master".into(),
        }
    }
}

impl RemoteUrl {
    /// The address as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it is, when it is not reached by HTTP.
    pub(crate) fn place(&self) -> Option<Place<'_>> {
        if let Some(path) = self.0.strip_prefix("file://") {
            return path.starts_with('/').then_some(Place::Local(path));
        }
        if self.0.starts_with('/') {
            return Some(Place::Local(&self.0));
        }
        if let Some(rest) = self.0.strip_prefix("ssh://") {
            let (authority, _) = rest.split_once('/')?;
            let path = &rest[authority.len()..];
            // Git drops the slash before a home folder.
            let path = if path.starts_with("/~") { &path[1..] } else { path };
            let after_host = authority.rfind(']').map_or(0, |at| at + 1);
            let port = authority[after_host..].rsplit_once(':').map(|(_, port)| port);
            let end = authority.len() - port.map_or(0, |port| port.len() + 1);
            let host = &authority[..end];
            // Brackets of an address are for the URL alone: such hosts are left to Git.
            let plain = !host.contains(['[', ']']) && port.is_none_or(|port| port.parse::<u16>().is_ok());
            return plain.then_some(Place::Ssh { user_and_host: host, port, path });
        }
        if self.is_http() {
            return None;
        }
        let (host, path) = self.0.split_once(':')?;
        let plain = !host.contains(['[', ']']);
        plain.then_some(Place::Ssh { user_and_host: host, port: None, path })
    }

    /// Scheme, host and port as they are written; `None` for a folder of this machine.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        match self.0.split_once("://") {
            Some(("file", _)) => None,
            Some((scheme, rest)) => {
                let authority = rest.split('/').next().unwrap_or_default();
                self.0.get(..scheme.len() + "://".len() + authority.len())
            }
            None if self.0.starts_with('/') => None,
            None => self.0.split_once(':').map(|(host, _)| host),
        }
    }

    /// Whether Git speaks HTTP to it.
    #[must_use]
    pub fn is_http(&self) -> bool {
        self.0.starts_with("https://") || self.0.starts_with("http://")
    }
}

impl FromStr for RemoteUrl {
    type Err = InvalidRemote;

    fn from_str(s: &str) -> Result<Self, InvalidRemote> {
        let wrong = || InvalidRemote::Address(without_userinfo(s));
        if s.starts_with('-') || s.contains(char::is_whitespace) || s.contains(char::is_control) {
            return Err(wrong());
        }
        let Some((scheme, rest)) = s.split_once("://") else {
            return if s.starts_with('/') || is_scp_like(s) { Ok(Self(s.into())) } else { Err(wrong()) };
        };
        let authority = rest.split('/').next().unwrap_or_default();
        let userinfo = authority.rsplit_once('@').map(|(userinfo, _)| userinfo);
        match (scheme, userinfo) {
            // A lone user name in an HTTP address is as often a token.
            ("http" | "https", Some(_)) => Err(InvalidRemote::Secret { host: without_userinfo(authority) }),
            ("ssh", Some(userinfo)) if userinfo.contains(':') => {
                Err(InvalidRemote::Secret { host: without_userinfo(authority) })
            }
            ("ssh", _) if authority.starts_with('-') || authority.is_empty() => Err(wrong()),
            ("http" | "https", None) if authority.is_empty() => Err(wrong()),
            ("http" | "https" | "ssh" | "file", _) => Ok(Self(s.into())),
            _ => Err(wrong()),
        }
    }
}

/// `user@host:path`, and not `helper::address`, which would start a program.
fn is_scp_like(s: &str) -> bool {
    s.split_once(':').is_some_and(|(host, path)| {
        !host.is_empty() && !host.contains('/') && !path.is_empty() && !path.starts_with(':')
    })
}

fn without_userinfo(s: &str) -> String {
    s.rsplit_once('@').map_or(s, |(_, rest)| rest).to_owned()
}

impl fmt::Display for RemoteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RemoteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteUrl({})", self.0)
    }
}

/// The name of a branch, such as `master`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Branch(Box<str>);

impl Branch {
    /// The short name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full name on the remote, and of our own branch.
    pub(crate) fn head(&self) -> String {
        format!("refs/heads/{}", self.0)
    }

    /// Where the mirror keeps what the remote last showed.
    pub(crate) fn tracking(&self) -> String {
        format!("refs/remotes/origin/{}", self.0)
    }
}

impl FromStr for Branch {
    type Err = InvalidRemote;

    fn from_str(s: &str) -> Result<Self, InvalidRemote> {
        let full = format!("refs/heads/{s}");
        let valid = !s.is_empty()
            && !s.starts_with('-')
            && gix::validate::reference::name(full.as_str().into()).is_ok();
        if valid { Ok(Self(s.into())) } else { Err(InvalidRemote::Branch(s.to_owned())) }
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_hold_secrets_or_start_programs_do_not_parse() {
        for right in [
            "ssh://git@host:22/config.git",
            "git@github.com:org/config.git",
            "https://host/config.git",
            "http://127.0.0.1:8080/config.git",
            "file:///srv/config.git",
            "/srv/config.git",
        ] {
            assert_eq!(right.parse::<RemoteUrl>().unwrap().as_str(), right);
        }
        for wrong in [
            "",
            "config.git",
            "./config",
            "ext::sh -c id",
            "ext::id",
            "--upload-pack=id",
            "ssh://-oProxyCommand=id/x",
            "ftp://host/x",
            "https:///x",
        ] {
            assert!(wrong.parse::<RemoteUrl>().is_err(), "{wrong}");
        }
        for secret in ["https://bo:hunter2@host/x", "https://hunter2@host/x", "ssh://git:hunter2@host/x"] {
            let error = secret.parse::<RemoteUrl>().unwrap_err().to_string();
            assert_eq!(error, "the address of the Git repository on `host` holds credentials");
        }
    }

    #[test]
    fn a_place_is_where_git_would_go() {
        fn ssh<'u>(user_and_host: &'u str, port: Option<&'u str>, path: &'u str) -> Option<Place<'u>> {
            Some(Place::Ssh { user_and_host, port, path })
        }
        for (address, place) in [
            ("/srv/config.git", Some(Place::Local("/srv/config.git"))),
            ("file:///srv/config.git", Some(Place::Local("/srv/config.git"))),
            ("ssh://git@host/org/config.git", ssh("git@host", None, "/org/config.git")),
            ("ssh://git@host:2222/org/config.git", ssh("git@host", Some("2222"), "/org/config.git")),
            ("ssh://host/~bo/config.git", ssh("host", None, "~bo/config.git")),
            ("git@github.com:org/config.git", ssh("git@github.com", None, "org/config.git")),
            ("ssh://git@[::1]:22/config.git", None),
            ("ssh://git@host:ssh/config.git", None),
            ("https://host/config.git", None),
        ] {
            assert_eq!(address.parse::<RemoteUrl>().unwrap().place(), place, "{address}");
        }
    }

    #[test]
    fn an_origin_is_all_before_the_path() {
        for (url, origin) in [
            ("ssh://git@host:22/config.git", Some("ssh://git@host:22")),
            ("git@github.com:org/config.git", Some("git@github.com")),
            ("https://host/config.git", Some("https://host")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("file:///srv/config.git", None),
            ("/srv/config.git", None),
        ] {
            assert_eq!(url.parse::<RemoteUrl>().unwrap().origin(), origin, "{url}");
        }
    }

    #[test]
    fn branch_names_follow_git() {
        for right in ["master", "feature/x", "release-1.2"] {
            assert_eq!(right.parse::<Branch>().unwrap().head(), format!("refs/heads/{right}"));
        }
        for wrong in ["", "-d", "a..b", "a b", "a:b", "x.lock"] {
            assert!(wrong.parse::<Branch>().is_err(), "{wrong}");
        }
    }
}
