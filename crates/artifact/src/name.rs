//! Names that are safe to be path components, proven once by parsing.
//!
//! The original compared an environment as text for its rules and clamped it as a path for its writes, so
//! `../prod` slipped past the rules of `prod` (spec, section 12.1, number 3). Here there is only one reading.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use explain::{Explain, Kind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not a name of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` is not a valid {kind}: {rule}")]
pub struct NameError {
    kind: &'static str,
    shown: String,
    rule: &'static str,
}

impl Explain for NameError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        format!("correct the {}: it must be {}", self.kind, self.rule).into()
    }
}

/// How much of a refused text an error repeats: enough to find it, not enough to fill a log.
const SHOWN_CHARACTERS: usize = 60;

fn refuse(kind: &'static str, text: &str, rule: &'static str) -> NameError {
    NameError {
        kind,
        shown: text.chars().take(SHOWN_CHARACTERS).collect::<String>().escape_debug().to_string(),
        rule,
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, max $max:literal, $rule:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The longest one accepted, in bytes.
            pub const MAX: usize = $max;

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let valid: fn(&str) -> bool = $valid;
                if text.is_empty() || text.len() > Self::MAX || !valid(text) {
                    return Err(refuse($kind, text, $rule));
                }
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

name! {
    /// An environment, such as `dev` or `prod`: a folder in the root of the config repository.
    EnvName, "environment", max 63, "at most 63 of a-z, 0-9, `-`, `_`, starting with a letter or digit",
    |text| component(text, |c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_'))
}

name! {
    /// A service, such as `billing`.
    ServiceName, "service", max 100, "at most 100 of A-Z, a-z, 0-9, `-`, `_`, `.`, starting with a letter or digit",
    |text| component(text, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

name! {
    /// A Kubernetes namespace.
    Namespace, "namespace", max 63, "at most 63 of a-z, 0-9, `-`, starting and ending with a letter or digit",
    |text| component(text, |c| matches!(c, 'a'..='z' | '0'..='9' | '-')) && !text.ends_with('-')
}

name! {
    /// The id of an artifact, given by CI: by custom `<branch>-<application sha>-<plan sha>`, with `_` for `/`.
    ArtifactId, "artifact id", max 250, "at most 250 bytes without blanks, control characters, `/`, `\\` or a leading `.` or `-`",
    |text| !text.starts_with(['.', '-']) && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '/' && c != '\\')
}

name! {
    /// A branch of a service's repository, such as `master` or `feature/refunds`.
    BranchName, "branch", max 250, "a Git branch name: no blanks, control characters, `..`, `~`, `^`, `:`, `?`, `*`, `[`, `\\`, and no `/` or `-` in front",
    |text| {
        !text.starts_with(['-', '/'])
            && !text.ends_with(['/', '.'])
            && !text.contains("..")
            && !text.contains("//")
            && text.chars().all(|c| {
                !c.is_whitespace() && !c.is_control() && !matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\')
            })
    }
}

fn component(text: &str, allowed: fn(char) -> bool) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(allowed)
}

impl BranchName {
    /// The branch as it begins an artifact id: `/` written as `_` (spec, section 3.2). Not reversible.
    #[must_use]
    pub fn as_id_prefix(&self) -> String {
        self.0.replace('/', "_")
    }
}

impl From<&EnvName> for Namespace {
    /// The namespace of an artifact that names none is the environment (spec, section 5.1).
    fn from(env: &EnvName) -> Self {
        Self(env.as_str().replace('_', "-").trim_end_matches('-').into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOSTILE: [&str; 16] = [
        "",
        ".",
        "..",
        "../prod",
        "/prod",
        "./prod",
        "prod/",
        "prod/../dev",
        "PROD/x",
        "pr\0od",
        "рrod",
        "%2e%2e",
        "prod\n",
        " prod",
        "-prod",
        "prod\\x",
    ];

    #[test]
    fn no_hostile_text_is_an_environment_or_a_service() {
        for text in HOSTILE {
            assert!(text.parse::<EnvName>().is_err(), "environment {text:?}");
            assert!(text.parse::<ServiceName>().is_err(), "service {text:?}");
            assert!(text.parse::<Namespace>().is_err(), "namespace {text:?}");
        }
        assert!("Prod".parse::<EnvName>().is_err(), "case must not tell environments apart");
    }

    #[test]
    fn what_people_use_is_accepted() {
        for env in ["dev", "prod", "eu-west_1", "0"] {
            assert_eq!(env.parse::<EnvName>().unwrap().as_str(), env);
        }
        for service in ["billing", "Billing.v2", "lunar-way-x_service"] {
            assert!(service.parse::<ServiceName>().is_ok(), "{service}");
        }
        for id in ["master-0a1b2c3d4e-99aa88bb77", "feature_x-1-2", "dependabot_npm_@types+node-1"] {
            assert!(id.parse::<ArtifactId>().is_ok(), "{id}");
        }
        for branch in ["master", "feature/x", "fix#12", "dependabot/npm/@types/node-1.2"] {
            assert!(branch.parse::<BranchName>().is_ok(), "{branch}");
        }
    }

    #[test]
    fn an_error_says_which_name_and_what_rule() {
        assert_eq!(
            "../prod".parse::<EnvName>().unwrap_err().to_string(),
            "`../prod` is not a valid environment: at most 63 of a-z, 0-9, `-`, `_`, starting with a letter or digit"
        );
    }

    proptest! {
        #[test]
        fn an_accepted_name_is_one_plain_path_component(text in "\\PC{0,80}") {
            if let Ok(name) = text.parse::<ServiceName>() {
                let path = std::path::Path::new(name.as_str());
                prop_assert_eq!(path.components().count(), 1);
                prop_assert!(matches!(path.components().next(), Some(std::path::Component::Normal(_))));
            }
            if let Ok(id) = text.parse::<ArtifactId>() {
                prop_assert_eq!(std::path::Path::new(id.as_str()).components().count(), 1);
            }
        }
    }
}
