//! Why there is no token.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use explain::{Explain, Kind};

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginError {
    #[error("You are not logged in")]
    NotLoggedIn {
        /// Whether it is known where to log in.
        configured: bool,
        /// The server, where it is not the one that commands ask by themselves.
        server: Option<String>,
    },
    #[error("no {variable} env var set")]
    NotConfigured { variable: &'static str },
    #[error("no home folder to keep the login in")]
    NoHome,
    #[error("cannot read the token file {}", path.display())]
    TokenFile {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot store the login in {}", path.display())]
    Store {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("could not reach the identity provider at {address}")]
    Unreachable {
        address: String,
        #[source]
        source: reqwest::Error,
    },
    #[error("the identity provider at {address} refused the login: {reason}")]
    Refused { address: String, reason: String },
    #[error("the answer of {address} is not one of an identity provider: status {status}")]
    Foreign { address: String, status: u16 },
    #[error("the login was not confirmed in time")]
    Expired,
}

impl Explain for LoginError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotLoggedIn { .. } | Self::Refused { .. } | Self::Expired => Kind::Unauthenticated,
            Self::NotConfigured { .. } | Self::NoHome | Self::TokenFile { .. } => Kind::Usage,
            Self::Store { .. } => Kind::Failed,
            Self::Unreachable { .. } | Self::Foreign { .. } => Kind::Unavailable,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::NotLoggedIn { configured: true, server } => {
                let flag = server.as_ref().map(|server| format!(" --server {server}")).unwrap_or_default();
                format!("To log in, please run the following command: 'hamctl login{flag}'").into()
            }
            Self::NotLoggedIn { configured: false, .. } => {
                "set HAMCTL_TOKEN, or set HAMCTL_OAUTH_IDP_URL and HAMCTL_OAUTH_CLIENT_ID and run 'hamctl login'".into()
            }
            Self::NotConfigured { variable } => {
                format!("export {variable}, or set HAMCTL_TOKEN to use a static token").into()
            }
            Self::NoHome => "set HOME, or use a static token with HAMCTL_TOKEN".into(),
            Self::TokenFile { .. } => "check --token-file, or set HAMCTL_TOKEN".into(),
            Self::Store { .. } => "check that the folder can be written".into(),
            Self::Unreachable { .. } | Self::Foreign { .. } => {
                "check HAMCTL_OAUTH_IDP_URL, your connection and, if required, the VPN".into()
            }
            Self::Refused { .. } | Self::Expired => "try again with 'hamctl login'".into(),
        }
    }
}
