//! Artifacts: in a folder, in S3 or in a Git repository; read safely, and an index of what there is.
//!
//! An artifact is `artifact.json` and one folder an environment, sent by CI as one zip under the key `SERVICE/ID` (spec,
//! section 3.4), or pushed as the branch `SERVICE/ID`. This crate keeps or mirrors them; reads one into an [`Artifact`]
//! without trusting a byte of it; and answers what a service has, newest first and by exact branch, from an index that
//! can be deleted at any time. An artifact never changes: none is overwritten by an upload, and one that was overwritten
//! behind our back is refused.
//!
//! ```text
//! upload --> ArtifactStore --> Place (folder | bucket | branches)
//!                  |  \------> index of specs (one file, rebuilt from the artifacts)
//!                  \---------> Artifact { spec, environments, files }
//! S3 -- SQS --> Arrivals ----> "this artifact is there now"
//! git push ---> Pushes ------> the same
//! ```
//!
//! It knows no policy, no config repository and no HTTP server. Read [`ArtifactStore`], then [`Artifact`] and
//! [`ReadError`].

mod contents;
mod error;
mod index;
mod key;
mod place;
mod read;
mod s3;
mod store;

pub use contents::{Artifact, ArtifactFile};
pub use error::StoreError;
pub use index::{IndexError, SpecIndex};
pub use place::{MovedArtifact, Pushed, Pushes, Stored, UploadTarget};
pub use read::{Limits, ReadError, read_zip};
pub use s3::{Arrival, Arrivals, S3Error, S3Settings, Told, read_message};
pub use store::{ArtifactStore, Checked};
