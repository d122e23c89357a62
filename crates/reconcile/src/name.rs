//! Names that the engine passes on: units, their versions, the environment.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The label that every object of ours carries; its value is the environment.
pub const ENVIRONMENT_LABEL: &str = "release-manager.io/environment";
/// The annotation that names the unit an object belongs to.
pub const UNIT_ANNOTATION: &str = "release-manager.io/unit";
/// The annotation with which the owner of an object forbids us to delete it (`disabled`).
pub const PRUNE_ANNOTATION: &str = "release-manager.io/prune";
/// The annotation on our own namespace that approves a large prune; its value is the token from the message.
pub const APPROVE_ANNOTATION: &str = "release-manager.io/approve-prune";

/// The name of a unit: the smallest folder that is applied as a whole, such as `releases/shop/cart`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitName(Box<str>);

/// What a unit's content is known by: equal versions mean equal files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Box<str>);

/// The environment this engine drives; a label value, so that its objects can be selected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Environment(Box<str>);

/// A text that is no such name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Not a relative path of plain components.
    #[error("`{0}` is no name of a unit")]
    Unit(String),
    /// Not 1 to 40 letters, digits, `-`, `_` or `.`, with a letter or digit at both ends.
    #[error("`{0}` is no name of an environment")]
    Environment(String),
}

impl explain::Explain for InvalidName {
    fn kind(&self) -> explain::Kind {
        match self {
            Self::Unit(_) | Self::Environment(_) => explain::Kind::Usage,
        }
    }

    fn next_step(&self) -> std::borrow::Cow<'static, str> {
        match self {
            Self::Unit(_) => "name a folder below the environment, such as releases/shop/cart".into(),
            Self::Environment(_) => "use up to 40 letters, digits and dashes, such as dev".into(),
        }
    }
}

impl UnitName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnitName {
    type Err = InvalidName;

    fn from_str(s: &str) -> Result<Self, InvalidName> {
        let plain =
            |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(char::is_control);
        if s.split('/').all(plain) { Ok(Self(s.into())) } else { Err(InvalidName::Unit(s.to_owned())) }
    }
}

impl TryFrom<String> for UnitName {
    type Error = InvalidName;

    fn try_from(s: String) -> Result<Self, InvalidName> {
        s.parse()
    }
}

impl From<UnitName> for String {
    fn from(name: UnitName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Version {
    /// A version from whatever identifies content, such as the hash of a folder.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The version as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Environment {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The selector of all objects of this environment.
    #[must_use]
    pub fn selector(&self) -> String {
        format!("{ENVIRONMENT_LABEL}={}", self.0)
    }
}

impl FromStr for Environment {
    type Err = InvalidName;

    fn from_str(s: &str) -> Result<Self, InvalidName> {
        let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let valid =
            s.len() <= 40 && ends(s.chars().next()) && ends(s.chars().last()) && s.chars().all(inside);
        if valid { Ok(Self(s.into())) } else { Err(InvalidName::Environment(s.to_owned())) }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
