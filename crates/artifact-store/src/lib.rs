//! Artifacts: zips in a folder or in S3, read safely, and an index of what there is.
//!
//! CI uploads one zip an artifact to the key `SERVICE/ID`: `artifact.json` in its root, one folder an environment
//! (spec, section 3.4). This crate keeps them in a local folder, the default, or in a bucket of any S3 service;
//! reads one into an [`Artifact`] without trusting a byte of it; and answers what a service has, newest first and by
//! exact branch, from an index that can be deleted at any time.
//!
//! ```text
//! upload --> ArtifactStore --> objects (folder | S3)
//!                  |  \------> index of specs (one file, rebuilt from the objects)
//!                  \---------> Artifact { spec, environments, files }
//! S3 -- SQS --> Arrivals ----> "this artifact is there now"
//! ```
//!
//! It knows no Git, no policy and no HTTP server. Read [`ArtifactStore`], then [`Artifact`] and [`ReadError`].

mod contents;
mod error;
mod index;
mod key;
mod s3;
mod store;
mod unzip;

pub use contents::{Artifact, ArtifactFile};
pub use error::StoreError;
pub use index::{IndexError, SpecIndex};
pub use s3::{Arrival, Arrivals, S3Error, S3Settings};
pub use store::{ArtifactStore, Stored, UploadTarget};
pub use unzip::{Limits, ReadError, read_zip};
