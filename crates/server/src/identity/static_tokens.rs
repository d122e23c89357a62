//! Tokens that are given to the server at its start.

use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use subtle::{Choice, ConstantTimeEq};

use super::Group;

type Digest = [u8; SHA256_OUTPUT_LEN];

/// The tokens of each group, as digests: they have one length, and the secrets themselves are not kept.
#[derive(Debug, Default)]
pub(crate) struct StaticTokens {
    digests: Vec<(Group, Digest)>,
}

impl StaticTokens {
    /// Adds the tokens of a group; blank ones are none.
    pub(crate) fn with<'a>(mut self, group: Group, tokens: impl IntoIterator<Item = &'a str>) -> Self {
        let tokens = tokens.into_iter().map(str::trim).filter(|token| !token.is_empty());
        self.digests.extend(tokens.map(|token| (group, sha256(token))));
        self
    }

    /// Whether there is none at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Whether the group has any.
    pub(crate) fn any_of(&self, group: Group) -> bool {
        self.digests.iter().any(|(of, _)| *of == group)
    }

    /// Whether the group has this token, in a time that does not tell how much of it is right.
    pub(crate) fn contains(&self, group: Group, token: &str) -> bool {
        let given = sha256(token);
        let found = self
            .digests
            .iter()
            .filter(|(of, _)| *of == group)
            .fold(Choice::from(0), |found, (_, known)| found | known.ct_eq(&given));
        found.into()
    }
}

fn sha256(token: &str) -> Digest {
    let mut bytes = [0; SHA256_OUTPUT_LEN];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_its_own_group_only() {
        let tokens = StaticTokens::default().with(Group::Hamctl, ["a", "b", ""]).with(Group::Daemon, ["c"]);
        for (group, token, expected) in [
            (Group::Hamctl, "a", true),
            (Group::Hamctl, "b", true),
            (Group::Hamctl, "c", false),
            (Group::Daemon, "c", true),
            (Group::Artifact, "a", false),
            (Group::Hamctl, "", false),
        ] {
            assert_eq!(tokens.contains(group, token), expected, "{group:?} {token}");
        }
    }
}
