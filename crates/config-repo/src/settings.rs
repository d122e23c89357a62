//! What the repository says about itself: `release-manager.yaml` in its root, or what is usual without one.

use artifact::{BranchName, EnvName};
use git_mirror::{EntryKind, Snapshot, TreePath};
use serde::Deserialize;

use crate::{ReadError, SettingsError, layout};

/// The environments, in the order in which changes travel through them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The branch whose artifacts enter the first environment.
    pub branch: BranchName,
    /// The environments, first to last.
    pub environments: Vec<EnvName>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    branch: Option<BranchName>,
    environments: Vec<EnvName>,
}

impl Settings {
    /// The environment before this one; `None` for the first, which takes artifacts of [`Settings::branch`].
    #[must_use]
    pub fn before(&self, environment: &EnvName) -> Option<&EnvName> {
        let at = self.environments.iter().position(|known| known == environment)?;
        self.environments.get(at.checked_sub(1)?)
    }

    /// Reads the file; every fault is an error, since a wrong guess would open an environment.
    pub(crate) fn parse(text: &str) -> Result<Self, SettingsError> {
        let wrong = |problem: String| SettingsError { problem };
        let documents = yaml::documents(text).map_err(|error| wrong(error.to_string()))?;
        let [document] = documents.as_slice() else {
            return Err(wrong(format!("it must hold one document, not {}", documents.len())));
        };
        let value = document.to_json().map_err(|error| wrong(error.to_string()))?;
        let file: File = serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
        if file.environments.is_empty() {
            return Err(wrong("`environments` is empty".into()));
        }
        for (at, name) in file.environments.iter().enumerate() {
            if file.environments[..at].contains(name) {
                return Err(wrong(format!("environment `{name}` is there twice")));
            }
        }
        Ok(Self { branch: file.branch.unwrap_or_else(usual_branch), environments: file.environments })
    }

    /// The settings at a commit. Without a file: `dev`, `staging`, `prod`, and every other folder that already holds
    /// releases, so that a repository of the original goes on as it is.
    ///
    /// # Errors
    /// When the file is wrong, or the repository cannot be read.
    pub fn at(snapshot: Option<&Snapshot>) -> Result<Self, ReadError> {
        let Some(snapshot) = snapshot else { return Ok(Self::usual()) };
        if let Some(bytes) = snapshot.blob(&layout::settings())? {
            return Ok(Self::parse(&String::from_utf8_lossy(&bytes))?);
        }
        let mut settings = Self::usual();
        for entry in snapshot.entries(&TreePath::root())? {
            let folder = matches!(entry.kind, EntryKind::Folder(_));
            let Ok(name) = entry.name.parse::<EnvName>() else { continue };
            if folder
                && !settings.environments.contains(&name)
                && snapshot.tree_id(&layout::namespaces(name.as_str()))?.is_some()
            {
                settings.environments.push(name);
            }
        }
        Ok(settings)
    }

    fn usual() -> Self {
        let environment = |name: &str| name.parse().expect("a plain word is a name");
        Self { branch: usual_branch(), environments: ["dev", "staging", "prod"].map(environment).to_vec() }
    }
}

fn usual_branch() -> BranchName {
    "master".parse().expect("a plain word is a branch")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_file_is_the_way_of_a_change() {
        let settings = Settings::parse("branch: main\nenvironments: [test, live]\n").unwrap();
        let [test, live] = ["test", "live"].map(|name| name.parse::<EnvName>().unwrap());
        assert_eq!((settings.before(&live), settings.before(&test)), (Some(&test), None));
        assert_eq!(settings.branch.as_str(), "main");
        assert_eq!(Settings::parse("environments: [a]").unwrap().branch.as_str(), "master");
    }

    #[test]
    fn a_wrong_file_says_what_is_wrong() {
        let cases = [
            ("environments: []", "`environments` is empty"),
            ("environments: [dev, prod, dev]", "environment `dev` is there twice"),
            ("environments: [../prod]", "`../prod` is not a valid environment"),
            ("environments: [dev]\nfreeze: true", "unknown field `freeze`"),
            ("", "it must hold one document"),
            ("a: 1\n---\nb: 2", "it must hold one document, not 2"),
        ];
        for (text, expected) in cases {
            let problem = Settings::parse(text).unwrap_err().to_string();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }
}
