//! Paths inside a repository that cannot point anywhere else.

use std::fmt;
use std::str::FromStr;

/// A path below the root of a repository: `dev/releases/pay/api`, or the root itself.
///
/// Components are never empty, `.`, `..` or `.git` in any case, and hold no `/`, `\` or control character.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(Box<str>);

/// A text that is no path inside a repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is no path inside a repository: {reason}")]
pub struct InvalidPath {
    path: String,
    reason: &'static str,
}

impl TreePath {
    /// The root of the repository.
    #[must_use]
    pub fn root() -> Self {
        Self("".into())
    }

    /// Whether it is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path as text, `/` between components.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its components, outermost first.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|component| !component.is_empty())
    }

    /// This path with another below it.
    ///
    /// # Errors
    /// When the text is no path.
    pub fn join(&self, below: &str) -> Result<Self, InvalidPath> {
        Ok(self.join_path(&below.parse()?))
    }

    /// This path with another below it.
    #[must_use]
    pub fn join_path(&self, below: &Self) -> Self {
        match (self.is_root(), below.is_root()) {
            (true, _) => below.clone(),
            (_, true) => self.clone(),
            _ => Self(format!("{}/{}", self.0, below.0).into()),
        }
    }
}

impl FromStr for TreePath {
    type Err = InvalidPath;

    fn from_str(s: &str) -> Result<Self, InvalidPath> {
        if s.is_empty() {
            return Ok(Self::root());
        }
        match s.split('/').find_map(fault) {
            Some(reason) => Err(InvalidPath { path: s.escape_debug().to_string(), reason }),
            None => Ok(Self(s.into())),
        }
    }
}

/// What is wrong with one component.
fn fault(component: &str) -> Option<&'static str> {
    if component.is_empty() {
        Some("a part of it is empty")
    } else if component == "." || component == ".." {
        Some("`.` and `..` are not allowed")
    } else if component.eq_ignore_ascii_case(".git") {
        Some("`.git` is Git's own")
    } else if component.contains('\\') || component.contains(char::is_control) {
        Some("it holds a backslash or a control character")
    } else {
        None
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TreePath({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_could_leave_their_folder_do_not_parse() {
        for wrong in
            ["/", "/a", "a/", "a//b", "..", "a/../b", ".", "a/./b", ".git", "a/.GIT/hooks", "a\\b", "a\nb"]
        {
            assert!(wrong.parse::<TreePath>().is_err(), "{wrong}");
        }
        for right in ["", "a", "a/b.c/d e", ".gitignore", "...", "ø/ÿ"] {
            assert_eq!(right.parse::<TreePath>().unwrap().as_str(), right);
        }
    }

    #[test]
    fn joining_with_the_root_changes_nothing() {
        let path: TreePath = "a/b".parse().unwrap();
        assert_eq!(TreePath::root().join_path(&path), path);
        assert_eq!(path.join("").unwrap(), path);
        assert_eq!(path.join("c").unwrap().as_str(), "a/b/c");
        assert_eq!(path.components().collect::<Vec<_>>(), ["a", "b"]);
    }
}
