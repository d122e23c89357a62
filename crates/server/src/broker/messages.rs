//! The messages on the exchange, in the original's words (spec, section 7.1). Pure.

mod bodies;
mod ids;
mod read;
#[cfg(test)]
mod tests;

pub(super) use bodies::{failed, new_artifact, release, released, succeeded};
pub(super) use ids::id_of;
pub use read::{Meaning, Message, Unusable, read};

/// What a message tells. Consumers look at this, not at the routing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum MessageType {
    /// An artifact was uploaded.
    NewArtifact,
    /// A release was asked for.
    ReleaseArtifact,
    /// A release is in the config repository.
    Released,
    /// A workload came up.
    ReleaseSucceeded,
    /// A pod failed.
    ReleaseFailed,
}

impl MessageType {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::NewArtifact,
        Self::ReleaseArtifact,
        Self::Released,
        Self::ReleaseSucceeded,
        Self::ReleaseFailed,
    ];

    /// The `type` property.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NewArtifact => "newArtifact",
            Self::ReleaseArtifact => "release.artifactId",
            Self::Released => "released",
            Self::ReleaseSucceeded => "releaseSucceeded",
            Self::ReleaseFailed => "releaseFailed",
        }
    }

    /// The type with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The key it is published with. The original puts its binding's pattern in front, and subscribers may rely on it.
    pub(super) fn routing_key(self) -> String {
        format!("#.{}", self.as_str())
    }
}
