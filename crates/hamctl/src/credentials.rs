//! With which token a command speaks.

use std::path::PathBuf;

use secrecy::SecretString;
use terminal::Terminal;

use crate::args::GlobalArgs;
use crate::login::{self, LoginError, Provider, TokenFile};

/// The variable that holds a static token.
const TOKEN_VARIABLE: &str = "HAMCTL_TOKEN";

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

/// A static token if one is given, else the stored login, renewed or made anew when it has expired.
pub(crate) async fn obtain(global: &GlobalArgs, terminal: &Terminal) -> Result<Credentials, LoginError> {
    if let Some(credentials) = given(global)? {
        return Ok(credentials);
    }
    let file = TokenFile::of_home()?;
    let provider = Provider::of(&global.oauth);
    let token = match login::current(&file, provider.as_ref()).await? {
        Some(token) => token,
        None => match provider {
            Ok(provider) if global.oauth.oauth_auto_login != "false" && terminal.is_interactive() => {
                login::by_device(&provider, &file, terminal).await?
            }
            provider => return Err(LoginError::NotLoggedIn { configured: provider.is_ok() }),
        },
    };
    Ok(Credentials { token, origin: Origin::Login(file.path().to_owned()) })
}

fn given(global: &GlobalArgs) -> Result<Option<Credentials>, LoginError> {
    // Not a flag, so that it never shows in a list of processes.
    let variable = std::env::var(TOKEN_VARIABLE).unwrap_or_default();
    if !variable.trim().is_empty() {
        return Ok(Some(Credentials { token: variable.trim().into(), origin: Origin::Variable }));
    }
    let Some(path) = &global.token_file else { return Ok(None) };
    let text = std::fs::read_to_string(path)
        .map_err(|source| LoginError::TokenFile { path: path.clone(), source })?;
    Ok(Some(Credentials { token: text.trim().into(), origin: Origin::File(path.clone()) }))
}
