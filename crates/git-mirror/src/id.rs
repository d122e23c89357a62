//! The names Git gives to commits, trees and blobs, kept apart by type.

use std::fmt;
use std::str::FromStr;

use gix::ObjectId;

/// A text that is not the full id of an object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a full Git object id")]
pub struct InvalidId(String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) ObjectId);

        impl $name {
            /// The id as raw bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_slice()
            }

            /// The id back from its raw bytes.
            ///
            /// # Errors
            /// When there are not exactly 20 bytes.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidId> {
                ObjectId::try_from(bytes)
                    .map(Self)
                    .map_err(|_| InvalidId(format!("{} bytes", bytes.len())))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.to_hex().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.to_hex())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(s: &str) -> Result<Self, InvalidId> {
                ObjectId::from_hex(s.as_bytes()).map(Self).map_err(|_| InvalidId(s.to_owned()))
            }
        }
    };
}

id! {
    /// The id of a commit.
    CommitId
}
id! {
    /// The id of a folder's whole content: equal ids mean equal files, names and modes.
    TreeId
}
id! {
    /// The id of a file's content.
    BlobId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_from_its_text_and_its_bytes() {
        let text = "0123456789abcdef0123456789abcdef01234567";
        let id: CommitId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(CommitId::from_bytes(id.as_bytes()), Ok(id));
        for wrong in ["", "0123", "master", &format!("{text}0")] {
            assert!(wrong.parse::<CommitId>().is_err(), "{wrong}");
        }
    }
}
