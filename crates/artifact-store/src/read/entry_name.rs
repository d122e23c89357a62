//! Names of files that are plain relative paths.

use super::ReadError;

/// A path of plain components, separated by `/`; a directory's ends with `/`.
pub(super) struct EntryName(String);

/// Longer ones no file system takes.
const MAX_NAME_BYTES: usize = 1024;
const MAX_COMPONENT_BYTES: usize = 255;

impl EntryName {
    pub(super) fn parse(raw: &[u8]) -> Result<Self, ReadError> {
        let text =
            std::str::from_utf8(raw).map_err(|_| refuse(&String::from_utf8_lossy(raw), "is not UTF-8"))?;
        if text.is_empty() || text == "/" {
            return Err(refuse(text, "is empty"));
        }
        if text.len() > MAX_NAME_BYTES {
            return Err(refuse(text, "is too long"));
        }
        if text.contains('\\') {
            return Err(refuse(text, "holds a backslash"));
        }
        if text.chars().any(char::is_control) {
            return Err(refuse(text, "holds a control character"));
        }
        if text.starts_with('/') || text.as_bytes().get(1) == Some(&b':') {
            return Err(refuse(text, "is absolute"));
        }
        for component in text.strip_suffix('/').unwrap_or(text).split('/') {
            match component {
                "" => return Err(refuse(text, "has an empty part")),
                "." | ".." => return Err(refuse(text, "leaves its folder")),
                git if is_git_own(git) => return Err(refuse(text, "is a name of Git's own")),
                long if long.len() > MAX_COMPONENT_BYTES => return Err(refuse(text, "is too long")),
                _ => {}
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// Like [`Self::parse`], for text in which bytes that are not UTF-8 were replaced.
    pub(super) fn parse_lossy(text: &str) -> Result<Self, ReadError> {
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(refuse(text, "is not UTF-8"));
        }
        Self::parse(text.as_bytes())
    }

    pub(super) fn is_directory(&self) -> bool {
        self.0.ends_with('/')
    }

    /// The folder in the root, if it lies in one, and the rest of the path.
    pub(super) fn split(&self) -> (Option<&str>, &str) {
        match self.0.split_once('/') {
            Some((folder, path)) => (Some(folder), path),
            None => (None, &self.0),
        }
    }

    /// The name with case folded away, to find names that a file system could take for the same.
    pub(super) fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// Every folder above it, folded.
    pub(super) fn folded_parents(&self) -> impl Iterator<Item = String> {
        let folded = self.folded();
        let cuts: Vec<usize> = folded.match_indices('/').map(|(at, _)| at).collect();
        cuts.into_iter().map(move |at| folded[..at].to_owned())
    }

    /// The name as errors show it.
    pub(super) fn shown(&self) -> String {
        shown(&self.0)
    }
}

/// Names that Git keeps for itself, in every spelling that some file system takes for them: a commit that holds one
/// cannot be checked out, and hosts that check what they receive refuse the whole history from then on.
fn is_git_own(component: &str) -> bool {
    const OWN: [&str; 2] = [".git", ".gitmodules"];
    /// What Windows calls `.git` and `.gitmodules` in eight letters.
    const SHORT: [&str; 2] = ["git~", "gitmod~"];
    let visible: String = component.chars().filter(|character| !is_ignored_by_macos(*character)).collect();
    // Windows ends a name before a colon, and drops blanks and full stops at its end.
    let stem = visible.split(':').next().unwrap_or_default();
    let name = stem.trim_end_matches([' ', '.']).to_lowercase();
    let short = |prefix: &&str| {
        let number = name.strip_prefix(*prefix);
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
    };
    OWN.contains(&name.as_str()) || SHORT.iter().any(short)
}

/// The characters that HFS+ leaves out when it compares names.
fn is_ignored_by_macos(character: char) -> bool {
    matches!(character, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

fn refuse(text: &str, rule: &'static str) -> ReadError {
    ReadError::BadName { name: shown(text), rule }
}

fn shown(text: &str) -> String {
    text.chars().take(120).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_keeps_for_itself_is_refused_in_every_spelling() {
        for name in [
            "dev/.git/config",
            "dev/.GIT",
            "dev/git~1/config",
            "dev/GIT~12",
            "dev/.g\u{200c}it/config",
            "dev/.git ",
            "dev/.git.",
            "dev/.git::$INDEX_ALLOCATION/x",
            "dev/.gitmodules",
            "dev/.GitModules",
            "dev/gitmod~1",
        ] {
            assert!(EntryName::parse(name.as_bytes()).is_err(), "{name:?}");
        }
        for name in ["dev/.gitignore", "dev/git.yaml", "dev/git~.yaml", "dev/digit~1", "dev/00-git.yaml"] {
            assert!(EntryName::parse(name.as_bytes()).is_ok(), "{name:?}");
        }
    }
}
