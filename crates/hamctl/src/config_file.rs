//! The servers a person works with: `~/.config/release-manager/config.yaml`.
//!
//! ```yaml
//! current: production
//! servers:
//!   production:
//!     url: https://release-manager.example.com
//!     idp: https://idp.example.com/oauth2/default
//!     client-id: hamctl
//! ```

mod error;
mod write;

pub use error::ConfigFileError;

use std::path::{Path, PathBuf};

use serde::Serialize;
use yaml::Node;

/// More than this is no configuration.
const MAX_BYTES: u64 = 1 << 20;

/// What the file says; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigFile {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// The server that is used when nothing else is said.
    pub current: Option<String>,
    /// In the order of the file.
    pub servers: Vec<Profile>,
    text: String,
}

/// One server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    /// Its address.
    pub url: String,
    /// The address of its identity provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idp: Option<String>,
    /// Who hamctl is to that provider.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

impl ConfigFile {
    /// Reads the file of the person who runs us. A home that is not known has none.
    pub(crate) fn load() -> Result<Self, ConfigFileError> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = variable("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".config")));
        match folder {
            Some(folder) => Self::read(folder.join("release-manager/config.yaml")),
            None => Ok(Self::default()),
        }
    }

    fn read(path: PathBuf) -> Result<Self, ConfigFileError> {
        use std::io::Read;
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { path, ..Self::default() });
            }
            Err(source) => return Err(ConfigFileError::Unreadable { path, source }),
        };
        let mut text = String::new();
        match file.take(MAX_BYTES).read_to_string(&mut text) {
            Ok(_) => Self::parse(path, text),
            Err(source) => Err(ConfigFileError::Unreadable { path, source }),
        }
    }

    /// Reads the text of the file at a path.
    ///
    /// # Errors
    /// When it is not YAML, or says what is not known or not possible.
    pub fn parse(path: PathBuf, text: String) -> Result<Self, ConfigFileError> {
        let wrong = |problem: String| ConfigFileError::Wrong { path: path.clone(), problem };
        let documents = yaml::documents(&text).map_err(|error| wrong(error.to_string()))?;
        let Some(root) = documents.first().map(|document| &document.root).filter(|root| !root.is_null())
        else {
            return Ok(Self { path, text, ..Self::default() });
        };
        let mut read = Self { path: path.clone(), text: text.clone(), ..Self::default() };
        for (key, value) in root.entries().ok_or_else(|| wrong("it is not a mapping".into()))? {
            match key.written() {
                Some("current") => read.current = plain(value).map_err(wrong)?,
                Some("servers") if value.is_null() => {}
                Some("servers") => {
                    let servers = value
                        .entries()
                        .ok_or_else(|| wrong(at(value, "`servers` is not a mapping of names")))?;
                    read.servers = servers.iter().map(profile).collect::<Result<_, _>>().map_err(wrong)?;
                }
                other => {
                    let known = "use `current` and `servers`";
                    return Err(wrong(at(key, &format!("unknown key `{}`: {known}", other.unwrap_or("")))));
                }
            }
        }
        Ok(read)
    }

    /// A server by its name.
    pub(crate) fn server(&self, name: &str) -> Result<&Profile, ConfigFileError> {
        self.servers.iter().find(|server| server.name == name).ok_or_else(|| ConfigFileError::UnknownServer {
            name: name.to_owned(),
            path: self.path.clone(),
            known: self.servers.iter().map(|server| server.name.clone()).collect(),
        })
    }
}

fn profile((name, value): &(Node, Node)) -> Result<Profile, String> {
    let mut profile = Profile { name: name.written().unwrap_or_default().to_owned(), ..Profile::default() };
    if !is_name(&profile.name) {
        return Err(at(name, "the name of a server is letters, digits, `.`, `-` and `_`"));
    }
    let entries = value.entries().ok_or_else(|| at(value, "a server is a mapping with `url`"))?;
    for (key, value) in entries {
        match key.written() {
            Some("url") => profile.url = plain(value)?.unwrap_or_default(),
            Some("idp") => profile.idp = plain(value)?,
            Some("client-id") => profile.client_id = plain(value)?,
            other => {
                let known = "use `url`, `idp` and `client-id`";
                return Err(at(key, &format!("unknown key `{}`: {known}", other.unwrap_or(""))));
            }
        }
    }
    if profile.url.is_empty() {
        return Err(at(name, &format!("server `{}` has no `url`", profile.name)));
    }
    Ok(profile)
}

/// Whether a server may be called so: the name is part of a file's name.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.len() <= 64 && name.chars().all(plain)
}

fn plain(node: &Node) -> Result<Option<String>, String> {
    match node.written() {
        Some(text) if !node.is_null() => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Ok(None),
        None => Err(at(node, "a text is needed here")),
    }
}

fn at(node: &Node, problem: &str) -> String {
    format!("line {}: {problem}", node.position.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ConfigFile, String> {
        ConfigFile::parse("c.yaml".into(), text.into()).map_err(|error| error.to_string())
    }

    #[test]
    fn servers_are_read_in_their_order() {
        let file = parse("current: b\nservers:\n  b: {url: https://b, idp: https://i, client-id: 7}\n  a:\n    url: http://a\n").unwrap();
        assert_eq!(file.current.as_deref(), Some("b"));
        assert_eq!(file.servers.iter().map(|server| &*server.name).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(file.server("b").unwrap().client_id.as_deref(), Some("7"));
        assert_eq!(file.server("c").unwrap_err().to_string(), "there is no server 'c' in c.yaml");
        for empty in ["", "# nothing\n", "servers:\n", "current: ''\nservers: {}\n"] {
            assert!(parse(empty).unwrap().servers.is_empty(), "{empty:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, problem) in [
            ("- a", "it is not a mapping"),
            ("server: x", "line 1: unknown key `server`: use `current` and `servers`"),
            ("servers: [a]", "line 1: `servers` is not a mapping of names"),
            ("servers:\n  a: {}", "line 2: server `a` has no `url`"),
            ("servers:\n  a:\n    uri: x", "line 3: unknown key `uri`: use `url`, `idp` and `client-id`"),
            (
                "servers:\n  ../a: {url: x}",
                "line 2: the name of a server is letters, digits, `.`, `-` and `_`",
            ),
            ("current: [x]", "line 1: a text is needed here"),
        ] {
            assert_eq!(parse(text).unwrap_err(), format!("c.yaml is wrong: {problem}"), "{text}");
        }
        assert!(parse("servers: {a: {url: x}, a: {url: y}}").is_err(), "two of one name");
    }
}
