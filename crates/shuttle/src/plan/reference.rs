//! What `plan:` can say.

use std::path::{Path, PathBuf};

use super::{PlanError, clean};

/// The branch of a plan that names none.
const DEFAULT_HEAD: &str = "master";

/// Where a plan is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// Nowhere: the project has no plan.
    None,
    /// In a Git repository.
    Git(Origin),
    /// In a folder.
    Local(PathBuf),
}

/// A Git repository and what to check out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The address for Git.
    pub address: String,
    /// A branch, tag or commit.
    pub head: String,
}

impl Reference {
    /// Reads `plan:` of the project in a folder.
    pub(crate) fn parse(text: &str, project: &Path) -> Result<Self, PlanError> {
        if text.is_empty() {
            return Ok(Self::None);
        }
        if let Some(origin) = Origin::parse(text) {
            return Ok(Self::Git(origin));
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return Err(PlanError::Address(text.to_owned()));
        }
        Ok(Self::Local(clean(&project.join(text))))
    }
}

impl Origin {
    /// Reads the Git forms: `git://[USER@]HOST:PATH[#REF]`, which means SSH, and `https://….git[#REF]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, head) = text.split_once('#').unwrap_or((text, ""));
        let head = if head.is_empty() { DEFAULT_HEAD } else { head };
        let address = if let Some(rest) = address.strip_prefix("git://") {
            let (host, path) = rest.split_once(':')?;
            if host.is_empty() || host.contains('/') || path.is_empty() {
                return None;
            }
            rest
        } else if address.starts_with("https://") && address.ends_with(".git") {
            address
        } else {
            return None;
        };
        Some(Self { address: address.to_owned(), head: head.to_owned() })
    }

    /// The address without a password or token in it, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.address.strip_prefix("https://").and_then(|rest| rest.split_once('@')) {
            Some((_, rest)) => format!("https://{rest}"),
            None => self.address.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_understood() {
        let git = |address: &str, head: &str| {
            Some(Reference::Git(Origin { address: address.to_owned(), head: head.to_owned() }))
        };
        let local = |path: &str| Some(Reference::Local(PathBuf::from(path)));
        let table = [
            ("", Some(Reference::None)),
            ("git://git@example.org:team/plan.git#v2", git("git@example.org:team/plan.git", "v2")),
            ("git://git@example.org:team/plan", git("git@example.org:team/plan", "master")),
            ("git://example.org:plan.git#", git("example.org:plan.git", "master")),
            ("https://example.org/team/plan.git", git("https://example.org/team/plan.git", "master")),
            ("https://u:t@example.org/p.git#abc", git("https://u:t@example.org/p.git", "abc")),
            ("https://example.org/plan", None),
            ("http://example.org/plan.git", None),
            ("/opt/plan", local("/opt/plan")),
            ("../plan", local("/work/plan")),
            (".", local("/work/web")),
            ("git@example.org:x.git", local("/work/web/git@example.org:x.git")),
            ("git://example.org/no-colon", local("/work/web/git:/example.org/no-colon")),
        ];
        for (text, want) in table {
            assert_eq!(Reference::parse(text, Path::new("/work/web")).ok(), want, "{text}");
        }
    }

    #[test]
    fn a_shown_address_has_no_token() {
        let origin = Origin::parse("https://u:t@example.org/p.git").unwrap();
        assert_eq!(origin.shown(), "https://example.org/p.git");
    }
}
