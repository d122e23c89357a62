//! With which token a command speaks.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::SecretString;
use terminal::Terminal;

use crate::args::GlobalArgs;
use crate::login::{self, LoginError, Provider, TokenFile};
use crate::settings::Target;

/// The variable that holds a static token.
const TOKEN_VARIABLE: &str = "HAMCTL_TOKEN";

/// More than this is no token.
const MAX_TOKEN_BYTES: u64 = 64 << 10;

/// A token and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) token: SecretString,
    pub(crate) origin: Origin,
}

/// Where a token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `HAMCTL_TOKEN`.
    Variable,
    /// `--token-file`.
    File(PathBuf),
    /// A login.
    Login(PathBuf),
}

impl Credentials {
    /// Whether the server knows by the token alone who we are.
    pub(crate) fn name_a_person(&self) -> bool {
        matches!(self.origin, Origin::Login(_))
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variable => f.write_str(TOKEN_VARIABLE),
            Self::File(path) | Self::Login(path) => path.display().fmt(f),
        }
    }
}

/// A static token if one is given, else the stored login, renewed or made anew when it has expired.
pub(crate) async fn obtain(
    global: &GlobalArgs,
    target: &Target,
    terminal: &Terminal,
) -> Result<Credentials, LoginError> {
    if let Some(credentials) = given(global)? {
        return Ok(credentials);
    }
    let file = TokenFile::of_home(target.profile.as_deref())?;
    let provider = Provider::of(target);
    let token = match login::current(&file, provider.as_ref()).await? {
        Some(token) => token,
        None => match provider {
            Ok(provider) if global.oauth.oauth_auto_login != "false" && terminal.is_interactive() => {
                login::by_device(&provider, &file, terminal).await?
            }
            provider => {
                return Err(LoginError::NotLoggedIn {
                    configured: provider.is_ok(),
                    server: target.flagged.clone(),
                });
            }
        },
    };
    Ok(Credentials { token, origin: Origin::Login(file.path().to_owned()) })
}

/// The token that is there and still good, without asking anybody for another.
pub(crate) fn at_hand(global: &GlobalArgs, target: &Target) -> Result<Option<Credentials>, LoginError> {
    if let Some(credentials) = given(global)? {
        return Ok(Some(credentials));
    }
    let file = TokenFile::of_home(target.profile.as_deref())?;
    let stored = file.read().filter(|stored| stored.is_good(Timestamp::now()));
    Ok(stored.map(|stored| Credentials {
        token: stored.access_token.into(),
        origin: Origin::Login(file.path().to_owned()),
    }))
}

fn given(global: &GlobalArgs) -> Result<Option<Credentials>, LoginError> {
    // Not a flag, so that it never shows in a list of processes.
    let variable = std::env::var(TOKEN_VARIABLE).unwrap_or_default();
    if !variable.trim().is_empty() {
        return Ok(Some(Credentials { token: variable.trim().into(), origin: Origin::Variable }));
    }
    let Some(path) = &global.token_file else { return Ok(None) };
    let text = read_token(path).map_err(|source| LoginError::TokenFile { path: path.clone(), source })?;
    Ok(Some(Credentials { token: text.trim().into(), origin: Origin::File(path.clone()) }))
}

/// A file may be anything, such as a device without an end.
fn read_token(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(MAX_TOKEN_BYTES + 1).read_to_string(&mut text)?;
    let wrong = |what| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    if text.len() as u64 > MAX_TOKEN_BYTES {
        return wrong("it is longer than any token");
    }
    if text.trim().is_empty() {
        return wrong("it is empty");
    }
    if text.trim().contains(|c: char| c.is_control() || c.is_whitespace()) {
        return wrong("it holds more than one word");
    }
    Ok(text)
}
